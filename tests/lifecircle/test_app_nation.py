"""Many cities on a cluster: one task each, results as if each had been worked out alone, and exact sums."""

import pytest

from liren.development.lifecircle import services
from liren.development.lifecircle.models import CircleRow
from liren.foundation.kernel.errors import BadInput
from liren.foundation.territory.models import Level
from tests.make import lifecircle as build

pytestmark = pytest.mark.django_db
pytest.importorskip("distributed", reason="NOT TESTED ON A CLUSTER: dask[distributed] is not installed")


@pytest.mark.enable_socket
def test_cities_are_worked_out_apart_and_added_up(tmp_path):
    first, second = build.quarter(), build.quarter((20, 30, 40, 50))
    alone = [build.done(one, tmp_path / f"{k}.csv") for k, one in enumerate((first, second))]
    empty = build.unit(Level.CITY, name_zh="空城")
    build.recorded(empty)
    cities = [first.city, second.city, empty]
    with services.cluster(workers=1) as client:
        total = services.run_nation(cities, client=client, by=build.SYSTEM, at=build.NOW)
    assert [run.state for run in total.runs] == ["done", "done", "failed"]
    # The day differs from that of the runs alone, and so the inputs' day: what was found does not.
    assert [run.result_digest for run in total.runs[:2]] == [run.result_digest for run in alone]
    rows = CircleRow.objects.filter(run__in=total.runs, level=Level.CITY)
    assert total.people == sum(row.people for row in rows) == 1353 + 140
    assert total.compounds == 8
    assert [total.served[code] for code in ("market", "shop", "park")] == [
        sum(row.served[k] for row in rows) for k in range(3)
    ]


def test_without_the_package_it_is_said_how_to_have_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(BadInput), services.cluster():
        pass
