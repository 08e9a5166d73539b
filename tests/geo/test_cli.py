"""``liren import`` at the terminal: what it prints, what it answers, what it leaves behind."""

import pytest

from liren.cli.main import parser
from liren.foundation.kernel.errors import BadInput
from liren.foundation.territory.models import Boundary, Level, Population, Unit
from tests.make.geo import division_list, geojson, square, with_line
from tests.make.territory import LONG_AGO, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def liren(capsys, monkeypatch):
    """Run a command on the test database: its exit code and what it printed."""
    monkeypatch.setenv("LIREN_ROLE", "owner")

    def run(*words):
        arguments = parser().parse_args([*(str(word) for word in words), "--quiet"])
        code = arguments.run(arguments)
        return code, capsys.readouterr().out

    return run


def test_divisions_are_taken_over_and_counted(tmp_path, liren):
    folder = division_list(tmp_path)
    assert liren("import", "divisions", folder, "--city", "9902", "--effective", "2023-06-30") == (
        0,
        "4 units were added, 0 renamed, 0 unchanged.\n"
        "1 rows of the list name no place of their own and were left out.\n",
    )
    assert Unit.objects.filter(code__startswith="99").count() == 4
    assert liren("import", "divisions", folder, "--city", "9902")[1].startswith("0 units were added, 0 renamed, 4")


def test_a_dry_run_says_what_would_be(tmp_path, liren):
    code, said = liren("import", "divisions", division_list(tmp_path), "--dry-run")
    assert (code, said.splitlines()[0]) == (0, "17 units would be added, 0 renamed, 0 unchanged.")
    assert Unit.objects.filter(code__startswith="99").count() == 0


def test_a_new_name_and_a_missing_unit_are_listed(tmp_path, liren):
    liren("import", "divisions", division_list(tmp_path / "a"), "--effective", "2023-06-30")
    changed = with_line("villages", 2, '990102001001,"杏花社区居委会",990102001,99,9901,990102')[:-1]
    said = liren("import", "divisions", division_list(tmp_path / "b", villages=changed), "--effective", "2024-06-30")
    assert said[1].splitlines()[:3] == [
        "0 units were added, 1 renamed, 15 unchanged.",
        "  renamed  990102001001  柳荫社区居委会 → 杏花社区居委会",
        "1 not in the list any more, kept: 999001100200",
    ]


def test_a_dirty_list_is_reported_by_file_and_line(tmp_path, liren):
    folder = division_list(tmp_path, villages=with_line("villages", 3, "990102001002,梅园"))
    assert liren("import", "divisions", folder) == (
        1,
        "villages.csv:3: 2 columns where 6 are expected\nNothing was written: 1 fault.\n",
    )


def test_an_empty_folder_is_one_line(tmp_path, liren):
    code, said = liren("import", "divisions", tmp_path)
    assert code == 1
    assert said.startswith("provinces.csv: there is no such file")


def test_an_unknown_city_is_an_error_that_the_command_shows_in_one_line(tmp_path, liren):
    with pytest.raises(BadInput, match="There is no unit with the code 9999 in this list"):
        liren("import", "divisions", division_list(tmp_path), "--city", "9999")


def test_a_boundary_is_set_from_a_file(tmp_path, liren):
    owner = unit(on=LONG_AGO)
    path = geojson(tmp_path / "a.geojson", ({}, square(104, 30)))
    code, said = liren("import", "boundaries", path, "--unit", owner.code, "--crs", "gcj02", "--from", "2024-01-01")
    assert (code, said) == (0, "1 boundaries were set, 0 unchanged (coordinates: gcj02).\n")
    assert Boundary.objects.get(unit=owner).source == "a.geojson"


def test_a_guessed_system_is_said_aloud(tmp_path, liren):
    owner = unit()
    said = liren("import", "boundaries", geojson(tmp_path / "a.geojson", ({}, square(104, 30))), "--unit", owner.code)[
        1
    ]
    assert "Drawn on a Chinese web map? Then say --crs gcj02" in said


def test_a_faulty_boundary_is_one_line_and_nothing_is_written(tmp_path, liren):
    owner = unit()
    bow = {"type": "Polygon", "coordinates": [[[104, 30], [105, 31], [105, 30], [104, 31], [104, 30]]]}
    assert liren("import", "boundaries", geojson(tmp_path / "a.geojson", ({}, bow)), "--unit", owner.code) == (
        1,
        "a.geojson, feature 1: The boundary crosses or touches itself. Place: 104.500000, 30.500000.\n"
        "Nothing was written: 1 fault.\n",
    )
    assert Boundary.objects.count() == 0


