"""Finding units: by parts of names in any spelling, former names, pinyin, codes; and by nonsense, nothing."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.territory import queries, services
from liren.foundation.territory.models import Level
from tests.make import territory as make

pytestmark = pytest.mark.django_db
D2010 = date(2010, 1, 1)


def found(text, **options):
    return [hit.name for hit in queries.search_units(text, ANONYMOUS, **options)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("柳荫社区", ["柳荫社区"]),
        ("柳荫", ["柳荫社区", "柳荫苑", "柳荫一格"]),
        ("荫社", ["柳荫社区"]),
        ("柳", ["柳荫社区", "柳荫苑", "柳荫一格"]),
        ("区", ["望江区", "梅园社区", "石桥社区", "柳荫社区"]),
        ("苑", ["柳荫苑"]),
        ("石桥 社区", ["石桥社区"]),
        ("liuyin", ["柳荫社区", "柳荫苑", "柳荫一格"]),
        ("LIUYINSHE", ["柳荫社区"]),
        ("lysq", ["柳荫社区"]),
        ("ｌｙｓｑ", ["柳荫社区"]),
        ("willow", ["柳荫社区"]),
        ("Willow Shade", ["柳荫社区"]),
        ("liren", ["里仁市"]),
        ("没有这个", []),
    ],
)
def test_units_are_found_by_what_people_type(town, text, names):
    assert sorted(found(text)) == sorted(names)


def test_exact_names_come_first_then_beginnings_then_higher_levels(town):
    make.unit(Level.COMMUNITY, town.west, name_zh="东街")
    make.unit(Level.COMMUNITY, town.west, name_zh="旧东街社区")
    assert found("东街") == ["东街", "东街街道", "旧东街社区"]


def test_codes_are_found_by_their_beginning_also_in_wide_digits(town):
    wide = town.bridge.code.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})
    assert found(town.bridge.code) == ["石桥社区"]
    assert found(wide) == ["石桥社区"]
    assert "石桥社区" in found(town.bridge.code[:4])
    assert found(town.grid.code.lower()) == ["柳荫一格"]


@pytest.mark.requirement("R024")
def test_a_former_name_leads_to_the_unit_and_says_so(town):
    services.rename_unit(town.plum.pk, name_zh="杏园社区", **make.papers(D2010))
    hit = queries.search_units("梅园", ANONYMOUS)[0]
    assert (hit.unit.name_zh, hit.name, hit.is_former, hit.until) == ("杏园社区", "梅园社区", True, D2010)
    now = queries.search_units("杏园", ANONYMOUS)[0]
    assert (now.is_former, now.since) == (False, D2010)
    both = queries.search_units("园社", ANONYMOUS)
    assert [(h.name, h.is_former) for h in both] == [("杏园社区", False)]


def test_a_former_code_leads_to_the_unit(town):
    old, new = town.plum.code, make.code(Level.COMMUNITY)
    services.convert_unit(town.plum.pk, code=new, **make.papers(D2010))
    hit = queries.search_units(old, ANONYMOUS)[0]
    assert (hit.unit.code, hit.code, hit.is_former) == (new, old, True)


def test_a_day_limits_the_search_to_what_existed_by_names_borne_until_then(town):
    services.rename_unit(town.plum.pk, name_zh="杏园社区", **make.papers(D2010))
    services.merge_units([town.bridge.pk], into=town.plum.pk, **make.papers(date(2015, 1, 1)))
    assert found("杏园", on=D2010 - timedelta(days=1)) == []
    assert found("石桥", on=date(2014, 1, 1)) == ["石桥社区"]
    assert found("石桥", on=date(2016, 1, 1)) == []
    assert found("石桥") == ["石桥社区"], "without a day, what has ended is found too"


def test_hits_come_page_by_page_without_gaps_or_repeats(town):
    for number in range(7):
        make.unit(Level.COMMUNITY, town.west, name_zh=f"桥头{number}社区")
    seen, after = [], None
    while page := queries.search_units("桥", ANONYMOUS, limit=3, after=after):
        seen += [hit.unit.pk for hit in page]
        after = page[-1].key
    assert len(seen) == len(set(seen)) == 8
    assert seen == [hit.unit.pk for hit in queries.search_units("桥", ANONYMOUS, limit=200)]


def test_a_level_narrows_the_search(town):
    assert found("柳荫", level=Level.GRID) == ["柳荫一格"]


@pytest.mark.parametrize("n", [1, 3])
def test_a_search_takes_two_queries(n, town, django_assert_num_queries):
    for _ in range(n):
        make.unit(Level.COMMUNITY, town.east, name_zh=f"樱花{_}社区")
    with django_assert_num_queries(2):
        assert len(queries.search_units("樱花", ANONYMOUS)) == n


HOSTILE = [
    "", " ", "。、！", "'", "''", "\\", "%", "_", "%%%", "a'b", "' | '", "!&|()", ":*", "<->", "\x00", "甲\x00乙",
    "\ud800", "\u202e柳", "柳" * 10_000, "a" * 100_000, "1" * 500, "-", "9800-X", "柳\n荫", "🙂",
    "'; DROP TABLE territory_unit; --", "İ", "ß", "ﷺ", "\U000e0041", "٣", "²", "①", "々〇", "𠮷",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_fine(town, text):
    assert isinstance(queries.search_units(text, ANONYMOUS), list)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_no_text_breaks_the_search(db, text):
    assert isinstance(queries.search_units(text, ANONYMOUS), list)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["柳荫社区", "梅园社区", "望江区", "东街街道", "柳荫一格"]), st.data())
def test_every_part_of_a_name_finds_it(db, name, data):
    from liren.foundation.territory.models import UnitSpan

    if not UnitSpan.objects.filter(name_zh=name).exists():
        make.small_town()
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    assert name in found(name[start:end], limit=200)
