"""Lists page by page: complete, without doubles, in the same number of queries; and neighbours who said the same."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases import queries
from liren.service.cases.engine.places import cell_of, cells_around, metres_between, rounded
from liren.service.cases.models import Case, by_versions, reach
from liren.service.cases.queries import saying
from tests import make
from tests.make import cases

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def several(scene, many, **changes):
    found = [cases.reported(scene.town.community, at=cases.NOW + n * HOUR, **changes) for n in range(many)]
    return [one.pk for one in found]


def walked(ask, **facts):
    """All pages of a list, two rows at a time."""
    found, after = [], None
    for _ in range(20):
        page = ask(after=after, limit=2, **facts)
        found += [row.case.pk for row in page.rows]
        after = page.after
        if after is None:
            return found
    raise AssertionError("the list has no end")


@pytest.mark.parametrize("many", [0, 1, 2, 5, 6])
def test_the_queue_is_walked_once_from_the_most_urgent_on(scene, many):
    ids = several(scene, many)
    Case.objects.filter(pk__in=ids[:3]).update(due_at=cases.NOW)  # equal moments, told apart by id
    Case.objects.filter(pk__in=ids[3:5]).update(due_at=None)  # standing still: at the end
    found = walked(lambda **facts: queries.desk_list(scene.worker, view="all", **facts))
    dated = ids[:3] + ids[5:]
    assert found == dated + ids[3:5]


def test_public_and_own_lists_are_walked_once_the_newest_first(scene):
    ids = several(scene, 5, by=scene.resident)
    Case.objects.filter(pk__in=ids).update(closed_at=None)
    assert walked(queries.public_list) == ids[::-1]
    assert walked(lambda **facts: queries.own_list(scene.resident, **facts)) == ids[::-1]
    assert walked(lambda **facts: queries.own_list(scene.neighbour, **facts)) == []
    for pk in ids:
        cases.moved(Case.objects.get(pk=pk), "withdraw", by=scene.resident, at=cases.NOW + 9 * HOUR)
    assert walked(lambda **facts: queries.desk_list(scene.worker, view="closed", **facts)) == ids[::-1]
    assert queries.desk_list(scene.worker, view="all").rows == []


def asked(act):
    act()
    with CaptureQueriesContext(connection) as seen:
        act()
    return len(seen)


def test_lists_cost_the_same_whatever_their_length(scene):
    worker, clerk = scene.worker, scene.clerk
    lists = [
        lambda: queries.desk_list(worker), lambda: queries.desk_list(worker, view="all", words="路灯"),
        lambda: queries.desk_list(clerk), lambda: queries.public_list(), lambda: queries.own_list(scene.resident),
        lambda: queries.desk_list(worker, unit=scene.town.community),
        lambda: [row.category_words + row.state_words + row.type_words for row in queries.desk_list(worker).rows],
    ]  # fmt: skip
    several(scene, 1, by=scene.resident)
    before = [asked(one) for one in lists]
    several(scene, 4, by=scene.resident)
    for case in Case.objects.all()[:3]:
        cases.moved(case, "dispatch", by=worker, body_id=scene.department.pk, at=cases.NOW + 9 * HOUR)
    assert [asked(one) for one in lists] == before
    searched = before.pop(1)
    assert max(before) <= 5
    assert searched <= 8


def pks(page):
    return [row.case.pk for row in page.rows]


@pytest.mark.requirement("R070")
def test_each_view_shows_its_own(scene):
    first, second, third, fourth = several(scene, 4, by=scene.resident)
    cases.moved(
        Case.objects.get(pk=second), "dispatch", by=scene.worker, body_id=scene.department.pk, at=cases.NOW + HOUR
    )
    cases.answered(Case.objects.get(pk=third), scene.department, scene.worker, scene.clerk, at=cases.NOW + 2 * HOUR)
    Case.objects.filter(pk=fourth).update(is_disputed=True)
    late = cases.NOW + timedelta(days=2)

    def view(actor, name, **facts):
        return set(pks(queries.desk_list(actor, view=name, at=late, **facts)))

    assert view(scene.worker, "unit") == {first, second, third, fourth}
    assert view(scene.clerk, "unit") == {second, third}
    assert view(scene.clerk, "mine") == {third}
    assert view(scene.worker, "answered") == {third}
    assert view(scene.worker, "disputed") == {fourth}
    assert view(scene.worker, "called") == set()
    assert view(scene.worker, "due") == {first, fourth}
    assert view(scene.neighbour, "all") == set()
    assert view(ANONYMOUS, "all") == set()


def test_the_queue_is_narrowed_and_searched(scene):
    lamp = cases.reported(scene.town.community, text="梧桐树下的路灯不亮", category="lamp")
    waste = cases.reported(scene.town.community, text="垃圾没有人清", category="waste", address="柳荫路 3 号")
    ask = queries.desk_list
    assert pks(ask(scene.worker, category="lamp")) == [lamp.pk]
    assert pks(ask(scene.worker, severity="urgent")) == [lamp.pk]
    assert pks(ask(scene.worker, type=lamp.type_id, words="梧桐")) == [lamp.pk]
    assert pks(ask(scene.worker, words="柳荫路")) == [waste.pk]
    assert pks(ask(scene.worker, words=f" {waste.number} ")) == [waste.pk]
    assert pks(ask(scene.worker, unit=scene.town.street)) == pks(ask(scene.worker))
    assert pks(ask(scene.worker, unit=scene.town.sibling_community)) == []
    city = make.official("city_admin", scene.town.city)
    assert set(pks(ask(city, view="all", unit=scene.town.city))) == {lamp.pk, waste.pk}
    for nonsense in ("\x00", "'; DROP TABLE", "%", "\ud800", "!!", "x" * 100_000, "' & ' | !"):
        assert pks(ask(scene.worker, words=nonsense)) == []
    assert pks(queries.public_list(category="lamp", unit=scene.town.street)) == [lamp.pk]
    assert pks(queries.public_list(phase="closed")) == []


def test_frequent_words_and_rare_ones_are_found_in_the_same_order(scene, monkeypatch):
    """Whether the first rows are gone through or the index of words is asked."""
    lamps = several(scene, 3, text="路灯不亮了")
    several(scene, 2, text="垃圾没有人清")
    lamps += several(scene, 2, text="小区路灯坏了")
    Case.objects.filter(pk__in=lamps[1:3]).update(due_at=None)
    Case.objects.filter(pk=lamps[3]).update(due_at=cases.NOW)
    for first_look in (0, 1, 3, 1000):
        monkeypatch.setattr(saying, "FIRST_LOOK", first_look)
        found = walked(lambda **facts: queries.desk_list(scene.worker, view="all", words="路灯", **facts))
        assert found == [lamps[3], lamps[0], lamps[4], lamps[2], lamps[1]], first_look


def test_a_reach_by_ids_and_one_by_the_tree_are_the_same(scene, monkeypatch):
    near, far = scene.town.community, scene.town.cousin_community
    several(scene, 2)
    cases.reported(far)
    sent = cases.reported(scene.town.sibling_community)
    city = make.official("city_admin", scene.town.city)
    cases.moved(sent, "dispatch", by=city, body_id=scene.department.pk)
    people = [make.official(role, unit) for role, unit in (
        ("community_worker", near), ("street_officer", scene.town.street), ("district_admin", scene.town.district),
        ("city_admin", scene.town.city), ("community_worker", far),
    )]  # fmt: skip
    make.town()  # another city, in which nobody here works

    def seen():
        read = [type(one).objects.get(pk=one.pk) for one in [*people, scene.clerk, scene.resident]]
        return [pks(queries.desk_list(one, view="all")) for one in read]

    by_ids = seen()
    assert [len(one) for one in by_ids] == [2, 3, 4, 4, 1, 1, 0]
    monkeypatch.setattr(reach, "MOST_NAMED", 0)
    assert seen() == by_ids


def test_where_all_units_are_meant_no_case_is_left_out(scene, monkeypatch):
    several(scene, 2)
    cases.reported(scene.town.cousin_community)
    city = make.official("city_admin", scene.town.city)
    monkeypatch.setattr(reach, "MOST_NAMED", 0)
    assert len(pks(queries.desk_list(city, view="all"))) == len(pks(queries.desk_list(city, view="unit"))) == 3


def test_moves_of_many_cases_are_looked_up_in_two_queries(scene):
    several(scene, 6)
    for case in Case.objects.order_by("pk")[:3]:
        cases.answered(case, scene.department, scene.worker, scene.clerk, at=cases.NOW + 9 * HOUR)
    for actor in (scene.worker, scene.clerk, scene.agent, scene.resident):
        rows = list(Case.objects.select_related("unit", "body"))
        specs = by_versions({one.written_as_id for one in rows})
        alone = [queries.open_moves(one, actor) for one in Case.objects.select_related("unit", "body")]
        with CaptureQueriesContext(connection) as asked_for:
            queries.look_up(rows, actor)
            together = [queries.open_moves(one, actor, specs[one.written_as_id]) for one in rows]
        assert together == alone
        assert len(asked_for) <= 2


# --- neighbours


def test_cells_hold_everything_within_the_distance_by_a_slow_look_at_each_point():
    centre = (104.05, 30.05)
    around = set(cells_around(*centre, 250))
    for north in range(-30, 31, 2):
        for east in range(-30, 31, 2):
            lon, lat = centre[0] + east / 10_000, centre[1] + north / 10_000
            if metres_between(*centre, lon, lat) <= 250:
                assert cell_of(lon, lat) in around


def test_distances_and_rounding():
    assert metres_between(0, 0, 0, 1) == pytest.approx(111_195, rel=1e-4)
    assert metres_between(104, 30, 104, 30) == 0
    assert rounded(104.0511, 30.0533) == (104.051, 30.0535)
    assert cell_of(None, 3) is None


@pytest.mark.requirement("R070", "R082")
def test_neighbours_are_told_before_they_send_the_same(scene):
    here = {"lon": 104.05, "lat": 30.05}
    near = cases.reported(scene.town.community, category="lamp", lon=104.0503, lat=30.05)
    far = cases.reported(scene.town.community, category="lamp", lon=104.052, lat=30.05)
    cases.reported(scene.town.community, category="lamp", lon=104.06, lat=30.05)
    cases.reported(scene.town.community, category="waste", **here)
    cases.reported(scene.town.community, category="lamp", **here, at=cases.NOW - timedelta(days=90))
    closed = cases.reported(scene.town.community, category="lamp", **here, by=scene.resident)
    cases.moved(closed, "withdraw", by=scene.resident)
    cases.declare("alone", joinable=False, **{
        part: [one for one in cases.REQUEST[part] if one["code"] not in cases.JOINING] for part in ("states", "moves")
    })  # fmt: skip
    cases.reported(scene.town.community, "alone", category="lamp", **here)
    found = queries.near(**here, category="lamp", at=cases.NOW)
    assert [one.case.pk for one in found] == [near.pk, far.pk]
    assert [one.metres % 10 for one in found] == [0, 0]
    assert found[0].metres <= 60
    assert [one.case.pk for one in queries.near(**here, category="lamp", metres=100, at=cases.NOW)] == [near.pk]


@pytest.mark.requirement("R070")
def test_the_nearest_around_are_those_of_a_slow_look(scene):
    chance = random.Random(8)
    places = [(104.05 + chance.uniform(-0.01, 0.01), 30.05 + chance.uniform(-0.01, 0.01)) for _ in range(40)]
    made = [cases.reported(scene.town.community, category="lamp", lon=lon, lat=lat) for lon, lat in places]
    far = {one.pk: metres_between(104.05, 30.05, *rounded(one.lon, one.lat)) for one in made}
    for metres in (300, 900, 2000):
        slow = sorted((away, pk) for pk, away in far.items() if round(away / 10) * 10 <= metres)[:5]
        found = queries.near(104.05, 30.05, "lamp", metres=metres, at=cases.NOW)
        assert [one.case.pk for one in found] == [pk for _away, pk in slow]
    with CaptureQueriesContext(connection) as caught:
        queries.near(104.05, 30.05, "lamp", metres=2000, at=cases.NOW)
    assert sum("cases_case" in one["sql"] for one in caught) == 2
