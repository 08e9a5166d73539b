"""Every URL × every role × own, sibling, parent and child unit × GET and POST, against the table of rights."""

from contextlib import nullcontext
from pathlib import Path

import pytest
from django.http import HttpResponseBase
from django.urls import reverse

from liren.foundation.kernel.rights import PUBLIC, SIGNED_IN, actions
from liren.foundation.people.models import Role
from tests.rights.routes import own_routes, third_party_routes
from tests.rights.table import ANONYMOUS, EVERYONE, RESIDENT, Row, rows
from tests.rights.thrift import bare, fields, known, unadorned, undone, unwritten
from tests.rights.world import KEPT, NOTHING_KEPT, PAPERS, PLACES, World

pytestmark = pytest.mark.django_db
TABLE = rows()
#: Views of packages carry no mark of ours. A new one has to be looked at, and its address written down here.
PACKAGES = Path(__file__).with_name("packages.txt").read_text(encoding="utf-8").splitlines()
PARAMETER = {"unit": "code", "zone": "slug", "opened": "grant"}
ANSWERED = {200, 303, 409, 422}
#: Things that only one session or account has, and that nobody in this world has.
NOWHERE = {*KEPT, "taken", "no_view", "no_check", "no_circle", "unit_kept"}
#: What is for whoever reported a case, with or without an account, and what is not there: signing in opens none of it.
REPORTERS = {"receipt", "wrong_key", "step", "hidden_file", "case", "token", "alarm", "device"}


def test_every_url_of_ours_has_a_row_in_the_table_and_every_row_a_url():
    assert sorted(route.name for route in own_routes()) == sorted(TABLE)


def test_every_url_of_a_package_is_known():
    assert sorted(route.pattern for route in third_party_routes()) == sorted(PACKAGES)


@pytest.mark.parametrize("route", own_routes(), ids=lambda route: route.name)
def test_every_url_names_the_action_that_the_table_says(route):
    assert route.guards == TABLE[route.name].guards


@pytest.mark.parametrize("row", TABLE.values(), ids=lambda row: row.name)
def test_every_action_named_exists(row):
    assert row.guards in {PUBLIC, SIGNED_IN, *actions()}


@pytest.mark.slow
@pytest.mark.requirement("R367")
@pytest.mark.parametrize("row", TABLE.values(), ids=lambda row: row.name)
def test_everyone_gets_what_the_table_says(row: Row, world: World):
    with bare(), unadorned(), known(world):
        wrong = [line for who in world.at for line in differences(row, world, who)]
    assert not wrong, "\n".join(wrong)


def differences(row: Row, world: World, who: str) -> list[str]:
    """What one actor gets in every place, where it differs from the table.

    An address that is the same in several places is asked once, and its answer held against each of them. The page is
    written in one's own unit; elsewhere it is enough that one comes in.
    """
    found: list[str] = []
    given: dict[tuple[str, str], HttpResponseBase] = {}
    for place in row.places():
        thing = world.thing(row.thing, who, place) if row.thing in {"unit", "unit_kept", *world.things} else row.thing
        if thing is None:
            continue
        url = address(row, thing)
        for method in methods(row, who, place):
            if (method, url) not in given:
                with undone(), nullcontext() if place == "own" else unwritten():
                    given[method, url] = ask(world, who, method, url)
            answer = given[method, url]
            if not fits(row, who, place, method, answer.status_code, answer):
                found.append(f"{who} in {place}: {method} {url} gave {answer.status_code}")
    return found


def methods(row: Row, who: str, place: str) -> tuple[str, ...]:
    """GET and POST for whom the table lets in at home. Elsewhere one door lets in or refuses for both: they take turns,
    so that every role knocks in every place, and at every address some do by one method and some by the other."""
    if place == "own" and row.lets_in(who, place):
        return ("GET", "POST")
    return ("GET",) if (PLACES.index(place) + sum(who.encode())) % 2 else ("POST",)


def address(row: Row, thing: object) -> str:
    if not row.thing:
        return reverse(row.name)
    if isinstance(thing, dict):
        return reverse(row.name, kwargs=thing)
    if row.thing in PAPERS:
        return reverse(row.name, kwargs=PAPERS[row.thing])
    if row.thing in KEPT:
        return reverse(row.name, kwargs=KEPT[row.thing])
    if row.thing == "unit_kept":
        return reverse(row.name, kwargs={"code": thing.code, "kept": NOTHING_KEPT})  # type: ignore[attr-defined]
    values = {"unit": lambda: thing.code, "zone": lambda: "no-such-zone", "opened": lambda: "0" * 32}  # type: ignore[attr-defined]
    value = values.get(row.thing, lambda: thing)()
    if row.thing == "opened":
        value = "00000000-0000-4000-8000-000000000000"
    return reverse(row.name, kwargs={PARAMETER.get(row.thing, "pk"): value})


def ask(world: World, who: str, method: str, url: str) -> HttpResponseBase:
    client = world.clients[who]
    if account := world.actors[who]:
        account.forget_powers()
    return client.get(url) if method == "GET" else client.post(url, fields(world.actors[who]))


def fits(row: Row, who: str, place: str, method: str, status: int, answer: HttpResponseBase) -> bool:
    if row.thing in {"zone", "opened"} and method in row.methods.split() and (who != ANONYMOUS or row.thing == "zone"):
        return status == 404
    if method not in row.methods.split():
        return status == 405 or (who == ANONYMOUS and status == 302 and EVERYONE not in row.who)
    if row.guards == "cases.follow" and method == "GET":
        return status == 302  # to sign in, or back to the case
    if row.thing == "programs" and method == "POST":
        return status == 403  # a key opens it, and nobody who is signed in
    if row.lets_in(who, place):
        if row.thing in NOWHERE:
            return status == 404
        return status in ({200} if method == "GET" else ANSWERED)
    if row.guards == "cases.follow":
        return status == 302
    if who == ANONYMOUS and row.name.startswith("api-gate-"):
        return status in {403, 404}  # an address for programs sends nobody to a form
    if who == ANONYMOUS and row.thing not in REPORTERS and not row.name.startswith("api-"):
        return status == 302 and "/accounts/login/" in answer.headers["Location"]
    return status == row.refusal(who, place)


def test_no_role_is_missing_in_the_world(world: World):
    assert set(world.at) - {ANONYMOUS, RESIDENT} == set(Role.objects.values_list("code", flat=True))
