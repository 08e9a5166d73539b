"""Standards in packs: what the checker refuses, with file and line; and the one that comes with the code."""

import tomllib
from pathlib import Path

import pytest

from liren.development.lifecircle.engine import Circle
from liren.development.lifecircle.engine import circles as engine_circles
from liren.development.lifecircle.standard.reading import BadStandard, check, parse, same_entries
from liren.development.lifecircle.standard.spec import CERTAINTIES, Source
from liren.foundation.policy.models import Certainty
from liren.foundation.registers.engine.declaration import parse as parse_register
from liren.host import paths
from tests.make import lifecircle as build
from tests.make import policy as packs

GOOD = """\
code = "small"
name = { zh = "小标准", en = "Small" }
source = { zh = "测试", en = "Test" }
requirements = ["R244"]
basis = ["cn/law-2020#4"]
gates = { register = "gate" }

[[groups]]
code = "general"
name = { zh = "一般", en = "General" }
walk_mm_per_s = 1000
cycle_mm_per_s = 4000
certainty = "secondary"

[[circles]]
code = "circle_5"
name = { zh = "5分钟", en = "5 minutes" }
minutes = 5
level = "compound"
certainty = "from_memory"

[[categories]]
code = "shop"
name = { zh = "店", en = "Shop" }
circle = "circle_5"
kind = "commerce"
radius_m = 300
certainty = "from_memory"
capacity = "area"
sources = [{ register = "outlet", where = [{ field = "kind_of", is = "retail" }] }]
"""

REGISTER = """\
code = "%s"
name = { zh = "%s", en = "%s" }
purpose = { zh = "测试", en = "Test" }
requirements = ["R244"]
basis = ["cn/law-2020#4"]
group = "planning"
level = ["community"]
kept_by = "community"
visible = "public"
place = "required"
review_days = 365

[[fields]]
code = "kind_of"
name = { zh = "类型", en = "Type" }
kind = "choice"
choices = [{ code = "retail", zh = "零售", en = "retail" }, { code = "repair", zh = "维修", en = "repair" }]

[[fields]]
code = "area"
name = { zh = "面积", en = "Area" }
kind = "number"
unit = "m2"
"""


@pytest.fixture
def root(tmp_path):
    folder = packs.packs(tmp_path)
    packs.put(folder, "cn/lifecircle/small.toml", GOOD)
    for code, zh, en in (("outlet", "网点", "Outlets"), ("gate", "门", "Gates")):
        packs.put(folder, f"cn/registers/{code}.toml", REGISTER % (code, zh, en))
    return folder


def told(root):
    return [line for line in packs.faults(root) if "lifecircle/" in line]


def test_a_good_standard_has_no_faults(root):
    assert told(root) == []


WRONG = [
    ('register = "outlet"', 'register = "outlets"', 30, "outlets"),
    ('register = "gate"', 'register = "gates"', 6, "gates"),
    ('field = "kind_of"', 'field = "sort_of"', 30, "sort_of"),
    ('is = "retail"', 'is = "wholesale"', 30, "wholesale"),
    ('capacity = "area"', 'capacity = "kind_of"', 29, "kind_of"),
    ('circle = "circle_5"', 'circle = "circle_9"', 25, "circle_9"),
    ("walk_mm_per_s = 1000", "walk_mm_per_s = 1", 11, "walk_mm_per_s"),
    ("cycle_mm_per_s = 4000\n", "", 8, "cycle_mm_per_s"),
    ("minutes = 5", "minutes = 5\nmetres = 300", 18, "minutes"),
    ("minutes = 5\n", "", 15, "minutes"),
    ('kind = "commerce"', 'kind = "shopping"', 26, "shopping"),
    ('certainty = "secondary"', 'certainty = "hearsay"', 13, "hearsay"),
    ("radius_m = 300", "radius = 300", 27, "radius"),
    ('code = "general"', 'code = "General Public"', 9, "General Public"),
]


@pytest.mark.parametrize(("good", "wrong", "line", "says"), WRONG)
def test_what_is_wrong_is_told_with_file_and_line(root, good, wrong, line, says):
    packs.edit(root, "cn/lifecircle/small.toml", good, wrong)
    found = told(root)
    assert [one for one in found if f"lifecircle/small.toml:{line}:" in one and says in one], found


