"""Rights over territory: every action has a rule that says what it allows, and the day turns by a job."""

from datetime import UTC, datetime, timedelta

import pytest

from liren.foundation.kernel import rights
from liren.foundation.kernel.rights import ANONYMOUS, can
from liren.foundation.territory import jobs, rules, services
from liren.foundation.territory.models import Unit
from tests.make import territory as make

ACTIONS = [action for action in rights.actions() if action.startswith("territory.")]
ON_A_UNIT = ["population", "boundary", "zone", "grid", "compound", "size_bands", "street", "propose"]


def test_the_actions_of_territory_are_these():
    below_root = {*ON_A_UNIT, "view", "found", "change", "decide_proposal"}
    assert set(ACTIONS) == {f"territory.{name}" for name in below_root}


@pytest.mark.parametrize("action", ACTIONS)
def test_every_rule_says_what_it_allows(action):
    rule = getattr(rules, "_" + {"territory.decide_proposal": "decide"}.get(action, action.split(".")[1]))
    assert len(rule.__doc__) > 30


def test_everyone_sees_the_territory(town):
    assert can(ANONYMOUS, "territory.view", town.grid)
    assert set(Unit.objects.visible_to(ANONYMOUS)) == set(Unit.objects.all())


@pytest.mark.requirement("R005")
@pytest.mark.parametrize("power", ON_A_UNIT)
def test_authority_runs_down_the_tree_only(town, power):
    action = f"territory.{power}"
    by = make.holder(action, town.east)
    assert [can(by, action, unit) for unit in (town.east, town.willow, town.grid)] == [True, True, True]
    assert [can(by, action, unit) for unit in (town.city, town.district, town.west, town.bridge)] == [False] * 4
    assert not can(ANONYMOUS, action, town.east)


def test_the_day_turns_shortly_after_midnight_in_china(town):
    tomorrow = make.TODAY + timedelta(days=1)
    services.rename_unit(town.plum.pk, name_zh="杏园社区", **make.papers(tomorrow))
    midnight = int(datetime(2026, 6, 1, 16, 5, tzinfo=UTC).timestamp())
    jobs.follow_the_day.func(midnight)
    assert Unit.objects.get(pk=town.plum.pk).name_zh == "杏园社区"
