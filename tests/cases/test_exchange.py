"""Words between systems, keys of departments, and what a department's program is told of its cases (R068, R083)."""

from __future__ import annotations

import json
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.service.cases import services
from liren.service.cases.engine.declaration import parse
from liren.service.cases.engine.statuses import STATUSES, leading_to, status_of
from liren.service.cases.models import Case, Delivery, Subscription
from liren.service.cases.models.declared import type_of
from liren.service.cases.services import Made, webhooks
from tests import make
from tests.cases.test_webhooks import ADDRESS, MINUTE, Receiver
from tests.make import cases as build

# Every declared type has to be sayable in the words.
PACKS = sorted((Path(__file__).resolve().parents[2] / "packs").glob("*/cases/*.toml"))
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R083")]


@pytest.fixture
def partner(scene: Any) -> Made:
    return build.key(scene.town.city, "partner", body_id=scene.department.pk)


@pytest.fixture
def told(partner: Made) -> webhooks.Subscribed:
    return webhooks.subscribe(partner.key.pk, address=ADDRESS, **build.BY)


def sent(receiver: Receiver, at: Any = build.NOW) -> list[dict[str, Any]]:
    """Everything that waits, as the receiver reads it."""
    while webhooks.deliver_due(at, send=receiver):
        pass
    return [json.loads(body) for _address, body, _headers in receiver.got]


# --- the words


@pytest.mark.requirement("R068")
@pytest.mark.parametrize(
    ("state", "rounds", "word"),
    [
        ("received", 1, "received"),
        ("received", 2, "reopened"),
        ("sent", 1, "assigned"),
        ("working", 1, "in_work"),
        ("answered", 1, "answered"),
        ("solved", 1, "confirmed"),
        ("unsolved", 1, "closed"),
        ("lapsed", 1, "closed"),
        ("withdrawn", 2, "closed"),
    ],
)
def test_a_state_says_its_word(scene, state, rounds, word):
    assert status_of(type_of("request").spec, state, rounds=rounds) == word


@pytest.mark.requirement("R068")
@pytest.mark.parametrize("path", PACKS, ids=lambda one: f"{one.parent.parent.name}-{one.stem}")
def test_every_state_of_every_type_has_one_of_the_words_and_each_end_is_an_end(path):
    spec = parse(tomllib.loads(path.read_text(encoding="utf-8")))
    words = {one.code: status_of(spec, one.code) for one in spec.states}
    assert set(words.values()) <= set(STATUSES)
    assert words[spec.start] == "received"
    for one in spec.states:
        assert (words[one.code] in ("confirmed", "closed")) == (one.phase == "closed")
        assert (words[one.code] == "answered") == (one.phase == "answered")
    for word in STATUSES:
        assert all(words[one.target] == word for one in leading_to(spec, word, spec.moves))


# --- the key


def test_a_key_of_a_department_names_one_that_acts_there(scene):
    city, community = scene.town.city, scene.town.community
    made = build.key(city, "partner", body_id=scene.department.pk)
    assert made.key.body_id == scene.department.pk
    assert AuditEntry.objects.get(action="cases.key_made").facts["body"] == scene.department.pk
    for unit, kind, body in (
        (city, "partner", None),
        (city, "partner", 999_999_999),
        (community, "partner", scene.department.pk),
        (city, "exchange", scene.department.pk),
        (city, "open311", scene.department.pk),
    ):
        with pytest.raises(BadInput):
            build.key(unit, kind, body_id=body)
    with pytest.raises(NotAllowed):
        build.key(city, "partner", body_id=scene.department.pk, by=scene.worker)


# --- what its program is told


def test_its_own_cases_are_told_whole_and_others_as_everybody_sees_them(scene, told):
    mine = build.reported(scene.town.community, text="三栋门口", address="桂花巷3栋")
    other = build.reported(scene.town.community, text="五栋后面", address="梧桐街5栋")
    build.moved(mine, "dispatch", by=scene.worker, body_id=scene.department.pk)
    build.moved(other, "dispatch", by=scene.worker, body_id=scene.other.pk)
    services.add_note(mine.pk, note="请先断电。", told=False, by=scene.worker, at=build.NOW)
    said = sent(Receiver())
    by_case = {
        number: [one for one in said if one["case"]["number"] == number] for number in (mine.number, other.number)
    }
    assert [(one["event"], "whole" in one) for one in by_case[other.number]] == [
        ("received", False),
        ("dispatched", False),
    ]
    assert "五栋" not in json.dumps(by_case[other.number], ensure_ascii=False)
    last = by_case[mine.number][-1]
    assert (last["event"], last["note"]) == ("note", "请先断电。")
    assert (last["whole"]["text"], last["whole"]["address"]) == ("三栋门口", "桂花巷3栋")
    assert last["whole"]["status"] == "assigned"


def test_a_subscriber_without_a_department_is_told_no_word_of_the_same_case(scene, told):
    public = webhooks.subscribe(
        build.key(scene.town.city, "exchange").key.pk, address="https://open.example.org/", **build.BY
    )
    case = build.reported(scene.town.community, text="三栋门口", address="桂花巷3栋")
    build.answered(case, scene.department, scene.worker, scene.clerk)
    services.add_note(case.pk, note="已换灯泡，请查看。", told=True, by=scene.clerk, at=build.NOW)
    receiver = Receiver()
    sent(receiver)
    got = [body.decode() for address, body, _headers in receiver.got if address == public.subscription.address]
    assert [json.loads(one)["event"] for one in got] == ["received", "dispatched", "moved", "moved"]
    assert not any(word in one for one in got for word in ("三栋", "桂花巷", "灯泡", "whole"))


