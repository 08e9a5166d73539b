"""Every requirement that asks for a register has one, or a room that keeps it in another form.

The declarations are read as an official would write them, from the files. Where the register of requirements stands
beside the checkout, each of its rows of kind "data register" and "threshold" must be carried by a file or be named
below with the room that owns it.
"""

import csv
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from liren.foundation.kernel.engine.quantities import UNITS
from tests.conftest import ROOT, SHARED

PACKS = ROOT / "packs"
FOLDER = PACKS / "common" / "registers"
FILES = sorted(FOLDER.glob("*.toml"))
REQUIREMENTS = SHARED.parent / "design" / "requirements"

#: Requirements of these kinds that are no register: what they ask for is kept, counted or refused in another room.
ELSEWHERE = {
    **dict.fromkeys(["R001", "R003", "R004", "R009", "R010", "R011", "R013", "R015", "R018", "R184", "R206"], "bodies"),
    **dict.fromkeys(["R019", "R020"], "policy"),
    **dict.fromkeys(["R023", "R027", "R028", "R030", "R031", "R032", "R034", "R035"], "territory"),
    "R072": "cases",
    "R123": "deliberation",
    "R145": "projects",
    "R335": "disclosure",
    **dict.fromkeys(["R351", "R354", "R361"], "admission"),
    "R316": "indicators",
}
GROUPS = {
    "organisation", "services", "safety", "self_government", "property", "funds", "social", "volunteering", "workers",
    "planning", "care", "development", "evaluation", "disclosure", "privacy",
}  # fmt: skip
LEVELS = ["city", "district", "street", "community", "compound", "grid"]
VISIBLE = ["public", "workers", "sealed"]
KINDS = {
    "text", "long_text", "bilingual", "number", "date", "choice", "choices", "yes_no", "unit", "body", "phone", "file",
    "link",
}  # fmt: skip
#: What the standing rules on rights forbid to ask of anybody, wherever a worker could type or choose it.
FORBIDDEN = re.compile(
    "民族|宗教|信仰|党员|政治面貌|信用分|积分|人脸|指纹|虹膜|声纹|车牌|轨迹|重点人员|特殊人群|刑满|吸毒|精神病|计生|画像|舆情|"
    "身份证|出生日期|性别|婚姻|家庭住址|病史|病情|残疾证|低保户|困难户|贫困户|上访|前科|失信"
)
FORBIDDEN_CODE = re.compile(
    "(^|_)(ethnicity|religion|belief|party_member|political|score|rating|credit|face|fingerprint|plate|blacklist|watchlist|"
    "id_card|birth|gender|marital|home_address|profile|track)(_|$)"
)
CHINESE = re.compile("[\u4e00-\u9fff]")


