"""What is read is checked: the right answer or one clear sentence, never silence."""

import contextlib
import re

import numpy as np
import osmium
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from osmium.osm.mutable import Node, Relation, Way

from liren.development.lifecircle import engine as e
from liren.development.lifecircle.engine.measure import distance_m
from liren.development.lifecircle.engine.network import parts
from liren.development.lifecircle.engine.readers.edges import read_edges
from liren.development.lifecircle.engine.readers.graphml import read_graphml
from liren.development.lifecircle.engine.readers.pbf import read_pbf
from liren.development.lifecircle.engine.readers.rules import rules

from .worlds import world

WALK, CYCLE = rules("walk"), rules("cycle")
SPOTS = np.array([104.0, 104.001, 104.002, 104.003]), np.full(4, 30.0)


@pytest.fixture(scope="module")
def extract(tmp_path_factory):
    """A street, a one-way street, steps, a private drive behind a gate, a wall, a river, a bridge."""
    path = tmp_path_factory.mktemp("osm") / "small.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        tags = {5: {"barrier": "gate"}, 7: {"barrier": "wall"}, 3: {"highway": "crossing"}}
        tags[9] = {"barrier": "gate", "access": "no"}
        for k in range(1, 16):
            writer.add_node(Node(id=k, location=(104 + k / 1000, 30 + (k % 4) / 1000), tags=tags.get(k, {}), version=1))
        for number, (nodes, said) in enumerate(
            [
                ([1, 2, 3, 4], {"highway": "residential"}),
                ([4, 5], {"highway": "service", "oneway": "yes"}),
                ([5, 6], {"highway": "steps"}),
                ([6, 7, 8], {"highway": "footway"}),
                ([2, 10], {"highway": "service", "access": "private"}),
                ([3, 11], {"highway": "footway", "bridge": "yes"}),
                ([1, 9, 12], {"highway": "path"}),
                ([4, 13], {"highway": "motorway"}),
                ([13, 14, 15], {"waterway": "river"}),
                ([8, 99], {"highway": "footway"}),
                ([1, 15], {"barrier": "wall"}),
                ([10, 11, 12], {}),
                ([12, 10], {"tunnel": "culvert"}),
            ],
            1,
        ):
            writer.add_way(Way(id=number, nodes=nodes, tags=said, version=1))
        lake = [("w", number, "outer") for number in (9, 12, 13)]  # the river's way says so itself: counted once
        for number, said in enumerate([{"natural": "water"}, {"landuse": "grass"}], 1):
            tags = {"type": "multipolygon", **said}
            writer.add_relation(Relation(id=number, members=lake, tags=tags, version=1))
    return path


def ways(net: e.Network) -> dict[int, int]:
    """How many pieces of each way are there."""
    return {int(way): int((net.way == way).sum()) for way in np.unique(net.way)}


def test_an_extract_gives_the_ways_that_people_on_foot_may_use(extract):
    net = read_pbf(extract, WALK)
    assert ways(net) == {1: 3, 2: 1, 3: 1, 4: 2, 6: 1, 7: 2}
    assert not net.is_directed
    flag = {int(way): int(np.bitwise_or.reduce(net.flags[net.way == way])) for way in np.unique(net.way)}
    assert flag[2] == e.Flag.GATE
    assert flag[3] == e.Flag.STEPS | e.Flag.GATE
    assert flag[6] == e.Flag.BRIDGE | e.Flag.CROSSING


def test_a_wall_and_a_locked_gate_end_a_way(extract):
    net = read_pbf(extract, WALK)
    assert len(np.unique(parts(net))) == 3  # beyond the wall at 7, and beyond the locked gate at 9


def test_a_bicycle_goes_by_other_rules(extract):
    net = read_pbf(extract, CYCLE)
    assert ways(net) == {1: 3, 2: 1, 7: 2}
    assert net.is_directed
    assert net.flags[net.way == 2].tolist() == [e.Flag.FORWARD_ONLY | e.Flag.GATE]


