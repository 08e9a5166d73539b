"""What can be done to a case besides its moves, as a table: words, form, who may, when, and the one service behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.rights import can
from liren.front.desk.cases import words
from liren.front.desk.cases.deed_forms import (
    AnswerForm,
    CallBackForm,
    CallForm,
    CaseForm,
    CorrectForm,
    ExtendForm,
    HideForm,
    JoinForm,
    NoteForm,
    NothingForm,
    ObjectForm,
    PartForm,
    RefuseForm,
    SplitForm,
    SuspendForm,
    extendable,
    open_calls,
)
from liren.front.desk.cases.proposing import taken
from liren.front.desk.cases.standing import Standing
from liren.front.desk.gate import actor_of
from liren.service.cases import queries, services
from liren.service.cases.queries import refusable
from liren.service.cases.services import calls, disputes, joint, refusing, suspensions

# --- what each does ---


def _note(request: HttpRequest, standing: Standing, asked: dict[str, Any]) -> None:
    services.add_note(
        standing.case.pk, note=asked["note"], told=asked["told"], files=services.uploads(asked["papers"]), **by(request)
    )


def _call(request: HttpRequest, standing: Standing, asked: dict[str, Any]) -> None:
    calls.call(standing.case.pk, body_id=int(asked["body"]), question=asked["question"], **by(request))


def _answer(request: HttpRequest, standing: Standing, asked: dict[str, Any]) -> None:
    calls.answer(int(asked["call"]), answer=asked["answer"], comes=asked["comes"] == "yes", **by(request))


def _uncall(request: HttpRequest, standing: Standing, asked: dict[str, Any]) -> None:
    calls.withdraw(int(asked["call"]), **by(request))


def _object(request: HttpRequest, standing: Standing, asked: dict[str, Any]) -> None:
    proposed = int(asked["proposed"]) if asked["proposed"] else None
    facts = {"ground": asked["ground"], "reason": asked["reason"], "proposed_id": proposed}
    disputes.object_to(standing.case.pk, **facts, **by(request))


def _refuse(request: HttpRequest, standing: Standing, asked: dict[str, Any]) -> str:
    """Off the community at once; whoever refused need not see the case any more."""
    item = int(asked["item"]) if asked["item"] else None
    refusing.refuse(standing.case.pk, item_id=item, note=asked["note"], **by(request))
    return reverse("desk-gate-asked")


def _take_after_all(request: HttpRequest, standing: Standing, asked: dict[str, Any]) -> None:
    found = standing.case.disputes.filter(state="open").first()
    if found is None:
        raise Conflict(_("This dispute is over: it was ruled on or withdrawn."))
    disputes.withdraw(found.pk, **by(request))


def _suspend(request: HttpRequest, standing: Standing, asked: dict[str, Any]) -> None:
    until = queries.end_of_day(asked["until"]) if asked["until"] else None
    facts = {"reason": asked["reason"], "ground": asked["ground"], "until": until}
    suspensions.suspend(standing.case.pk, **facts, **by(request))


def _resume(request: HttpRequest, standing: Standing, asked: dict[str, Any]) -> None:
    suspensions.resume(standing.case.pk, **by(request))


def _extend(request: HttpRequest, standing: Standing, asked: dict[str, Any]) -> None:
    amount = f"{asked['amount']} working days"
    suspensions.extend(standing.case.pk, asked["clock"], amount=amount, reason=asked["reason"], **by(request))


def _join(request: HttpRequest, standing: Standing, asked: dict[str, Any]) -> str:
    into = queries.case_by_number(asked["into"], standing.actor)
    joint.join(standing.case.pk, into_id=into.pk, **by(request))
    return words.home_of(into.number)


def _correct(request: HttpRequest, standing: Standing, asked: dict[str, Any]) -> None:
    """Sort first, then place; the second step knows the revision that the first one made."""
    case = standing.case
    made = services.correct(
        case.pk, category=asked["category"], severity=asked["severity"], seen=asked["seen"], **by(request)
    )
    unit = asked["unit"]
    place: dict[str, Any] = {"unit_id": unit.pk} if unit and unit.pk != case.unit_id else {}
    if asked["address"] != case.address:
        place["address"] = asked["address"]
    if place:
        services.correct_place(case.pk, **place, seen=made.revision, **by(request))


def _part(request: HttpRequest, standing: Standing, asked: dict[str, Any]) -> None:
    body, person = (int(asked[name]) if asked[name] else None for name in ("body", "person"))
    facts = {
        "role": asked["role"],
        "account_id": asked.get("account") or person,
        "body_id": body,
        "alias": asked["alias"],
    }
    services.add_part(standing.case.pk, **facts, **by(request))


def _hide(request: HttpRequest, standing: Standing, asked: dict[str, Any]) -> None:
    services.hide(standing.case.pk, reason=asked["reason"], hidden=not standing.case.is_hidden, **by(request))


def by(request: HttpRequest) -> dict[str, Any]:
    return {"by": actor_of(request), "at": timezone.now()}


# --- the table ---

DESK, BODY = frozenset({"desk", "supervisor"}), frozenset({"body"})
WORKS = frozenset({"desk", "body"})
ANY = frozenset({"desk", "body", "supervisor"})


def _open(standing: Standing) -> bool:
    return bool(standing.case.phase == "open")


def _always(standing: Standing) -> bool:
    return True


@dataclass(frozen=True)
class Deed:
    """One thing to do: its words, its form, who may (words of a type; none: whoever reads the case), when, and how."""

    code: str
    title: Promise
    lede: Promise
    button: Promise
    message: Promise
    form: type[CaseForm]
    act: Callable[[HttpRequest, Standing, dict[str, Any]], Any]
    who: frozenset[str] = ANY
    when: Callable[[Standing], bool] = _open

    def is_for(self, standing: Standing) -> bool:
        if self.code == "answer":
            return standing.is_called
        if self.code == "refuse":
            return _speaks(standing)
        if self.code == "hide":
            return bool(standing.actor.holds("cases.moderate", standing.case.unit))
        return bool(standing.roles & self.who) or (self.code == "note" and standing.is_called)

    def form_for(self, request: HttpRequest, standing: Standing) -> CaseForm:
        first = taken(request.POST)
        sent = (request.POST, request.FILES) if request.method == "POST" and not first else (None, None)
        return self.form(*sent, standing=standing, initial=first)

    def save(self, request: HttpRequest, standing: Standing, form: CaseForm) -> Any:
        return self.act(request, standing, form.cleaned_data)


def _split_act(request: HttpRequest, standing: Standing, asked: dict[str, Any]) -> None:
    form = SplitForm(request.POST, standing=standing)
    if not form.is_valid():
        raise BadInput(_("Part of this choice can’t be made. Choose again from the lists."))
    joint.split(standing.case.pk, parts=form.pieces(), **by(request))


def _refusable(standing: Standing) -> bool:
    return bool(refusable.came_from(standing.spec, standing.case))


def _speaks(standing: Standing) -> bool:
    """Whether it lies with a community for which this worker speaks."""
    community = refusable.community_of(standing.case) if standing.case.work else None
    return community is not None and can(standing.actor, "admission.answer", community)


def _divisible(standing: Standing) -> bool:
    return _open(standing) and standing.case.parent_id is None


def _joinable(standing: Standing) -> bool:
    return _open(standing) and standing.spec.joinable


def _not_closed(standing: Standing) -> bool:
    return bool(standing.case.phase != "closed")


DEEDS = {
    one.code: one
    for one in (
        Deed(
            "note", gettext_lazy("Add a note"), gettext_lazy("A note moves no clock and answers nothing."),
            gettext_lazy("Add the note"), gettext_lazy("The note is added."), NoteForm, _note, when=_always,
        ),
        Deed(
            "answer", gettext_lazy("Answer the call"), gettext_lazy("Say whether you come, and what you do."),
            gettext_lazy("Send the answer"), gettext_lazy("The answer is sent."), AnswerForm, _answer,
            when=lambda standing: bool(open_calls(standing, own=True)),
        ),
        Deed(
            "call", gettext_lazy("Call a department"),
            gettext_lazy("For what your unit can’t solve alone. The department sees the case, and has to answer."),
            gettext_lazy("Call it"), gettext_lazy("The department is called."), CallForm, _call, DESK,
            lambda standing: _open(standing) and standing.case.confidentiality != "sealed",
        ),
        Deed(
            "uncall", gettext_lazy("Take a call back"), gettext_lazy("The department no longer has to answer."),
            gettext_lazy("Take it back"), gettext_lazy("The call is taken back."), CallBackForm, _uncall, DESK,
            lambda standing: bool(standing.case.is_called),
        ),
        Deed(
            "refuse", gettext_lazy("Refuse it for the community"),
            gettext_lazy("What is on the negative list, or is not what was admitted. It leaves you at once."),
            pgettext_lazy("step of work", "Refuse"),
            gettext_lazy("Refused. The body that asked and its government are told."),
            RefuseForm, _refuse, BODY, _refusable,
        ),
        Deed(
            "object", gettext_lazy("It is not our task"),
            gettext_lazy("Somebody above rules whose task it is. The clock runs on meanwhile."),
            gettext_lazy("Object"), gettext_lazy("The objection is sent to be ruled on."), ObjectForm, _object, BODY,
            lambda standing: _open(standing) and not standing.case.is_disputed,
        ),
        Deed(
            "accept", gettext_lazy("Take it after all"),
            gettext_lazy("The dispute ends, and your body keeps the case."),
            gettext_lazy("Take it after all"), gettext_lazy("The objection is withdrawn."), NothingForm,
            _take_after_all, BODY, lambda standing: bool(standing.case.is_disputed),
        ),
        Deed(
            "suspend", gettext_lazy("Ask that the clocks stand still"),
            gettext_lazy("Somebody else decides. Once approved it holds from now."),
            gettext_lazy("Ask for it"), gettext_lazy("It is asked for; somebody else decides."), SuspendForm, _suspend,
            WORKS, lambda standing: _open(standing) and not standing.stands_still,
        ),
        Deed(
            "resume", gettext_lazy("Let the clocks run again"),
            gettext_lazy("The reason is gone: each clock ends by so much later as it stood still."),
            gettext_lazy("Let them run"), gettext_lazy("The clocks run again."), NothingForm, _resume, ANY,
            lambda standing: bool(standing.stands_still),
        ),
        Deed(
            "extend", gettext_lazy("Ask for more time"), gettext_lazy("Somebody else decides, before it is due."),
            gettext_lazy("Ask for it"), gettext_lazy("It is asked for; somebody else decides."), ExtendForm, _extend,
            WORKS, lambda standing: _open(standing) and bool(extendable(standing)),
        ),
        Deed(
            "correct", gettext_lazy("Put it right"),
            gettext_lazy("Kind of matter, urgency and place. After the dispatch the unit stays."),
            gettext_lazy("Save"), gettext_lazy("It is put right."), CorrectForm, _correct,
            frozenset({"desk", "supervisor"}), _not_closed,
        ),
        Deed(
            "join", gettext_lazy("Join with another case"), gettext_lazy("For the same matter reported twice."),
            gettext_lazy("Join the cases"), gettext_lazy("The cases are joined; this is the one that goes on."),
            JoinForm, _join, DESK, _joinable,
        ),
        Deed(
            "split", gettext_lazy("Split it in parts"),
            gettext_lazy("Each part has a number and clocks of its own; the whole closes after the last."),
            gettext_lazy("Split it"), gettext_lazy("The case is split."), SplitForm, _split_act, DESK, _divisible,
        ),
        Deed(
            "part", gettext_lazy("Add somebody to it"),
            gettext_lazy("Helpers, parties and others that the type knows."),
            gettext_lazy("Add"), gettext_lazy("They are on the case now."), PartForm, _part, ANY,
            lambda standing: _not_closed(standing) and bool(standing.spec.parts),
        ),
        Deed(
            "hide", gettext_lazy("Hide from the public, or show again"),
            gettext_lazy("Its reporter and whoever works on it see it all the same."),
            gettext_lazy("Do it"), gettext_lazy("Done."), HideForm, _hide, DESK,
            lambda standing: standing.case.confidentiality == "public",
        ),
    )
}  # fmt: skip


def open_to(standing: Standing) -> list[tuple[str, str]]:
    """What this worker can do now: address and words."""
    fitting = [one for one in DEEDS.values() if one.when(standing) and one.is_for(standing)]
    number = standing.case.number
    return [(reverse("desk-case-do", args=[number, one.code]), str(one.title)) for one in fitting]


def deed_of(standing: Standing, code: str) -> Deed:
    """The deed of this name.

    Raises:
        NoCase: there is none of this name. NotAllowed: for somebody else. Conflict: not as the case stands.
    """
    found = DEEDS.get(code)
    if found is None:
        raise queries.NoCase(_("There is no such page."), next_step=_("Open the case: it shows what can be done."))
    if not found.is_for(standing):
        raise NotAllowed(_("This step is for somebody else to take."))
    if not found.when(standing):
        raise Conflict(_("This isn’t possible as the case stands now."))
    return found
