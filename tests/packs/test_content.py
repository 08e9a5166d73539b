"""The packs that come with the code say what their sources say: all thresholds, all requirements, both languages."""

import csv
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from liren.foundation.kernel.engine.quantities import UNITS, quantity
from liren.foundation.policy.engine.kinds import kinds
from liren.front.kit.templatetags.documents import KINDS as NAMED

PACKS = Path(__file__).resolve().parents[2] / "packs"
DOCUMENTS = sorted(path.parent for path in PACKS.glob("*/*/document.toml"))
SOURCES = {
    "000_d776cc1d85d5926c.txt": "chengdu/opinion-2017",
    "001_57871d724fc12ec6.txt": "chengdu/report-experience",
    "002_4a5a6d606dad0495.txt": "jiayuguan/plan-2022",
    "003_37ed70c6fc17c720.txt": "chengdu/regulation-draft-2019",
    "004_cb55f60139aaff7a.txt": "changzhou/burden-2014",
}
HAN = re.compile(r"[一-鿿]")
Table = dict[str, Any]


@cache
def toml(path: Path) -> Table:
    """A file, read once: its rows are asked for again and again, and nobody changes them."""
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def key_of(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


def provisions() -> Iterator[tuple[str, Table]]:
    for folder in DOCUMENTS:
        for row in toml(folder / "provisions.toml")["provisions"]:
            yield key_of(folder), row


def parameters() -> Iterator[tuple[str, Table]]:
    for folder in DOCUMENTS:
        for row in toml(folder / "parameters.toml").get("parameters", []):
            yield key_of(folder), row


def register(shared_data: Path, name: str) -> list[dict[str, str]]:
    with (shared_data.parent / "design" / "requirements" / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def plain(text: str) -> str:
    """Without spaces and the readings that one source prints after rare characters: 來(lái) is 來."""
    text = re.sub(r"\([a-zà-ǜ]+\)", "", text, flags=re.IGNORECASE)
    text = re.sub(r"\s", "", text)
    return text.translate(str.maketrans("，；：（）", ",;:()"))


def pairs(value: Any, where: str) -> Iterator[tuple[str, Table]]:
    """Every table of words in two languages."""
    if isinstance(value, dict):
        if "zh" in value or "en" in value:
            yield where, value
        for key, inner in value.items():
            yield from pairs(inner, f"{where}.{key}")
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from pairs(inner, f"{where}[{number}]")


def test_every_text_is_there_in_both_languages() -> None:
    found = [pair for path in sorted(PACKS.rglob("*.toml")) for pair in pairs(toml(path), path.name)]
    wrong = [where for where, words in found if not HAN.search(words["zh"]) or not re.search("[A-Za-z]", words["en"])]
    mixed = [where for where, words in found if HAN.search(words["en"])]
    assert (wrong, mixed) == ([], [])
    assert len(found) > 1000


def test_every_provision_has_one_number_in_its_document() -> None:
    counts = Counter((document, row["number"]) for document, row in provisions())
    assert [key for key, times in counts.items() if times > 1] == []


def test_the_numbering_of_the_sources_is_whole() -> None:
    numbers: dict[str, list[str]] = {}
    for document, row in provisions():
        numbers.setdefault(document, []).append(row["number"])
    assert numbers["chengdu/opinion-2017"] == [*(str(number) for number in range(1, 31)), "closing"]
    assert numbers["chengdu/regulation-draft-2019"] == [str(number) for number in range(1, 53)]
    assert numbers["chengdu/report-experience"] == ["1", "2", "3", "4"]
    assert [number for number in numbers["jiayuguan/plan-2022"] if number.startswith("box3-")] == [
        f"box3-{number}" for number in range(1, 16) if number != 2
    ]
    assert Counter(number.rstrip("0123456789") for number in numbers["changzhou/burden-2014"]) == {
        "intro": 1,
        "burden-": 4,
        "three-": 3,
        "foundation-": 3,
    }


def test_every_requirement_is_cited() -> None:
    cited = {requirement for _, row in provisions() for requirement in row["requirements"]}
    assert cited == {f"R{number:03d}" for number in range(1, 380)}


def test_parameters_stand_on_a_provision_and_have_a_known_unit() -> None:
    standing = {(document, row["number"]) for document, row in provisions()}
    wrong = [
        row["code"]
        for document, row in parameters()
        if (document, row["provision"]) not in standing or row["unit"] not in UNITS
    ]
    assert wrong == []


def test_no_code_has_two_values_on_one_day_in_one_jurisdiction() -> None:
    spans: dict[tuple[str, str], list[tuple[date, date]]] = {}
    for document, row in parameters():
        span = (row["from"], row.get("until", date.max))
        spans.setdefault((document.split("/")[0], row["code"]), []).append(span)
    overlapping = [
        key for key, all_of_them in spans.items() for one, two in combinations(all_of_them, 2) if _overlap(one, two)
    ]
    assert overlapping == []
    assert all(start < end for all_of_them in spans.values() for start, end in all_of_them)


def _overlap(one: tuple[date, date], two: tuple[date, date]) -> bool:
    return one[0] < two[1] and two[0] < one[1]


def test_what_only_reports_is_marked_so() -> None:
    reported = {row["attribute"] for document, row in parameters() if document == "chengdu/report-experience"}
    assert reported == {"reported"}
    box1 = {row["attribute"] for _, row in parameters() if re.fullmatch(r"box1-\d", row["provision"])}
    assert box1 == {"expected", "baseline"}
    draft = toml(PACKS / "chengdu/regulation-draft-2019/document.toml")
    assert [version["status"] for version in draft["versions"]] == ["draft"]


def test_a_hidden_figure_is_never_given_a_value() -> None:
    assert [row["code"] for _, row in parameters() if re.search("XX", row.get("phrase", ""))] == []


def test_the_two_cities_that_count_space_differently_stand_side_by_side() -> None:
    rules = {
        document: (row["code"], quantity(row["value"], row["unit"]))
        for document, row in parameters()
        if row["code"] in {"facility_area_per_100_households", "service_room_area_per_1000_people"}
        and row["attribute"] != "baseline"
        and not document.startswith("liren/")
    }
    households = quantity(30, "m2_per_100_households")
    assert rules == {
        "chengdu/opinion-2017": ("facility_area_per_100_households", households),
        "jiayuguan/plan-2022": ("facility_area_per_100_households", households),
        "changzhou/burden-2014": ("service_room_area_per_1000_people", quantity(100, "m2_per_1000_people")),
    }


SUBJECTS = sorted(PACKS.glob("*/subjects/*.toml"))


@pytest.mark.requirement("R019")
@pytest.mark.parametrize("path", SUBJECTS, ids=lambda path: path.stem)
def test_a_matter_named_as_one_is_ruled_by_several_documents_and_by_no_number_twice(path: Path) -> None:
    codes = {one["parameter"] for one in toml(path)["numbers"]}
    found = {(document, row["code"]) for document, row in parameters() if row["code"] in codes}
    assert {code for _, code in found} == codes
    assert len({document for document, _ in found}) > 1


def test_space_steps_circles_and_lists_of_several_documents_are_matters() -> None:
    assert {path.stem for path in SUBJECTS} >= {"service_area", "gates_in_step", "life_circle", "work_lists"}


def test_the_simulated_city_says_that_it_is_simulated() -> None:
    simulated = [path.parent.name for path in PACKS.glob("*/jurisdiction.toml") if toml(path)["is_simulated"]]
    assert simulated == ["liren"]
    silent = [row["code"] for document, row in parameters() if document[:6] == "liren/" and "模拟" not in row["phrase"]]
    assert silent == []


@pytest.mark.parametrize(
    ("code", "operator", "value", "unit"),
    [
        ("owners_participation_area", ">=", 2, "third"),
        ("owners_special_majority_heads", ">=", 3, "quarter"),
        ("owners_general_majority_heads", ">", 1, "half"),
        ("village_assembly_quorum_households", ">=", 2, "third"),
        ("residents_election_turnout_representatives", ">", 2, "third"),
        ("collective_assembly_majority", ">=", 2, "third"),
        ("residents_assembly_call_residents", ">=", 1, "tenth"),
    ],
)
def test_the_majorities_of_the_law_are_exact_fractions(code: str, operator: str, value: int, unit: str) -> None:
    found = [(row["operator"], row["value"], row["unit"]) for _, row in parameters() if row["code"] == code]
    assert found == [(operator, value, unit)]


def test_every_threshold_of_the_register_is_there_once_with_its_value(shared_data: Path) -> None:
    rows = register(shared_data, "thresholds.csv")
    wrong = [row["key"] for row in rows if _found(row) != [_meant(row)]]
    assert wrong == []
    assert len(rows) == 121


def test_every_threshold_has_its_days_and_its_jurisdiction_as_the_register_names_them(shared_data: Path) -> None:
    """A year that a text aims at is the day of ``by``; a year of a rule or a count is its first day; none ends."""
    wrong = []
    for row in register(shared_data, "thresholds.csv"):
        of = SOURCES[row["source"].split()[0]]
        alike = [
            one for document, one in parameters() if one["code"] == row["key"] and document.split("/")[0] != "liren"
        ]
        mine = [one for document, one in parameters() if (document, one["code"]) == (of, row["key"])]
        aimed = [one for one in mine if one["attribute"] in {"binding", "expected"}]
        named = {int(year) for year in re.findall(r"(?<!–)20\d\d(?!–)", row["when"])} | (
            {2025} if "plan period" in row["when"] else set()
        )
        years = {one[key].year for one in alike for key in ("from", "by") if key in one}
        is_target = row["when"].startswith(("end of", "plan period")) or max(named, default=0) > min(
            one["from"].year for one in mine
        )
        due = {one["by"].year for one in alike if "by" in one}
        if (
            not mine
            or not named <= years
            or any("until" in one for one in aimed)
            or (is_target and max(named) not in due)
        ):
            wrong.append((row["key"], row["when"], sorted(years)))
    assert wrong == []


def _meant(row: dict[str, str]) -> tuple[str, Decimal, Decimal | None, frozenset[str]]:
    low, _, high = row["value"].partition("-")
    requirements = frozenset(row["requirement_ids"].split())
    return row["operator"], Decimal(low), Decimal(high) if high else None, requirements


def _found(row: dict[str, str]) -> list[tuple[str, Decimal, Decimal | None, frozenset[str]]]:
    """What the row's document holds under its code; a base value beside a target of one code is not counted twice."""
    source = row["source"].split()[0]
    alike = [found for document, found in parameters() if (document, found["code"]) == (SOURCES[source], row["key"])]
    targets = [found for found in alike if found["attribute"] != "baseline"] or alike
    return [
        (
            found["operator"],
            Decimal(found["value"]),
            Decimal(found["high"]) if "high" in found else None,
            frozenset(found["requirements"]),
        )
        for found in targets
    ]


def test_every_phrase_stands_in_its_source(shared_data: Path) -> None:
    texts = {
        document: plain((shared_data.parent / "sources" / name).read_text(encoding="utf-8"))
        for name, document in SOURCES.items()
    }
    quoted = [(document, row) for document, row in parameters() if document in texts]
    wrong = [(document, row["code"]) for document, row in quoted if not _stands(plain(row["phrase"]), texts[document])]
    assert wrong == []
    assert len(quoted) >= 121


def _stands(phrase: str, text: str) -> bool:
    """The parts around … stand in this order."""
    return re.search(".*".join(map(re.escape, phrase.split("…"))), text) is not None and bool(phrase)


def test_a_requirement_is_cited_where_the_register_found_it(shared_data: Path) -> None:
    cited: dict[str, set[str]] = {}
    for document, row in provisions():
        for requirement in row["requirements"]:
            cited.setdefault(requirement, set()).add(document)
    missing = [
        (row["id"], name)
        for row in register(shared_data, "requirements.csv")
        for name in re.findall(r"00\d_\w+\.txt", row["source"])
        if SOURCES[name] not in cited[row["id"]]
    ]
    assert missing == []


def test_every_kind_that_packs_declare_has_a_name_for_readers() -> None:
    assert set(NAMED) == {one.name for one in kinds().values()}