def test_an_extract_gives_what_lines_keep_apart(extract):
    kinds = np.bincount(read_pbf(extract, WALK).barriers.kind, minlength=9)
    # Two pieces of the river, and two of a lake of which only the relation knows; none of it under the ground.
    assert (kinds[e.Barrier.WATER], kinds[e.Barrier.WALL], kinds[e.Barrier.ROAD]) == (4, 1, 1)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"oneway": "yes"}, e.Flag.FORWARD_ONLY),
        ({"oneway": "-1"}, e.Flag.BACKWARD_ONLY),
        ({"oneway": "yes", "oneway:bicycle": "no"}, e.Flag.NONE),
        ({"oneway": "yes", "cycleway": "opposite"}, e.Flag.NONE),
        ({"tunnel": "yes", "bridge": "no"}, e.Flag.TUNNEL),
    ],
    ids=str,
)
def test_rules_of_direction(tags, expected):
    assert CYCLE.flags({"highway": "residential", **tags}) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "trunk"}, False),
        ({"highway": "trunk", "foot": "yes"}, True),
        ({"highway": "trunk", "sidewalk": "both"}, True),
        ({"highway": "trunk", "sidewalk": "both", "foot": "no"}, False),
        ({"highway": "motorway", "foot": "yes"}, False),
        ({"highway": "residential", "foot": "yes", "access": "private"}, True),
        ({"highway": "residential", "access": "private"}, False),
        ({"highway": "residential", "access": "unheard of"}, True),
        ({"highway": "proposed"}, False),
        ({"building": "yes"}, False),
    ],
    ids=str,
)
def test_rules_of_access(tags, expected):
    assert WALK.admits(tags) is expected


def test_rules_that_are_not_there_or_not_whole_are_named(tmp_path):
    with pytest.raises(e.BadParameter, match="walk, cycle"):
        rules("fly")
    (tmp_path / "half.toml").write_text('code = "half"\n', encoding="utf-8")
    with pytest.raises(e.BadParameter, match="not whole"):
        rules(tmp_path / "half.toml")


def test_a_cut_off_extract_is_one_sentence_that_names_the_file(shared_data, tmp_path):
    whole = (shared_data / "geo" / "helsinki_centre.osm.pbf").read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(e.NetworkUnreadable, match=r"cut\.osm\.pbf: not a whole OpenStreetMap extract"):
        read_pbf(cut, WALK)


@pytest.mark.parametrize("read", [lambda p: read_pbf(p, WALK), lambda p: read_graphml(p, WALK), read_edges])
@pytest.mark.parametrize("content", [None, b"", b"hello", b"<graphml", b"\xff\xfe"], ids=str)
def test_what_is_no_network_is_named(read, content, tmp_path):
    path = tmp_path / "odd.osm.pbf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(e.NetworkUnreadable, match=r"odd\.osm\.pbf"):
        read(path)


def test_an_extract_without_ways_is_named(tmp_path):
    path = tmp_path / "empty.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        writer.add_node(Node(id=1, location=(104, 30), version=1))
    with pytest.raises(e.NetworkUnreadable, match="no way that may be used"):
        read_pbf(path, WALK)


def lines_file(path, crs, points=None, **fields):
    shapes = shapely.linestrings(points or [[(104.0, 30.0), (104.001, 30.0)], [(104.001, 30.0), (104.001, 30.002)]])
    names = list(fields)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapes),
        [np.array(fields[name]) for name in names],
        names,
        geometry_type="LineString",
        crs=crs,
    )
    return path


@pytest.mark.parametrize("ending", ["gpkg", "geojson"])
def test_a_table_of_lines_is_joined_where_its_ends_meet(ending, tmp_path):
    net = read_edges(lines_file(tmp_path / f"lines.{ending}", "EPSG:4326", oneway=["no", "yes"], bridge=["yes", ""]))
    assert (net.nodes, net.edges) == (3, 2)
    assert net.length_mm.tolist() == pytest.approx([96_486, 221_700], abs=60)
    assert net.flags.tolist() == [e.Flag.BRIDGE, e.Flag.FORWARD_ONLY]


def test_projected_lines_are_turned_into_degrees(tmp_path):
    metres = [[(500_000.0, 3_320_113.0), (500_100.0, 3_320_113.0)]]
    net = read_edges(lines_file(tmp_path / "p.gpkg", "EPSG:32648", metres))
    assert net.lon[0] == pytest.approx(105.0, abs=1e-6)
    assert net.length_mm.tolist() == pytest.approx([100_040], abs=20)


def test_metres_that_call_themselves_degrees_are_seen_through(tmp_path):
    metres = [[(500_000.0, 3_320_113.0), (500_100.0, 3_320_113.0)]]
    with pytest.raises(e.BadCoordinates, match="look like metres of a projection"):
        read_edges(lines_file(tmp_path / "w.gpkg", "EPSG:4326", metres))
    with pytest.raises(e.BadCoordinates, match="look like metres"):
        e.network(np.array([500_000.0, 1.0]), np.array([1.0, 1.0]), np.array([0]), np.array([1]))


def test_longitude_and_latitude_exchanged_are_seen_through():
    with pytest.raises(e.BadCoordinates, match="look exchanged"):
        e.network(SPOTS[1], SPOTS[0], np.array([0]), np.array([1]))


