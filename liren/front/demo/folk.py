"""The simulated people as rows: residents with their residency, officials with their mandates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db.backends.postgresql.psycopg_any import DateRange

from liren.foundation.people.models import Account, Mandate, Residency, ResidencyEvent, Role
from liren.front.demo.copying import by_index, copy, new_ids
from liren.front.demo.engine import people as engine
from liren.front.demo.engine import rows
from liren.front.demo.engine.chance import uniforms
from liren.front.demo.places import Load

FIRST_JOINED = datetime(2024, 1, 1, 8, tzinfo=UTC)
GRANTED = datetime(2024, 12, 31, 8, tzinfo=UTC)
ACCOUNT = (
    "id", "uuid", "username", "display_name", "password", "last_login", "language",
    "is_active", "is_simulated", "joined_at", "erased_at",
)  # fmt: skip
RESIDENCY = (
    "id", "account_id", "unit_id", "unit_level", "state", "claimed_at", "decided_at", "decided_by_id", "closed_at",
)  # fmt: skip
EVENT = ("residency_id", "move", "from_state", "to_state", "at", "actor", "note")
MANDATE = (
    "account_id", "role_id", "unit_id", "unit_level", "during", "duties", "weekly_minutes",
    "granted_by", "granted_at", "ended_by", "ended_at",
)  # fmt: skip


def load_people(load: Load, units: list[int]) -> None:
    """Write all accounts that nobody signs in to, with what they hold. The accounts to try are not among them."""
    workers = _officials(load, units)
    _residents(load, units, workers)


def _accounts(load: Load, names: list[str], shown: list[str], joined: list[datetime], purpose: str) -> list[int]:
    """Accounts that can't sign in: the password begins with "!", which no hash does."""
    ids = new_ids(Account, len(names))
    marks = _uuids(len(names), load.city.size.seed, purpose)
    copy(
        Account,
        ACCOUNT,
        (
            (pk, mark, name, display, f"!{mark.hex}{mark.hex[:8]}", None, "zh-hans", True, True, at, None)
            for pk, mark, name, display, at in zip(ids, marks, names, shown, joined, strict=True)
        ),
        len(ids),
        load.tell,
    )
    return ids


def _uuids(count: int, seed: int, purpose: str) -> Iterator[UUID]:
    """UUIDs that repeat with the seed."""
    words = (uniforms(4 * count, seed, "uuid", purpose) * 2**32).astype(">u4").tobytes()
    return (UUID(bytes=words[i : i + 16], version=4) for i in range(0, 16 * count, 16))


def _officials(load: Load, units: list[int]) -> dict[int, int]:
    """Accounts with mandates; gives the account that decides on residency in each community."""
    staff = load.city.officials[len(engine.TRIED) :]
    ids = _accounts(load, [o.username for o in staff], [o.name for o in staff], [GRANTED] * len(staff), "officials")
    roles = dict(Role.objects.values_list("code", "pk"))
    since = DateRange(rows.APPOINTED)
    by_index()
    copy(
        Mandate,
        MANDATE,
        (
            (pk, roles[o.role], units[o.unit], load.city.units[o.unit].level, since, o.duties, o.minutes)
            + (load.actor, GRANTED, "", None)
            for pk, o in zip(ids, staff, strict=True)
        ),
        len(staff),
        load.tell,
    )
    return {o.unit: pk for pk, o in zip(ids, staff, strict=True) if o.role == "community_worker"}


def _residents(load: Load, units: list[int], workers: dict[int, int]) -> None:
    """Accounts with a residency in a compound: verified by the community, or still waiting for it."""
    people = load.city.residents
    joined = [FIRST_JOINED + timedelta(days=int(day)) for day in people.days[1:]]
    names = [f"sim-{number:07d}" for number in range(1, len(people.names))]
    accounts = _accounts(load, names, people.names[1:], joined, "residents")
    homes = new_ids(Residency, len(accounts))
    places, waiting = people.units[1:].tolist(), people.waiting[1:].tolist()
    deciders = [workers[load.city.units[place].face.parent or 0] for place in places]
    copy(
        Residency,
        RESIDENCY,
        _homes(homes, accounts, [units[p] for p in places], waiting, joined, deciders),
        len(homes),
        load.tell,
    )
    total = 2 * len(homes) - int(np.count_nonzero(people.waiting[1:]))
    copy(ResidencyEvent, EVENT, _events(homes, accounts, waiting, joined, deciders), total, load.tell)


def _homes(
    homes: list[int], accounts: list[int], places: list[int], waiting: list[bool], joined: list[datetime], by: list[int]
) -> Iterator[tuple[Any, ...]]:
    for home, account, place, waits, at, worker in zip(homes, accounts, places, waiting, joined, by, strict=True):
        if waits:
            yield home, account, place, 6, "claimed", at, None, None, None
        else:
            yield home, account, place, 6, "verified", at, at + timedelta(days=2), worker, None


def _events(
    homes: list[int], accounts: list[int], waiting: list[bool], joined: list[datetime], by: list[int]
) -> Iterator[tuple[Any, ...]]:
    for home, account, waits, at, worker in zip(homes, accounts, waiting, joined, by, strict=True):
        yield home, "claim", "", "claimed", at, f"account:{account}", ""
        if not waits:
            yield home, "verify", "claimed", "verified", at + timedelta(days=2), f"account:{worker}", ""