def more(changes, *, circle="circle_5"):
    made = build.standard()
    extra = {
        **made["categories"][1],
        "code": "other",
        "name": {"zh": "另店", "en": "Other"},
        "circle": circle,
        "poi": ["x"],
    }
    made["categories"].append({**extra, **changes})
    return made


def test_nothing_stands_in_two_nested_circles():
    assert check(more({})) == []
    assert "borne by two" in str(check(more({"code": "shop"}))[0])
    assert "stands for" in str(check(more({"poi": ["convenience"]}, circle="circle_15"))[0])
    # A circle that stands alone may count what a nested one counts.
    assert check(more({"poi": ["convenience"]}, circle="park")) == []


def test_entries_are_counted_in_one_nested_circle():
    source = [{"register": "outlet", "where": [{"field": "kind_of", "one_of": ["retail", "repair"]}]}]
    made = more({"sources": source}, circle="circle_15")
    made["categories"][1]["sources"] = [{"register": "outlet", "where": [{"field": "kind_of", "is": "repair"}]}]
    assert same_entries(parse(made)) == [(3, "shop")]


def test_a_circle_without_categories_and_a_category_without_a_source():
    made = build.standard()
    made["circles"].append({**made["circles"][0], "code": "empty"})
    assert "no category is in this circle" in str(check(made)[0])
    with pytest.raises(BadStandard, match="neither a register"):
        parse(more({"poi": []}))


def test_conditions_take_what_they_say():
    source = Source("outlet", (("kinds", ("a", "b")), ("open", (True,))))
    assert source.takes({"kinds": ["x", "b"], "open": True})
    assert not source.takes({"kinds": ["x"], "open": True})
    assert not source.takes({"kinds": "a", "open": 1})
    assert not source.takes({})


def test_how_sure_a_number_is_is_said_as_for_documents():
    assert set(CERTAINTIES) == set(Certainty.values)


SHIPPED = Path(paths.packs()) / "common" / "lifecircle" / "life_circle.toml"


@pytest.mark.requirement("R244", "R245", "R246", "R258", "R261", "R305")
def test_the_standard_that_comes_with_the_code():
    standard = parse(tomllib.loads(SHIPPED.read_text(encoding="utf-8")))
    assert {one.code for one in standard.groups} == {"general", "elderly", "child", "wheelchair"}
    assert standard.group("wheelchair").steps_mm_per_s == 0
    limits = {one.code: (one.minutes, one.metres) for one in standard.circles}
    assert limits == {
        "circle_15": (15, 0), "circle_10": (10, 0), "circle_5": (5, 0), "fitness": (15, 0), "green": (0, 300),
        "park": (0, 500),
    }  # fmt: skip
    # The eight kinds of facility of R261, and open space.
    assert {one.kind for one in standard.categories} == {
        "education", "health", "elderly", "culture", "sport", "government", "municipal", "commerce", "open_space",
    }  # fmt: skip
    # Vegetables, retail, housekeeping and breakfast, and the other kinds of R258.
    everyday = {one.everyday for one in standard.categories if one.everyday}
    assert everyday == {
        "vegetables", "retail", "housekeeping", "breakfast", "repair", "catering", "beauty", "post", "finance",
        "telecom", "recycling",
    }  # fmt: skip
    # What nobody has looked up since is marked so.
    assert standard.category("health_centre").is_unverified
    assert not standard.category("green").is_unverified
    codes = [one.code for one in standard.categories]
    rings = [
        Circle(one.code, 1, tuple(codes.index(c.code) for c in standard.categories if c.circle == one.code))
        for one in standard.circles
    ]
    engine_circles.check(rings, len(codes))


def test_its_sources_are_registers_whose_entries_have_a_place():
    standard = parse(tomllib.loads(SHIPPED.read_text(encoding="utf-8")))
    for name in {source.register for one in standard.categories for source in one.sources}:
        path = Path(paths.packs()) / "common" / "registers" / f"{name}.toml"
        register = parse_register(tomllib.loads(path.read_text(encoding="utf-8")))
        assert (register.place, register.visible) != ("none", "sealed"), name
        assert register.place == "required"
