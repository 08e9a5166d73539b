"""A small city, a department in it, and everybody who has to do with a case."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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


@pytest.fixture(scope="module")
def built_scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """The scene, built once for a file. What a test changes is undone by its savepoint."""
    with make.standing(django_db_blocker, build) as made:
        yield made


@pytest.fixture
def scene(built_scene: Scene, db: None) -> Scene:
    """The scene, for a test that may change it: its objects are copies."""
    return copy.deepcopy(built_scene)


def build() -> Scene:
    """The scene in the database."""
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
