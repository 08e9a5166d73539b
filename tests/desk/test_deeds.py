"""Everything that the code writes into the audit log has words for the person who reads it."""

import re
from pathlib import Path

from django.apps import apps

from liren.foundation.kernel.models import AuditEntry
from liren.foundation.people.machine import RESIDENCY
from liren.foundation.registers.models import ChangeKind
from liren.foundation.territory.machine import FORMATION
from liren.foundation.territory.models import Op
from liren.front.desk.templatetags.audited import THINGS, numbered, thing, whose
from liren.front.desk.templatetags.deeds import DEEDS, deed
from liren.service.cases.models import Case

HOUSE = Path(__file__).resolve().parents[2] / "liren"
RECORDED = re.compile(r"(?:audit\.)?\b(?:record|_entry)\(\s*\"([a-z]+\.[a-z_]+)\"")
UNRECORDED = {Op.IMPORT.value}  # said once for the whole list


def recorded() -> set[str]:
    said = {name for path in HOUSE.rglob("*.py") for name in RECORDED.findall(path.read_text(encoding="utf-8"))}
    residency = {f"people.residency_{move.code}" for move in RESIDENCY.moves} | {"people.residency_claim"}
    proposals = {f"territory.proposal_{move.code}" for move in FORMATION.moves}
    tree = {f"territory.{op}" for op in set(Op.values) - UNRECORDED}
    entries = {f"registers.{kind}" for kind in set(ChangeKind.values) - {ChangeKind.IMPORTED.value}}
    return said | residency | proposals | tree | entries


def test_every_deed_has_words():
    assert recorded() - set(DEEDS) == set()
    assert len(recorded()) > 40


def test_things_that_have_words_exist_and_cases_bear_their_spoken_number():
    known = {one._meta.label_lower for one in apps.get_models()}
    assert set(THINGS) - known == set()
    assert (thing("cases.case"), thing("cases.casefile")) == ("办件", "")
    entry = AuditEntry(object_type="cases.case", object_id="12")
    assert numbered(entry) == Case(pk=12).number
    assert numbered(AuditEntry(object_type="territory.unit", object_id="12")) == "12"
    said = [whose(label) for label in ("account:7", "system:escalation", "anonymous", "reporter", "command")]
    assert said == ["7号账号", "系统自动", "没有账号的人", "反映人（保密）", ""]


def test_a_code_without_words_is_shown_as_it_is():
    assert deed("cases.close") == "cases.close"
