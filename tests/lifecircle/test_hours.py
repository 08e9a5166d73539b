"""Opening hours: texts against what anybody would read in them, and masks against a walk through every minute."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.development.lifecircle.engine.errors import BadParameter
from liren.development.lifecircle.engine.hours import DAY, DAYS, WEEK, hours, moment, spans_of

DAY_SET = st.frozensets(st.integers(0, 6), min_size=1)
QUARTER = st.integers(0, 95).map(lambda quarter: quarter * 15)
TIMES = st.lists(st.tuples(QUARTER, st.sampled_from([15, 120, 600, 1440])), min_size=1, max_size=3)
RULES = st.lists(st.tuples(DAY_SET, st.one_of(st.none(), TIMES)), min_size=1, max_size=4)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def written(rules) -> str:
    said = []
    for days, times in rules:
        named = ",".join(DAYS[day].capitalize() for day in sorted(days))
        spans = ",".join(f"{clock(start)}-{clock(start + length)}" for start, length in times or [])
        said.append(f"{named} {spans or 'off'}")
    return "; ".join(said)


def is_open(rules, at: int) -> bool:
    """The last rule that names a day says what holds on it; what goes past midnight belongs to the day it began on."""
    for day in range(7):
        times = next((times for days, times in reversed(rules) if day in days), None)
        if any((at - day * DAY - start) % WEEK < length for start, length in times or []):
            return True
    return False


@settings(max_examples=60)
@given(rules=RULES)
def test_any_week_is_read_as_it_was_written(rules):
    spans = spans_of(written(rules))
    assert spans is not None
    for at in range(0, WEEK, 15):
        assert any(start <= at < end for start, end in spans) == is_open(rules, at), (written(rules), at)
    assert all(one[1] < other[0] for one, other in zip(spans, spans[1:], strict=False))


OFFICE = "Mo-Fr 08:30-12:00,13:30-17:30"


@pytest.mark.parametrize(
    ("chinese", "other"),
    [
        ("周一至周五 8:30—12:00、13:30—17:30", OFFICE),
        ("工作日上午8:30-12:00，下午1:30-5:30", OFFICE),
        ("星期一到星期五8点半至12点，13点30分至17点30分（节假日除外）", OFFICE),
        ("每天 9:00—21:00", "09:00-21:00"),
        ("每日９：００～２１：００", "09:00-21:00"),
        ("周二至周日 9:30—18:00", "Tu-Su 09:30-18:00"),
        ("每天9:30-18:00，周一闭馆", "Tu-Su 09:30-18:00"),
        ("周一闭馆，每天9:30-18:00", "Tu-Su 09:30-18:00"),
        ("周末 10:00-16:00", "Sa,Su 10:00-16:00"),
        ("周一、周三、周五 9:00-11:00", "Mo,We,Fr 09:00-11:00"),
        ("全天开放", "24/7"),
        ("24小时", "Mo-Su 00:00-24:00"),
        ("Mo-Sa 08:00-20:00; PH off", "Mo-Sa 08:00-20:00"),
        ("Sa-Mo 22:00-26:00", "Mo,Sa,Su 22:00-02:00"),
    ],
)
def test_the_same_hours_in_other_words(chinese, other):
    assert spans_of(chinese) == spans_of(other) is not None


@pytest.mark.parametrize(
    "text",
    ["", "  ", "见公告", "Jan-Mar 08:00-18:00", "sunrise-sunset", "08:00", "08:00+", "Mo-Fr 9-17", "Mo 25:00-26:00",
     "Mo 08:61-09:00", "Mo-Fr 08:00-18:00 || \"by appointment\"", "08:00-18:00 or so", "-", ";", "8:00-12:00" * 30],
)  # fmt: skip
def test_what_is_not_understood_says_nothing_and_counts_as_open(text):
    assert spans_of(text) is None
    assert hours([text]).open_at(0).tolist() == [True]


def test_a_mask_for_many_places_at_once():
    said = ["Mo 08:00-12:00", "off", "", "24/7", "Su 23:00-01:00", "Mo 08:00-09:00,11:00-12:00"]
    week = hours(said)
    assert week.open_at(moment(0, 8)).tolist() == [True, False, True, True, False, True]
    assert week.open_at(moment(0, 12)).tolist() == [False, False, True, True, False, False]
    assert week.open_at(moment(0, 0, 30)).tolist() == [False, False, True, True, True, False]
    for at in range(0, WEEK, 37):
        alone = [spans is None or any(a <= at < b for a, b in spans) for spans in map(spans_of, said)]
        assert week.open_at(at).tolist() == alone
    assert hours([]).open_at(5).tolist() == []
    assert np.array_equal(week.known, [True, True, False, True, True, True])


@pytest.mark.parametrize("wrong", [(7, 0), (-1, 0), (0, 24), (0, 0, 60)])
def test_there_is_no_such_moment(wrong):
    with pytest.raises(BadParameter):
        moment(*wrong)
    with pytest.raises(BadParameter):
        hours(["24/7"]).open_at(WEEK)
