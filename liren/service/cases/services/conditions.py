"""What has to hold of the persons on a case before a move is made, beyond the word under which it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import Conflict, NotAllowed
from liren.service.cases.engine.spec import Part
from liren.service.cases.models import CasePart
from liren.service.cases.queries.acting import judges_own_work
from liren.service.cases.queries.barred import barred

if TYPE_CHECKING:
    from liren.service.cases.services.moves import Step


def free_hands(step: Step) -> None:
    """Whoever took a step that this move looks at leaves it to somebody else.

    Raises:
        NotAllowed: they took it; it says who may.
    """
    if barred(step.case, step.by, [step.move]):
        raise NotAllowed(
            _("You took a step on this case that this one looks at."),
            next_step=_("It is for somebody else: %(who)s.") % {"who": _others(step)},
        )


def free_word(step: Step) -> None:
    """The verdict on a case is not given by whoever worked on it, as whom else they may come.

    Raises:
        NotAllowed: they worked on it, or show a receipt that they handed out.
    """
    if step.move.effect == "verdict" and judges_own_work(step.case, step.by, step.spec):
        raise NotAllowed(
            _("You worked on this case, so the verdict on it is not yours to give."),
            next_step=_("Whoever it concerns gives it, or somebody else calls them back."),
        )


def agreed(step: Step) -> None:
    """Every role that has to agree is held by as many as the type says, and everybody who holds it has agreed.

    Raises:
        Conflict: somebody is missing, or has not agreed.
    """
    for role in step.move.consents:
        given = list(_holders(step, role).values_list("consented_at", flat=True))
        part = _part(step, role)
        if None in given or len(given) < max(1, part.least):
            next_step = _("Ask for it, and note it down.")
            if part.least > 1:
                next_step = _("At least %(least)s have to hold this part and agree.") % {"least": part.least}
            raise Conflict(_("This needs the consent of: %(who)s.") % {"who": _named(part)}, next_step=next_step)


def held(step: Step) -> None:
    """Where it will be the turn of a part, somebody holds that part.

    Raises:
        Conflict: nobody does.
    """
    word, _colon, role = step.spec.state(step.move.target).owner.partition(":")
    if word != "part":
        return
    if _part(step, role).is_over(step.case.values, timezone.localdate(step.at)):
        raise Conflict(
            _("The time for which %(who)s was to act is over.") % {"who": _named(_part(step, role))},
            next_step=_("It has to be agreed anew, with another day."),
        )
    if not _holders(step, role).exists():
        raise Conflict(
            _("Next it would be the turn of: %(who)s. Nobody is that on this case.")
            % {"who": _named(_part(step, role))},
            next_step=_("Give somebody this part first, under “Add somebody to it”."),
        )


def _holders(step: Step, role: str) -> QuerySet[CasePart]:
    return CasePart.objects.filter(case_id=step.case.pk, role=role, left_at=None)


def _part(step: Step, role: str) -> Part:
    return next(one for one in step.spec.parts if one.code == role)


def _named(part: Part) -> str:
    return part.name.text(get_language() or "zh")


def _others(step: Step) -> str:
    """The hands that may make the move, in words, without whoever tried."""
    words = {
        "desk": _("a colleague at the desk"),
        "body": _("a colleague in the department"),
        "supervisor": _("the level above"),
        "callback": _("whoever calls back"),
        "reporter": _("whoever reported it"),
    }
    here = get_language() or "zh"
    words |= {f"part:{one.code}": one.name.text(here) for one in step.spec.parts}
    return ("、" if here.startswith("zh") else ", ").join(words[one] for one in step.move.by if one in words)
