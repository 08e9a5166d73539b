"""The simulated city has its life circle: networks of its streets, and one run over its registers."""

import pytest

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import CircleRow, Gap, StreetNetwork
from liren.foundation.territory.models import Level, Unit
from tests.make import demo, standing


@pytest.fixture(scope="module")
def hamlet(django_db_setup, django_db_blocker):
    with standing(django_db_blocker, demo.hamlet) as made:
        yield made


@pytest.mark.requirement("R244", "R245", "R305")
def test_the_simulated_city_is_worked_out_when_it_is_loaded(hamlet, db):
    city = Unit.objects.get(level=Level.CITY)
    assert set(StreetNetwork.objects.values_list("mode", flat=True)) == {"walk", "cycle"}
    run = queries.latest_run(city)
    assert run is not None, [r.fault for r in __import__("liren.development.lifecircle.models", fromlist=["Run"]).Run.objects.all()]
    print(run.report, run.parameters)
    compounds = CircleRow.objects.filter(run=run, level=Level.COMPOUND)
    print(compounds.count(), Gap.objects.count(), [r.minutes_ds[:12] for r in compounds][:3])
    seen = queries.seen(run, city)
    print({c.category.code: (c.served, c.radius_share) for c in seen.cells})
    import time
    u=Unit.objects.get(pk=compounds[0].unit_id)
    print(len(queries.around(run, u)))
    t=time.perf_counter(); queries.what_if(run,[queries.Wish("add",(compounds[0].lon,compounds[0].lat),"market")],by=demo.DEMO); print(time.perf_counter()-t)
