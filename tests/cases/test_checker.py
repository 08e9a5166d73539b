"""A good declaration is broken in each way: the fault is told with its line and its mend, in both languages."""

import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.foundation.kernel.engine.deadlines import (
    CalendarDays,
    CalendarMonths,
    PlainTime,
    ServiceTime,
    WorkingDays,
)
from liren.foundation.policy.engine.lines import lines_of
from liren.foundation.policy.services import Where
from liren.service.cases.engine.amounts import amount_words, in_days, in_working_days, read_amount, text_of
from liren.service.cases.engine.check_clocks import soonest
from liren.service.cases.engine.declaration import BadDeclaration, check, parse
from liren.service.cases.kind import faults as kind_faults
from liren.service.cases.spoken import SENTENCES, spoken
from tests.conftest import ROOT

HAN = re.compile(r"[\u4e00-\u9fff]")
GUIDE = (ROOT / "docs/how-to/add-a-case-type.md").read_text(encoding="utf-8")
#: The declaration that the guide tells to write.
GOOD = re.search(r"```toml\n(.+?)```", GUIDE, re.DOTALL)[1]
REQUEST = (ROOT / "packs/common/cases/request.toml").read_text(encoding="utf-8")
EXTRA = """
[[states]]
code = "{0}"
name = {{ zh = "某状态", en = "Some state" }}
owner = "desk"
"""
PART = """
[[parts]]
code = "helper"
name = { zh = "协办人", en = "Helper" }
"""
FIELD = """
[[fields]]
code = "{0}"
name = {{ zh = "{1}", en = "Question" }}
kind = "text"
"""


def content(text):
    return tomllib.loads(text, parse_float=Decimal)


def told(text, language="en"):
    with translation.override(language):
        return kind_faults(content(text), Where("x.toml", lines_of(text)))


def at(text, old):
    """The line on which a piece of the text stands."""
    assert text.count(old) >= 1, old
    return text[: text.index(old)].count("\n") + 1


def test_the_guide_shows_a_good_declaration():
    assert [str(fault) for fault in told(GOOD)] == []
    spec = parse(content(GOOD))
    assert (spec.code, spec.start, len(spec.moves)) == ("wheelchair_loan", "received", 5)
    assert spec.clock("lending").limits["critical"] == read_amount("4 service hours")
    assert [one.code for one in spec.intake_fields] == ["from_day"]
    assert spec.state("received").public == spec.state("received").name


Break = dict[str, str]


