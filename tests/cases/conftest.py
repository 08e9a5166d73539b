"""A small city, a department in it, and everybody who has to do with a case."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from liren.foundation.bodies.models import Body
from liren.foundation.people.models import Account
from tests import make
from tests.make import bodies, cases
from tests.make.people import Tree


@dataclass
class Scene:
    """A tree of units, two departments, and people: who reports, who sorts, who handles, who looks on."""

    town: Tree
    department: Body
    other: Body
    resident: Account
    neighbour: Account
    worker: Account
    clerk: Account
    other_clerk: Account
    agent: Account


@pytest.fixture
def scene(db: None) -> Scene:
    town = make.town()
    make.roles()
    cases.declare()
    department, other = (bodies.body(town.district, "department", name_zh=name) for name in ("市政处", "环卫处"))
    return Scene(
        town,
        department,
        other,
        make.account(),
        make.account(),
        make.official("community_worker", town.community),
        cases.clerk(department, town.district),
        cases.clerk(other, town.district),
        make.official("phone_agent", town.city),
    )
