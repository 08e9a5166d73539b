"""Builders for cases: a small type in the database, a case by the service, moves by whoever may make them."""

from __future__ import annotations

import copy
import hashlib
import io
import itertools
import json
import tomllib
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.rights import ANONYMOUS, SystemActor
from liren.foundation.people.models import Account
from liren.foundation.policy.models import Declaration, DeclarationVersion, Jurisdiction, Load
from liren.foundation.territory.models import Unit
from liren.service.cases import services
from liren.service.cases.models import Case
from liren.service.cases.models.declared import DeclaredType, type_of
from tests.conftest import ROOT
from tests.make import bodies, people

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)  # 9 o'clock of a Monday in China
SYSTEM = SystemActor("test")
BY: dict[str, Any] = {"by": SYSTEM, "at": NOW}
_numbers = itertools.count(1)


def _named(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def _limits(text: str) -> dict[str, str]:
    return {"critical": text, "urgent": text, "normal": text}


#: A request with all that a type can have: dispatch, taking, answer, verdict, reopening, remit, lapse, parts, fields.
REQUEST: dict[str, Any] = {
    "code": "request",
    "name": _named("居民诉求", "Request"),
    "purpose": _named("反映身边的问题。", "Say what is wrong nearby."),
    "requirements": ["R070"],
    "basis": ["jiayuguan/plan-2022#box3-12"],
    "group": "request",
    "level": "community",
    "confidentiality": "public",
    "channels": ["web", "phone", "counter", "visit", "meeting", "open311", "system"],
    "anonymous": True,
    "place": "optional",
    "files": True,
    "joinable": True,
    "rating": True,
    "reopen_days": 7,
    "retention_months": 36,
    "severity": "normal",
    "text_help": _named("写清楚时间、地点和情况。", "When, where and what."),
    "notice": _named("紧急情况请拨打110、119、120。", "In an emergency call 110, 119 or 120."),
    "categories": [
        {"code": "lamp", "name": _named("路灯", "Street lamps"), "severity": "urgent"},
        {"code": "waste", "name": _named("垃圾", "Waste")},
        {"code": "fire", "name": _named("火情", "Fire"), "severity": "critical", "stops": True,
         "notice": _named("请立即拨打119。", "Call 119 at once.")},
    ],
    "fields": [
        {"code": "since", "name": _named("开始日期", "Since when"), "kind": "date", "public": True},
        {"code": "done", "name": _named("处理结果", "What was done"), "kind": "text", "required": True},
    ],
    "states": [
        {"code": "received", "name": _named("待派单", "Received"), "owner": "desk",
         "public": _named("已收到", "Received")},
        {"code": "sent", "name": _named("待签收", "Dispatched"), "owner": "body",
         "public": _named("已转办", "Sent on")},
        {"code": "working", "name": _named("办理中", "In hand"), "owner": "body",
         "public": _named("办理中", "In hand")},
        {"code": "answered", "name": _named("已答复", "Answered"), "owner": "reporter", "phase": "answered",
         "public": _named("已答复", "Answered"), "told": _named("已答复，请评价", "Answered: your word, please")},
        {"code": "solved", "name": _named("已解决", "Solved"), "phase": "closed", "outcome": "solved",
         "public": _named("已办结", "Closed")},
        {"code": "unsolved", "name": _named("未解决", "Unsolved"), "phase": "closed", "outcome": "unsolved",
         "public": _named("已办结（未解决）", "Closed, not solved")},
        {"code": "lapsed", "name": _named("到期办结", "Lapsed"), "phase": "closed", "outcome": "lapsed",
         "public": _named("已办结", "Closed")},
        {"code": "withdrawn", "name": _named("已撤回", "Withdrawn"), "phase": "closed", "outcome": "withdrawn",
         "public": _named("已撤回", "Withdrawn")},
        {"code": "joined", "name": _named("已并案", "Joined"), "phase": "closed", "outcome": "joined",
         "public": _named("已并案", "Joined")},
    ],
    "moves": [
        {"code": "dispatch", "name": _named("派单", "Dispatch"), "from": ["received", "sent", "working"], "to": "sent",
         "by": ["desk"], "effect": "dispatch"},
        {"code": "take", "name": _named("签收", "Take"), "from": ["sent"], "to": "working", "by": ["body"],
         "effect": "take"},
        {"code": "answer", "name": _named("答复", "Answer"), "from": ["working"], "to": "answered", "by": ["body"],
         "effect": "answer", "note": True, "asks": ["done"]},
        {"code": "prove", "name": _named("附图答复", "Answer with a picture"), "from": ["working"], "to": "answered",
         "by": ["body"], "effect": "answer", "evidence": True, "consents": ["party"]},
        {"code": "confirm", "name": _named("确认解决", "It is solved"), "from": ["answered"], "to": "solved",
         "by": ["reporter", "callback"], "effect": "verdict"},
        {"code": "deny", "name": _named("没有解决", "It is not solved"), "from": ["answered"], "to": "unsolved",
         "by": ["reporter", "callback"], "effect": "verdict"},
        {"code": "reopen", "name": _named("重新办理", "Reopen"), "from": ["answered"], "to": "working",
         "by": ["reporter", "supervisor"], "effect": "reopen", "note": True},
        {"code": "lapse", "name": _named("到期", "Lapse"), "from": ["answered"], "to": "lapsed", "by": ["system"],
         "effect": "end"},
        {"code": "withdraw", "name": _named("撤回", "Withdraw"), "from": ["received", "sent", "working"],
         "to": "withdrawn", "by": ["reporter"], "effect": "withdraw"},
        {"code": "join", "name": _named("并案", "Join"), "from": ["received", "sent", "working"], "to": "joined",
         "by": ["desk"], "effect": "end"},
    ],
    "clocks": [
        {"code": "acceptance", "name": _named("派单", "Dispatch"), "runs_in": ["received"], "starts": "received",
         "limits": _limits("1 working days"), "ladder": [{"after": "0 hours"}]},
        {"code": "completion", "name": _named("办理", "Handling"), "runs_in": ["sent", "working"],
         "starts": "dispatched", "limits": _limits("5 working days"), "extendable": True,
         "ladder": [{"after": "0 hours"}, {"after": "1 working days"}]},
        {"code": "verdict", "name": _named("评价", "Verdict"), "runs_in": ["answered"], "starts": "entered",
         "limits": _limits("7 days")},
    ],
    "parts": [
        {"code": "helper", "name": _named("协办单位", "Helper"), "kind": "body", "most": 3},
        {"code": "party", "name": _named("当事人", "Party"), "kind": "account", "consent": True, "most": 2},
    ],
}  # fmt: skip


JOINING = ("joined", "join")


def content(**changes: Any) -> dict[str, Any]:
    """The content of a good declaration; a keyword replaces a key, None takes it out."""
    made = {**copy.deepcopy(REQUEST), **copy.deepcopy(changes)}
    return {key: value for key, value in made.items() if value is not None}


def sealed(code: str = "complaint", to: str = "supervision", **changes: Any) -> DeclaredType:
    """A type whose cases are sealed, about a body unless said otherwise."""
    facts: dict[str, Any] = {"confidentiality": "sealed", "sealed_to": to, "about_body": to == "supervision"}
    facts |= {"joinable": False, "fields": [{**one, "public": False} for one in REQUEST["fields"]]}
    facts |= {part: [one for one in REQUEST[part] if one["code"] not in JOINING] for part in ("states", "moves")}
    return declare(code, **{**facts, "channels": ["web", "phone", "counter"], **changes})


def declare(code: str = "request", *, at: datetime = NOW, **changes: Any) -> DeclaredType:
    """A type in force: the first version, or the next one of the same code."""
    made = content(code=code, **changes)
    nation, _old = Jurisdiction.objects.get_or_create(
        code="cn", defaults={"name_zh": "国家", "name_en": "Nation", "division": ""}
    )
    declaration, _old = Declaration.objects.get_or_create(kind="case_type", code=code)
    DeclarationVersion.objects.filter(declaration=declaration, retired_at=None).update(retired_at=at)
    kept = json.loads(json.dumps(made))
    DeclarationVersion.objects.create(
        declaration=declaration,
        number=DeclarationVersion.objects.filter(declaration=declaration).count() + 1,
        jurisdiction=nation,
        basis=kept.get("basis", []),
        content=kept,
        fingerprint=_digest([kept, next(_numbers)]),
        loaded_at=at,
        loaded_by="system:test",
    )
    Load.objects.create(at=at, by="system:test", fingerprint=_digest(next(_numbers)), tool="test")
    return type_of(code)


def shipped(code: str) -> DeclaredType:
    """A type in force as the packs declare it."""
    made = tomllib.loads((ROOT / f"packs/common/cases/{code}.toml").read_text(encoding="utf-8"))
    return declare(**{**dict.fromkeys(REQUEST), **made})


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


def reported(unit: Unit, type: str = "request", **changes: Any) -> Case:
    """A case by the service; by a stranger unless somebody is named."""
    return taken(unit, type, **changes).case


def taken(unit: Unit, type: str = "request", **changes: Any) -> services.Taken:
    """The same with its receipt."""
    facts = {"text": f"第{next(_numbers)}盏路灯不亮了", "by": ANONYMOUS, "at": NOW, "unit_id": unit.pk, **changes}
    return services.report(type, **facts)


def moved(case: Case, *moves: str, by: Any, at: datetime = NOW, **changes: Any) -> Case:
    """The case after these moves, all by one actor; ``changes`` go to the last of them."""
    for code in moves[:-1]:
        case = services.move(case.pk, code, by=by, at=at)
    return services.move(case.pk, moves[-1], by=by, at=at, **changes)


def clerk(body: Body, unit: Unit, role: str = "department_clerk", **changes: Any) -> Account:
    """Somebody who holds a post in the body, and the mandate to act for bodies."""
    person = people.official(role, unit, **changes)
    bodies.holding(bodies.post(body, name_zh=f"经办{next(_numbers)}"), account_id=person.pk)
    return Account.objects.get(pk=person.pk)


def answered(case: Case, body: Body, desk: Any, handler: Account, *, at: datetime = NOW) -> Case:
    """The case sent to a body, taken and answered there."""
    moved(case, "dispatch", by=desk, at=at, body_id=body.pk)
    moved(case, "take", by=handler, at=at)
    return moved(case, "answer", by=handler, at=at, note="已更换灯泡。", values={"done": "更换灯泡"})


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), colour: str = "red", **options: Any) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **options)
    return out.getvalue()


def key(unit: Unit, kind: str = "open311", **changes: Any) -> services.Made:
    """A key for a program, with its text."""
    facts = {"name": "邻里助手", "kind": kind, "unit_id": unit.pk, **BY, **changes}
    return services.make_key(**facts)
