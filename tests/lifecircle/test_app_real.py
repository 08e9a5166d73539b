"""Real extracts of OpenStreetMap, from the file to gaps and a certified choice: by the three commands of the guide.

© OpenStreetMap contributors, ODbL 1.0. The cities' compounds and residents are made up, on a grid over the network.
"""

import csv
from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from django.db import connection, transaction

from liren.cli import main
from liren.development.lifecircle import queries
from liren.development.lifecircle.models import Proposal, StreetNetwork
from liren.foundation.registers.services.imports.osm import read_places
from liren.foundation.territory import services as territory
from liren.foundation.territory.models import Level
from tests.make import lifecircle as build

pytestmark = pytest.mark.django_db

TAGS = {
    "supermarket": ("shop", "supermarket"),
    "pharmacy": ("amenity", "pharmacy"),
    "park": ("leisure", "park"),
}
SHOPS: dict[str, Any] = {
    "estates": None,
    "handled": None,
    "categories": [
        {"code": name, "name": {"zh": name, "en": name}, "circle": circle, "kind": "commerce", "radius_m": radius,
         "certainty": "from_memory", "poi": [f"osm_{name}"]}
        for name, circle, radius in (
            ("supermarket", "circle_5", 300), ("pharmacy", "circle_5", 300), ("park", "park", 500),
            ("market", "circle_15", 1000),
        )
    ]
}  # fmt: skip


def outside(shared_data, name):
    path = shared_data / "geo" / name
    if not path.is_file():
        pytest.skip(f"NOT TESTED AGAINST REAL DATA: {path} is absent")
    return path


def town(side):
    """A city of one street, one community and ``side`` × ``side`` compounds yet without outlines."""
    city = build.unit(Level.CITY, name_zh="外城")
    community = build.unit(Level.COMMUNITY, build.unit(Level.STREET, build.unit(Level.DISTRICT, city)))
    build.declared(**SHOPS)
    return city, [build.unit(Level.COMPOUND, community) for _ in range(side * side)]


def settle(city, compounds, side):
    """Outlines on a grid over the middle of the newest network, each with 100 residents and more."""
    net = StreetNetwork.objects.of(city, "walk").first()
    x = np.linspace(net.west + 0.2 * (net.east - net.west), net.east - 0.2 * (net.east - net.west), side)
    y = np.linspace(net.south + 0.2 * (net.north - net.south), net.north - 0.2 * (net.north - net.south), side)
    facts = {"crs": "wgs84", "source": "test", "from_day": date(2020, 1, 1), "by": build.SYSTEM, "at": build.NOW}
    for place, one in enumerate(compounds):
        lon, lat = x[place % side], y[place // side]
        territory.set_boundary(unit_id=one.pk, shape=shapely.box(lon, lat, lon + 5e-4, lat + 3e-4), **facts)
        build.population(one, residents=100 + 10 * place)


def places_out_of(extract, path):
    """Shops, parks and schools of an extract as the table of places that a planner would have.

    The extract of Porto Alegre was cut down to ways: there the places are made up, anywhere in it.
    """
    if not extract.name.startswith("helsinki"):
        rng = np.random.default_rng(7)
        lon, lat = rng.uniform(-51.23, -51.13, 600), rng.uniform(-30.10, -30.01, 600)
        lines = [f"{k},osm_{[*TAGS][k % 3]},{lon[k]:.6f},{lat[k]:.6f}\n" for k in range(600)]
        path.write_text("name,category,lon,lat\n" + "".join(lines), encoding="utf-8")
        return path
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["name", "category", "lon", "lat"])
        for name, tag in TAGS.items():
            out.writerows([one.name_zh or name, f"osm_{name}", one.lon, one.lat] for one in read_places(extract, [tag]))
    return path


def command(*words):
    with transaction.atomic():
        assert main(["lifecircle", *map(str, words), "--quiet"]) == 0


@pytest.mark.requirement("R244", "R245", "R261", "R305")
@pytest.mark.parametrize("name", ["helsinki_centre.osm.pbf", "porto_alegre.osm.pbf"])
def test_from_an_extract_to_a_gap_list_and_a_certified_proposal(shared_data, tmp_path, capsys, name):
    extract, side = outside(shared_data, name), 5
    city, compounds = town(side)
    command("import", extract, "--city", city.code)
    settle(city, compounds, side)
    command("import", places_out_of(extract, tmp_path / "places.csv"), "--city", city.code)
    command("run", "--city", city.code)
    command("site", "--city", city.code, "--category", "pharmacy", "--sites", 2)
    command("export", tmp_path / "gaps.csv", "--city", city.code)
    said = capsys.readouterr().out
    run = queries.latest_run(city)
    seen = queries.seen(run, city)
    assert seen.people == sum(100 + 10 * k for k in range(side * side))
    served = {cell.category.code: cell.served_share for cell in seen.cells}
    assert any(share is not None and share > 0.2 for share in served.values()), served
    # Whoever walks is never quicker than the crow flies: 1 m/s, and a metre and a half for rounding and the ellipsoid.
    for one in compounds:
        for cell in queries.seen(run, one).cells:
            if cell.minutes is not None and cell.straight_m is not None:
                assert cell.minutes * 60 >= cell.straight_m * 0.996 - 1.5
    made = Proposal.objects.get(run=run)
    assert made.people_before <= made.people_after <= made.upper_bound
    assert made.certificate_percent <= 1
    assert "Certificate:" in said
    gaps = list(csv.DictReader((tmp_path / "gaps.csv").open(encoding="utf-8-sig")))
    assert [int(line["people"]) for line in gaps] == sorted((int(line["people"]) for line in gaps), reverse=True)
    wish = queries.Wish("add", (made.chosen[0]["lon"], made.chosen[0]["lat"]), "pharmacy")
    assert queries.what_if(run, [wish], by=build.SYSTEM).served["pharmacy"][1] <= made.upper_bound
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_city_of_osmnx(shared_data, tmp_path):
    city, compounds = town(4)
    command("import", outside(shared_data, "shenzhen_walk.graphml"), "--city", city.code)
    settle(city, compounds, 4)
    net = StreetNetwork.objects.of(city, "walk").first()
    east, north = (net.west + net.east) / 2, (net.south + net.north) / 2
    path = tmp_path / "places.csv"
    lines = [f"药店{k},osm_pharmacy,{east + k * 1e-3:.6f},{north:.6f}" for k in range(5)]
    path.write_text("name,category,lon,lat\n" + "\n".join(lines), encoding="utf-8")
    command("import", path, "--city", city.code, "--crs", "wgs84")
    command("run", "--city", city.code)
    run = queries.latest_run(city)
    assert run.report["counts"]["facilities"] == 5
    assert queries.gaps(run).rows
