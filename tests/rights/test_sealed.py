"""A sealed case on every read path: whoever holds every duty but that of its own desk reads what they read without it.

Nothing is looked for by its words. Every address is read before sealed cases come in and afterwards, by somebody who
may enter nearly every page, and the two must be the same: no line, count, hint, map, file, feed or figure may betray
them. A new address is read too, and one whose parts are not known here fails.
"""

from __future__ import annotations

import ast
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import liren
from liren.foundation.kernel.rights import SystemActor
from liren.foundation.people.models import Account
from liren.service.cases.engine.numbers import spoken
from liren.service.cases.models import Case, Delivery
from liren.service.cases.services import webhooks
from liren.service.cases.services.figures import count_month, month_of
from liren.service.cases.services.topics import group_topics
from tests.fuzz import attack
from tests.make import bodies, cases, people
from tests.rights.routes import Route, own_routes
from tests.rights.table import rows
from tests.rights.thrift import fields, undone
from tests.rights.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.requirement("R108", "R338")]
TABLE = rows()
READ = [route for route in own_routes() if "GET" in TABLE[route.name].methods.split()]
#: One sealed type for each desk that a case can be sealed to.
KINDS = {
    "mediation": "sealed_quarrel",
    "support": "sealed_help",
    "refuge": "sealed_refuge",
    "supervision": "sealed_wrong",
}
SYSTEM = SystemActor("test")
WORDS = "张家窗台花盆"
POINT = {"lon": 104.0511, "lat": 30.0533}
#: Every duty that opens pages, but for those who look after sealed cases and after the audit log.
DUTIES = ("city_admin", "civil_affairs", "planner", "department_clerk", "phone_agent", "community_worker")
#: Other addresses that read cases, by how their names begin.
BESIDE = (
    "open311",
    "report",
    "desk-phone",
    "desk-rule",
    "desk-approvals",
    "desk-disputes",
    "desk-escalations",
    "alert",
)
#: A number that no case has.
ABSENT = spoken(9_000_000)
#: Pages that say how the machine is, which is not the same a moment later.
MACHINE = {"health", "desk-operations", "desk-audit", "desk-audit-check"}
#: What differs from one reading to the next whatever is in the database: keys of forms, nonces, moments.
FLEETING = re.compile(
    r'(?:value|nonce|content)="[\w:.=/-]{20,}"|\d\d:\d\d(?::\d\d(?:\.\d+)?)?|"[\w-]{8}-[\w-]{27}"'
    r'|(?:key|token)": "[\w:.-]+"'
)