@pytest.mark.parametrize("kind", ["limited", "hidden", "called", "helper"])
def test_what_nobody_else_is_told_its_department_is(scene, told, kind):
    code = "request"
    if kind == "limited":
        fields = [{**one, "public": False} for one in build.REQUEST["fields"]]
        code = build.declare("quiet", confidentiality="limited", fields=fields).code
    case = build.reported(scene.town.community, code, text="三栋门口")
    if kind == "hidden":
        Case.objects.filter(pk=case.pk).update(is_hidden=True)
    body = scene.other if kind in ("called", "helper") else scene.department
    build.moved(case, "dispatch", by=scene.worker, body_id=body.pk)
    if kind == "helper":
        services.add_part(case.pk, role="helper", body_id=scene.department.pk, by=scene.worker, at=build.NOW)
    if kind == "called":
        case.calls.create(body=scene.department, question="?", called_at=build.NOW, called_by="x", due_at=build.NOW)
    services.add_note(case.pk, note="请先断电。", told=False, by=scene.worker, at=build.NOW)
    last = sent(Receiver())[-1]
    assert (last["note"], last["whole"]["text"]) == ("请先断电。", "三栋门口")


@pytest.mark.parametrize("kind", ["sealed", "about it"])
def test_what_its_department_may_not_see_is_never_queued(scene, told, kind):
    code = build.sealed("refuge", "refuge").code if kind == "sealed" else "request"
    case = build.reported(scene.town.community, code)
    Delivery.objects.all().delete()
    about = scene.department if kind == "about it" else None
    Case.objects.filter(pk=case.pk).update(body=scene.department, about_body=about)
    services.add_note(case.pk, note="请先断电。", told=False, by=build.SYSTEM, at=build.NOW)
    assert not Delivery.objects.exists()


def test_what_went_to_another_department_meanwhile_is_told_whole_no_more(scene, told):
    case = build.reported(scene.town.community, text="三栋门口")
    build.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk)
    services.add_note(case.pk, note="请先断电。", told=False, by=scene.worker, at=build.NOW)
    build.moved(case, "dispatch", by=scene.worker, body_id=scene.other.pk)
    receiver = Receiver()
    said = sent(receiver)
    assert [one["event"] for one in said] == ["received", "dispatched", "dispatched"]
    assert not any("whole" in one or "三栋" in json.dumps(one, ensure_ascii=False) for one in said)
    assert Delivery.objects.filter(answer="not sent").count() == 1


# --- what was given up


def given_up(scene: Any, *, failures: int = 0) -> Case:
    """A case whose first event was tried for days."""
    case = build.reported(scene.town.community)
    Delivery.objects.update(attempts=len(webhooks.WAITS))
    Subscription.objects.update(failures=failures)
    assert webhooks.deliver_due(build.NOW, send=Receiver(500)) == 1
    return case


def test_what_was_given_up_is_sent_again_by_hand(scene, told):
    case = given_up(scene)
    row = Delivery.objects.get()
    assert (row.given_up, row.next_at) == (True, None)
    giver = make.official("city_admin", scene.town.city)
    later = build.NOW + timedelta(days=3)
    with pytest.raises(NotAllowed):
        webhooks.send_again(told.subscription.pk, by=scene.worker, at=later)
    assert webhooks.send_again(told.subscription.pk, by=giver, at=later) == 1
    receiver = Receiver()
    assert webhooks.deliver_due(later, send=receiver) == 1
    assert receiver.events == [(case.number, "received")]
    row.refresh_from_db()
    assert (row.given_up, row.done_at, row.attempts, row.answer) == (False, later, 1, "answered 204")
    entry = AuditEntry.objects.get(action="cases.sent_again")
    assert (entry.actor, entry.facts["deliveries"]) == (giver.label, 1)
    with pytest.raises(Conflict):
        webhooks.send_again(told.subscription.pk, by=giver, at=later)


def test_a_subscription_that_ended_because_nobody_was_there_goes_on(scene, told):
    given_up(scene, failures=webhooks.PATIENCE - 1)
    assert Subscription.objects.get().ended_at == build.NOW
    webhooks.send_again(told.subscription.pk, by=build.SYSTEM, at=build.NOW + MINUTE)
    row = Subscription.objects.get()
    assert (row.ended_at, row.failures) == (None, 0)
    receiver = Receiver()
    assert webhooks.deliver_due(build.NOW + MINUTE, send=receiver) == 1
    assert len(receiver.got) == 1


@pytest.mark.parametrize("what", ["subscription", "key"])
def test_what_somebody_ended_stays_ended(scene, told, partner, what):
    given_up(scene)
    if what == "key":
        services.end_key(partner.key.pk, **build.BY)
    else:
        webhooks.unsubscribe(told.subscription.pk, **build.BY)
    with pytest.raises(Conflict):
        webhooks.send_again(told.subscription.pk, **build.BY)
    with pytest.raises(BadInput):
        webhooks.send_again(999_999_999, **build.BY)
