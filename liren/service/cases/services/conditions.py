"""What has to hold of the persons on a case before a move is made, beyond the word under which it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import NotAllowed
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