@dataclass
class Watch:
    """Who looks, at what, and what they saw before."""

    target: attack.Target
    clients: dict[str, Client]
    accounts: dict[str, Account | None]
    home: Any
    body: Any
    told: Case
    secret: list[Case] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    before: dict[Any, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def watch(world: World) -> Watch:
    """Sealed cases come in while two people watch: a clerk of the body that has them, and one with every duty."""
    target, home = attack.aim(world), world.at["community_worker"]["own"]
    body = bodies.body(world.at["department_clerk"]["own"])
    clerk, insider = cases.clerk(body, world.at["department_clerk"]["own"]), people.account()
    for role in DUTIES:
        people.mandate(insider, role, world.at[role]["own"])
    bodies.holding(bodies.post(body, name_zh="兼职"), account_id=insider.pk)
    for to, code in KINDS.items():
        cases.sealed(code, to, about_body=False)
    told = cases.reported(home, text=f"{WORDS}要掉了", category="lamp", at=timezone.now(), **POINT)
    accounts = {"clerk": clerk, "insider": insider, "nobody": None}
    watched = Watch(target, {}, accounts, home, body, told)
    for who, account in accounts.items():
        watched.clients[who] = Client(raise_request_exception=False)
        if account:
            people.sign_in(watched.clients[who], Account.objects.get(pk=account.pk))
    nightly()
    watched.before = seen(watched)
    come_in(watched)
    nightly()
    return watched


def come_in(watched: Watch) -> None:
    for code in KINDS.values():
        facts = {"text": f"{WORDS}砸了人", "category": "lamp", "address": WORDS, "contact": {"phone": "13800138000"}}
        taken = cases.taken(watched.home, code, at=timezone.now(), **facts, **POINT)
        Case.objects.filter(pk=taken.case.pk).update(body=watched.body, due_at=timezone.now(), is_called=True)
        watched.secret.append(Case.objects.get(pk=taken.case.pk))
        watched.keys.append(taken.receipt_key)


def nightly() -> None:
    """What is counted and grouped at night, before anybody looks."""
    now, month = timezone.now(), month_of(timezone.localdate())
    group_topics(by=SYSTEM, at=now)
    count_month(month, by=SYSTEM, at=now)
    cache.clear()


def questions(watched: Watch, route: Route) -> Iterator[str]:
    """How an address is asked: as it stands, and where cases are read also by words, number, place and view."""
    yield ""
    if "number" in route.parameters or not ("case" in route.name or route.name.startswith(BESIDE)):
        return
    if route.name.startswith("api-"):
        yield from ["?limit=200", f"?limit=200&unit={watched.home.code}&category=lamp"][
            : 2 * (route.name == "api-cases")
        ]
        return
    number = spoken(watched.secret[0].pk) if watched.secret else ABSENT
    words = quote(WORDS[:2])
    yield f"?q={words}&words={words}&view=all&phase=&service_request_id={number}&lon=104.0511&lat=30.0533"
    yield f"?q={number}&number={number}&view=closed&unit={watched.home.code}&category=lamp&lon=104.0511&lat=30.0533"


def seen(watched: Watch) -> dict[Any, tuple[int, str]]:
    """Every address that is read, as each of them reads it: status and words."""
    found: dict[Any, tuple[int, str]] = {}
    for route in READ:
        url = watched.target.address(route)
        for n, question in enumerate(questions(watched, route)):
            for who in watched.clients if n else ("insider",):
                if route.name not in MACHINE:
                    found[route.name, n, who] = read(watched.clients[who], url + question)
    return found


def read(client: Client, url: str) -> tuple[int, str]:
    with undone():
        answer = client.get(url)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[arg-type]
    text = inside(content) if content.startswith(b"PK") else content.decode("utf-8", "replace")
    for number in re.findall(r"=(\d{7,}-\d)", url):  # what was typed is shown again
        text = text.replace(number, "N")
    return answer.status_code, FLEETING.sub("…", text)


def inside(content: bytes) -> str:
    """The sheets of a table, without the moment at which it was packed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/"))


def test_every_address_reads_as_if_there_were_no_sealed_case(watch: Watch):
    after = seen(watch)
    assert after.keys() == watch.before.keys()
    wrong = []
    for path, (status, text) in after.items():
        was, before = watch.before[path]
        if (status, text) != (was, before):
            new = [line for line in text.splitlines() if line not in set(before.splitlines())]
            wrong.append(f"{path}: {was} → {status}: {new[:3]!r:.400}")
    assert not wrong, "\n".join(wrong)


def test_whoever_watches_enters_what_can_be_entered(watch: Watch):
    shut = {name for (name, n, who), (status, _text) in watch.before.items() if who == "insider" and status == 403}
    with_a_key = {"api-exchange-cases", "api-exchange-case"}
    assert {name for name in shut if "case" in name} <= {"desk-case-contact", *with_a_key}
    assert len(shut) < len(READ) / 10, sorted(shut)
    for path in (
        ("desk-cases", 1, "insider"),
        ("case-list", 0, "insider"),
        ("case-map", 1, "nobody"),
        ("api-cases", 1, "nobody"),
    ):
        assert watch.told.number in watch.before[path][1], path


# --- addresses that name a case: absent and sealed are one


NAMED = [route for route in own_routes() if "number" in route.parameters and "cases" in route.guards]


def address(route: Route, case: Case, known: dict[str, Any], number: str) -> str:
    parts = {**known, "number": number}
    if "key" in route.parameters:
        parts["key"] = "0" * 16
    if "pk" in route.parameters:
        parts["pk"] = 10**9
    return reverse(route.name, kwargs={name: parts[name] for name in route.parameters})


@pytest.mark.parametrize("route", NAMED, ids=lambda route: route.name)
def test_a_sealed_number_is_answered_like_one_that_does_not_exist(route: Route, watch: Watch):
    known = watch.target.parameters(route)
    for case in watch.secret[:: 1 if "desk" in route.name else 3]:
        for who, client in watch.clients.items():
            for method in TABLE[route.name].methods.split():
                answers = [
                    asked(client, method, address(route, case, known, number), watch, who)
                    for number in (spoken(case.pk), spoken(case.pk + 5_000))
                ]
                assert answers[0] == answers[1], f"{who}: {method} {route.name}"
                assert answers[0][0] in {302, 403, 404}, f"{who}: {method} {route.name}"


def asked(client: Client, method: str, url: str, watch: Watch, who: str) -> tuple[int, str, list[str]]:
    """Status, words and statements: what takes the same statements takes the same time."""
    number = re.search(r"\d{7,}-\d", url)
    with undone(), CaptureQueriesContext(connection) as queries:
        sent = fields(watch.accounts[who]) if method == "POST" else {}
        answer = client.get(url) if method == "GET" else client.post(url, sent)
    text = FLEETING.sub("…", answer.content.decode()).replace(number[0] if number else "-", "N")
    statements = [re.sub(r"\d+|'[^']*'", "?", one["sql"]) for one in queries]
    return answer.status_code, text, statements


@pytest.mark.parametrize("who", ["clerk", "insider"])
def test_forms_that_take_a_number_say_of_a_sealed_one_what_they_say_of_none(who: str, watch: Watch):
    mine = cases.reported(watch.home)
    secret = watch.secret[0].pk
    join = reverse("desk-case-do", args=[mine.number, "join"])
    for url, made in (
        (reverse("case-find"), lambda pk: {"number": spoken(pk), "key": ""}),
        (reverse("case-find"), lambda pk: {"number": spoken(pk), "key": "0" * 16}),
        (reverse("desk-cases-bulk"), lambda pk: {"case": f"{pk}.1", "move": "dispatch", "note": "x"}),
        (join, lambda pk: {"into": spoken(pk), "note": "同一件事"}),
    ):
        answers = []
        for pk in (secret, secret + 5_000):
            with undone():
                answer = watch.clients[who].post(url, fields(watch.accounts[who], **made(pk)))
            text = FLEETING.sub("…", answer.content.decode())
            answers.append((answer.status_code, text.replace(spoken(pk), "N").replace(f"{pk}.1", "N")))
        assert answers[0] == answers[1], url
        assert answers[0][0] in {200, 403, 404, 422}, url


def test_with_its_receipt_a_sealed_case_opens(watch: Watch):
    """The other side of the same pages: that they are quiet is not because nothing works."""
    client = Client()
    for case, key in zip(watch.secret, watch.keys, strict=True):
        client.get(reverse("case-receipt", args=[case.number, key]))
        assert WORDS in client.get(reverse("case", args=[case.number])).content.decode()


def test_subscribers_are_told_of_no_sealed_case(watch: Watch):
    with undone():
        key = cases.key(watch.target.world.at["city_admin"]["own"], "exchange")
        webhooks.subscribe(key.key.pk, address="https://example.org/hook", by=SYSTEM, at=timezone.now())
        told: list[bytes] = []
        for code in ("request", *KINDS.values()):
            cases.reported(watch.home, code, text=WORDS, at=timezone.now())
        while webhooks.deliver_due(timezone.now(), send=lambda _to, body, _head: told.append(body) or 200):
            pass
        assert Delivery.objects.filter(done_at=None).count() == 0
        assert len(told) >= 1
        assert not any(code.encode() in body for code in KINDS.values() for body in told)


# --- and in the source


ROOT = Path(liren.__file__).parent
#: Readings of all cases without regard to who asks, each with what keeps it from showing one that is sealed.
ALL_CASES = {
    "service/cases/queries/details.py:case_by_id": "the system reads all; everybody else by the rule of visible_to",
    "service/cases/queries/lists.py:desk_list": "ids in short queues, read by worked_by alone",
    "service/cases/queries/lists.py:_read": "what lines show of ids that the lists found through the two doors",
    "service/cases/queries/reading.py:types_of": "the type alone, for codes that an audit entry itself holds",
    "service/cases/queries/rounds.py:last_in_units": "ids for the night's work, of types that come round: never sealed",
    "service/cases/queries/rounds.py:open_in_units": "units alone, for the night's work, of the same types",
    "service/cases/queries/sorter.py:learned_from": "leaves out what is sealed",
    "front/desk/cases/intake.py:held": "what this very browser took in, for its receipt",
    "front/desk/admission/application.py:state_of": "the state of an application that its reader may see",
    "front/desk/admission/application.py:agenda": "state and day of applications that their reader may see",
    "front/demo/loader.py:_write": "counts what the demo itself made",
}


def unguarded(path: Path) -> Iterator[str]:
    """Functions that read cases neither through visible_to nor through worked_by."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
                inner = node.value
                is_cases = inner.attr == "objects" and isinstance(inner.value, ast.Name) and inner.value.id == "Case"
                if is_cases and node.attr not in {"visible_to", "worked_by", "none"}:
                    yield f"{path.relative_to(ROOT).as_posix()}:{function.name}"


def test_every_page_and_query_reads_cases_through_one_of_two_doors():
    read = [*(ROOT / "front").rglob("*.py"), *(ROOT / "service/cases/queries").rglob("*.py")]
    found = {name for path in read if "Case" in path.read_text(encoding="utf-8") for name in unguarded(path)}
    assert found == set(ALL_CASES)
