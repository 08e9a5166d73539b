"""Everything that the code writes into the audit log has words for the person who reads it."""

import re
from pathlib import Path

from django.apps import apps
from django.utils.translation import override

from liren.foundation.kernel.models import AuditEntry
from liren.foundation.people.machine import RESIDENCY
from liren.foundation.registers.models import ChangeKind
from liren.foundation.territory.machine import FORMATION
from liren.foundation.territory.models import Op
from liren.front.desk.templatetags.audited import THINGS, numbered, thing, whose
from liren.front.desk.templatetags.deeds import DEEDS, deed
from liren.front.desk.templatetags.factwords import LISTS, NAMES
from liren.front.desk.templatetags.noting import Declared, noted
from liren.service.cases.models import Case
from tests.desk import written

HOUSE = Path(__file__).resolve().parents[2] / "liren"
RECORDED = re.compile(r"(?:audit\.)?\b(?:record|_entry)\(\s*\"([a-z]+\.[a-z_]+)\"")
UNRECORDED = {Op.IMPORT.value}  # said once for the whole list


def recorded() -> set[str]:
    said = {name for path in HOUSE.rglob("*.py") for name in RECORDED.findall(path.read_text(encoding="utf-8"))}
    residency = {f"people.residency_{move.code}" for move in RESIDENCY.moves} | {"people.residency_claim"}
    proposals = {f"territory.proposal_{move.code}" for move in FORMATION.moves}
    tree = {f"territory.{op}" for op in set(Op.values) - UNRECORDED}
    entries = {f"registers.{kind}" for kind in set(ChangeKind.values) - {ChangeKind.IMPORTED.value}}
    return said | residency | proposals | tree | entries | written.deeds_of_cases()


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


# --- what it says of them ---

NOTHING = Declared({}, {}, {}, {})


def in_words(action: str, language: str = "zh", **facts: object) -> list[tuple[str, str]]:
    entry = AuditEntry(action=action, facts=facts)
    with override(language):
        return [(str(name), re.sub("<[^>]*>", "", str(value))) for name, value in noted(entry, NOTHING)]


def test_every_fact_that_the_code_writes_has_a_name_in_both_languages():
    """Read out of the code: every call that reaches the log, through doors of rooms too, and the names it gives."""
    told, dark = written.facts()
    assert dark == []
    assert {"became", "clock", "due", "hops", "instrument", "money_fen", "unit", "withdrawn"} <= told
    assert len(told) > 150
    assert told - set(NAMES) == set()
    for name, words in NAMES.items():
        with override("en"):
            english = str(words)
        with override("zh"):
            assert re.search("[\u4e00-\u9fff]|Macro-F1", str(words)), (name, english)


def test_facts_are_said_in_words():
    said = in_words("bodies.found", kind="committee", effective_on="2026-03-01")
    assert said == [("类别", "村（居）民自治组织"), ("生效日期", "2026年3月1日")]
    assert in_words("admission.supported", "en", money_fen=123450, guide=None) == [
        ("Money", "¥1,234.50"), ("Body that guides", "—")]  # fmt: skip
    assert in_words("cases.called", role="desk", withdrawn=True, due="2026-11-02T01:00:00+00:00") == [
        ("身份", "受理方"), ("撤回", "是"), ("时限", "2026年11月2日 09:00")]  # fmt: skip
    assert in_words("territory.rename", was={"name_zh": "柳荫"}, became={"name_zh": "柳荫一"}) == [
        ("原为", "中文名称 柳荫"), ("改为", "中文名称 柳荫一")]  # fmt: skip
    assert in_words("cases.corrected", columns=["category", "lon"]) == [("改了什么", "事项类别、经度")]


def test_a_fact_without_words_is_shown_as_it_was_kept_and_never_as_markup():
    shade, more = (f'<span class="code">{name}</span>' for name in ("shade", "more"))
    said = in_words("cases.new", shade="<b>grey</b>", more=[1, {"deep": "x"}])
    assert said == [(shade, "&lt;b&gt;grey&lt;/b&gt;"), (more, "1、deep x")]
    assert in_words("bodies.found", kind="no_such_kind", effective_on="2026-99-99") == [
        ("类别", "no_such_kind"), ("生效日期", "2026-99-99")]  # fmt: skip
    assert in_words("people.load_roles", changed=["mediator", "<i>"]) == [("改动", "mediator、&lt;i&gt;")]
    assert len(in_words("territory.merge", sources=list(range(100)))[0][1].split("、")) == 21


def test_lists_of_words_belong_to_facts_that_are_written():
    told, _dark = written.facts()
    assert {place.rpartition(".")[2] for place in LISTS} - told - {"severity"} == set()
