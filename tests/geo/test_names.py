"""Names of committees, streets and counties as the national list spells them."""

import gzip
from itertools import islice

import pytest

from liren.foundation.territory.engine import names


@pytest.mark.parametrize(
    ("written", "short", "kind"),
    [
        ("多福巷社区居委会", "多福巷社区", "community"),
        ("多福巷社区居民委员会", "多福巷社区", "community"),
        ("多福巷居委会", "多福巷社区", "community"),
        ("多福巷居民委员会", "多福巷社区", "community"),
        ("多福巷社区", "多福巷社区", "community"),
        ("孟村社区居民委员会", "孟村社区", "community"),
        ("环北社区委员会", "环北社区", "community"),
        ("沁园社区居民委会", "沁园社区", "community"),
        ("西湖村村民委员会", "西湖村", "village"),
        ("西湖村民委员会", "西湖村", "village"),
        ("西湖村村委会", "西湖村", "village"),
        ("西湖村委会", "西湖村", "village"),
        ("西湖村", "西湖村", "village"),
        ("郝开村民员委会", "郝开村", "village"),
        ("四顶社区村民委员会", "四顶社区", "village"),
        ("永乐嘎查", "永乐嘎查", "village"),
        ("哈尔础鲁嘎查委会", "哈尔础鲁嘎查", "village"),
        ("东海农场村委会", "东海农场", "village"),
        ("擂鼓墩居委会（社区）", "擂鼓墩社区", "community"),
        ("前进村委会(唐李湾)", "前进村（唐李湾）", "village"),
        ("九连生活区", "九连生活区", ""),
        ("居委会", "居委会", ""),
        ("Ａ３ 社区居委会", "A3社区", "community"),
    ],
)
def test_a_committee_is_read_whatever_its_spelling(written, short, kind):
    read = names.committee(written)
    assert (read.short, read.kind) == (short, kind)


def test_the_official_name_is_kept_as_written_but_clean():
    assert names.committee(" 多福巷\u3000社区居委会\u200b").official == "多福巷社区居委会"


def test_blanks_between_latin_words_stay():
    assert names.clean("Willow  Shade") == "Willow Shade"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("福民社区居委会", "福民社区居民委员会", True),
        ("福民居委会", "福民社区居委会", True),
        ("福民社区居委会", "胜利社区居委会", False),
        ("福民村委会", "福民社区居委会", False),
    ],
)
def test_another_spelling_of_the_legal_form_is_no_other_body(one, other, same):
    assert names.same_body(one, other) is same


@pytest.mark.parametrize(
    ("written", "short", "kind"),
    [
        ("雄关街道办事处", "雄关街道", "street"),
        ("雄关街道", "雄关街道", "street"),
        ("新城镇", "新城镇", "town"),
        ("峪泉乡", "峪泉乡", "township"),
        ("巴彦苏木", "巴彦苏木", "sumu"),
        ("高新技术产业园", "高新技术产业园", ""),
    ],
)
def test_a_street_or_town_is_read(written, short, kind):
    read = names.street(written)
    assert (read.short, read.kind) == (short, kind)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("锦江区", "district"),
        ("绿园区", "district"),
        ("金堂县", "county"),
        ("神农架林区", "county"),
        ("都江堰市", "county_city"),
        ("阿鲁科尔沁旗", "banner"),
        ("大柴旦行政委员会", "zone"),
    ],
)
def test_a_county_is_read(written, kind):
    assert names.district(written).kind == kind


def test_prefectures_regions_and_municipalities_are_told_apart():
    assert [names.city(name).kind for name in ("成都市", "甘孜藏族自治州", "锡林郭勒盟", "大兴安岭地区")] == [
        "city",
        "prefecture",
        "prefecture",
        "prefecture",
    ]
    assert [names.province(name).kind for name in ("甘肃省", "北京市", "西藏自治区", "澳门特别行政区")] == [
        "province",
        "municipality",
        "region",
        "region",
    ]


@pytest.mark.parametrize("bad", ["a\0b", "柳\x07荫", "\ud800社区"])
def test_control_characters_and_half_characters_are_seen(bad):
    assert names.has_control(bad)


@pytest.mark.parametrize("good", ["柳荫社区", "中国矿业大学（北京）社区", "𡐓村", "Willow Shade"])
def test_real_names_hold_nothing_strange(good):
    assert not names.has_control(good)


def test_the_pinyin_key_knows_phrases_and_sorts_by_syllable():
    assert names.pinyin_key("重庆路社区") == "chong qing lu she qu"
    assert sorted(["西安路", "先锋"], key=names.pinyin_key) == ["西安路", "先锋"]


def test_the_pinyin_key_fits_its_column():
    assert len(names.pinyin_key("长" * 100)) <= 200


def test_bigrams_hold_every_pair_once_and_the_last_character():
    assert names.bigrams("长安街社区A3（二期）") == "长安 安街 街社 社区 区 a3 二期 期"


def test_a_unit_is_found_by_its_short_name_its_pinyin_and_its_initials():
    tokens = names.search_tokens("福民社区", "福民居委会").split()
    assert {"福民", "民社", "社区", "民居", "fuminshequ", "fmsq"} <= set(tokens)
    assert len(tokens) == len(set(tokens))


def test_keys_in_bulk_are_the_keys_of_each():
    assert names.keys_of([("福民社区", "福民居委会")]) == [
        (names.pinyin_key("福民社区"), names.search_tokens("福民社区", "福民居委会"))
    ]


@pytest.mark.parametrize(
    "name", ["重庆路社区", "长安A3街", "𡐓村", "中国矿业大学（北京）社区", "单县", "A3", "", "六安路"]
)
def test_bulk_reading_is_the_same_as_reading_one_by_one(name):
    assert names.keys_of([(name, name)]) == [(names.pinyin_key(name), names.search_tokens(name, name))]


@pytest.mark.slow
@pytest.mark.needs_data
def test_bulk_reading_of_real_names_is_the_same_as_reading_one_by_one(shared_data):
    with gzip.open(shared_data / "divisions" / "villages.csv.gz", "rt", encoding="utf-8") as lines:
        written = [line.split('"')[1] for line in islice(lines, 1, None, 60)]
    pairs = [(names.committee(name).short, name) for name in written]
    assert len(pairs) > 10_000
    assert names.keys_of(pairs) == [
        (names.pinyin_key(short), names.search_tokens(short, name)) for short, name in pairs
    ]
