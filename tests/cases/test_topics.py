"""Recurring topics: the same matter at one place is found, small numbers are not told, and nobody is followed."""

import random
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from liren.foundation.kernel.errors import NotAllowed
from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases.engine import topics as engine
from liren.service.cases.models import Case, Topic
from liren.service.cases.queries.topics import cases_of, recurring
from liren.service.cases.services.topics import WINDOW, group_topics
from tests import make
from tests.make import cases

PLANT = "丽园小区东门搅拌站{}，{}灰尘很大，居民不能开窗"
LIFT = "八号楼电梯{}，老人上下楼不便，{}没人修"
MORE = ["夜里施工", "每天都响", "已经半年", "又开工了", "机器轰鸣", "昨天停了今天又来", "无人管理", "车辆进出"]


STUCK = ["停了三天", "总是异响", "门关不上", "报修无果", "维保没来", "按钮失灵", "物业推脱", "困过人"]


def told(pattern, number):
    fill = STUCK if pattern is LIFT else MORE
    return [pattern.format(fill[n % 8], fill[(n * 3 + 1) % 8]) for n in range(number)]


def test_two_matters_are_two_groups_and_single_words_none():
    texts = [*told(PLANT, 7), *told(LIFT, 6), "想问一下社保怎么办理", "公交车站牌歪了", "学校门口想装减速带"]
    order = list(range(len(texts)))
    random.Random(4).shuffle(order)
    found = engine.group([texts[place] for place in order])
    assert [{order[place] < 7 for place in members} for members in found] == [{True}, {False}]
    assert [len(members) for members in found] == [7, 6]
    assert engine.group([texts[place] for place in order]) == found


@pytest.mark.parametrize("texts", [[], [""] * 9, ["。"] * 9, ["不同的事"], ["\x00\ud800"] * 9], ids=repr)
def test_what_says_nothing_is_no_topic(texts):
    assert engine.group(texts) == []


def test_words_are_those_that_many_used():
    words = engine.words(told(PLANT, 7))
    assert any("搅拌站" in word for word in words)
    assert engine.words(["张小甲家的狗", *told(PLANT, 4)], least=5) == []


@pytest.fixture
def ground(db):
    make.roles()
    town, type = make.town(), cases.declare()
    _rows(type, town.community, told(PLANT, 8))
    _rows(type, town.sibling_community, told(PLANT, 4))
    _rows(type, town.cousin_community, told(LIFT, 6), confidentiality="limited")
    _rows(type, town.cousin_community, told(PLANT, 6), confidentiality="sealed", sealed_to="support")
    _rows(type, town.sibling_district, told(PLANT, 6), received_at=cases.NOW - WINDOW)
    return town, type


def _rows(type, unit, texts, **changes):
    facts = {"state": "received", "confidentiality": "public", "channel": "web", "taken_by": "test",
             "received_at": cases.NOW, "changed_at": cases.NOW, "category": "waste", **changes}  # fmt: skip
    Case.objects.bulk_create(
        Case(type_id=type.pk, written_as_id=type.version, unit=unit, text=text, **facts) for text in texts
    )


@pytest.mark.requirement("R082")
def test_topics_are_counted_by_type_and_area_and_small_ones_are_not_told(ground):
    town, type = ground
    found = group_topics(**cases.BY)
    assert (found.topics, found.units) == (2, 2)
    worker = cases.SYSTEM
    seen = [(one.topic.unit, one.cases, one.topic.category) for one in recurring(town.city, worker)]
    assert seen == [(town.community, 8, "waste"), (town.cousin_community, 6, "waste")]
    public = recurring(town.city, ANONYMOUS, type=type)
    assert [(one.topic.unit, one.cases, one.words) for one in public] == [(town.community, 8, ())]
    assert list(cases_of(public[0], ANONYMOUS)) == []
    first = recurring(town.city, worker, limit=1)
    assert len(cases_of(first[0], worker)) == 8
    assert [one.cases for one in recurring(town.city, worker, after=first[0])] == [6]


def test_found_anew_it_replaces_what_was_there(ground, django_assert_num_queries):
    town, _type = ground
    assert group_topics(dry_run=True, **cases.BY).topics == 2
    assert not Topic.objects.exists()
    group_topics(**cases.BY)
    group_topics(by=cases.SYSTEM, at=cases.NOW + timedelta(days=181))
    assert not Topic.objects.exists()
    with pytest.raises(NotAllowed):
        group_topics(by=ANONYMOUS, at=cases.NOW)
    with django_assert_num_queries(1):
        recurring(town.city, ANONYMOUS)


@pytest.mark.parametrize("wrong", [{"cases": 4}, {"public": 9}, {"until": "2000-01-01"}], ids=str)
def test_the_database_refuses_impossible_topics(ground, wrong):
    group_topics(**cases.BY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Topic.objects.filter(cases=8).update(**wrong)
