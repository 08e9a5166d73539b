"""One question, one registry."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from liren.foundation.kernel import rights
from liren.foundation.kernel.errors import NotAllowed
from liren.foundation.kernel.rights import ANONYMOUS, Actor, SystemActor, can, guarded_by, power_rule, require, rule
from tests.make.kernel import person


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "_rules", {})


@pytest.fixture
def own_rule() -> None:
    @rule("thing.open")
    def owner_only(actor: Actor, thing: int) -> bool:
        return actor.pk == thing


@pytest.mark.usefixtures("own_rule")
def test_the_rule_answers() -> None:
    assert (can(person(7), "thing.open", 7), can(person(7), "thing.open", 8)) == (True, False)
    require(person(7), "thing.open", 7)
    with pytest.raises(NotAllowed) as caught:
        require(person(7), "thing.open", 8)
    assert isinstance(caught.value, PermissionDenied)
    assert caught.value.status == 403


@pytest.mark.usefixtures("own_rule")
@pytest.mark.parametrize("stranger", [None, ANONYMOUS, AnonymousUser()], ids=["none", "ours", "Django's"])
def test_a_stranger_is_asked_like_anyone_and_has_no_number(stranger: object) -> None:
    assert can(stranger, "thing.open", 7) is False
    assert can(stranger, "thing.open", None) is True
    assert rights.as_actor(stranger) == ANONYMOUS
    assert (ANONYMOUS.label, ANONYMOUS.holds("anything")) == ("anonymous", False)


@pytest.mark.usefixtures("own_rule")
def test_the_system_may_everything_that_has_a_rule() -> None:
    system = SystemActor("import")
    assert can(system, "thing.open", 7) is True
    assert (system.label, system.holds("anything", 3)) == ("system:import", True)


@pytest.mark.parametrize("actor", [ANONYMOUS, SystemActor("x"), person(1)])
def test_an_unknown_action_is_an_error_for_everyone(actor: Actor) -> None:
    with pytest.raises(KeyError):
        can(actor, "thing.burn")
    assert isinstance(actor, Actor)


@pytest.mark.usefixtures("own_rule")
def test_a_second_rule_for_one_action_is_an_error() -> None:
    with pytest.raises(ValueError, match="has a rule already"):
        power_rule("thing.open")
    assert rights.actions() == ["thing.open"]


def test_a_power_rule_asks_for_the_power_on_the_unit_of_the_thing() -> None:
    asked = []

    class Asker:
        pk, is_authenticated, label = 1, True, "account:1"

        def holds(self, power: str, unit: object = None) -> bool:
            asked.append((power, unit))
            return unit == "unit 7"

    power_rule("thing.close", unit_of=lambda thing: f"unit {thing}")
    assert [can(Asker(), "thing.close", thing) for thing in (7, 8, None)] == [True, False, False]
    assert asked == [("thing.close", "unit 7"), ("thing.close", "unit 8"), ("thing.close", None)]


def test_a_view_is_marked_with_what_it_guards() -> None:
    @guarded_by("thing.open")
    def view() -> None: ...

    assert view.guarded_by == "thing.open"
