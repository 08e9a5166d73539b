"""The tree, its past, its people and their numbers."""

import csv
import gzip
import json
import subprocess
import sys
from collections import Counter
from datetime import date
from xml.etree import ElementTree

import pytest

from liren.front.demo.engine import network, picture, tree
from liren.front.demo.engine.city import fingerprint, make_city
from liren.front.demo.engine.people import TRIED
from liren.front.demo.engine.size import PRESETS, YEARS, Size, sized
from tests.make.demo import demo_city

OTHER_PROCESS = """
from liren.front.demo.engine.city import fingerprint, make_city
from liren.front.demo.engine.size import PRESETS
print(fingerprint(make_city(PRESETS["hamlet"])))
"""


@pytest.fixture(scope="module", params=["hamlet", "town"])
def city(request):
    return demo_city(request.param)


@pytest.mark.parametrize("preset", ["hamlet", "town"])
def test_the_same_seed_gives_the_same_bytes(preset):
    assert fingerprint(make_city(PRESETS[preset])) == fingerprint(demo_city(preset))


@pytest.mark.slow
@pytest.mark.parametrize("hash_seed", ["0", "12345"])
def test_another_process_gives_the_same_bytes(hash_seed):
    run = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS],
        env={"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == fingerprint(demo_city("hamlet"))


def test_another_seed_gives_another_city():
    assert fingerprint(make_city(sized("hamlet", seed=2))) != fingerprint(demo_city("hamlet"))


def test_presets_have_the_size_they_promise():
    now = [u for u in demo_city("town").units if u.closed_on is None]
    levels = Counter(u.level for u in now)
    assert (levels[2], levels[3], levels[5]) == (1, 3, 42)
    assert 7 <= levels[4] <= 9
    assert 180 <= levels[6] <= 300
    assert Counter(u.level for u in demo_city("hamlet").units if u.closed_on is None)[5] == 2


@pytest.mark.parametrize("wrong", [{"communities": 1}, {"communities": 9999}, {"accounts": -1}])
def test_a_size_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="between"):
        sized("town", **wrong)


def test_a_size_can_be_asked_for_in_numbers():
    assert sized("town", communities=50, accounts=10, seed=9) == Size(communities=50, accounts=10, seed=9)


def test_no_code_can_belong_to_a_real_place(city):
    codes = [span.code for unit in city.units for span in unit.spans]
    assert {code[:4] for code in codes} == {"9901"}
    assert [c for c in codes if c.partition("-")[0][:2] in {f"{n:02d}" for n in range(11, 83)}] == []


def test_no_code_is_used_twice(city):
    used = Counter(code for unit in city.units for code in {span.code for span in unit.spans})
    assert [code for code, times in used.items() if times > 1] == []


def test_a_parent_stands_above_its_child_and_outlives_it(city):
    for unit in city.units[1:]:
        for span in unit.spans:
            parent = city.units[span.parent]
            assert parent.level < unit.level
            assert parent.opened_on <= span.start
            assert parent.closed_on is None or (span.end is not None and span.end <= parent.closed_on)


def test_codes_grow_out_of_the_parents_code(city):
    widths = {2: 4, 3: 6, 4: 9, 5: 12}
    for unit in city.units[1:]:
        above = city.units[unit.face.parent]
        assert unit.face.code.startswith(above.face.code[: widths[above.level]])


def test_the_town_has_three_level_and_four_level_chains():
    units = demo_city("town").units
    chains = {tuple(units[place].face.kind for place in _chain(units, i)) for i, u in enumerate(units) if u.level == 5}
    assert ("city", "street", "community") in chains
    assert ("city", "suburban_office", "town", "village") in chains
    assert ("city", "district", "street", "community") in chains


def _chain(units, place):
    above = units[place].face.parent
    return [place] if above is None else [*_chain(units, above), place]


def test_names_are_unique_among_siblings_and_some_are_long():
    units = demo_city("town").units
    siblings = Counter((u.face.parent, u.face.name_zh) for u in units)
    assert [name for name, times in siblings.items() if times > 1] == []
    assert max(len(u.face.name_zh) for u in units if u.level == 5) >= 12
    assert all(u.face.name_en.isascii() and u.face.name_en for u in units)


def test_every_kind_of_past_happened_in_town():
    city = demo_city("town")
    ops = Counter(change.op for change in city.changes)
    assert min(ops[op] for op in ("merge", "split", "rename", "convert")) >= 1
    converted = {city.units[c.unit].level for c in city.changes if c.op == "convert"}
    assert converted == {4, 5}
    assert all(date(2018, 9, 1) <= c.on for c in city.changes if c.op not in ("create",))


def test_shares_of_a_source_add_up_to_one(city):
    sums = Counter()
    for place, change in enumerate(city.changes):
        for source, _target, share in change.came_from:
            sums[place, source] += share
    assert set(sums.values()) == {10**9}


def test_changes_come_in_the_order_of_their_days(city):
    days = [change.on for change in city.changes]
    assert days == sorted(days)