def breaks(name: str) -> list[Break]:
    """The blocks of a file: each line by the sign that it begins with."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    found = []
    for block in text.split("\n\n")[1:]:
        lines = {line[0]: line[2:].replace("\\n", "\n") for line in block.splitlines() if line}
        found.append({sign: value.removesuffix("|") if sign in "-+" else value for sign, value in lines.items()})
    return [one for one in found if one]


BROKEN = breaks("broken_guide.txt")
each = pytest.mark.parametrize("one", BROKEN, ids=lambda one: one.get("!", "sound")[:60])


@each
def test_each_fault_is_told_with_its_line_and_its_mend(one):
    assert one["-"] in GOOD
    text = GOOD.replace(one["-"], one["+"], 1)
    found = told(text)
    if "!" not in one:
        assert found == []
        return
    hits = [fault for fault in found if one["!"] in fault.message]
    assert hits, [str(fault) for fault in found]
    assert any(one["="] in fault.mend for fault in hits), hits
    assert at(text, one["@"]) in {fault.line for fault in hits}, [str(fault) for fault in hits]


@each
def test_each_fault_is_said_in_chinese(one):
    text = GOOD.replace(one["-"], one["+"], 1)
    for fault in check(content(text)):
        with translation.override("zh-hans"):
            said, mended = spoken(fault.says), spoken(fault.mend or "put it right")
        assert HAN.search(said), fault
        assert HAN.search(mended) or re.fullmatch(r"\w+ = .+", mended), fault


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_the_checker_says_is_known_again(sentence):
    holes = {name: f"<{name}>" for name in re.findall(r"\{(\w+)\}", sentence)}
    with translation.override("zh-hans"):
        said = spoken(re.sub(r"\{(\w+)\}", lambda hole: holes[hole[1]], sentence))
    assert HAN.search(said)
    assert all(value in said for value in holes.values())


@pytest.mark.parametrize("one", breaks("broken_request.txt"), ids=lambda one: one.get("!", "sound")[:60])
def test_a_richer_declaration_is_refused_as_well(one):
    assert one["-"] in REQUEST
    found = check(content(REQUEST.replace(one["-"], one["+"], 1)))
    if "!" not in one:
        assert found == []
    else:
        assert any(one["!"] in fault.says and one["="] in fault.mend for fault in found), [
            str(fault) for fault in found
        ]


def test_a_category_that_stops_says_where_to_go():
    text = GOOD + '\n[[categories]]\ncode = "danger"\nname = { zh = "险情", en = "Danger" }\nstops = true\n'
    assert [fault.message for fault in told(text)] == [
        "categories 1 (danger), stops: stops the report and says nothing"
    ]


def test_silence_of_an_office_goes_up():
    text = re.sub(r"\[\[clocks\.ladder\]\].*?(?=\[\[clocks\]\])", "", GOOD, flags=re.DOTALL)
    assert ["silence goes nowhere" in fault.message for fault in told(text)] == [True]


def test_a_clock_that_ends_something_climbs_no_ladder():
    text = (ROOT / "packs/common/cases/counselling.toml").read_text(encoding="utf-8")
    assert check(content(text)) == []
    found = told(text.rstrip() + '\n\n[[clocks.ladder]]\nafter = "0 hours"\n')
    assert [fault.message for fault in found] == [
        "moves 9 (pass), by: made by the clock of “booked”, which climbs its ladder instead"
    ]


def test_a_verdict_needs_an_answer_and_an_answer_the_residents_word():
    only = GOOD.replace('effect = "verdict"', "").replace('effect = "reopen"', "").replace("reopen_days = 15 ", "# ")
    assert any("the resident has no word here" in fault.message for fault in told(only))
    plain = GOOD.replace('phase = "answered"', "").replace('effect = "answer"', "")
    assert any("asks for a verdict, and no state is answered" in fault.message for fault in told(plain))


def test_one_question_is_asked_of_one_side():
    text = GOOD.replace("note = true      ", 'asks = ["why"]  ').replace(
        'effect = "withdraw"', 'effect = "withdraw"\nasks = ["why"]'
    )
    found = told(text.replace("[[states]]", FIELD.format("why", "为什么") + "[[states]]", 1))
    assert [fault.message for fault in found] == [
        "moves 1 (lend), asks: “why” is asked here of “desk”, and in “withdraw” of “reporter”"
    ]


def test_parts_may_own_states_and_make_moves():
    text = GOOD.replace('owner = "desk"  ', 'owner = "part:helper"  ').replace('by = ["desk"]', 'by = ["part:helper"]')
    assert told(text + PART) == []
    assert any("“part:helper” is no actor or part" in fault.message for fault in told(text))


def test_the_way_to_an_answer_adds_up_clocks_and_takes_the_shortest():
    spec = parse(content(REQUEST))
    assert soonest(spec, WorkingDays(1)) == pytest.approx(5.5)
    assert soonest(spec, CalendarDays(1)) == pytest.approx(0.5 * 1.4 + 7)


def test_whatever_is_read_is_refused_in_words_and_never_with_an_error():
    for value in (None, 3, "x", [], [3], {}, [{}], [{"code": 3}], {"zh": 1}):
        for key in ("name", "states", "moves", "clocks", "fields", "parts", "categories", "channels", "lawful"):
            assert check({**content(GOOD), key: value}) or value in ([], None) or key == "lawful"
    assert check({})
    with pytest.raises(BadDeclaration, match="code: is missing"):
        parse({})


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["received", "desk", "part:x", "", "5 days"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["code", "name", "from", "to", "by", "runs_in", "limits", "normal", "owner", "phase", "ladder"]), inner),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["states", "moves", "clocks", "fields", "parts", "categories"]), JUNK))
@settings(max_examples=60, deadline=None)
def test_no_junk_breaks_the_checker(changes):
    check({**content(GOOD), **changes})


@pytest.mark.parametrize(
    ("text", "amount", "chinese", "working_days", "days"),
    [
        ("30 minutes", PlainTime, "30分钟", 1 / 48, 1 / 48),
        ("24 hours", PlainTime, "24小时", 1, 1),
        ("4 service hours", ServiceTime, "4个工作小时", 0.5, 0.7),
        ("1 working day", WorkingDays, "1个工作日", 1, 1.4),
        ("7 days", CalendarDays, "7天", 7, 7),
        ("6 months", CalendarMonths, "6个月", 138, 186),
    ],
)
def test_amounts(text, amount, chinese, working_days, days):
    found = read_amount(text)
    assert isinstance(found, amount)
    assert (text_of(found), amount_words(found, "zh-hans"), amount_words(found, "en")) == (text, chinese, text)
    assert in_working_days(found) == pytest.approx(working_days)
    assert in_days(found) == pytest.approx(days)


@pytest.mark.parametrize(
    "text", ["", "5", "days", "5 day s", "-1 days", "5 workdays", "1.5 hours", "五天", "100000 days", "5 days\n x"]
)
def test_what_is_no_amount(text):
    with pytest.raises(ValueError, match="is no amount of time"):
        read_amount(text)
