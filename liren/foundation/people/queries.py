"""Reads worth a name. Lists go page by page by key: pass the last key of the page before, get the rows after it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from liren.foundation.kernel.rights import Actor, givable, may_give
from liren.foundation.people import machine, register, rules
from liren.foundation.people.models import (
    AccessEntry,
    AccessGrant,
    Account,
    ConsentEvent,
    Destruction,
    Mandate,
    Residency,
    ResidencyState,
    Role,
    RolePower,
)
from liren.foundation.people.models.mandate import Counted
from liren.foundation.people.models.reach import inside, paths_of
from liren.foundation.territory.models import Unit

PAGE = 25


def my_mandates(account: Account, on: date) -> QuerySet[Mandate]:
    """What I hold on a day, with role and unit, highest unit first."""
    held: QuerySet[Mandate] = Mandate.objects.active_on(on).filter(account=account)
    return held.select_related("role", "unit").order_by("unit__level", "role__position", "pk")


def my_residency(account: Account) -> Residency | None:
    """My open residency, claimed or verified, with its unit."""
    return account.residencies.filter(closed_at=None).select_related("unit").first()


def my_residencies(account: Account) -> QuerySet[Residency]:
    """All of mine, newest first, each with its story."""
    return account.residencies.select_related("unit").prefetch_related("events").order_by("-pk")


def open_claims(actor: Actor, *, unit: Unit | None = None, after: int = 0, count: int = PAGE) -> list[Residency]:
    """Claims that wait for the actor's decision, oldest first; show ``account.masked_name``, not the name.

    The name appears when one claim is opened (``services.open_claim``), and the person sees that it was.
    """
    waiting = Residency.objects.filter(
        inside(paths_of(actor, "people.verify")), state=ResidencyState.CLAIMED, pk__gt=after
    ).exclude(account_id=actor.pk)
    if unit is not None:
        waiting = waiting.filter(unit__path__startswith=unit.path)
    return list(waiting.select_related("unit", "account").order_by("pk")[:count])


def count_open_claims(actor: Actor) -> int:
    """How many claims wait for the actor."""
    waiting = Residency.objects.filter(inside(paths_of(actor, "people.verify")), state=ResidencyState.CLAIMED)
    return waiting.exclude(account_id=actor.pk).count()


def moves_of(residency: Residency) -> list[Any]:
    """Moves that the table allows now; whether the actor may make one is the question of ``can``."""
    return machine.RESIDENCY.open_moves(residency.state)


def mandates_in(
    unit: Unit, actor: Actor, *, on: date | None = None, after: int = 0, count: int = PAGE
) -> list[Mandate]:
    """Mandates in the unit and below that the actor may see; with ``on``, those active on that day."""
    seen = Mandate.objects.visible_to(actor)
    if on is not None:
        seen = seen.active_on(on)
    seen = seen.filter(unit__path__startswith=unit.path, pk__gt=after)
    return list(seen.select_related("role", "unit", "account").order_by("pk")[:count])


def grantable_roles(actor: Actor, unit: Unit) -> list[Role]:
    """Roles that can be held at the unit's level and whose every power the actor holds there."""
    if not actor.holds("people.grant", unit):
        return []
    fitting = Role.objects.filter(is_retired=False, levels__level=unit.level).prefetch_related("powers")
    return [role for role in fitting if all(may_give(actor, p.power, unit) for p in role.powers.all())]


def roles() -> QuerySet[Role]:
    """All roles in force with powers and levels, in the order of the file."""
    return Role.objects.filter(is_retired=False).prefetch_related("powers", "levels")


def power_descriptions() -> dict[str, str]:
    """The actions of this room in plain words."""
    return {action: str(text) for action, text in rules.DESCRIPTIONS.items()}


def grid_team(unit: Unit, on: date) -> list[Mandate]:
    """Who works in this grid (or in the grids below this unit): public: name, duties, hours (R035)."""
    team: QuerySet[Mandate] = Mandate.objects.active_on(on).filter(
        unit__path__startswith=unit.path, role__counted=Counted.GRID
    )
    return list(team.select_related("role", "unit", "account").order_by("unit__code", "pk"))


