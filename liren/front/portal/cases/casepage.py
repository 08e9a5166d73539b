"""The page of one case: for everybody its public face, for whoever reported it the whole story and the last word."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import LirenError, NotAllowed
from liren.front.portal.cases import receipt
from liren.front.portal.cases.choosing import language
from liren.front.portal.cases.forms import MoveForm, NoteForm, VerdictForm, refuse
from liren.front.portal.cases.published import HEADLINE, published
from liren.service.cases.models import Case, CaseFollower
from liren.service.cases.queries import NoCase, Reading, file_of, level_of, open_moves, reading, timeline
from liren.service.cases.services import BadReport, add_note, follow, has_pass, move, unfollow, uploads

PHASE_WORDS = {
    "open": pgettext_lazy("case", "open"),
    "answered": pgettext_lazy("case", "answered"),
    "closed": pgettext_lazy("case", "closed"),
}
#: Who reads a case as the one who reported it, or as a person on it.
OWN = ("reporter", "referrer")
#: Moves that are asked together as the verdict.
JUDGES = ("verdict", "reopen")


def headline(it: Reading) -> str:
    """What the page is called: what was issued by its own headline, everything else by its kind."""
    own = next((one.text for one in it.values if one.field.code == HEADLINE), "")
    return own or it.category_words or it.type_words


def page(request: HttpRequest, number: str, **shown: Any) -> dict[str, Any]:
    """Everything on the page. ``shown`` are forms that came back with faults."""
    case, actor = receipt.reader_of(request, number)
    it = reading(case, actor)
    mine = open_moves(case, actor) if it.level != "work" else []
    is_own = it.level in OWN
    lines = timeline(case, actor, get_language() or "")[::-1]
    return {
        "it": it,
        "phase": PHASE_WORDS[case.phase],
        "case": case,
        "own": is_own,
        "lines": lines,
        "published": published(it, lines),
        # Whoever judges reads the answer beside the question, not below it.
        "answer": next((one for one in lines if one.kind == "moved" and one.note), None),
        "dues": receipt.dues(case) if case.phase != "closed" else [],
        "stands": case.suspensions.filter(state="approved", ends_at=None).first() if it.level != "booking" else None,
        "verdict": VerdictForm(initial={"seen": case.revision}) if judged(mine) else None,
        "moves": [(one.code, one.name.text(language())) for one in mine if not in_verdict(one, mine)],
        "note_form": NoteForm() if is_own and case.phase != "closed" else None,
        "follows": follows(case, request.user),
        "may_join": may_join(it),
        "has_pass": is_own and any(one.issues for one in it.spec.moves) and has_pass(case, actor),
        "is_quiet": case.sealed_to == "refuge",
        "map_name": headline(it),
        **shown,
    }


def judged(moves: list[Any]) -> bool:
    """Whether the reporter has the word now."""
    return any(one.effect == "verdict" for one in moves)


def in_verdict(move: Any, moves: list[Any]) -> bool:
    """Whether the move is asked as part of the verdict; where there is none to give, reopening is a step of its own."""
    return move.effect in JUDGES and judged(moves)


def may_join(it: Reading) -> bool:
    """Whether others can follow this case."""
    case = it.case
    return it.level == "public" and it.spec.joinable and case.phase != "closed"


def follows(case: Case, user: Any) -> bool:
    """Whether whoever is signed in follows the case."""
    return user.is_authenticated and CaseFollower.objects.filter(case=case, account_id=user.pk).exists()


def join(request: HttpRequest, number: str) -> Case:
    """Follow, or stop following."""
    case, _actor = receipt.reader_of(request, number)
    act = unfollow if request.POST.get("leave") else follow
    return act(case.pk, by=request.user, at=timezone.now())  # type: ignore[arg-type]  # the service asks who it is


def own(request: HttpRequest, number: str) -> tuple[Case, Any]:
    """The case for whoever reported it or has a part in it.

    Raises:
        NoCase. NotAllowed: a case of somebody else, which this visitor may only look at.
    """
    case, actor = receipt.reader_of(request, number)
    if level_of(case, actor) not in OWN:
        raise NotAllowed(
            _("Only whoever reported this can do that here."),
            next_step=_("Open the page from the link on your receipt."),
        )
    return case, actor


def noted(case: Case, actor: Any, form: NoteForm) -> bool:
    """Add a word and pictures of the reporter."""
    facts = {"note": form.cleaned_data["note"], "files": uploads(form.cleaned_data["shots"])}
    return said(form, lambda: add_note(case.pk, **facts, by=actor, at=timezone.now()))


def ruled(case: Case, actor: Any, form: VerdictForm) -> bool:
    """The reporter's word: solved, not solved and taken up again, or left at that."""
    moves, asked = open_moves(case, actor), form.cleaned_data
    spec = reading(case, actor).spec
    again = asked["solved"] == "no" and asked["then"] == "again"
    wanted = "solved" if asked["solved"] == "yes" else "unsolved"
    fitting = [one for one in moves if one.effect == ("reopen" if again else "verdict")]
    exact = [one for one in fitting if again or spec.state(one.target).outcome == wanted] or fitting
    if not exact:
        raise NoCase.unknown()
    values = {} if again else {"solved": asked["solved"], "satisfied": asked["satisfied"]}
    facts: dict[str, Any] = {"note": asked["note"], "values": values, "seen": asked["seen"]}
    return said(form, lambda: move(case.pk, exact[0].code, **facts, by=actor, at=timezone.now()))


def step_of(request: HttpRequest, number: str, code: str) -> tuple[Case, Any, Any]:
    """One of the other moves that are open to the reporter or to a part; no such page for whoever may not make it."""
    case, actor = receipt.reader_of(request, number)
    moves = open_moves(case, actor)
    found = next((one for one in moves if one.code == code and not in_verdict(one, moves)), None)
    if found is None or reading(case, actor).level == "work":
        raise NoCase.unknown()
    return case, actor, found


def stepped(case: Case, actor: Any, code: str, form: MoveForm) -> bool:
    """Make that move."""
    asked = form.cleaned_data
    files = uploads(asked.get("shots", []))
    facts: dict[str, Any] = {"note": asked["note"], "values": form.answers, "files": files}
    return said(form, lambda: move(case.pk, code, **facts, seen=asked["seen"], by=actor, at=timezone.now()))


def said(form: forms.Form, act: Any) -> bool:
    """Do it; what the service finds wrong with it is said on the form."""
    try:
        act()
    except BadReport as bad:
        refuse(form, bad.by_field)
    except LirenError as error:
        if error.status != 422:
            raise
        form.add_error(None, error.said)
    return not form.errors


def attached(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A file of the case, as this reader may see it: shown where it is a picture, else to be kept."""
    case, actor = receipt.reader_of(request, number)
    file = file_of(case, pk, actor)
    way = "inline" if file.type.startswith("image/") else "attachment"
    headers = {"Content-Disposition": f'{way}; filename="{case.number}-{file.pk}{file.name[file.name.rfind(".") :]}"'}
    reply = HttpResponse(bytes(file.content), content_type=file.type, headers=headers)
    reply["Cache-Control"] = "private, max-age=3600" if case.confidentiality != "sealed" else "no-store"
    return reply
