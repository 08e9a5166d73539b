"""Builders for registers: declarations as content, declared in the database, entries by the services, files."""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from liren.foundation.kernel.rights import SystemActor
from liren.foundation.policy.models import Declaration, DeclarationVersion, Document, Jurisdiction, Load
from liren.foundation.registers import services
from liren.foundation.registers.engine.declaration import parse
from liren.foundation.registers.engine.spec import RegisterSpec
from liren.foundation.registers.models import Entry, Register, register
from liren.foundation.territory.models import Unit

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
SYSTEM = SystemActor("test")
_numbers = itertools.count(1)

PLAIN: dict[str, Any] = {
    "code": "reading_room",
    "name": {"zh": "社区书屋", "en": "Reading rooms"},
    "purpose": {"zh": "让居民知道书屋在哪里。", "en": "So that residents know where to read."},
    "requirements": ["R088"],
    "basis": ["jiayuguan/plan-2022#box3-12"],
    "group": "services",
    "level": ["community"],
    "kept_by": "community",
    "visible": "public",
    "place": "optional",
    "review_days": 365,
    "fields": [
        {"code": "area", "name": {"zh": "面积", "en": "Area"}, "kind": "number", "unit": "m2", "min": 0,
         "in_list": True},
        {"code": "open_daily", "name": {"zh": "每天开放", "en": "Open every day"}, "kind": "yes_no"},
        {
            "code": "rhythm",
            "name": {"zh": "活动频次", "en": "How often"},
            "kind": "choice",
            "in_list": True,
            "choices": [
                {"code": "weekly", "zh": "每周", "en": "weekly"},
                {"code": "monthly", "zh": "每月", "en": "monthly"},
            ],
        },
        {
            "code": "readers",
            "name": {"zh": "读者人数", "en": "Readers"},
            "kind": "number",
            "unit": "person",
            "whole": True,
            "counts_people": True,
        },
        {"code": "note", "name": {"zh": "说明", "en": "Note"}, "kind": "text"},
        {"code": "desk_phone", "name": {"zh": "值班电话", "en": "Desk telephone"}, "kind": "phone",
         "visible": "workers"},
        {"code": "key_holder", "name": {"zh": "钥匙保管岗位", "en": "Post with the key"}, "kind": "text",
         "visible": "sealed"},
    ],
    "coverage": [
        {
            "code": "rooms_covered",
            "name": {"zh": "书屋覆盖率", "en": "Communities with a reading room"},
            "measure": "units",
            "level": "community",
            "where": [{"field": "open_daily", "is": True}],
            "parameter": "reading_room_coverage",
        },
        {
            "code": "area_per_household",
            "name": {"zh": "每百户书屋面积", "en": "Reading space per 100 households"},
            "measure": "rate",
            "sum": "area",
            "per": "households",
            "unit": "m2_per_100_households",
        },
        {
            "code": "readers_total",
            "name": {"zh": "读者总数", "en": "Readers in all"},
            "measure": "count",
            "sum": "readers",
            "unit": "person",
        },
    ],
}  # fmt: skip


def content(**changes: Any) -> dict[str, Any]:
    """The content of a good declaration; a keyword replaces a key, None takes it out."""
    made = {**copy.deepcopy(PLAIN), **copy.deepcopy(changes)}
    return {key: value for key, value in made.items() if value is not None}


def spec(**changes: Any) -> RegisterSpec:
    return parse(content(**changes))


def declared(*, at: datetime = NOW, **changes: Any) -> Register:
    """A register in force: the first version, or the next one of the same code."""
    made = content(**changes)
    parse(made)
    nation, _old = Jurisdiction.objects.get_or_create(
        code="cn", defaults={"name_zh": "国家", "name_en": "Nation", "division": ""}
    )
    declaration, _old = Declaration.objects.get_or_create(kind="register", code=made["code"])
    DeclarationVersion.objects.filter(declaration=declaration, retired_at=None).update(retired_at=at)
    kept = json.loads(json.dumps(made))
    DeclarationVersion.objects.create(
        declaration=declaration,
        number=DeclarationVersion.objects.filter(declaration=declaration).count() + 1,
        jurisdiction=nation,
        basis=kept.get("basis", []),
        content=kept,
        fingerprint=_digest(kept),
        loaded_at=at,
        loaded_by="system:test",
    )
    Load.objects.create(at=at, by="system:test", fingerprint=_digest(next(_numbers)), tool="test")
    return register(made["code"])


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


def room(
    unit: Unit, *, of: str = "reading_room", name: str = "", by: Any = SYSTEM, at: datetime = NOW, **more: Any
) -> Entry:
    """An entry by the service. Keywords that are facts of every entry go there, all others are values."""
    facts = {"name_zh": name or f"第{next(_numbers)}书屋"}
    for key in ("name_en", "lon", "lat", "opened_on", "closed_on"):
        if key in more:
            facts[key] = more.pop(key)
    return services.add_entry(of, unit_id=unit.pk, identity=facts, values=more, by=by, at=at)


def csv_file(path: Path, header: str, *lines: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(("\r\n".join([header, *lines]) + "\r\n").encode(encoding))
    return path


def xlsx_file(path: Path, *rows: Iterable[Any], merged: str = "") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    if merged:
        book.active.merge_cells(merged)
    book.save(path)
    return path


def parameter(code: str, value: str, unit: str, *, operator: str = ">=", division: str = "") -> None:
    """A number that a document sets everywhere, from 2017 on, without the rest of its pack."""
    from django.db.backends.postgresql.psycopg_any import DateRange

    from liren.foundation.policy.models import Parameter

    nation, _old = Jurisdiction.objects.get_or_create(
        code="cn", defaults={"name_zh": "国家", "name_en": "Nation", "division": division}
    )
    document, _old = Document.objects.get_or_create(
        key="cn/test",
        defaults={
            "jurisdiction": nation,
            "kind": "plan",
            "title_zh": "规划",
            "title_en": "Plan",
            "issuer_zh": "市",
            "issuer_en": "City",
        },
    )
    Parameter.objects.create(
        code=code, jurisdiction=nation, document=document, provision_key="cn/test#1", name_zh="数", name_en="Number",
        operator=operator, value=value, unit=unit, attribute="binding", phrase="不低于", requirements=[],
        during=DateRange(date(2017, 1, 1), None), loaded_at=NOW,
    )  # fmt: skip
    Load.objects.create(at=NOW, by="system:test", fingerprint=_digest(next(_numbers)), tool="test")