def test_every_life_begins_and_ends_with_a_change(city):
    begun = {c.unit for c in city.changes if c.op == "create"} | {t for c in city.changes for _, t, _ in c.came_from}
    ended = {s for c in city.changes for s, _, _ in c.came_from}
    assert begun == set(range(len(city.units)))
    assert ended == {i for i, unit in enumerate(city.units) if unit.closed_on is not None}


def test_a_community_is_the_sum_of_its_compounds(city):
    counts = {(c.unit, c.year): c for c in city.counts}
    for place, unit in enumerate(city.units):
        if unit.level != 5 or unit.closed_on is not None or unit.opened_on.year > YEARS[-1]:
            continue
        compounds = [i for i, u in enumerate(city.units) if u.level == 6 and u.face.parent == place]
        total = counts[place, YEARS[-1]]
        for field in ("households", "residents", "urban"):
            assert sum(getattr(counts[c, YEARS[-1]], field) for c in compounds) == getattr(total, field)


def test_each_year_the_communities_of_that_year_count_everybody_once(city):
    for year in YEARS:
        end = date(year, 12, 31)
        standing = [
            i
            for i, u in enumerate(city.units)
            if u.level == 5 and u.opened_on <= end and (u.closed_on is None or end < u.closed_on)
        ]
        assert sorted(c.unit for c in city.counts if c.year == year and city.units[c.unit].level == 5) == standing


def test_villages_have_no_urban_residents_and_communities_nobody_else():
    city = demo_city("town")
    for count in city.counts:
        unit = city.units[count.unit]
        if unit.level == 5 and len(unit.spans) == 1:
            assert count.urban == (0 if unit.face.kind == "village" else count.residents)


def test_somebody_can_be_tried_in_every_role_and_nobody_holds_two(city):
    assert [(o.username, o.role) for o in city.officials[: len(TRIED)]] == [(name, role) for name, role, _ in TRIED]
    names = [o.username for o in city.officials]
    assert len(set(names)) == len(names)


def test_accounts_are_as_many_as_asked_for():
    city = demo_city("town")
    assert len(city.residents.names) + len(city.officials) == city.size.accounts


def test_zones_cross_the_borders_of_communities():
    zones = demo_city("town").zones
    assert [zone.kind for zone in zones] == ["industrial", "scenic", "business"]
    assert all(len(zone.units) > 1 for zone in zones)
    assert any(not whole for zone in zones for _unit, whole in zone.units)


def test_office_telephones_are_numbers_that_nobody_has(city):
    assert {post.telephone[:5] for post in [*city.chiefs, *city.contacts]} == {"0000-"}


def test_streets_are_named_once_in_a_unit(city):
    used = Counter((street.unit, street.name_zh) for street in city.streets)
    assert [name for name, times in used.items() if times > 1] == []
    assert all(city.units[street.unit].level == 4 for street in city.streets)


def test_the_network_as_geojson_names_both_ends_of_every_edge():
    read = json.loads(network.geojson(demo_city("hamlet")))
    kinds = Counter(feature["properties"]["kind"] for feature in read["features"])
    ends = [
        (f["properties"][end], f["geometry"]["coordinates"][at])
        for f in read["features"]
        if f["properties"]["kind"] == "edge"
        for end, at in (("source", 0), ("target", -1))
    ]
    nodes = {f["properties"]["node"]: f["geometry"]["coordinates"] for f in read["features"][: kinds["node"]]}
    assert [place for node, place in ends if nodes[node] != place] == []


def test_the_network_as_graphml_is_the_same_network():
    graph = ElementTree.fromstring(network.graphml(demo_city("hamlet")).encode())  # noqa: S314 - written by ourselves
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    read = json.loads(network.geojson(demo_city("hamlet")))["features"]
    assert len(graph.findall(".//g:edge", space)) == sum(f["properties"]["kind"] == "edge" for f in read)


def test_the_picture_is_well_formed_and_says_that_it_is_simulated():
    drawn = picture.picture(demo_city("hamlet"))
    ElementTree.fromstring(drawn)  # noqa: S314 - written by ourselves
    assert "虚构的城市，并非真实地方" in drawn


def test_a_code_has_the_digits_of_its_level():
    assert tree.code_of(3, "990100000000", 2) == "990102000000"
    assert tree.code_of(4, "990100000000", 1) == "990100001000"
    assert tree.code_of(5, "990102001000", 203) == "990102001203"


@pytest.mark.needs_data
@pytest.mark.slow
def test_no_district_and_no_street_of_the_town_is_called_like_a_real_one(shared_data):
    real = set()
    for table in ("areas", "streets"):
        with gzip.open(shared_data / "divisions" / f"{table}.csv.gz", "rt", encoding="utf-8") as lines:
            real |= {row[1].removesuffix("办事处") for row in csv.reader(lines)}
    mine = [u.face.name_zh for u in demo_city("town").units if u.level in (3, 4)]
    assert [name for name in mine if name in real] == []
