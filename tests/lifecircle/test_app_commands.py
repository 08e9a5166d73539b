"""``liren lifecircle`` from the terminal: what it prints, what it writes, and what it refuses in one line."""

import csv
import json

import pytest

from liren.cli import main
from liren.development.lifecircle import services
from liren.development.lifecircle.models import CircleRow, PlaceTable, Proposal, Run
from tests.make import lifecircle as build


def said(capsys, *words, code=0):
    capsys.readouterr()
    assert main(["lifecircle", *map(str, words)]) == code
    caught = capsys.readouterr()
    return caught.out + caught.err


def test_places_in_from_the_terminal(quarter, tmp_path, capsys):
    path = build.table(tmp_path / "a.csv", [*build.TOWN_PLACES, ("影院", "cinema", 4, 1)])
    first = said(capsys, "import", path, "--city", quarter.city.code, "--dry-run", "--quiet")
    assert "3 of 4 places would be taken" in first
    assert "cinema 1" in first
    assert "--crs gcj02" in first
    assert not PlaceTable.objects.exists()
    said(capsys, "import", path, "--city", quarter.city.code, "--crs", "wgs84", "--quiet")
    assert "recorded before" in said(capsys, "import", path, "--city", quarter.city.code, "--crs", "wgs84", "--quiet")
    path.write_text("name,category,lon,lat\n店,shop,x,30\n", encoding="utf-8")
    assert "a.csv:2:" in said(capsys, "import", path, "--city", quarter.city.code, "--quiet", code=1)


def test_a_run_from_the_terminal(quarter, tmp_path, capsys):
    path = build.table(tmp_path / "a.csv", build.TOWN_PLACES)
    said(capsys, "import", path, "--city", quarter.city.code, "--quiet")
    city = ("--city", quarter.city.code)
    assert "places of a.csv; networks: walk 1" in said(capsys, "run", *city, "--dry-run")
    assert not Run.objects.exists()
    gaps = tmp_path / "gaps.csv"
    words = ("run", *city, "--group", "general", "--group", "elderly", "--day", "2026-06-01", "--gaps", gaps, "--quiet")
    told = said(capsys, *words)
    assert "Run 1 (general, places of a.csv): 11 units, 5 gaps." in told
    assert "1 rural compounds went on foot" in told
    assert "      300  " in told
    with (tmp_path / "gaps-general.csv").open(encoding="utf-8-sig") as file:
        assert len(list(csv.DictReader(file))) == 5
    assert (tmp_path / "gaps-elderly.csv").exists()
    assert "0 entries" not in said(capsys, "run", *city, "--registers", "--quiet")


def test_a_run_says_that_the_slower_kernels_serve_where_they_do(quarter, tmp_path, capsys, monkeypatch):
    said(capsys, "import", build.table(tmp_path / "a.csv", build.TOWN_PLACES), "--city", quarter.city.code, "--quiet")
    run = ("run", "--city", quarter.city.code, "--day", "2026-06-01", "--quiet")
    monkeypatch.setattr(services, "why_plain", lambda: "")
    assert "slower" not in said(capsys, *run)
    monkeypatch.setattr(services, "why_plain", lambda: "the kernels were not compiled")
    assert "The slower kernels in NumPy and SciPy serve" in said(capsys, *run)


def test_questions_from_the_terminal(worked_out, tmp_path, capsys):
    quarter, _run = worked_out
    city = ("--city", quarter.city.code)
    spot = [f"{one:.7f}" for one in build.spot(9, 1)]
    told = said(capsys, "whatif", *city, "--add", "shop", *spot)
    assert "1,000 →        1,350 people" in told
    assert "Would try 1 changes" in said(capsys, "whatif", *city, "--close", "shop", *spot, "--dry-run")
    shop = [f"{one:.7f}" for one in build.spot(3, 1)]
    assert "times change" in said(capsys, "whatif", *city, "--move", "shop", *shop, *spot)
    assert "degrees" in said(capsys, "whatif", *city, "--add", "shop", "here", "there", code=1)


