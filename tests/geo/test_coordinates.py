"""The four coordinate systems, held against published points and against each other."""

import numpy as np
import pytest

from liren.foundation.territory.engine import coordinates as c

# Longitude and latitude in WGS 84, then in GCJ-02: the examples that the open implementations are tested with.
WGS_GCJ = [
    (121.5272106, 31.1774276, 121.531541859215, 31.17530398364597),  # Shanghai
    (113.912316, 22.543847, 113.9171764808363, 22.540796131694766),  # Shenzhen
    (116.377817, 39.911954, 116.38404722455657, 39.91334545536069),  # Beijing
    (116.404, 39.915, 116.41024449916938, 39.91640428150164),
]
GCJ_BD = [(116.404, 39.915, 116.41036949371029, 39.92133699351021)]
PAIRS = [
    (c.wgs84_to_gcj02, c.gcj02_to_wgs84),
    (c.gcj02_to_bd09, c.bd09_to_gcj02),
    (c.wgs84_to_bd09, c.bd09_to_wgs84),
]
RNG = np.random.default_rng(20260601)
CHINA = RNG.uniform(74, 135, 20_000), RNG.uniform(4, 53, 20_000)


@pytest.mark.parametrize(("lon", "lat", "x", "y"), WGS_GCJ)
def test_published_points_of_gcj02_come_out(lon, lat, x, y):
    assert c.wgs84_to_gcj02(lon, lat) == pytest.approx((x, y), abs=1e-9)
    assert c.gcj02_to_wgs84(x, y) == pytest.approx((lon, lat), abs=1e-9)


@pytest.mark.parametrize(("lon", "lat", "x", "y"), GCJ_BD)
def test_published_points_of_bd09_come_out(lon, lat, x, y):
    assert c.gcj02_to_bd09(lon, lat) == pytest.approx((x, y), abs=1e-9)


@pytest.mark.parametrize(("forth", "back"), PAIRS)
def test_forth_and_back_is_where_it_began(forth, back):
    lon, lat = back(*forth(*CHINA))
    assert max(np.abs(lon - CHINA[0]).max(), np.abs(lat - CHINA[1]).max()) < 1e-9


@pytest.mark.parametrize("turn", [turn for pair in PAIRS for turn in pair])
def test_arrays_and_single_numbers_agree(turn):
    lon, lat = CHINA[0][:50], CHINA[1][:50]
    together = np.column_stack(turn(lon, lat))
    alone = np.array([turn(float(x), float(y)) for x, y in zip(lon, lat, strict=True)])
    assert (together == alone).all()


@pytest.mark.parametrize("turn", [turn for pair in PAIRS for turn in pair])
def test_east_stays_east_and_north_stays_north(turn):
    """Steps of a hundred metres keep their order: no outline is folded."""
    along = np.arange(100.0, 110.0, 0.001)
    still = np.full_like(along, 30.0)
    assert (np.diff(turn(along, still)[0]) > 0).all()
    assert (np.diff(turn(np.full_like(along, 105.0), along - 75.0)[1]) > 0).all()


@pytest.mark.parametrize("turn", [turn for pair in PAIRS for turn in pair])
@pytest.mark.parametrize("place", [(-0.1276, 51.5072), (139.69, 35.69), (2.35, 48.85), (-74.0, 40.7)])
def test_outside_the_box_nothing_moves(turn, place):
    assert turn(*place) == place


def test_the_offset_is_some_hundreds_of_metres_inside():
    lon, lat = c.wgs84_to_gcj02(*CHINA)
    moved_km = np.hypot((lon - CHINA[0]) * 111.3 * np.cos(np.radians(CHINA[1])), (lat - CHINA[1]) * 111.3)
    assert moved_km.min() > 0.005
    assert moved_km.max() < 1.5


@pytest.mark.parametrize("system", c.SYSTEMS)
def test_every_system_leads_to_wgs84_and_back(system):
    lon, lat = c.to_wgs84(*c.from_wgs84(*CHINA, system), system)
    assert max(np.abs(lon - CHINA[0]).max(), np.abs(lat - CHINA[1]).max()) < 1e-9


def test_cgcs2000_is_taken_as_wgs84():
    assert c.to_wgs84(104.06, 30.67, "cgcs2000") == (104.06, 30.67)


def test_an_unknown_system_is_refused():
    with pytest.raises(KeyError):
        c.to_wgs84(104.0, 30.0, "beijing54")