def test_points_without_coordinates_are_counted():
    with pytest.raises(e.BadCoordinates, match="2 points have no coordinates, first number 1"):
        e.network(np.array([104, np.nan, np.inf]), np.array([30, 30, 30.0]), np.array([0]), np.array([1]))


@pytest.mark.parametrize(
    "wrong",
    [{"b": np.array([9])}, {"a": np.array([-1])}, {"length_m": np.array([-1.0])}, {"length_m": np.array([np.nan])}],
)
def test_edges_that_cannot_be_are_refused(wrong):
    with pytest.raises(e.BadParameter):
        e.network(**({"lon": SPOTS[0], "lat": SPOTS[1], "a": np.array([0]), "b": np.array([1])} | wrong))


def test_loops_duplicates_islands_and_edges_of_no_length_are_counted():
    a, b = np.array([0, 0, 1, 1, 2, 3, 1]), np.array([1, 1, 0, 1, 3, 2, 0])
    length = np.array([10.0, 9.0, 11.0, 5.0, 0.0, 0.0, 8.0])
    flags = np.array([0, 0, 0, 0, 0, 0, e.Flag.FORWARD_ONLY])
    net, quality = e.clean(e.network(*SPOTS, a, b, length_m=length, flags=flags))
    assert (quality.parts, quality.nodes_outside_largest) == (2, 2)
    assert (quality.loops, quality.duplicates, quality.zero_length) == (1, 3, 2)
    assert quality.share_outside_largest == 0.5
    assert (net.nodes, net.edges) == (2, 2)
    assert sorted(net.length_mm.tolist()) == [8_000, 9_000]  # the shortest of each direction


def test_a_clean_network_stays_as_it_is():
    net, _ = e.clean(world(3).net)
    again, quality = e.clean(net)
    assert (quality.loops, quality.duplicates, quality.nodes_outside_largest) == (0, 0, 0)
    assert (again.a == net.a).all()


def test_nothing_at_all_is_clean():
    none = np.zeros(0)
    net, quality = e.clean(e.network(none, none, none.astype(int), none.astype(int)))
    assert (net.nodes, quality.parts, quality.share_outside_largest) == (0, 0, 0.0)


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_point_joins_the_nearest_edge_of_all(seed):
    rng = np.random.default_rng(seed)
    net = world(seed).net
    lon, lat = 104 + rng.random(8) / 80, 30 + rng.random(8) / 80
    places = e.snap(net, lon, lat, within_m=400)
    for k in range(8):
        share = np.linspace(0, 1, 401)[:, None]
        foot = [(1 - share) * side[net.a] + share * side[net.b] for side in (net.lon, net.lat)]
        least = float(distance_m(np.full(foot[0].shape, lon[k]), np.full(foot[0].shape, lat[k]), *foot).min())
        if places.edge[k] >= 0:
            assert places.access_mm[k] / 1000 <= least + 0.01
            assert places.access_mm[k] / 1000 >= least - 3.0  # the oracle looks at 401 points of each edge
            assert 0 <= places.along_mm[k] <= net.length_mm[places.edge[k]]
        else:
            assert least > 399.9


def test_places_at_sea_are_reported_with_their_owners():
    net = e.network(*SPOTS, np.array([0, 1, 2]), np.array([1, 2, 3]))
    places = e.snap(
        net, np.array([104.0005, 120.0, 104.002, 121.0]), np.array([30.0001, 30, 30, 31]),
        within_m=200, owner=np.array([0, 0, 1, 2]),
    )  # fmt: skip
    assert places.far_gates.tolist() == [1, 3]
    assert places.far.tolist() == [2]
    assert places.edge.tolist() == [0, -1, 1, -1]


@pytest.mark.parametrize(("lon", "bound"), [(np.array([np.nan]), 5), (np.array([1e6]), 5), (np.array([104.0]), -1)])
def test_places_that_cannot_be_meant_are_refused(lon, bound):
    net = e.network(*SPOTS, np.array([0]), np.array([1]))
    with pytest.raises(e.LifeCircleError):
        e.snap(net, lon, np.array([30.0]), within_m=bound)


def test_graphml_of_osmnx_is_read_and_each_street_taken_once(shared_data):
    net = read_graphml(shared_data / "geo" / "shenzhen_walk.graphml", WALK)
    tidy, quality = e.clean(net)
    assert (quality.nodes, quality.edges, quality.parts) == (7_599, 8_382, 7)
    assert tidy.length_mm.sum() == pytest.approx(205_301_000, rel=1e-3)


