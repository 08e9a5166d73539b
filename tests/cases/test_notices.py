"""Notices and the topics that residents chose: what arrives is what was ticked, and nothing else (R060, R061)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.people import services as people
from liren.service.cases import services
from liren.service.cases.models import MOST_CHOSEN, Case, ChosenTopic
from liren.service.cases.queries import notices as queries
from liren.service.cases.services import BadReport
from liren.service.cases.services.escalation import escalate_due
from tests import make
from tests.make import cases, notices

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R060", "R061")]
NOW, HOUR = cases.NOW, timedelta(hours=1)


@pytest.fixture(autouse=True)
def _declared(scene: Any) -> None:
    notices.declared()


def publish(scene: Any, unit: Any = None, **facts: Any) -> Case:
    facts.setdefault("at", NOW)
    return notices.published(unit or scene.town.community, scene.worker, **facts)


def subscribe(scene: Any, *topics: str, by: Any = None, unit: Any = None, at: Any = NOW) -> list[ChosenTopic]:
    where = unit or scene.town.community
    return services.subscribe(where.pk, type="notice", categories=topics, by=by or scene.resident, at=at)


def arrived(actor: Any, at: Any = NOW) -> list[int]:
    return [one.case.pk for one in queries.chosen_notices(queries.chosen_topics(actor), at=at)]


def listed(at: Any = NOW, **facts: Any) -> list[int]:
    return [one.case.pk for one in queries.notices(at=at, **facts)]


# --- from the draft to the end


def test_a_draft_is_nowhere_and_its_internal_words_never_are(scene):
    case = notices.drafted(scene.town.community, scene.worker, at=NOW)
    assert listed() == []
    cases.moved(case, "publish", by=scene.worker, at=NOW, values=notices.said(NOW))
    (one,) = queries.notices(at=NOW, unit=scene.town.community)
    assert (one.topic, one.text("headline"), one.text("contact")) == ("停水停电停气", "周六停水", "社区服务窗口")
    assert "1234" not in str({code: answer.text for code, answer in one.said.items()})
    assert one.case.due_at == NOW + timedelta(hours=48)


def test_an_update_says_what_is_new_and_may_move_the_end(scene):
    case = publish(scene)
    until = notices.said(NOW, hours=5)["until"]
    values = {"news": "检修改到周日", "until": until}
    with pytest.raises(BadReport) as caught:
        cases.moved(case, "update", by=scene.worker, at=NOW + HOUR, values={**values, "news": " "})
    assert list(caught.value.by_field) == ["news"]
    cases.moved(case, "update", by=scene.worker, at=NOW + HOUR, values=values)
    (one,) = queries.notices(at=NOW + HOUR)
    assert (one.text("news"), one.is_renewed, one.case.due_at) == ("检修改到周日", True, NOW + 5 * HOUR)


def test_a_notice_is_over_at_its_moment_whether_the_clock_came_by_or_not(scene):
    case = publish(scene, hours=3)
    subscribe(scene, "outage")
    assert (listed(NOW + 2 * HOUR), arrived(scene.resident, NOW + 2 * HOUR)) == ([case.pk], [case.pk])
    assert (listed(NOW + 3 * HOUR), arrived(scene.resident, NOW + 3 * HOUR)) == ([], [])
    assert escalate_due(NOW + 3 * HOUR + timedelta(seconds=1)) == 1
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("ended", "done")
    assert case.events.order_by("pk").last().facts["as"] == "system"


@pytest.mark.parametrize("move", ["take_back", "hide"])
def test_what_was_taken_back_or_hidden_is_gone(scene, move):
    case = publish(scene)
    if move == "hide":
        Case.objects.filter(pk=case.pk).update(is_hidden=True)
    else:
        cases.moved(case, move, by=scene.worker, at=NOW, note="供水公司取消了检修")
    assert listed() == []


def test_residents_publish_nothing(scene):
    case = notices.drafted(scene.town.community, scene.worker, at=NOW)
    with pytest.raises(NotAllowed):
        cases.moved(case, "publish", by=scene.resident, at=NOW, values=notices.said(NOW))
    with pytest.raises(BadReport) as caught:
        cases.reported(scene.town.community, "notice", by=scene.resident, category="outage")
    assert list(caught.value.by_field) == ["channel"]


def test_a_place_shows_its_own_and_what_stands_above_newest_word_first(scene):
    town = scene.town
    street, district = make.official("street_officer", town.street), make.official("district_admin", town.district)
    own = publish(scene, topic="health")
    above = notices.published(town.street, street, at=NOW + HOUR)
    far = notices.published(town.district, district, at=NOW + 2 * HOUR, topic="health")
    other = notices.published(
        town.sibling_community, make.official("community_worker", town.sibling_community), at=NOW + 3 * HOUR
    )
    at = NOW + 4 * HOUR
    assert listed(at, unit=town.community) == [far.pk, above.pk, own.pk]
    assert listed(at, unit=town.grid) == [far.pk, above.pk, own.pk]
    assert listed(at, unit=town.community, topics=["health"]) == [far.pk, own.pk]
    assert listed(at, unit=town.street) == [far.pk, above.pk]
    assert listed(at) == [other.pk, far.pk, above.pk, own.pk]
    first = queries.notices(at=at, limit=2)
    assert listed(at, after=first[-1].key) == [above.pk, own.pk]


# --- choosing


def test_only_declared_topics_of_declared_places_arrive(scene):
    town = scene.town
    publish(scene, topic="health")
    neighbour = make.official("community_worker", town.sibling_community)
    notices.published(town.sibling_community, neighbour, at=NOW)
    wanted = publish(scene)
    street = notices.published(town.street, make.official("street_officer", town.street), at=NOW + HOUR)
    at = NOW + HOUR
    assert arrived(scene.resident, at) == []
    subscribe(scene, "outage")
    assert arrived(scene.resident, at) == [street.pk, wanted.pk]
    assert arrived(scene.neighbour, at) == []
    found = queries.chosen_notices(queries.chosen_topics(scene.resident), at=at)
    assert [[one.category for one in row.because] for row in found] == [["outage"], ["outage"]]


def test_choosing_twice_and_ending_twice_change_nothing(scene):
    (row,) = subscribe(scene, "outage", "outage")
    assert subscribe(scene, "outage", at=NOW + HOUR) == []
    assert ChosenTopic.objects.get() == row
    facts = {"type": "notice", "category": "outage", "by": scene.resident, "at": NOW}
    assert services.unsubscribe(scene.town.community.pk, **facts) is True
    assert services.unsubscribe(scene.town.community.pk, **facts) is False
    assert not ChosenTopic.objects.exists()


def test_what_is_below_the_level_of_the_type_is_chosen_for_its_community(scene):
    (row,) = subscribe(scene, "outage", unit=scene.town.grid)
    assert row.unit == scene.town.community


def test_nobody_reads_or_ends_what_another_chose(scene):
    subscribe(scene, "outage")
    facts = {"type": "notice", "category": "outage", "at": NOW}
    for other in (scene.neighbour, scene.worker, scene.agent):
        assert services.unsubscribe(scene.town.community.pk, by=other, **facts) is False
        assert queries.chosen_topics(other) == []
    assert not ChosenTopic.objects.visible_to(ANONYMOUS).exists()
    assert ChosenTopic.objects.visible_to(scene.resident).count() == 1


def test_the_audit_log_tells_no_name(scene):
    last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
    subscribe(scene, "outage")
    facts = {"type": "notice", "category": "outage", "by": scene.resident, "at": NOW}
    services.unsubscribe(scene.town.community.pk, **facts)
    services.note_read(by=scene.resident, at=NOW)
    new = AuditEntry.objects.filter(pk__gt=last or 0).order_by("pk")
    assert [(one.action, one.actor) for one in new] == [
        ("cases.topic_chosen", "anonymous"),
        ("cases.topic_ended", "anonymous"),
    ]
    assert scene.resident.label not in json.dumps([str(one.__dict__) for one in new])


def test_without_an_account_nothing_is_chosen(scene):
    with pytest.raises(NotAllowed):
        subscribe(scene, "outage", by=ANONYMOUS)
    with pytest.raises(NotAllowed):
        services.unsubscribe(1, type="notice", category="outage", by=ANONYMOUS, at=NOW)


@pytest.mark.parametrize(("type", "topic"), [("notice", "weather"), ("complaint", "lamp")])
def test_what_does_not_exist_or_is_not_public_is_not_chosen(scene, type, topic):
    cases.sealed("complaint")
    facts = {"type": type, "categories": [topic], "by": scene.resident, "at": NOW}
    with pytest.raises(BadInput):
        services.subscribe(scene.town.community.pk, **facts)
    with pytest.raises(BadInput):
        services.subscribe(2**62, type="notice", categories=["outage"], by=scene.resident, at=NOW)
    assert not ChosenTopic.objects.exists()


def test_an_account_chooses_no_more_than_the_bound_and_all_or_nothing(scene):
    (row,) = subscribe(scene, "outage")
    facts = {"account": row.account, "unit": row.unit, "type": row.type, "since": NOW, "seen_at": NOW}
    rows = [ChosenTopic(category=f"c{slot}", slot=slot, **facts) for slot in range(2, MOST_CHOSEN)]
    ChosenTopic.objects.bulk_create(rows)
    with pytest.raises(Conflict):
        subscribe(scene, "health", "elderly")
    assert ChosenTopic.objects.count() == MOST_CHOSEN - 1
    (last,) = subscribe(scene, "health")
    assert last.slot == MOST_CHOSEN
    rows[4].delete()
    (again,) = subscribe(scene, "elderly")
    assert again.slot == rows[4].slot


def test_the_database_refuses_impossible_choices(scene):
    first, second = subscribe(scene, "outage", "health")
    wrong = [
        ("topic_is_chosen_by_its_code", {"category": " "}),
        ("topic_is_chosen_once", {"category": "outage"}),
        ("topics_chosen_have_a_slot_each", {"slot": first.slot}),
        ("topics_chosen_are_bounded", {"slot": MOST_CHOSEN + 1}),
        ("topic_is_read_after_it_was_chosen", {"seen_at": NOW - HOUR}),
    ]
    for constraint, change in wrong:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            ChosenTopic.objects.filter(pk=second.pk).update(**change)


def test_new_is_what_came_or_was_renewed_since_it_was_read(scene):
    old = publish(scene)
    subscribe(scene, "outage", at=NOW + HOUR)
    assert queries.new_notices(scene.resident, at=NOW + HOUR) == 0
    publish(scene, at=NOW + 2 * HOUR)
    publish(scene, at=NOW + 2 * HOUR, topic="health")
    values = {"news": "推迟一小时", "until": notices.said(NOW)["until"]}
    cases.moved(old, "update", by=scene.worker, at=NOW + 3 * HOUR, values=values)
    assert queries.new_notices(scene.resident, at=NOW + 3 * HOUR) == 2
    services.note_read(by=scene.resident, at=NOW + 3 * HOUR)
    assert queries.new_notices(scene.resident, at=NOW + 3 * HOUR) == 0
    assert queries.new_notices(scene.neighbour, at=NOW + 3 * HOUR) == 0


def test_what_workers_note_among_themselves_makes_no_notice_new_or_first(scene):
    older, newer = publish(scene), publish(scene, at=NOW + HOUR)
    subscribe(scene, "outage", at=NOW + 2 * HOUR)
    services.add_note(older.pk, note="已贴楼栋。", told=False, by=scene.worker, at=NOW + 3 * HOUR)
    assert listed(NOW + 4 * HOUR) == [newer.pk, older.pk]
    assert queries.new_notices(scene.resident, at=NOW + 4 * HOUR) == 0


@pytest.mark.parametrize("many", [1, 3])
def test_lists_cost_the_same_whatever_their_length(scene, many, django_assert_num_queries):
    for _n in range(many):
        publish(scene)
    subscribe(scene, *["outage", "health", "elderly"][:many])
    listed(), arrived(scene.resident)  # the declaration is read
    with django_assert_num_queries(3):
        assert len(listed(unit=scene.town.community)) == many
    mine = queries.chosen_topics(scene.resident)
    with django_assert_num_queries(3):
        assert len(queries.chosen_notices(mine, at=NOW)) == many


# --- taking along and leaving


@pytest.mark.requirement("R366")
def test_choices_are_in_the_export_and_go_with_the_account(scene):
    subscribe(scene, "outage")
    subscribe(scene, "health", by=scene.neighbour)
    data = people.export_own_data(scene.resident.pk, by=scene.resident, at=NOW)
    moments = {"since": NOW.isoformat(), "last_read": NOW.isoformat()}
    place = scene.town.community.name_zh
    assert data["chosen_topic"] == [{"unit": place, "type": "notice", "topic": "停水停电停气", **moments}]
    people.erase_account(scene.resident.pk, by=scene.resident, at=NOW)
    assert [row.account for row in ChosenTopic.objects.all()] == [scene.neighbour]
