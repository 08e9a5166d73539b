"""Events for other systems: queued with what happened, signed, in order, tried again, and never into our own house."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import socket
import ssl
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases import services
from liren.service.cases.models import Case, Delivery, Subscription
from liren.service.cases.services import outward, webhooks
from liren.service.cases.services.outward import Unsafe
from tests.make import cases as build

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R083")]
ADDRESS = "https://hooks.example.org/liren?a=1"
MINUTE = timedelta(minutes=1)


class Receiver:
    """Takes what is sent; answers with what it was told to."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.got = list(answers), []

    def __call__(self, address: str, body: bytes, headers: Any) -> int:
        self.got.append((address, body, headers))
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def events(self) -> list[tuple[str, str]]:
        said = [json.loads(body) for _address, body, _headers in self.got]
        return [(one["case"]["number"], one["event"]) for one in said]


@pytest.fixture
def key(scene):
    return build.key(scene.town.district, "exchange").key


@pytest.fixture
def subscribed(key):
    return webhooks.subscribe(key.pk, address=ADDRESS, **build.BY)


def test_what_happens_is_sent_signed_and_once(scene, subscribed):
    case = build.reported(scene.town.community, text="三栋门口", address="桂花巷3栋")
    take = Receiver()
    assert webhooks.deliver_due(build.NOW, send=take) == 1
    ((address, body, headers),) = take.got
    assert (address, take.events) == (ADDRESS, [(case.number, "received")])
    moment, signature = (part.partition("=")[2] for part in headers["Liren-Signature"].split(","))
    expected = hmac.new(subscribed.secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert signature == expected
    assert "三栋" not in body.decode()
    assert "桂花巷" not in body.decode()
    assert webhooks.deliver_due(build.NOW + MINUTE, send=take) == 0


def test_the_queue_is_written_with_the_event_or_not_at_all(scene, subscribed):
    @transaction.atomic
    def breaks() -> None:
        build.reported(scene.town.community)
        assert Delivery.objects.count() == 1
        raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("kind", ["limited", "sealed", "elsewhere", "other type", "ended", "note"])
def test_what_is_not_for_the_subscriber_is_not_queued(scene, key, kind):
    made = webhooks.subscribe(key.pk, address=ADDRESS, types=["request"], **build.BY).subscription
    unit, code = scene.town.community, "request"
    if kind == "limited":
        fields = [{**one, "public": False} for one in build.REQUEST["fields"]]
        code = build.declare("quiet", confidentiality="limited", fields=fields).code
        Subscription.objects.update(types=[])
    if kind == "sealed":
        code = build.sealed("refuge", "refuge").code
        Subscription.objects.update(types=[])
    if kind == "elsewhere":
        unit = scene.town.sibling_district
    if kind == "other type":
        code = build.declare("other").code
    if kind == "ended":
        webhooks.unsubscribe(made.pk, **build.BY)
    case = build.reported(unit, code)
    if kind == "note":
        Delivery.objects.all().delete()
        services.add_note(case.pk, note="补充一句", told=True, by=build.SYSTEM, at=build.NOW)
    assert not Delivery.objects.exists()


def test_what_is_hidden_meanwhile_is_not_sent(scene, subscribed):
    case = build.reported(scene.town.community)
    Case.objects.filter(pk=case.pk).update(is_hidden=True)
    take = Receiver()
    assert webhooks.deliver_due(build.NOW, send=take) == 1
    assert take.got == []
    assert Delivery.objects.get().answer == "not sent"


def test_events_of_a_case_keep_their_order_and_other_cases_do_not_wait(scene, subscribed):
    first = build.reported(scene.town.community, by=scene.resident)
    build.moved(first, "withdraw", by=scene.resident)
    other = build.reported(scene.town.community)
    take = Receiver(503, 200, 200, 200)
    webhooks.deliver_due(build.NOW, send=take)
    webhooks.deliver_due(build.NOW, send=take)
    assert take.events == [(first.number, "received"), (other.number, "received")]
    webhooks.deliver_due(build.NOW + MINUTE, send=take)
    webhooks.deliver_due(build.NOW + MINUTE, send=take)
    assert take.events[2:] == [(first.number, "received"), (first.number, "moved")]


@pytest.mark.parametrize("answer", [500, 301, 404, TimeoutError(), http.client.BadStatusLine("x"), Unsafe("x")])
def test_what_was_not_taken_is_tried_again_later_and_given_up_in_the_end(scene, subscribed, answer):
    build.reported(scene.town.community)
    at, waits = build.NOW, []
    for _ in range(len(webhooks.WAITS) + 1):
        assert webhooks.deliver_due(at, send=Receiver(answer)) == 1
        row = Delivery.objects.get()
        if row.next_at:
            waits.append(row.next_at - at)
            assert webhooks.deliver_due(row.next_at - timedelta(seconds=1), send=Receiver()) == 0
            at = row.next_at
    assert tuple(waits) == webhooks.WAITS
    assert (row.done_at, row.subscription.failures) == (at, 1)


def test_a_receiver_that_is_gone_is_left_alone(scene, subscribed):
    Subscription.objects.update(failures=webhooks.PATIENCE - 1)
    build.reported(scene.town.community)
    Delivery.objects.update(attempts=len(webhooks.WAITS))
    webhooks.deliver_due(build.NOW, send=Receiver(500))
    assert Subscription.objects.get().ended_at == build.NOW


def test_what_a_dead_worker_left_is_sent_after_its_lease(scene, subscribed):
    build.reported(scene.town.community)

    class Killed(BaseException):
        pass

    def dies(*_args: Any) -> int:
        raise Killed

    with pytest.raises(Killed):
        webhooks.deliver_due(build.NOW, send=dies)
    assert webhooks.deliver_due(build.NOW + MINUTE, send=Receiver()) == 0
    assert webhooks.deliver_due(build.NOW + webhooks.LEASE, send=Receiver()) == 1


def test_only_who_gives_out_keys_subscribes_and_a_key_that_ended_tells_nothing(scene, key):
    for nobody in (ANONYMOUS, scene.resident, scene.worker):
        with pytest.raises(NotAllowed):
            webhooks.subscribe(key.pk, address=ADDRESS, by=nobody, at=build.NOW)
        with pytest.raises(NotAllowed):
            services.make_key(name="x", kind="exchange", unit_id=key.unit_id, by=nobody, at=build.NOW)
    with pytest.raises(BadInput):
        webhooks.subscribe(build.key(scene.town.city).key.pk, address=ADDRESS, **build.BY)
    services.end_key(key.pk, **build.BY)
    with pytest.raises(Conflict):
        webhooks.subscribe(key.pk, address=ADDRESS, **build.BY)


# --- where it may be sent ---


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/", "https://localhost/", "https://127.0.0.1/", "https://10.0.0.1/x", "https://[::1]/",
        "https://169.254.169.254/latest", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/",
        "https://a:b@example.org/", "https://example.org:8443/", "https://example.org/#x", "ftp://example.org/",
        "https://", "", "https://example.org/\nx", "https://2130706433/", "https://0x7f.1/x y", "https://例子.org/",
        "https://192.168.1.1/", "https://[fe80::1%25eth0]/", "https://100.64.0.1/",
    ],
)  # fmt: skip
def test_an_address_inside_of_a_house_can_not_be_named(address):
    with pytest.raises(BadInput):
        outward.checked_address(address)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1:248:1893:25c8:1946", True), ("127.0.0.1", False), ("::1", False),
        ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.0.1", False), ("169.254.1.1", False), ("fe80::1", False),
        ("fc00::1", False), ("::ffff:10.0.0.1", False), ("64:ff9b::a00:1", False), ("2002:7f00:1::", False),
        ("224.0.0.1", False), ("255.255.255.255", False), ("::", False), ("100.64.0.1", False),
        ("ff02::1", False), ("fec0::1", False), ("x", False), ("", False), ("192.0.2.1", False), ("240.0.0.1", False),
    ],
)  # fmt: skip
def test_only_hosts_of_the_open_internet_are_open(text, fits):
    assert outward.is_open(text) is fits