def test_counts_are_recorded_from_a_table(tmp_path, liren):
    owner = unit(Level.COMMUNITY)
    path = tmp_path / "a.csv"
    path.write_text(
        f"code,year,households,residents,urban_residents,source\n{owner.code},2025,1200,3000,2800,统计公报\n"
    )
    assert liren("import", "populations", path) == (0, "1 counts were recorded, 0 unchanged.\n")
    assert liren("import", "populations", path) == (0, "0 counts were recorded, 1 unchanged.\n")
    assert Population.objects.get(unit=owner).households == 1200


def test_bodies_are_recorded_from_a_table(tmp_path, liren):
    owner = unit(Level.COMMUNITY)
    path = tmp_path / "a.csv"
    path.write_text(f"name,kind,unit,from,document\n甲协会,社会组织,{owner.code},2020-01-01,登记证书\n")
    assert liren("import", "bodies", path, "--dry-run") == (0, "1 bodies would be recorded, 0 unchanged.\n")
    assert liren("import", "bodies", path) == (0, "1 bodies were recorded, 0 unchanged.\n")
    assert liren("import", "bodies", path) == (0, "0 bodies were recorded, 1 unchanged.\n")
    path.write_text(f"name,kind,unit,from,document\n乙,无,{owner.code},2020-01-01,文\n")
    code, said = liren("import", "bodies", path)
    assert (code, said.splitlines()[-1]) == (1, "Nothing was written: 1 fault.")


@pytest.mark.parametrize(
    "words",
    [
        ["import"],
        ["import", "boundaries", "a.geojson"],
        ["import", "boundaries", "a.geojson", "--unit", "1", "--code-field", "dm"],
        ["import", "boundaries", "a.geojson", "--unit", "1", "--crs", "mars"],
        ["import", "divisions", "a", "--effective", "30.6.2023"],
    ],
)
def test_wrong_words_are_refused_with_code_two(words, capsys):
    with pytest.raises(SystemExit) as left:
        parser().parse_args(words)
    assert left.value.code == 2


def test_compounds_are_founded_with_outline_and_homes(tmp_path, liren):
    community, other = unit(on=LONG_AGO), unit(on=LONG_AGO)
    by_code = {"名称": "一号院", "社区代码": int(community.code), "类型": "老旧院落", "常住人口": 900.0, "户数": "300"}
    drawn = ({}, square(104, 30)), ({}, square(105, 30))
    for one, (_facts, shape) in zip((community, other), drawn, strict=True):
        liren("import", "boundaries", geojson(tmp_path / "c.geojson", ({}, shape)), "--unit", one.code)
    by_place = {"name": "二号院"}
    path = geojson(tmp_path / "a.geojson", (by_code, square(104, 30, 0.01)), (by_place, square(105.02, 30.02, 0.01)))
    assert liren("import", "compounds", path, "--dry-run")[1].startswith("2 compounds would be added")
    assert liren("import", "compounds", path) == (
        0,
        "2 compounds were added, 0 unchanged (coordinates: wgs84).\n"
        "1 have no count of residents and will weigh nothing: liren import populations.\n"
        "Drawn on a Chinese web map? Then say --crs gcj02 (AMap, Tencent) or --crs bd09 (Baidu).\n",
    )
    assert liren("import", "compounds", path)[1].startswith("0 compounds were added, 2 unchanged")
    first, second = Unit.objects.filter(level=Level.COMPOUND).order_by("name_zh")
    assert (first.code, first.kind, first.parent) == (f"{community.code}-X001", "old_courtyard", community)
    assert (second.code, second.kind, second.parent) == (f"{other.code}-X001", "estate", other)
    assert Population.objects.get(unit=first).residents == 900
    assert Boundary.objects.filter(unit__in=(first, second)).count() == 2


def test_what_is_wrong_with_compounds_is_said_by_feature(tmp_path, liren):
    home = {"name": "一号院", "community": unit(on=LONG_AGO).code}
    wrong = [
        ({**home, "name": ""}, square(104, 30)),
        ({**home, "kind": "castle"}, square(104, 30)),
        ({**home, "community": "999999999999"}, square(104, 30)),
        ({"name": "二号院"}, square(150, 30)),
        ({**home, "residents": "many"}, square(104, 30)),
        (home, {"type": "Point", "coordinates": [104, 30]}),
    ]
    code, said = liren("import", "compounds", geojson(tmp_path / "a.geojson", *wrong))
    assert code == 1
    assert [line.split(": ")[0] for line in said.splitlines()[:-1]] == [f"a.geojson, feature {n}" for n in range(1, 7)]
    assert said.endswith("Nothing was written: 6 faults.\n")
    assert not Unit.objects.filter(level=Level.COMPOUND).exists()
