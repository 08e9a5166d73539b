"""Rooms enter each other by the front door: models, services, queries."""

import grimp
import pytest

DOORS = {"models", "services", "queries"}
OPEN_ROOMS = {"foundation.kernel", "host", "config", "front.kit", "journeys"}  # made to be used by everyone
# A pure vocabulary that rooms above fill: what packs may declare, and how their faults are said.
OPEN_DRAWERS = {"liren.foundation.policy.engine.kinds"}
# Entries made up from a declaration: pure, and the simulated city's own generator is pure too, so no door will do.
OPEN_DRAWERS |= {"liren.foundation.registers.engine.samples"}
FOLDERS = {"foundation", "front", "service", "governance", "development", "oversight"}


def room(module: str) -> str:
    """liren.foundation.people.services -> foundation.people; liren.cli.main -> cli."""
    parts = module.split(".")[1:]
    return ".".join(parts[:2]) if parts and parts[0] in FOLDERS else ".".join(parts[:1])


def door(module: str) -> str:
    """The file of the room that is entered."""
    depth = 1 + len(room(module).split("."))
    return (module.split(".") + [""] * 4)[depth]


def allowed(importer: str, imported: str) -> bool:
    """The command and the settings stand above all rooms and may open any drawer; a room may not."""
    if (
        room(importer) == room(imported)
        or not room(imported)
        or room(imported) in OPEN_ROOMS
        or imported in OPEN_DRAWERS
    ):
        return True
    return room(importer) in {"cli", "config", "__main__", ""} or door(imported) in DOORS


@pytest.mark.slow
def test_rooms_enter_each_other_by_the_front_door():
    graph = grimp.build_graph("liren", cache_dir=None)
    pairs = [(a, b) for a in graph.modules for b in graph.find_modules_directly_imported_by(a)]
    assert [(a, b) for a, b in pairs if not allowed(a, b)] == []


@pytest.mark.parametrize(
    ("importer", "imported", "may"),
    [
        ("liren.front.desk.views", "liren.foundation.people.services", True),
        ("liren.front.desk.views", "liren.foundation.people.cipher", False),
        ("liren.foundation.people.rules", "liren.foundation.territory.models.units", True),
        ("liren.foundation.people.rules", "liren.foundation.territory.machine", False),
        ("liren.foundation.territory.services", "liren.foundation.kernel.audit", True),
        ("liren.foundation.people.services", "liren.foundation.people.cipher", True),
        ("liren.foundation.people.apps", "liren.foundation.policy.engine.kinds", True),
        ("liren.foundation.people.apps", "liren.foundation.policy.engine.packs", False),
    ],
)
def test_the_front_door_rule_itself(importer, imported, may):
    assert allowed(importer, imported) is may
