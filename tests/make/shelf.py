"""A register as everybody may read it, for tests that walk all addresses: an entry with a place, a file, a story."""

from __future__ import annotations

from typing import Any

from liren.foundation.registers import services
from liren.foundation.registers.models import Attachment, Entry
from liren.foundation.territory.models import Unit
from tests.make import registers as build

#: The file has a number of its own choice, so that its address can be written down.
SCAN = 990001
BOOK: dict[str, Any] = {"code": "reading_room"}
RECORD: dict[str, Any] = {**BOOK, "number": 1}
FILE: dict[str, Any] = {**RECORD, "key": SCAN}


def shelf(unit: Unit, *others: Unit) -> Entry:
    """Reading rooms in some communities; the first one, number 1, has everything."""
    plan = {"code": "plan", "name": {"zh": "图纸", "en": "Plan"}, "kind": "file"}
    build.declared(fields=[*build.PLAIN["fields"], plan])
    build.parameter("reading_room_coverage", "100", "percent")
    facts = {"area": "120", "open_daily": "是", "rhythm": "weekly", "readers": "3", "note": "靠河"}
    first = build.room(unit, name="桂花书屋", name_en="Osmanthus reading room", lon="104.005", lat="30.005", **facts)
    scan = {"name": "图纸.pdf", "type": "application/pdf", "content": b"%PDF-1.4", "size": 8, "digest": "0" * 64}
    Attachment.objects.create(pk=SCAN, entry=first, field="plan", added_by="system:test", added_at=build.NOW, **scan)
    services.change_entry("reading_room", 1, values={"plan": str(SCAN), "area": "150"}, by=build.SYSTEM, at=build.NOW)
    for number, other in enumerate(others):
        build.room(other, lon=f"104.0{number + 1}5", lat="30.005", area="80", rhythm="monthly", readers="12")
    services.recompute_coverage(by=build.SYSTEM, at=build.NOW)
    return first