def test_sites_and_results_from_the_terminal(worked_out, tmp_path, capsys):
    quarter, _run = worked_out
    city = ("--city", quarter.city.code)
    assert "Would choose 3" in said(capsys, "site", *city, "--category", "shop", "--dry-run")
    assert not Proposal.objects.exists()
    told = said(capsys, "site", *city, "--category", "shop", "--sites", 1)
    assert "1,000 → 1,300 people." in told
    assert "Certificate: proven best" in told
    candidates = tmp_path / "candidates.csv"
    candidates.write_text("name,lon,lat,cost\n中间,{:.7f},{:.7f},1\n".format(*build.spot(10, 1)), encoding="utf-8")
    told = said(capsys, "site", *city, "--category", "shop", "--sites", 1, "--candidates", candidates)
    assert "中间  350 people" in told
    path = tmp_path / "units.csv"
    assert "Would write units" in said(capsys, "export", path, *city, "--what", "units", "--dry-run")
    assert "7 lines written" in said(capsys, "export", path, *city, "--what", "units", "--run", 1)
    assert path.exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", "--city", "000"), "no unit"),
        (("export", "a.csv", "--city", "CITY", "--run", "99"), "no such run"),
        (("export", "a.csv", "--city", "CITY", "--group", "birds"), "worked out"),
        (("import", "a.geojson", "--city", "CITY"), "--as"),
        (("import", "a.csv", "--city", "CITY", "--crs", "mars"), "mars"),
        (("site", "--city", "CITY", "--category", "cinema"), "cinema"),
    ],
)
def test_what_can_not_be_done_is_said_in_one_line(worked_out, capsys, words, says):
    quarter, _run = worked_out
    code = [quarter.city.code if word == "CITY" else word for word in words]
    told = said(capsys, *code, code=1)
    assert says in told
    assert len(told.strip().splitlines()) == 1


@pytest.mark.parametrize("word", ["import", "run", "whatif", "site", "export", "nation"])
def test_every_command_helps(capsys, word):
    with pytest.raises(SystemExit) as ended:
        main(["lifecircle", word, "--help"])
    assert ended.value.code == 0
    assert "--dry-run" in capsys.readouterr().out


def test_many_cities_can_be_asked_about_first(quarter, capsys):
    told = said(capsys, "nation", "--city", quarter.city.code, "--dry-run")
    assert "Would work out 1 cities" in told


def test_a_run_goes_by_an_earlier_network_where_one_is_named(quarter, tmp_path, capsys):
    build.recorded(quarter.city, build.streets(width=5))
    said(capsys, "import", build.table(tmp_path / "a.csv", build.TOWN_PLACES), "--city", quarter.city.code, "--quiet")
    run = ("run", "--city", quarter.city.code, "--day", "2026-06-01", "--quiet")
    said(capsys, *run)
    said(capsys, *run, "--ways", 1)
    assert [one.network.version for one in Run.objects.filter(city=quarter.city).order_by("number")] == [2, 1]
    assert "--ways 7" in said(capsys, *run, "--ways", 7, code=1)


def lines(path, *drawn):
    """A file of ways: each line as spots of the town."""
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": one}} for one in drawn
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_what_is_torn_doubled_looped_or_without_length_in_a_file_of_ways_is_told(quarter, tmp_path, capsys):
    a, b, c, far, further = (build.spot(x, 1) for x in (0, 1, 2, 15, 16))
    path = lines(tmp_path / "a.geojson", [a, b], [b, a], [b, c], [c, a], [b, b], [far, further])
    told = said(capsys, "import", path, "--as", "network", "--city", quarter.city.code, "--dry-run", "--quiet")
    assert "3 nodes, 3 edges" in told
    assert "Left out: 2 nodes in 1 parts cut off from the largest, 1 loops, 1 duplicates" in told
    assert "40% of its nodes are cut off" in told
    wrong = lines(tmp_path / "b.geojson", [[500000, 3300000], [500100, 3300100]])
    assert "metres of a projection" in said(
        capsys, "import", wrong, "--as", "network", "--city", quarter.city.code, "--quiet", code=1
    )


def test_facilities_at_sea_and_a_category_without_any_are_told_by_a_run(quarter, tmp_path, capsys):
    table = build.table(tmp_path / "a.csv", [("小店", "convenience", 3, 1), ("海上店", "convenience", 900, 900)])
    city = ("--city", quarter.city.code, "--quiet")
    said(capsys, "import", table, *city)
    told = said(capsys, "run", *city, "--day", "2026-06-01")
    assert "1 facilities lie far from every way: 海上店" in told
    assert "Not recorded anywhere in the city, and in no gap: market, park." in told


@pytest.mark.parametrize(("minutes", "served"), [(600, 1353), (1, 0)])
def test_a_circle_of_ten_hours_or_of_one_minute_has_a_right_answer(quarter, tmp_path, minutes, served):
    circles = [{**one, "minutes": minutes} if one["code"] == "circle_5" else one for one in build.STANDARD["circles"]]
    build.declared(circles=circles)
    run = build.done(quarter, tmp_path / "a.csv")
    assert run.state == "done", run.fault
    row = CircleRow.objects.get(run=run, unit=quarter.city)
    assert row.served[run.categories.index("shop")] == served
