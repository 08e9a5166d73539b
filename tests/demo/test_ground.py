"""Streets, blocks and outlines: they tile, they follow streets, they are valid."""

from datetime import date

import numpy as np
import pytest
import shapely

from liren.front.demo.engine import outline, streets
from liren.front.demo.engine.chance import Dice, uniforms
from liren.front.demo.engine.city import make_city
from liren.front.demo.engine.graph import pieces
from liren.front.demo.engine.ground import CENTRE
from liren.front.demo.engine.groups import quotas
from liren.front.demo.engine.size import Size
from tests.make.demo import demo_city


def shapes(city, level, former=False):
    found = [o for o in city.outlines if city.units[o.owner].level == level and (o.end is not None) == former]
    return {o.owner: shapely.Polygon(o.rings[0], list(o.rings[1:])) for o in found}


@pytest.fixture(scope="module", params=["hamlet", "town"])
def city(request):
    return demo_city(request.param)


def test_every_outline_is_a_valid_area(city):
    rings = [shapely.Polygon(o.rings[0], list(o.rings[1:])) for o in [*city.outlines, *city.zone_outlines]]
    assert [shape.wkt for shape in rings if not shape.is_valid or shape.area == 0] == []


def test_every_unit_has_an_outline(city):
    assert sorted(o.owner for o in city.outlines) == list(range(len(city.units)))


@pytest.mark.parametrize("level", [5, 7])
def test_areas_of_communities_and_of_grids_add_up_to_the_city(city, level):
    whole = shapes(city, 2)[0]
    parts = shapes(city, level).values()
    assert sum(part.area for part in parts) == pytest.approx(whole.area, rel=1e-12)
    assert shapely.union_all(list(parts)).symmetric_difference(whole).area < 1e-18


def test_areas_of_children_add_up_to_their_parent(city):
    for level in (4, 5, 7):
        sums = {}
        for unit, shape in shapes(city, level).items():
            parent = city.units[unit].face.parent
            sums[parent] = sums.get(parent, 0) + shape.area
        above = {unit: shape for rank in (2, 3, 4, 5) for unit, shape in shapes(city, rank).items()}
        wrong = [u for u, area in sums.items() if u and not np.isclose(area, above[u].area, rtol=1e-9)]
        assert wrong == []


def test_a_point_lies_in_exactly_one_community_and_one_grid(city):
    west, south, east, north = shapes(city, 2)[0].bounds
    at = uniforms(600, 7, "points").reshape(-1, 2) * [east - west, north - south] + [west, south]
    inside = shapely.contains_xy(shapes(city, 2)[0], at)
    for level in (5, 7):
        hits = sum(shapely.contains_xy(shape, at).astype(int) for shape in shapes(city, level).values())
        assert hits.tolist() == inside.astype(int).tolist()


def test_neighbours_share_every_vertex_of_their_common_side(city):
    """No vertex of one community lies on a side of another without being a vertex there."""
    found = list(shapes(city, 5).values())
    corners = [set(map(tuple, shapely.get_coordinates(shape).tolist())) for shape in found]
    tree = shapely.STRtree(found)
    for a, b in tree.query(found, predicate="touches").T.tolist():
        near = [p for p in corners[a] - corners[b] if found[b].boundary.distance(shapely.Point(p)) < 1e-9]
        assert near == []


def test_every_boundary_follows_a_street(city):
    """Sides between blocks of different communities lie on a line of the mesh, but for the water."""
    mesh, (south, north) = city.mesh, city.ground.river
    level, upright = (np.zeros(mesh.corners.shape, dtype=bool) for _ in range(2))
    for line in (line for line in mesh.lines if line.kind != "path"):
        if line.is_level:
            level[line.v0, line.u0 : line.u1] = True
        else:
            upright[line.v0 : line.v1, line.u0] = True
    apart_up = (mesh.raster[1:] != mesh.raster[:-1]) & (np.minimum(mesh.raster[1:], mesh.raster[:-1]) >= 0)
    apart_side = mesh.raster[:, 1:] != mesh.raster[:, :-1]
    apart_side &= np.minimum(mesh.raster[:, 1:], mesh.raster[:, :-1]) >= 0
    apart_up[south : north - 1] = False
    apart_side[south:north] = False
    assert not (apart_up & ~level[1:-1, :-1]).any()
    assert not (apart_side & ~upright[:-1, 1:-1]).any()


def test_compounds_lie_inside_their_community(city):
    communities = {**shapes(city, 5), **shapes(city, 5, former=True)}
    outside = [
        unit
        for unit, shape in shapes(city, 6).items()
        if not communities[city.units[unit].face.parent].contains_properly(shape)
    ]
    assert outside == []


