"""Who may do what at the gate. A power counts on the unit of a mandate and below it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from liren.foundation.admission.models import bodies_of
from liren.foundation.bodies.models import Body
from liren.foundation.kernel.rights import Actor, given_by, power_rule, rule
from liren.foundation.territory.models import Unit

#: Every action of this room in plain words, for the pages that explain roles.
DESCRIPTIONS = {
    "admission.view": _("See the lists, what was admitted, what was refused, and how heavy the burden is."),
    "admission.apply": _("Apply for a body that something be asked of communities, and hand down what was admitted."),
    # Translators: 联席会议决定准入、办理社区反映
    "admission.decide": _("Carry out decisions of the joint meeting on admissions, and answer reports of communities."),
    "admission.answer": _(
        "For the community: speak at hearings, accept or refuse what is asked, report, keep ledgers."
    ),
    "admission.appoint": _("Appoint who speaks for a community at the gate; whoever appoints does not speak for it."),
    "admission.lists": _("Draft the lists and catalogues, open them for comments, publish them."),
    "admission.burden": _("Keep the inventories of what communities carry, and record what was cut."),
    # Translators: 协助协议
    "admission.agree": _("Sign yearly agreements of assistance for the street or town, and appraise them."),
    "admission.comment": _("Comment on a list before it is changed."),
    "admission.admit_old": _("Take over admissions that were decided before this system."),
    "admission.remind": _("Remind of reports of communities that wait; by the clock."),
}

for _power in ("decide", "lists", "burden", "agree", "appoint"):
    power_rule(f"admission.{_power}")
# The office that asks would answer itself, if it held what it gives on to those whom it appoints.
given_by("admission.answer", "admission.appoint")


@rule("admission.view")
def _view(actor: Actor, obj: Any) -> bool:
    """Anybody."""
    return True


@rule("admission.comment")
def _comment(actor: Actor, obj: Any) -> bool:
    """Anybody."""
    return True


@rule("admission.answer")
def _answer(actor: Actor, community: Unit | None) -> bool:
    """Whoever holds the power in the community itself; from above it would never count: the office that asks would
    answer itself."""
    if community is None or not actor.holds("admission.answer", community):
        return community is None and actor.holds("admission.answer")
    return community.parent is None or not actor.holds("admission.answer", community.parent)


@rule("admission.apply")
def _apply(actor: Actor, body: Body | None) -> bool:
    """Whoever holds a post in the body, and a mandate that lets an account act for it in its unit."""
    if body is None:
        return actor.holds("admission.apply")
    return body.pk in bodies_of(actor) and actor.holds("admission.apply", body.unit)


@rule("admission.admit_old")
def _admit_old(actor: Actor, obj: Any) -> bool:
    """No account: a command of the system alone."""
    return False


@rule("admission.remind")
def _remind(actor: Actor, obj: Any) -> bool:
    """No account: the clock alone."""
    return False
