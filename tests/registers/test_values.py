"""Values as people write them become values as they are kept, or a sentence that says what to write instead."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.foundation.registers.engine.identity import read_identity
from liren.foundation.registers.engine.showing import text_of
from liren.foundation.registers.engine.spec import KINDS, Choice, FieldSpec, Words
from liren.foundation.registers.engine.values import Around, clean, clean_value
from liren.foundation.registers.engine.wording import Unfit, ValueFault
from tests.make import registers as build

TODAY = date(2026, 6, 1)
NAME = Words("面积", "Area")
CHOICES = (Choice("weekly", Words("每周", "weekly")), Choice("monthly", Words("每月", "once a month")))


class Finder:
    """Knows one unit, one body and one file."""

    def unit(self, text: str, levels: tuple[str, ...]) -> int | None:
        return 7 if text in ("里仁社区", "7") else None

    def body(self, text: str, kinds: tuple[str, ...]) -> int | None:
        return 8 if text in ("里仁协会", "8") else None

    def file(self, text: str) -> int | None:
        return 9 if text == "9" else None


AROUND = Around(Finder(), TODAY)
FULL: dict[str, dict[str, Any]] = {
    "text": {"longest": 200},
    "long_text": {"longest": 1000},
    "bilingual": {"longest": 200},
    "choice": {"choices": CHOICES},
    "choices": {"choices": CHOICES},
    "unit": {"levels": ("community",)},
}


def field(kind: str, **facts: Any) -> FieldSpec:
    return FieldSpec("it", NAME, kind, **{**FULL.get(kind, {}), **facts})


def read(kind: str, value: Any, **facts: Any) -> Any:
    """The kept value, or the sentence."""
    try:
        return clean_value(field(kind, **facts), value, AROUND)
    except Unfit as unfit:
        return ValueFault("it", unfit.message, {"field": NAME, **unfit.facts}).text("en")


@pytest.mark.parametrize(
    ("typed", "unit", "kept"),
    [
        ("120", "m2", 120), ("１２０", "m2", 120), ("1,200", "m2", 1200), ("１，２００．５", "m2", "1200.5"),
        (" 7 ", "", 7),
        ("120㎡", "m2", 120), ("120 m²", "m2", 120), ("120平米", "m2", 120), ("0.5公顷", "m2", 5000), ("1.5 km²",
         "hectare", 150),
        ("3万", "person", 30000), ("3万人", "person", 30000), ("3万元", "yuan", 30000), ("3万", "wan_yuan", 3),
        ("12.5万元",
         "yuan", 125000),
        ("¥300", "yuan", 300), ("85%", "percent", 85), ("85％", "percent", 85), ("2小时", "minute", 120), ("15位",
         "person", 15),
        (".5", "", "0.5"), ("-3", "", -3), ("+3", "", 3), (12, "m2", 12), (0.1, "m2", "0.1"), (0.1 + 0.2, "m2",
         "0.3"), (1e3, "", 1000),
        ("", "m2", None), ("  ", "m2", None), (None, "m2", None),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_written(typed, unit, kept):
    assert read("number", typed, unit=unit) == kept


@pytest.mark.parametrize(
    ("typed", "unit", "said"),
    [
        ("120平米左右", "m2", "“120平米左右” is not a number of m²; write 120."),
        ("约120", "m2", "“约120” is not a number of m²; write 120."),
        ("许多", "", "“许多” is not a number; write 120."),
        ("1,5", "", "“1,5” is not a number; write 1.5."),
        ("5²", "", "“5²” is not a number; write 5."),
        ("120户", "m2", "“120户” is not a number of m²; write 120."),
        ("1/2", "", "“1/2” is not a number; write 1."),
        ("٣", "", "“٣” is not a number; write 120."),
        (True, "", "“True” is not a number; write 120."),
        (float("nan"), "", "“nan” is not a number; write 120."),
        (float("inf"), "", "“inf” is not a number; write 120."),
        ("9" * 40, "", "“9999999999999999999999999999999999999999” is larger than any number kept here."),
        (10**400, "", "“1000000000000000000000000000000000000000…” is larger than any number kept here."),
        ("0.1234567", "", "“0.1234567” has more than 6 decimals."),
        (["1"], "", "“['1']” is not a number; write 1."),
        ("1\x002", "", "“1 2” is not a number; write 1."),
    ],
)
def test_what_is_no_number_is_told_with_what_to_write(typed, unit, said):
    assert read("number", typed, unit=unit) == said


def test_bounds_and_whole_numbers():
    assert read("number", "1.5", whole=True) == "“1.5” is not a whole number."
    assert read("number", "3", unit="day", low=Decimal(5)) == "Area is at least 5 days."
    assert read("number", "40", unit="day", high=Decimal(31)) == "Area is at most 31 days."
    assert read("number", "31.0", unit="day", high=Decimal(31), whole=True) == 31


@pytest.mark.parametrize(
    "typed",
    ["2024-03-01", "2024-3-1", "2024/3/1", "2024.3.1", "2024年3月1日", "2024 年 3 月 1 日", "20240301", "45352", 45352,
     45352.0,
     "２０２４－０３－０１", "2024-03-01 00:00:00", date(2024, 3, 1), datetime(2024, 3, 1, 9)],  # noqa: DTZ001  (a cell)
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(typed):
    assert read("date", typed) == "2024-03-01"


@pytest.mark.parametrize(
    "typed", ["2024-02-30", "2024-3", "三月一日", "1/3/2024", "99999999", "0", 10**9, True, "٢٠٢٤-٠٣-٠١"]
)
def test_what_is_no_day_is_told(typed):
    assert str(read("date", typed)).endswith("is no day; write it as 2024-03-01.")


def test_days_keep_to_their_bounds():
    assert read("date", "1949-09-30") == "Area can't lie before 1949-10-01."
    assert read("date", "2026-06-02") == "Area can't lie in the future."
    assert read("date", "2026-06-02", future=True) == "2026-06-02"


@pytest.mark.parametrize(("typed", "kept"), [("是", True), ("有", True), ("√", True), ("Yes", True), (1, True), ("1.0",
    True), (True, True),
                                             ("否", False), ("无", False), ("没有", False), ("N", False), (0, False),
                                              ("ＮＯ", False)])  # fmt: skip
def test_yes_and_no_in_all_their_words(typed, kept):
    assert read("yes_no", typed) is kept


def test_neither_yes_nor_no():
    assert read("yes_no", "也许") == "“也许” is neither yes nor no; write 是 or 否."


@pytest.mark.parametrize("typed", ["weekly", "每周", "WEEKLY", "Weekly ", "ｗｅｅｋｌｙ"])
def test_a_choice_by_code_or_by_word_of_either_language(typed):
    assert read("choice", typed) == "weekly"


def test_a_choice_that_is_not_offered_names_the_nearest_or_all():
    assert read("choice", "每两周") == "“每两周” is not offered for Area; did you mean “每周”?"
    assert read("choice", "从不") == "“从不” is not offered for Area; choose from: weekly, once a month."


@pytest.mark.parametrize("typed", ["每月、每周", "weekly,once a month", ["monthly", "weekly"], "每周；每月"])
def test_choices_come_in_the_order_in_which_they_are_offered(typed):
    assert read("choices", typed) == ["weekly", "monthly"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("028-12345678", "028-12345678"), ("（028）1234 5678", "028-1234-5678"), ("13800138000", "13800138000"),
     ("+86 28 12345678", "+86-28-12345678"), ("12345", "12345"), (12345.0, "12345"), ("028-1234567转8",
      "028-1234567转8")],
)  # fmt: skip
def test_telephone_numbers(typed, kept):
    assert read("phone", typed) == kept


@pytest.mark.parametrize("typed", ["无", "12", "call me", "1" * 30, "-", "<script>"])
def test_no_telephone_numbers(typed):
    assert "is no telephone number" in read("phone", typed)


@pytest.mark.parametrize(
    "typed", ["javascript:alert(1)", "https://a:b@c.cn", "ftp://a.cn", "https://", "http://a b", "https://a.cn/\x00"]
)
def test_links_lead_to_pages_only(typed):
    assert read("link", "https://liren.example/a?b=1") == "https://liren.example/a?b=1"
    assert "is no address of a page" in read("link", typed) or "can't be kept" in read("link", typed)


@pytest.mark.parametrize("typed", ["a\x00b", "a\ud800b", "\u202eabc", "a\x1bb"])
@pytest.mark.parametrize("kind", ["text", "long_text", "bilingual"])
def test_text_that_can_not_be_kept_is_refused(kind, typed):
    assert read(kind, typed) == "Area holds a sign that can't be kept; type it anew."


def test_texts_keep_what_is_written_and_lose_what_is_not_seen():
    assert read("text", "  甲，\t乙  丙 ") == "甲， 乙 丙"
    assert read("long_text", " 一行 \r\n\r\n\r\n\r\n二行 ") == "一行\n\n二行"
    assert read("text", "长" * 201) == "Area is too long: at most 200 characters."
    assert read("bilingual", {"zh": "中", "en": "E"}) == {"zh": "中", "en": "E"}
    assert "English alone is not enough" in read("bilingual", {"zh": "", "en": "E"})


def test_references_are_found_or_told():
    assert (read("unit", "里仁社区"), read("body", "里仁协会"), read("file", "9")) == (7, 8, 9)
    assert "is no unit that is meant here" in read("unit", "别处")
    assert "is no organisation that is registered" in read("body", "别处")
    assert "is no file of this entry" in read("file", "10")


def test_all_faults_of_a_form_are_told_at_once():
    made = build.spec(
        fields=[
            {"code": "need", "name": {"zh": "必填", "en": "Needed"}, "kind": "text", "required": True},
            {"code": "area", "name": {"zh": "面积", "en": "Area"}, "kind": "number", "unit": "m2"},
        ],
        coverage=None,
    )
    values, faults = clean(made, {"area": "大", "aera": "1"}, finder=Finder(), today=TODAY)
    assert values == {}
    assert [str(fault) for fault in faults] == [
        "There is no field “aera”; did you mean “area”?",
        "Needed is needed.",
        "“大” is not a number of m²; write 120.",
    ]


def test_partly_only_what_is_given_changes_and_empty_empties():
    values, faults = clean(build.spec(), {"note": "", "area": "5"}, finder=Finder(), today=TODAY, partly=True)
    assert (values, faults) == ({"area": 5, "note": None}, [])


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({}, ["Name is needed."]),
        ({"name_zh": "甲", "lon": "104"}, ["Latitude is needed beside the other coordinate."]),
        ({"name_zh": "甲", "lon": "181", "lat": "30"}, ["“181” is no place on earth."]),
        ({"name_zh": "甲", "opened_on": "2020-1-1", "closed_on": "2020-1-1"}, ["Until must lie after the first day."]),
        ({"name_zh": "甲", "reviewed_on": "2027-1-1"}, ["Reviewed on can't lie in the future."]),
        ({"name_zh": "甲", "lon": "nan", "lat": "30"}, ["“nan” is not a number; write 120."]),
    ],
)  # fmt: skip
def test_name_place_and_days(raw, said):
    _facts, faults = read_identity(build.spec(), raw, today=TODAY)
    assert sorted(str(fault) for fault in faults) == sorted(said)


def test_a_place_is_kept_to_a_tenth_of_a_metre():
    facts, faults = read_identity(build.spec(), {"name_zh": "甲", "lon": "104.123456789", "lat": 30.5}, today=TODAY)
    assert (facts.lon, facts.lat, faults) == (104.123457, 30.5, [])


def test_a_register_may_need_a_place_or_have_none():
    needed, none = build.spec(place="required"), build.spec(place="none")
    assert [str(f) for f in read_identity(needed, {"name_zh": "甲"}, today=TODAY)[1]] == [
        "The place on the map is needed."
    ]
    assert read_identity(none, {"name_zh": "甲", "lon": 1, "lat": 1}, today=TODAY)[1][0].field == "lon"


ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.binary(max_size=5)
    | st.dates() | st.lists(st.text(max_size=5), max_size=3) | st.dictionaries(st.sampled_from(["zh", "en", "x"]),
        st.text(max_size=5))
    | st.from_regex(r"[0-9０-９,，.]{1,12}(㎡|万元|%|人|平米)?", fullmatch=True)
)  # fmt: skip


@given(kind=st.sampled_from(KINDS), value=ANYTHING, unit=st.sampled_from(["", "m2", "person", "percent", "yuan"]))
def test_anything_is_kept_or_refused_in_words_and_what_is_kept_stays(kind, value, unit):
    made = field(kind, **({"unit": unit} if kind == "number" else {}))
    try:
        kept = clean_value(made, value, AROUND)
    except Unfit as unfit:
        said = ValueFault("it", unfit.message, {"field": NAME, **unfit.facts})
        assert said.text("zh")
        assert said.text("en")
        return
    assert clean_value(made, kept, AROUND) == kept
    assert text_of(made, kept, "zh", _Names()) is not None


class _Names:
    def unit(self, key: int) -> str:
        return "单元"

    def body(self, key: int) -> str:
        return "机构"

    def file(self, key: int) -> str:
        return "文件"


@given(st.dictionaries(st.text(max_size=10), ANYTHING, max_size=5))
def test_whatever_a_form_sends_is_told_in_words(raw):
    _values, faults = clean(build.spec(), raw, finder=Finder(), today=TODAY)
    assert all(fault.text("zh") for fault in faults)
    _facts, more = read_identity(build.spec(), raw, today=TODAY)
    assert more[0].field == "name_zh" or raw.get("name_zh") or more