def test_on_any_past_day_every_block_belongs_to_one_community(city):
    for day in [date(year, month, 1) for year in range(2017, 2027) for month in (1, 7)]:
        blocks = [
            block
            for unit in city.units
            if unit.level == 5 and unit.opened_on <= day and (unit.closed_on is None or day < unit.closed_on)
            for block in unit.members
        ]
        assert sorted(blocks) == sorted(city.units[0].members)


def test_every_unit_is_in_one_piece(city):
    near = {a: set() for a in city.units[0].members}
    raster = city.mesh.raster
    for a, b in ((raster[1:], raster[:-1]), (raster[:, 1:], raster[:, :-1])):
        for one, other in {pair for pair in zip(a.ravel().tolist(), b.ravel().tolist(), strict=True) if min(pair) >= 0}:
            near[one].add(other)
            near[other].add(one)
    assert [i for i, unit in enumerate(city.units) if len(pieces(near, unit.members)) != 1] == []


def test_the_city_lies_in_the_sand_around_its_centre(city):
    west, south, east, north = shapes(city, 2)[0].bounds
    assert west < CENTRE[0] < east
    assert south < CENTRE[1] < north
    assert max(east - west, north - south) < 0.2


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 14))
def test_any_seed_gives_a_whole_town(seed):
    city = make_city(Size(communities=25 + 6 * seed, accounts=400, seed=seed))
    assert sum(shape.area for shape in shapes(city, 5).values()) == pytest.approx(shapes(city, 2)[0].area, rel=1e-12)
    assert all(shape.is_valid for level in (2, 3, 4, 5, 6, 7) for shape in shapes(city, level).values())


@pytest.mark.slow
@pytest.mark.parametrize("communities", [2, 3, 5, 8, 13, 20, 29, 30])
def test_any_small_number_of_communities_can_be_asked_for(communities):
    for seed in range(1, 6):
        city = make_city(Size(communities=communities, accounts=60, seed=seed))
        assert sum(1 for u in city.units if u.level == 5 and u.closed_on is None) == communities


def test_a_ring_that_touches_itself_becomes_a_ring_and_a_hole():
    labels = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=np.int32)
    rings = outline.outlines(labels, np.ones((4, 4), dtype=bool))[0]
    shape = shapely.Polygon(rings[0], rings[1:])
    assert (shape.is_valid, shape.area, len(rings)) == (True, 7.0, 2)


def test_quotas_give_everybody_the_least_and_share_out_the_rest():
    assert quotas([1.0, 1.0, 2.0], 8) == [2, 2, 4]
    assert quotas([0.0, 10.0], 5, least=1) == [1, 4]
    with pytest.raises(ValueError, match="cannot give"):
        quotas([1.0, 1.0], 1)


def test_many_draws_at_once_are_the_draws_one_by_one():
    dice = Dice(5, "purpose", 3)
    assert uniforms(50, 5, "purpose", 3).tolist() == [dice.uniform() for _ in range(50)]


def test_dice_are_fair_enough():
    rolls = uniforms(20_000, 1, "fair")
    assert np.histogram(rolls, bins=10, range=(0, 1))[0].tolist() == pytest.approx([2000] * 10, rel=0.08)
    assert sorted(Dice(1, "order").shuffled(range(30))) == list(range(30))


def test_the_network_hangs_together_over_its_bridges(city):
    found = streets.edges(city.ground, city.mesh)
    near = {}
    for edge in found:
        near.setdefault(edge.points[0], []).append(edge.points[-1])
        near.setdefault(edge.points[-1], []).append(edge.points[0])
    parts = pieces(near, sorted(near))
    assert max(map(len, parts)) > 0.98 * len(near)
    assert sum(edge.bridge for edge in found) >= 1


def test_lengths_are_metres_on_the_ground(city):
    found = streets.edges(city.ground, city.mesh)
    straight = found[0]
    ends = np.array([straight.points[0], straight.points[-1]], dtype=float)
    x, y = city.ground.warped(ends[:, 0], ends[:, 1])
    length = streets.path_lengths(city.ground, found)[0]
    assert np.hypot(*np.diff([x, y]).ravel()) <= length < 1.1 * np.hypot(*np.diff([x, y]).ravel()) + 1


def test_footpaths_run_through_the_park_and_join_the_streets():
    city = demo_city("town")
    found = streets.edges(city.ground, city.mesh)
    paths = [edge for edge in found if edge.kind == "path"]
    park = [e for e in paths if city.uses[city.mesh.raster[e.points[0][1], e.points[0][0]]] == "park"]
    met = {end for edge in found if edge.kind != "path" for end in (edge.points[0], edge.points[-1])}
    loose = [e for e in paths if not {e.points[0], e.points[-1]} & met and e not in park]
    assert len(paths) > 50
    assert len(park) >= 4
    assert len(loose) == 0
