"""A measure and the number it is judged by are counted in the same thing, in every city that sets the number."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from liren.foundation.kernel.engine.quantities import UNITS
from liren.foundation.registers.engine.declaration import parse
from tests.conftest import ROOT

PACKS = ROOT / "packs"
#: Numbers that say how many entries each unit must have. They are no target of a share, so no measure names them; the
#: declaration counts units with so many.
AT_LEAST = {
    "police_per_community": ["police_per_community"],
    "stations_per_community": ["stations_per_community"],
    "social_orgs_per_urban_community": ["social_orgs_per_urban_community"],
    "social_orgs_per_rural_community": ["social_orgs_per_rural_community"],
    "incubators_per_level": [f"incubators_per_level_{level}" for level in ("city", "district", "street")],
}


def measures() -> Iterator[Any]:
    for path in sorted(PACKS.glob("**/registers/*.toml")):
        yield from parse(tomllib.loads(path.read_text(encoding="utf-8"))).measures


def parameters() -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """By code: each city that sets the number, with what it says."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for path in sorted(PACKS.glob("*/*/parameters.toml")):
        for row in tomllib.loads(path.read_text(encoding="utf-8")).get("parameters", ()):
            found.setdefault(row["code"], []).append((path.parts[-3], row))
    return found


KNOWN = parameters()
TARGETED = [one for one in measures() if one.parameter]


def test_many_measures_have_a_target():
    assert len(TARGETED) > 30


@pytest.mark.parametrize("measure", TARGETED, ids=lambda one: one.code)
def test_a_target_is_counted_in_what_the_measure_counts(measure):
    wanted = UNITS[measure.unit].measures
    assert KNOWN[measure.parameter]
    assert [
        (city, row["unit"]) for city, row in KNOWN[measure.parameter] if UNITS[row["unit"]].measures != wanted
    ] == []


@pytest.mark.parametrize("parameter", AT_LEAST)
def test_so_many_in_each_unit_is_what_the_documents_ask(parameter):
    counted = {one.code: one for one in measures() if one.code in AT_LEAST[parameter]}
    assert sorted(counted) == sorted(AT_LEAST[parameter])
    asked = {int(row["value"]) for _city, row in KNOWN[parameter]}
    assert {one.at_least for one in counted.values()} == asked
    assert {(one.measure, one.parameter, one.unit) for one in counted.values()} == {("units", "", "percent")}
