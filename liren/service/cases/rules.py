"""Who may do what with cases. What a move needs stands in the type; these are the powers behind the words of a type.

``desk`` in a type is ``cases.work`` over the case's unit; ``supervisor`` is ``cases.supervise`` over it; ``callback``
is ``cases.callback`` by somebody who did not handle it; ``body`` is a post in the body that the case was dispatched to.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from liren.foundation.kernel.rights import Actor, power_rule, rule

#: Every action of this room in plain words, for the pages that explain roles.
DESCRIPTIONS = {
    "cases.view": _("See public cases."),
    "cases.report": _("Report something."),
    "cases.follow": _("Join somebody else's report and follow it."),
    "cases.subscribe": _("Choose topics of notices for oneself."),
    "cases.move": _("Move a case on, as its type allows."),
    "cases.work": _("Work on the cases of a unit: sort, dispatch, call departments, answer."),
    "cases.serve": _("Act on cases for the body in which one holds a post."),
    "cases.take": _("Take in cases for others at the counter or on the telephone."),
    "cases.callback": _("Call residents back and ask whether it is solved."),
    "cases.supervise": _("Look over cases that escalated, approve suspensions and extensions."),
    "cases.arbitrate": _("Rule on who is responsible."),
    "cases.catalogue": _("Keep the dispatch catalogue."),
    "cases.moderate": _("Release pictures for the public, hide what must not be read."),
    "cases.keys": _("Give out keys to programs."),
    "cases.sealed.mediation": _("Open mediation cases."),
    "cases.sealed.support": _("Open cases of personal support."),
    "cases.sealed.refuge": _("Open requests for refuge."),
    "cases.sealed.supervision": _("Open complaints against bodies and staff."),
    "cases.escalate": _("Carry what is late one level up."),
    "cases.count": _("Compute the monthly figures anew."),
    "cases.destroy": _("Destroy cases whose time of keeping is over."),
    "cases.train": _("Train the sorter."),
}

for _power in (
    "cases.work", "cases.serve", "cases.take", "cases.callback", "cases.supervise", "cases.arbitrate",
    "cases.catalogue",
    "cases.moderate", "cases.keys", "cases.sealed.mediation", "cases.sealed.support", "cases.sealed.refuge",
    "cases.sealed.supervision",
):  # fmt: skip
    power_rule(_power)


@rule("cases.view")
@rule("cases.report")
def anybody(actor: Actor, obj: Any) -> bool:
    """With or without an account; what is seen is the matter of ``Case.objects.visible_to``."""
    return True


@rule("cases.follow")
@rule("cases.subscribe")
def signed_in(actor: Actor, obj: Any) -> bool:
    """Any account, for itself: who follows a case or chose a topic is told."""
    return bool(actor.is_authenticated)


@rule("cases.move")
def by_its_type(actor: Actor, obj: Any) -> bool:
    """Asked without a move, anybody may try; ``services.moves`` asks the type and the case."""
    return True


for _by_clock in ("cases.escalate", "cases.count", "cases.destroy", "cases.train"):

    @rule(_by_clock)
    def by_the_clock(actor: Actor, obj: Any) -> bool:
        """No account: the system does it."""
        return False
