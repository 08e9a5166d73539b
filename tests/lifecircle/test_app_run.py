"""From a network and a table of places to rows: worked out by hand for a town with streets every 100 m."""

import pytest

from liren.development.lifecircle.models import CircleRow, Gap
from liren.foundation.territory.models import Level
from tests.make import lifecircle as build

pytestmark = pytest.mark.django_db


@pytest.fixture
def quarter():
    return build.quarter()


def test_times_people_and_gaps_of_a_town(quarter, tmp_path):
    run = build.done(quarter, tmp_path / "places.csv")
    assert (run.state, run.fault) == ("done", "")
    rows = {row.unit_id: row for row in CircleRow.objects.filter(run=run)}
    first = rows[quarter.compounds[0].pk]
    # 1 m/s: 800 m to the market, 100 m to the shop, 400 m to the park.
    assert [round(ds, -1) for ds in first.minutes_ds] == [8000, 1000, 4000]
    assert [round(m, -1) for m in first.straight_m] == [800, 100, 400]
    city = rows[quarter.city.pk]
    assert city.people == 1353
    print(city.served, city.complete, [g for g in Gap.objects.filter(run=run).values_list("people", "category", "over_ds", "cause")])


def test_what_if_and_siting(quarter, tmp_path):
    from liren.development.lifecircle import queries, services
    run = build.done(quarter, tmp_path / "places.csv")
    for _ in range(3):
        answer = queries.what_if(run, [queries.Wish("add", build.spot(9, 1), "shop"), queries.Wish("close", build.spot(3,1), "shop"), queries.Wish("move", build.spot(3,1), "park", build.spot(12,1))], by=build.SYSTEM)
    print(answer)
    print(queries.what_if(run, [queries.Wish("open", build.spot(2, 1), to=build.spot(3,2))], by=build.SYSTEM))
    p = services.propose(run, category="shop", budget=1, by=build.SYSTEM, at=build.NOW)
    print(p.chosen, p.people_before, p.people_after, p.upper_bound, p.certificate_percent)
    print(queries.around(run, quarter.compounds[0]))
    print(queries.seen(run, quarter.compounds[0]))
    print(queries.below(run, quarter.district)[0], [g.people for g in queries.gaps(run).rows], queries.by_category(run)[0].people)
