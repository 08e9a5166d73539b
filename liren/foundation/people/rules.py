"""Who may do what with accounts, residency, mandates and personal data.

A power counts on the unit of a mandate and below it. What a person does with their own data needs no power at all;
what nobody's role contains (``people.load_roles``, ``people.destroy``) only commands and jobs of the system can do.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from liren.foundation.kernel.rights import Actor, may_give, power_rule, rule
from liren.foundation.people.models import AccessGrant, Account, Mandate, Residency

#: Every action of this room in plain words, for the pages that explain roles.
DESCRIPTIONS = {
    "people.register": _("Open an account."),
    "people.set_contact": _("Record how one can be reached."),
    "people.correct": _("Correct one's own name and language."),
    # Translators: 申报居住登记
    "people.claim": _("Say where one lives."),
    "people.withdraw": _("Withdraw one's own claim of residency."),
    "people.verify": _("Check claims of residency: verify or refuse them."),
    "people.end_residency": _("End a residency."),
    # Translators: mandate 任职
    "people.grant": _("Give a mandate that is no greater than one's own, and end mandates."),
    "people.end_mandate": _("End a mandate, or lay down one's own."),
    # Translators: 人民调解法第八、九、十三条
    "people.appoint_mediators": _("Enter who was elected or engaged as a people's mediator; opens no mediation."),
    "people.appoint_support": _("Enter who gives personal support; opens none of it."),
    "people.appoint_refuge": _("Enter who receives requests for refuge; opens none of them."),
    "people.appoint_supervision": _("Enter who takes complaints about bodies and staff; opens none of them."),
    "people.see_mandates": _("See who holds which mandate."),
    "people.open_contact": _("Open a resident's contact data for half an hour, with a reason that the resident sees."),
    "people.review_access": _("Review who looked at whose data, and why."),
    "people.see_access": _("See who looked at one's own data."),
    "people.consent": _("Give or withdraw consent."),
    "people.export": _("Take out all data about oneself."),
    "people.erase": _("Erase one's own account."),
    "people.load_roles": _("Load the roles from their file."),
    "people.destroy": _("Destroy what has been kept for its full period."),
    "people.follow": _("Carry residencies out of units that have closed."),
    "people.enrol": _("Set up a second factor for an account."),
    "people.recover": _("Let somebody in again who is locked out."),
}


def itself(actor: Actor, account: Any) -> bool:
    """The account in question is the actor's own (asked about nothing: any signed-in account)."""
    if not actor.is_authenticated:
        return False
    return account is None or actor.pk == account.pk


for _own in ("people.set_contact", "people.correct", "people.claim", "people.see_access", "people.consent"):
    rule(_own)(itself)
for _own in ("people.export", "people.erase"):
    rule(_own)(itself)


@rule("people.register")
def anybody(actor: Actor, obj: Any) -> bool:
    """Anybody opens an account; no power, no invitation."""
    return True


@rule("people.withdraw")
def own_claim(actor: Actor, residency: Residency) -> bool:
    """The person who claimed."""
    return bool(actor.is_authenticated and residency.account_id == actor.pk)


@rule("people.verify")
def decides_claims(actor: Actor, obj: Any) -> bool:
    """Who holds the power over the unit, never on one's own claim. Asked about a unit, or nothing: any claim."""
    if isinstance(obj, Residency):
        return obj.account_id != actor.pk and actor.holds("people.verify", obj.unit)
    return bool(actor.holds("people.verify", obj))


@rule("people.end_residency")
def ends_residency(actor: Actor, residency: Residency) -> bool:
    """The person, or who holds the power over the unit."""
    if not actor.is_authenticated:
        return False
    return residency.account_id == actor.pk or bool(actor.holds("people.end_residency", residency.unit))


@rule("people.grant")
def grants(actor: Actor, unit: Any) -> bool:
    """Who holds the power over the unit; that no power grows on its way is checked where the role is known."""
    return bool(actor.holds("people.grant", unit))


@rule("people.end_mandate")
def ends_mandate(actor: Actor, mandate: Mandate) -> bool:
    """The holder lays it down; who could have granted it there ends it."""
    if not actor.is_authenticated:
        return False
    if mandate.account_id == actor.pk:
        return True
    duty = mandate.role.appointed_by
    if duty and actor.holds("people.grant", mandate.unit) and actor.holds(duty, mandate.unit):
        return True
    given = [power.power for power in mandate.role.powers.all()]
    grants = actor.holds("people.grant", mandate.unit)
    return grants and all(may_give(actor, power, mandate.unit) for power in given)


for _appointing in ("mediators", "support", "refuge", "supervision"):
    power_rule(f"people.appoint_{_appointing}")


@rule("people.see_mandates")
def sees_mandates(actor: Actor, unit: Any) -> bool:
    """Who grants or looks over mandates in the unit."""
    return bool(actor.holds("people.see_mandates", unit) or actor.holds("people.grant", unit))


@rule("people.open_contact")
def opens_contact(actor: Actor, subject: Account | None) -> bool:
    """Who holds the power over the unit where that person claims or holds residency; never about oneself."""
    if subject is None:
        return bool(actor.holds("people.open_contact"))
    if subject.pk == actor.pk:
        return False
    residency = subject.residencies.filter(closed_at=None).select_related("unit").first()
    return residency is not None and bool(actor.holds("people.open_contact", residency.unit))


@rule("people.review_access")
def reviews_access(actor: Actor, obj: Any) -> bool:
    """Who holds the power over the unit and neither looked nor was looked at."""
    if isinstance(obj, AccessGrant):
        return actor.pk not in (obj.actor_id, obj.subject_id) and actor.holds("people.review_access", obj.unit)
    return bool(actor.holds("people.review_access", obj))


@rule("people.load_roles")
def system_loads_roles(actor: Actor, obj: Any) -> bool:
    """No account: the system alone, which needs no rule."""
    return False


@rule("people.destroy")
def system_destroys(actor: Actor, obj: Any) -> bool:
    """No account: the system alone, which needs no rule."""
    return False


@rule("people.follow")
def system_follows(actor: Actor, obj: Any) -> bool:
    """No account: the system does it by the clock."""
    return False


@rule("people.recover")
def system_recovers(actor: Actor, obj: Any) -> bool:
    """No account: an operator does it by command, so that no official can enter as somebody else."""
    return False


@rule("people.enrol")
def system_enrols(actor: Actor, obj: Any) -> bool:
    """No account: people set up their factors on their own pages; the demo does it for made-up people."""
    return False
