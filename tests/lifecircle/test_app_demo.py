"""The simulated city has its life circle: networks of its streets, and a run for each group over its registers."""

import time

import pytest

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import CircleRow, Gap, Run, StreetNetwork
from liren.foundation.territory.models import Level, Unit
from liren.front.kit import circles
from tests.make import demo, standing


@pytest.fixture(scope="module")
def hamlet(django_db_setup, django_db_blocker):
    with standing(django_db_blocker, demo.hamlet) as made:
        yield made


@pytest.mark.requirement("R244", "R245", "R258", "R305")
def test_the_simulated_city_is_worked_out_when_it_is_loaded(hamlet, db):
    city = Unit.objects.get(level=Level.CITY)
    assert set(StreetNetwork.objects.values_list("mode", flat=True)) == {"walk", "cycle"}
    groups = ["child", "elderly", "general", "wheelchair"]
    assert queries.groups_of(city) == groups, list(Run.objects.values_list("group", "fault"))
    run = queries.latest_run(city)
    assert run is not None
    compounds = CircleRow.objects.filter(run=run, level=Level.COMPOUND)
    assert compounds.count() == Unit.objects.filter(level=Level.COMPOUND, closed_on=None).count()
    assert run.report["counts"]["facilities"] > 300
    assert run.report["counts"]["compounds_without_people"] == 0
    assert Gap.objects.filter(run=run).exists()
    seen = queries.seen(run, city)
    # A usual compound lacks a few services, some more; older people lack no fewer.
    lacking = sorted(len(circles.missing_of(run, row)) for row in compounds)
    assert 2 <= lacking[len(lacking) // 2] <= 6
    assert lacking[0] < lacking[-1]
    older = queries.latest_run(city, group="elderly")
    slow = sorted(len(circles.missing_of(older, row)) for row in older.rows.filter(level=Level.COMPOUND))
    assert sum(slow) >= sum(lacking)
    assert {cell.category.everyday for cell in seen.everyday} >= {"vegetables", "retail", "housekeeping", "breakfast"}
    # What the city's own profile sets goes before the standard: each circle says which provision that is.
    assert all(circle["provision"].startswith("liren/") for circle in run.parameters["circles"])


def test_a_question_to_the_simulated_city_is_answered_at_once(hamlet, db):
    run = queries.latest_run(Unit.objects.get(level=Level.CITY))
    home = CircleRow.objects.filter(run=run, level=Level.COMPOUND).select_related("unit").first()
    assert queries.around(run, home.unit)
    wish = queries.Wish("add", (home.lon, home.lat), "market")
    begun = time.process_time()
    answer = queries.what_if(run, [wish], by=demo.DEMO)
    assert time.process_time() - begun < 0.2  # measured: some milliseconds; a machine under load gets ten times as many
    assert answer.served["market"][1] > 0


@pytest.mark.requirement("R239", "R243", "R246", "R258")
def test_communities_covered_whole_and_the_space_they_lack(hamlet, db):
    city = Unit.objects.get(level=Level.CITY)
    run = queries.latest_run(city)
    found = queries.covered(run)
    rows = CircleRow.objects.filter(run=run, level=Level.COMMUNITY, people__gt=0)
    assert found.units == rows.count() == 2
    place = run.categories.index("fitness")
    assert found.by_category["fitness"] == sum(row.served[place] == row.people for row in rows)
    assert found.by_circle["fitness"] == found.by_category["fitness"]
    first, after = queries.spaces(city, day=run.day, limit=1)
    second, end = queries.spaces(city, day=run.day, limit=1, after=after)
    assert end is None
    for one in (*first, *second):
        # 30 m² for every 100 households, rounded up to a whole square metre.
        wanted = -(-one.households * 30 // 100)
        assert one.lacking_m2 == max(0, wanted - int(one.area_m2))
        assert one.activity_share is None or 0 <= one.activity_share <= 1
    assert any(one.area_m2 for one in (*first, *second))