def names(monkeypatch, *answers: list[str]) -> list[int]:
    """The name server gives these answers, one after the other."""
    asked: list[int] = []

    def look(*_args: Any, **_more: Any) -> list[Any]:
        asked.append(1)
        return [(0, 0, 0, "", (one, 443)) for one in answers[min(len(asked), len(answers)) - 1]]

    monkeypatch.setattr(socket, "getaddrinfo", look)
    return asked


@pytest.mark.parametrize("found", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], []])
def test_a_name_that_leads_inside_is_not_connected_to(monkeypatch, found):
    names(monkeypatch, found)
    monkeypatch.setattr(socket, "create_connection", lambda *_args: pytest.fail("connected"))
    with pytest.raises(Unsafe):
        outward.post(ADDRESS, b"{}", {})


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch):
    asked, reached = names(monkeypatch, ["93.184.216.34"], ["127.0.0.1"]), []

    def connects(where: tuple[str, int], timeout: float) -> socket.socket:
        reached.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connects)
    with pytest.raises(ConnectionRefusedError):
        outward.post(ADDRESS, b"{}", {})
    assert (reached, len(asked)) == ([("93.184.216.34", 443)], 1)


def test_the_certificate_is_that_of_the_name(monkeypatch):
    names(monkeypatch, ["93.184.216.34"])
    seen: list[str] = []
    ours, theirs = socket.socketpair()
    monkeypatch.setattr(socket, "create_connection", lambda *_args: ours)

    def wraps(self: ssl.SSLContext, raw: Any, server_hostname: str) -> Any:
        seen.append(f"{server_hostname} {self.check_hostname} {self.verify_mode == ssl.CERT_REQUIRED}")
        return raw

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wraps)
    theirs.sendall(b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n")
    assert outward.post(ADDRESS, b"{}", {"X-A": "1"}) == 302
    assert seen == ["hooks.example.org True True"]
    sent = theirs.recv(10_000).decode()
    assert sent.startswith("POST /liren?a=1 HTTP/1.1\r\nHost: hooks.example.org\r\n")
    theirs.close()