def workers(unit: Unit, on: date) -> dict[str, int]:
    """Persons, not mandates, counted as community workers and as grid workers in the unit and below (R035).

    Who is both is counted as a grid worker only, so that the ratio of community workers is never flattered.
    """
    here: QuerySet[Mandate] = Mandate.objects.active_on(on).filter(unit__path__startswith=unit.path)
    grid = set(here.filter(role__counted=Counted.GRID).values_list("account", flat=True))
    community = set(here.filter(role__counted=Counted.COMMUNITY).values_list("account", flat=True)) - grid
    return {"community": len(community), "grid": len(grid)}


def access_of(subject: Account, actor: Actor, *, before: int | None = None, count: int = PAGE) -> list[AccessEntry]:
    """Who looked at this person's data, newest first; for the person, and for whoever reviews there."""
    looks = AccessEntry.objects.visible_to(actor).filter(subject=subject)
    if before is not None:
        looks = looks.filter(pk__lt=before)
    return list(looks.select_related("unit", "grant").order_by("-pk")[:count])


def looks_at(actor: Actor, *, before: int | None = None, count: int = PAGE) -> list[AccessEntry]:
    """All looks the actor reviews, newest first."""
    looks = AccessEntry.objects.filter(inside(paths_of(actor, "people.review_access")))
    if before is not None:
        looks = looks.filter(pk__lt=before)
    return list(looks.select_related("unit", "grant", "looker").order_by("-pk")[:count])


def grants_to_review(actor: Actor, *, after: int = 0, count: int = PAGE) -> list[AccessGrant]:
    """Accesses to sealed data that wait for the actor's review, oldest first; none of one's own."""
    waiting = AccessGrant.objects.filter(
        inside(paths_of(actor, "people.review_access")), reviewed_at=None, pk__gt=after
    ).exclude(Q(actor_id=actor.pk) | Q(subject_id=actor.pk))
    return list(waiting.select_related("unit", "actor").order_by("pk")[:count])


def consents_of(account: Account) -> list[tuple[register.Consent, ConsentEvent | None]]:
    """Every purpose that asks for consent, with the latest word of this account (None: never asked)."""
    latest = {event.purpose: event for event in ConsentEvent.objects.filter(account=account).order_by("at", "pk")}
    return [(consent, latest.get(code)) for code, consent in register.consents().items()]


def has_consent(account: Account, purpose: str) -> bool:
    """Does the latest word agree, in the wording that stands today?"""
    latest = ConsentEvent.objects.filter(account=account, purpose=purpose).order_by("-at", "-pk").first()
    return latest is not None and latest.given and latest.wording == register.consents()[purpose].wording


def consents() -> dict[str, register.Consent]:
    """Every purpose that asks for consent, by code."""
    return register.consents()


def datasets() -> list[register.Dataset]:
    """All sets of personal data, for the public page (R365)."""
    return list(register.datasets().values())


def dataset_register() -> list[register.Dataset]:
    """The same under the name of the page."""
    return datasets()


def roles_to_give(actor: Actor) -> QuerySet[Role]:
    """Roles that the actor could give somewhere: none of their powers is beyond, or appointing is the actor's duty."""
    powers = actor.powers() if hasattr(actor, "powers") else frozenset()
    beyond = RolePower.objects.filter(role=OuterRef("pk")).exclude(power__in=givable(powers))
    return Role.objects.filter(~Exists(beyond) | Q(appointed_by__in=powers - {""}), is_retired=False)


def automation_register() -> list[register.Tool]:
    """All automated tools, for the public page (R375)."""
    return list(register.automation().values())


def destructions(count: int = PAGE) -> Iterable[Destruction]:
    """The latest destructions, for the public page (R377)."""
    return Destruction.objects.all()[:count]


def offices_held(signed: Iterable[tuple[str, datetime]]) -> dict[tuple[str, datetime], Mandate]:
    """By the labels under which accounts acted and the moments: the mandate each held then, in the highest unit.

    Labels of the system, of the anonymous, and of accounts that held none on that day are left out. One query.
    """
    asked = {(label, at): label.removeprefix("account:") for label, at in signed if label.startswith("account:")}
    rows = Mandate.objects.filter(account__in={int(number) for number in asked.values()})
    known: dict[int, list[Mandate]] = {}
    for mandate in rows.select_related("account", "role", "unit").order_by("unit__level", "role__position", "pk"):
        known.setdefault(mandate.account_id, []).append(mandate)
    held = {
        key: next((one for one in known.get(int(number), []) if timezone.localdate(key[1]) in one.during), None)
        for key, number in asked.items()
    }
    return {key: mandate for key, mandate in held.items() if mandate is not None}