def graphml(tmp_path, crs="epsg:4326", target="2", head=""):
    path = tmp_path / "g.graphml"
    path.write_text(
        f"""<?xml version='1.0'?>{head}<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
        <key id="d0" for="graph" attr.name="crs"/><key id="d1" for="node" attr.name="x"/><key id="d2" for="node"
        attr.name="y"/><key id="d3" for="edge" attr.name="highway"/><key id="d4" for="edge" attr.name="oneway"/>
        <key id="d5" for="edge" attr.name="reversed"/><graph><data key="d0">{crs}</data>
        <node id="1"><data key="d1">104</data><data key="d2">30</data></node>
        <node id="2"><data key="d1">104.001</data><data key="d2">30</data></node>
        <edge source="1" target="{target}"><data key="d3">['residential', 'service']</data><data key="d4">True</data>
        <data key="d5">True</data></edge></graph></graphml>""",
        encoding="utf-8",
    )
    return path


def test_a_reversed_edge_of_graphml_goes_the_other_way(tmp_path):
    assert read_graphml(graphml(tmp_path), CYCLE).flags.tolist() == [e.Flag.BACKWARD_ONLY]
    assert read_graphml(graphml(tmp_path), WALK).flags.tolist() == [0]


def kinds_of(tmp_path, highway, access=""):
    """A street of a file of OSMnx with these values: its flags on foot, None where it is not admitted."""
    path = tmp_path / "k.graphml"
    said = f'<data key="h">{highway}</data>' + (f'<data key="a">{access}</data>' if access else "")
    path.write_text(
        f"""<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="x" attr.name="x" for="node"/>
        <key id="y" attr.name="y" for="node"/><key id="h" attr.name="highway" for="edge"/>
        <key id="a" attr.name="access" for="edge"/><graph>
        <node id="1"><data key="x">114.05</data><data key="y">22.54</data></node>
        <node id="2"><data key="x">114.06</data><data key="y">22.54</data></node>
        <edge source="1" target="2">{said}</edge></graph></graphml>""",
        encoding="utf-8",
    )
    with contextlib.suppress(e.NetworkUnreadable):
        return read_graphml(path, WALK).flags.tolist()
    return None


MADE_OF = [
    ("['steps', 'footway']", "", [e.Flag.STEPS]),
    ("['path', 'steps']", "", [e.Flag.STEPS]),  # whatever comes first
    ("['service', 'footway']", "", [e.Flag.NONE]),
    ("['primary', 'trunk']", "", None),  # a flyover: on foot nobody comes through
    ("['trunk', 'primary']", "", None),
    ("trunk_link", "", None),
    ("motorway_link", "", None),
    ("residential", "permissive", [e.Flag.NONE]),
    ("residential", "private", None),
    ("service", "bus", None),
    ("service", "['permissive', 'private']", None),
    ("['trunk', 'trunk_link']", "yes", [e.Flag.NONE]),
]


@pytest.mark.parametrize(("highway", "access", "flags"), MADE_OF)
def test_an_edge_made_of_several_ways_is_admitted_where_each_of_them_is(tmp_path, highway, access, flags):
    assert kinds_of(tmp_path, highway, access) == flags


def test_every_kind_of_way_in_the_file_of_shenzhen_is_known_to_the_rules(shared_data):
    text = (shared_data / "geo" / "shenzhen_walk.graphml").read_text(encoding="utf-8")
    key = re.search(r'<key id="(\w+)" for="edge" attr.name="highway"', text)[1]
    values = re.findall(rf'<data key="{key}">([^<]*)</data>', text)
    told = {one for value in values for one in re.findall(r"[a-z_]+", value)}
    never = {"motorway_link", "crossing", "traffic_signals", "mini_roundabout"}
    assert told - never <= WALK.highways | WALK.only_if_allowed
    rights = re.search(r'<key id="(\w+)" for="edge" attr.name="access"', text)[1]
    assert set(re.findall(rf'<data key="{rights}">([^<]*)</data>', text)) <= WALK.allow | WALK.refuse


def test_graphml_in_another_system_or_with_lost_nodes_is_refused(tmp_path):
    with pytest.raises(e.BadCoordinates, match="EPSG:4326"):
        read_graphml(graphml(tmp_path, crs="epsg:32650"), WALK)
    with pytest.raises(e.NetworkUnreadable, match="not whole"):
        read_graphml(graphml(tmp_path, target="9"), WALK)
    with pytest.raises(e.NetworkUnreadable, match="document type"):
        read_graphml(graphml(tmp_path, head="<!DOCTYPE a [<!ENTITY b 'c'>]>"), WALK)
