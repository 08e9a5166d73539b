"""What no case type may be called, ask or offer: the ten standing rules, and facts about a person's own life."""

from __future__ import annotations

from collections.abc import Iterator

from liren.foundation.kernel.engine.declared import Key, Table
from liren.foundation.kernel.engine.standing_rules import CHINESE, PERSONAL, PERSONAL_ZH, rule_against
from liren.service.cases.engine.spec import CaseType, Words

MEND = "describe the matter or the place, and nobody's person"
# A word that is innocent in its place, and why; by type and word, so that each has to be argued for here.
INNOCENT: dict[tuple[str, str], str] = {
    ("mediation", "video"): "a way to speak with each other, of which nothing is kept",
    ("camera_complaint", "camera"): "the register of cameras is public so that residents can ask for one to be removed",
}


def check_names(spec: CaseType, table: Table) -> None:
    """Refuse each code and name that a standing rule forbids, and questions about a person's own life."""
    for key, where, code, name, asks in _named(spec):
        one = Table({}, key, where, table.faults)
        found = rule_against(code)
        if found is not None and (spec.code, found[1]) not in INNOCENT:
            one.fault(f"“{code}” says “{found[1]}”, which standing rule {found[0]} on rights forbids", MEND, at="code")
        chinese = CHINESE.search(name.zh)
        if chinese:
            one.fault(f"“{name.zh}” says “{chinese[0]}”, which the standing rules on rights forbid", MEND, at="name")
        personal = PERSONAL.search(code) or PERSONAL_ZH.search(name.zh)
        if personal and asks:
            mend = "ask for what the matter needs, or leave the question out"
            one.fault(f"“{personal[0]}” is a fact about a person's own life", mend, at="code")


def _named(spec: CaseType) -> Iterator[tuple[Key, str, str, Words, bool]]:
    """Everything that has a code and a name: where it stands, and whether a person is asked for it."""
    yield (), "", spec.code, spec.name, False
    for what in ("categories", "fields", "states", "moves", "clocks", "parts"):
        for place, one in enumerate(getattr(spec, what)):
            where = f"{what} {place + 1} ({one.code})"
            yield (what, place), where, one.code, one.name, what == "fields"
    for place, field in enumerate(spec.fields):
        for number, choice in enumerate(field.choices):
            where = f"fields {place + 1} ({field.code}), choices"
            yield ("fields", place, "choices", number), where, choice.code, choice.name, False
