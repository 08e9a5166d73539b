"""Builders for bodies: a community with its committee, and whatever else a test names."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from liren.foundation.bodies import services
from liren.foundation.bodies.engine.codes import with_check
from liren.foundation.bodies.models import Body, OfficeHolding, Pairing, Post
from liren.foundation.kernel.rights import SystemActor
from liren.foundation.territory.models import Unit
from tests.make.territory import Town, small_town

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)
SINCE = date(2020, 1, 1)
SYSTEM = SystemActor("test")
BY: dict[str, Any] = {"by": SYSTEM, "at": NOW}
PAPER = "里社治〔2020〕1号"
_numbers = itertools.count(1)


def code(number: int | None = None) -> str:
    """A unified social credit code with a good check character; 9901 is no real division."""
    return with_check(f"52990102MJ{next(_numbers) if number is None else number:07d}")


def body(unit: Unit, kind: str = "social_organisation", **changes: Any) -> Body:
    """A body of the unit since 2020."""
    facts = {"name_zh": f"第{next(_numbers)}机构", "effective_on": SINCE, "instrument": PAPER, **BY, **changes}
    return services.found_body(kind=kind, unit_id=unit.pk, **facts)


def post(of: Body, **changes: Any) -> Post:
    """A post of one seat since 2020, filled by appointment."""
    facts = {"name_zh": "主任", "filled_by": "appointment", "effective_on": SINCE, "instrument": PAPER, **BY, **changes}
    return services.make_post(of.pk, **facts)


def holding(of: Post, **changes: Any) -> OfficeHolding:
    """Somebody in office since 2020."""
    facts = {"effective_on": SINCE, "instrument": PAPER, **BY, **changes}
    if not {"account_id", "by_post_id"} & set(facts):
        facts.setdefault("name", "甲某")
    return services.fill_post(of.pk, **facts)


def pairing(of: Body, unit: Unit, **changes: Any) -> Pairing:
    """A pairing since 2020."""
    facts = {"agreed_zh": "开放停车场", "effective_on": SINCE, "instrument": PAPER, **BY, **changes}
    return services.pair(of.pk, unit_id=unit.pk, **facts)


@dataclass
class Acting:
    """A town in which somebody acts: commission, department, and in the community 柳荫 what there is by law."""

    town: Town
    commission: Body
    department: Body
    party: Body
    council: Body
    committee: Body
    supervision: Body
    secretary: Post
    director: Post
    checker: Post


def acting() -> Acting:
    """The bodies of a community with the four parts of self-government, and who coordinates above."""
    town = small_town()
    commission = body(town.city, "coordinating", name_zh="里仁市社区发展治理委员会")
    department = body(town.city, "department", name_zh="里仁市民政局")
    party = body(town.willow, "party_organisation", name_zh="柳荫社区党组织", part="convenes")
    council = body(town.willow, "committee", name_zh="柳荫社区议事会", part="decides")
    committee = body(town.willow, "committee", name_zh="柳荫社区居民委员会", part="carries_out")
    supervision = body(town.willow, "committee", name_zh="柳荫社区居务监督委员会", part="checks")
    secretary = post(party, name_zh="书记", is_head=True, filled_by="election")
    director = post(committee, name_zh="主任", is_head=True, filled_by="election")
    checker = post(supervision, name_zh="监督员", seats=3, filled_by="election")
    return Acting(town, commission, department, party, council, committee, supervision, secretary, director, checker)
