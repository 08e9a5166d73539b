"""Builders for notices: the type as the packs declare it, and notices as the desk issues them."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from liren.foundation.people.models import Account
from liren.foundation.territory.models import Unit
from liren.service.cases.models import Case
from liren.service.cases.models.declared import DeclaredType
from tests.make import cases

PACK = Path(__file__).resolve().parents[2] / "packs/common/cases/notice.toml"


def declared() -> DeclaredType:
    """The type in force."""
    made = tomllib.loads(PACK.read_text(encoding="utf-8"))
    return cases.declare(**{**dict.fromkeys(cases.REQUEST), **made})


def drafted(unit: Unit, by: Account, *, at: datetime, topic: str = "outage", **changes: Any) -> Case:
    """Taken in at the counter, and not published yet."""
    facts = {"channel": "counter", "taken_by_desk": True, "category": topic, "text": "内部：供水公司来电，王工 1234"}
    return cases.reported(unit, "notice", by=by, at=at, **{**facts, **changes})


def said(at: datetime, *, headline: str = "周六停水", hours: float = 48, **changes: str) -> dict[str, str]:
    """What residents are told, as a form sends it."""
    until = timezone.localtime(at + timedelta(hours=hours))
    values = {"headline": headline, "content": "管网检修，请提前储水。", "until": f"{until:%Y-%m-%dT%H:%M}"}
    return {**values, "where": "1至6栋", "contact": "社区服务窗口", **changes}


def published(unit: Unit, by: Account, *, at: datetime, topic: str = "outage", **words: Any) -> Case:
    """In force from this moment on."""
    return cases.moved(drafted(unit, by, at=at, topic=topic), "publish", by=by, at=at, values=said(at, **words))