@cache
def content(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def words(node: Any) -> Iterator[dict[str, str]]:
    """Every pair of texts in two languages, and every choice."""
    if isinstance(node, dict):
        if "zh" in node or "en" in node:
            yield node
        else:
            for value in node.values():
                yield from words(value)
    elif isinstance(node, list):
        for value in node:
            yield from words(value)


def codes(declaration: dict[str, Any]) -> Iterator[str]:
    yield declaration["code"]
    for one in declaration["fields"] + declaration.get("coverage", []):
        yield one["code"]
        yield from (choice["code"] for choice in one.get("choices", ()))


@cache
def carried() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in FILES:
        for requirement in content(path)["requirements"]:
            found.setdefault(requirement, []).append(path.stem)
    return found


def asked() -> list[dict[str, str]]:
    """The rows that ask for a register or a norm; none where the register of requirements is absent."""
    path = REQUIREMENTS / "requirements.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as lines:
        return [row for row in csv.DictReader(lines) if row["kind"] in ("data register", "threshold")]


@cache
def parameters() -> set[str]:
    """Codes of parameters, out of the packs and out of the table of thresholds."""
    found = {
        one["code"]
        for path in PACKS.glob("*/*/parameters.toml")
        for one in tomllib.loads(path.read_text(encoding="utf-8"))["parameters"]
    }
    table = REQUIREMENTS / "thresholds.csv"
    if table.is_file():
        with table.open(encoding="utf-8") as lines:
            found |= {row["key"] for row in csv.DictReader(lines)}
    return found


@cache
def provisions() -> dict[str, set[str]]:
    """The numbers of the provisions of each document in the packs."""
    return {
        "/".join(path.parent.parts[-2:]): {
            one["number"] for one in tomllib.loads(path.read_text(encoding="utf-8"))["provisions"]
        }
        for path in PACKS.glob("*/*/provisions.toml")
    }


@pytest.mark.parametrize("row", asked(), ids=lambda row: row["id"])
def test_every_register_asked_for_is_declared_or_kept_by_a_named_room(row):
    assert (row["id"] in carried()) != (row["id"] in ELSEWHERE)


def test_no_requirement_is_given_away_that_nobody_asks_for():
    rows = asked()
    if not rows:
        pytest.skip("the register of requirements is absent: set LIREN_SHARED_DATA")
    assert len(rows) == 147
    assert set(ELSEWHERE) <= {row["id"] for row in rows}


def test_requirements_that_registers_name_exist():
    path = REQUIREMENTS / "requirements.csv"
    if not path.is_file():
        pytest.skip("the register of requirements is absent: set LIREN_SHARED_DATA")
    with path.open(encoding="utf-8") as lines:
        known = {row["id"] for row in csv.DictReader(lines)}
    assert set(carried()) - known == set()


def test_there_are_registers_and_each_code_stands_once():
    stems = [path.stem for path in PACKS.rglob("registers/*.toml")]
    assert len(FILES) > 100
    assert [code for code, count in Counter(stems).items() if count > 1] == []


def test_measures_have_codes_of_their_own_across_all_registers():
    found = Counter(one["code"] for path in FILES for one in content(path).get("coverage", ()))
    assert [code for code, count in found.items() if count > 1] == []


def looked_at(register: dict[str, Any]) -> set[str]:
    """Fields that the register's own gates, or answers of the life circle, look at."""
    conditions = [one for gate in register.get("gates", ()) for one in (*gate.get("when", ()), *gate["needs"])]
    found = {one[name] for one in conditions for name in ("field", "over") if name in one}
    circle = tomllib.loads((PACKS / "common" / "lifecircle" / "life_circle.toml").read_text(encoding="utf-8"))
    checks = [one for answer in circle["answers"] for one in answer.get("checks", ())]
    return found.union(*(one["fields"] for one in checks if one["register"] == register["code"]))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestOneRegister:
    def test_says_where_it_belongs(self, path):
        register = content(path)
        assert register["code"] == path.stem
        assert register["group"] in GROUPS
        assert register["visible"] in VISIBLE
        assert register["place"] in ("required", "optional", "none")
        assert set(register["level"]) <= set(LEVELS)
        assert register["kept_by"] in LEVELS[:4]
        assert LEVELS.index(register["kept_by"]) <= max(map(LEVELS.index, register["level"]))
        assert 30 <= register["review_days"] <= 730
        assert register["requirements"]

    def test_has_a_handful_of_fields_and_few_in_the_list(self, path):
        """At most nine that are asked for their own sake; what a gate or an answer of the life circle looks at is asked
        because of these, and comes on top."""
        fields = content(path)["fields"]
        assert len(fields) >= 3
        assert len({one["code"] for one in fields} - looked_at(content(path))) <= 9
        assert 1 <= sum(one.get("in_list", False) for one in fields) <= 3
        assert {one["kind"] for one in fields} <= KINDS
        assert any(one.get("required") for one in fields)

    def test_is_written_in_both_languages(self, path):
        for pair in words(content(path)):
            assert CHINESE.search(pair["zh"]), pair
            assert pair["en"].strip(), pair
            assert not CHINESE.search(pair["en"]), pair
            assert not re.search("[,;:?!()]", pair["zh"]), pair

    def test_asks_nothing_that_the_standing_rules_forbid(self, path):
        register = content(path)
        asks = register["fields"] + register.get("coverage", [])
        texts = [pair["zh"] for pair in words([[one["name"], one.get("choices", [])] for one in asks])]
        assert [text for text in [register["name"]["zh"], *texts] if FORBIDDEN.search(text)] == []
        assert [code for code in codes(register) if FORBIDDEN_CODE.search(code)] == []

    def test_counts_of_people_are_marked_so_that_small_ones_are_hidden(self, path):
        """People who were there, served or enrolled; what a place holds (capacity, planned) names nobody."""
        fields = content(path)["fields"]
        counted = [one for one in fields if one.get("unit") == "person" and not one.get("counts_people")]
        assert [one["code"] for one in counted if one["code"] not in ("capacity", "planned_people")] == []

    def test_lists_people_by_their_public_post_or_by_reference_only(self, path):
        """Who is named holds a post, and the form says so; what is sealed bears a reference instead of a name."""
        register = content(path)
        if register.get("covers_people"):
            assert re.search("岗位|职务|身份|律师|名额编号|联系人", register["title_help"]["zh"])
        if register["visible"] == "sealed":
            assert "编号" in register["title_help"]["zh"]

    def test_measures_name_known_fields_units_and_parameters(self, path):
        register = content(path)
        fields = {one["code"]: one for one in register["fields"]}
        known = parameters()
        for one in register.get("coverage", ()):
            assert one["unit"] in UNITS
            assert {one.get("sum"), one.get("over")} - {None} <= set(fields)
            for condition in one.get("where", ()):
                assert {condition["field"], condition.get("over", condition["field"])} <= set(fields)
            if known and "parameter" in one:
                assert one["parameter"] in known

    def test_rests_on_provisions_that_exist(self, path):
        known = provisions()
        basis = [key.split("#") for key in content(path)["basis"]]
        assert basis
        assert [key for key in basis if key[0] in known and key[1] not in known[key[0]]] == []

    def test_passes_the_checker_of_the_engine(self, path):
        declaration = pytest.importorskip("liren.foundation.registers.engine.declaration")
        assert declaration.check(content(path)) == []
