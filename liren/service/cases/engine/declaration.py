"""Reads the declaration of a case type: what it says, or everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from liren.foundation.kernel.engine.declared import DeclarationFault, Faults, Table
from liren.foundation.kernel.engine.states import Move, State, StateTable
from liren.service.cases.engine.amounts import amount_words, read_amount
from liren.service.cases.engine.check import YOU, check_type
from liren.service.cases.engine.naming import check_names
from liren.service.cases.engine.needed import read_needed_if
from liren.service.cases.engine.proposed import read_proposed
from liren.service.cases.engine.spec import (
    CHANNELS,
    CONFIDENTIALITY,
    EFFECTS,
    FIELD_KINDS,
    FILLED,
    FIRST_ANSWER,
    GROUPS,
    LEVELS,
    MECHANISMS,
    OUTCOMES,
    PHASES,
    PLACE,
    SEVERITIES,
    STARTS,
    WORKS,
    Amount,
    CaseType,
    Category,
    Choice,
    Clock,
    Field,
    MoveSpec,
    Part,
    Repeats,
    StateSpec,
    Step,
    Words,
)

CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
REQUIREMENT = re.compile(r"R[0-9]{3}")
BASIS = re.compile(r"[a-z0-9][a-z0-9_-]*/[a-z0-9][a-z0-9_.-]*#\S{1,60}")
SEALED_TO = ("mediation", "support", "refuge", "supervision")
#: What a place suffers from (脏乱差破暗, R077).
CONDITIONS: Mapping[str, Words] = {
    "dirty": Words("脏", "dirty"),
    "disorderly": Words("乱", "disorderly"),
    "poor": Words("差", "poor"),
    "broken": Words("破", "broken"),
    "dark": Words("暗", "dark"),
}
MOST = {"categories": 60, "fields": 40, "states": 30, "moves": 60, "clocks": 12, "parts": 8}
LONGEST_NAME, LONGEST_PUBLIC, LONGEST_TEXT, LONGEST_NOTICE = 80, 160, 400, 800


class BadDeclaration(ValueError):
    """The declaration can't be used; ``faults`` says all that is wrong."""

    def __init__(self, faults: list[DeclarationFault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def check(content: Mapping[str, Any]) -> list[DeclarationFault]:
    """Everything that is wrong with a declaration; nothing for a good one."""
    return _read(content)[1]


def parse(content: Mapping[str, Any]) -> CaseType:
    """What the declaration says.

    Raises:
        BadDeclaration: anything is wrong with it.
    """
    spec, faults = _read(content)
    if faults:
        raise BadDeclaration(faults)
    return spec


def stored(content: Mapping[str, Any]) -> CaseType:
    """What a declaration says that was checked when it was loaded, by the rules of then: cases go by it for years.

    Raises:
        BadDeclaration: it can't be read at all.
    """
    spec, faults = _read(content, checked=False)
    if faults:
        raise BadDeclaration(faults)
    return spec


def _read(content: Mapping[str, Any], *, checked: bool = True) -> tuple[CaseType, list[DeclarationFault]]:
    faults = Faults()
    table = Table(content, (), "", faults)
    spec = _type(table)
    table.done()
    if not checked:
        return spec, faults.found
    check_names(spec, table)
    # States, moves and clocks that could not be read would be called unreachable and endless as well.
    if not any(fault.key[:1] and fault.key[0] in MOST for fault in faults.found):
        check_type(spec, table)
    return spec, faults.found


def _type(table: Table) -> CaseType:
    code = _code(table)
    states = tuple(_state(one) for one in _several(table, "states", least=2))
    moves = tuple(_move(one) for one in _several(table, "moves", least=1))
    clocks = tuple(_clock(one) for one in _several(table, "clocks", least=1))
    name = _words(table, "name", LONGEST_NAME)
    return CaseType(
        code=code,
        name=name,
        purpose=_words(table, "purpose", LONGEST_TEXT),
        group=table.choice("group", GROUPS),
        requirements=_matching(table, "requirements", REQUIREMENT, '"R" and three digits, such as "R088"'),
        basis=_matching(table, "basis", BASIS, '"jurisdiction/document#number"'),
        level=table.choice("level", LEVELS),
        confidentiality=table.choice("confidentiality", CONFIDENTIALITY),
        sealed_to=table.choice("sealed_to", ("", *SEALED_TO), default=""),
        channels=_known(table, "channels", CHANNELS),
        anonymous=table.flag("anonymous"),
        place=table.choice("place", PLACE),
        files=table.flag("files"),
        joinable=table.flag("joinable"),
        rating=table.flag("rating"),
        reopen_days=table.integer("reopen_days", 0, 365, default=0),
        retention_months=table.integer("retention_months", 1, 600),
        about_body=table.flag("about_body"),
        work=table.choice("work", ("", *WORKS), default=""),
        journey=_journey(table),
        mechanism=table.choice("mechanism", ("", *MECHANISMS), default=""),
        severity=table.choice("severity", SEVERITIES, default="normal"),
        lawful=_amount(table, "lawful", needed=False),
        lawful_by=table.text("lawful_by", needed=False, longest=80),
        text_help=_words(table, "text_help", LONGEST_TEXT, needed=False),
        notice=_words(table, "notice", LONGEST_NOTICE, needed=False),
        categories=tuple(_category(one) for one in _several(table, "categories")),
        fields=tuple(_field(one) for one in _several(table, "fields")),
        states=states,
        moves=moves,
        clocks=clocks,
        parts=tuple(_part(one) for one in _several(table, "parts")),
        repeats=_repeats(table),
        table=_table(code, states, moves, clocks),
    )


def _several(table: Table, key: str, *, least: int = 0) -> list[Table]:
    """The tables ``[[key]]``, each with a code of its own."""
    found = table.tables(key)
    if not least <= len(found) <= MOST[key]:
        table.fault(f"{len(found)} {key} are too few or too many", f"from {least} to {MOST[key]}", at=key)
    codes = [str(one.content.get("code")) for one in found]
    for one, code in zip(found, codes, strict=True):
        one.name = f"{one.name} ({code[:40]})"
        if codes.count(code) > 1 and codes.index(code) != found.index(one):
            one.fault(f"the code “{code[:40]}” is borne by two of these", "give each its own", at="code")
    return found


def _code(table: Table) -> str:
    code = table.text("code", longest=40)
    if code and not CODE.fullmatch(code):
        table.fault(f"“{code}” is no code", "small letters, digits and _, beginning with a letter", at="code")
    return code


def _journey(table: Table) -> str:
    """The name of a process across rooms, where one is named; which there are is known above this room."""
    name = table.text("journey", needed=False, longest=40)
    if name and not CODE.fullmatch(name):
        table.fault(f"“{name}” is no name of a journey", "small letters, digits and _", at="journey")
    return name


def _words(table: Table, key: str, longest: int, *, needed: bool = True) -> Words:
    return Words(*table.words(key, needed=needed, longest=longest))


def _matching(table: Table, key: str, pattern: re.Pattern[str], words: str) -> tuple[str, ...]:
    given = table.texts(key, needed=True)
    for one in given:
        if not pattern.fullmatch(one):
            table.fault(f"“{one[:60]}” is not of the form that is meant", f"write {words}", at=key)
    return given


def _known(table: Table, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """A list of known words, in the order in which they are known."""
    given = table.texts(key, needed=True)
    for one in given:
        if one not in known:
            table.unknown(one, known, at=key)
    return tuple(one for one in known if one in given)


def _amount(table: Table, key: str, *, needed: bool = True) -> Amount | None:
    text = table.text(key, needed=needed, longest=40)
    if not text:
        return None
    try:
        return read_amount(text)
    except ValueError:
        table.fault(f"“{text}” is no amount of time", "write “5 working days”, “2 hours”, “7 days”", at=key)
        return None


def _category(table: Table) -> Category:
    found = Category(
        _code(table),
        _words(table, "name", LONGEST_NAME),
        table.choice("severity", SEVERITIES, default="normal"),
        table.choice("condition", ("", *CONDITIONS), default=""),
        _words(table, "notice", LONGEST_NOTICE, needed=False),
        table.flag("stops"),
        table.choice("place", ("", *PLACE), default=""),
        table.flag("exact"),
    )
    if found.stops and not found.notice.zh:
        table.fault("stops the report and says nothing", "tell in notice where to go instead", at="stops")
    table.done()
    return found


def _field(table: Table) -> Field:
    code, name = _code(table), _words(table, "name", LONGEST_NAME)
    kind = table.choice("kind", FIELD_KINDS)
    found = Field(
        code,
        name,
        kind,
        table.flag("required"),
        _choices(table) if kind == "choice" else (),
        _words(table, "help", LONGEST_TEXT, needed=False),
        table.flag("public"),
        ahead=table.flag("ahead"),
        link=table.flag("link"),
        needed_if=read_needed_if(table),
        filled=table.choice("filled", ("", *FILLED), default=""),
        sums=table.texts("sums"),
        **(_of_entry(table) if kind == "entry" else {}),
    )
    table.done()
    return found


def _of_entry(table: Table) -> dict[str, Any]:
    """Where entries are chosen from, whom they name, what they give."""
    given = table.inner("gives", '{ promised_days = "time_limit" }') if table.has("gives") else None
    gives = {code: given.text(code, longest=40) for code in given.content} if given else {}
    return {
        "register": _register(table),
        "sends_to": table.text("sends_to", needed=False, longest=40),
        "gives": gives,
    }


def _register(table: Table) -> str:
    """The register that entries are chosen from; whether it is declared is known where packs are read together."""
    code = table.text("register", longest=40)
    if code and not CODE.fullmatch(code):
        table.fault(f"“{code}” is no code of a register", "small letters, digits and _", at="register")
    return code


def _choices(table: Table) -> tuple[Choice, ...]:
    found = []
    for one in table.tables("choices"):
        found.append(Choice(_code(one), Words(one.text("zh", longest=60), one.text("en", longest=100))))
        one.done()
    if not 2 <= len(found) <= 40:
        table.fault(f"offers {len(found)} choices", "from 2 to 40 of { code, zh, en }", at="choices")
    elif len({one.code for one in found}) < len(found):
        table.fault("two choices bear the same word", "give each its own", at="choices")
    return tuple(found)


def _state(table: Table) -> StateSpec:
    code, name = _code(table), _words(table, "name", LONGEST_NAME)
    public = _words(table, "public", LONGEST_PUBLIC, needed=False) if table.has("public") else name
    told = _words(table, "told", LONGEST_PUBLIC, needed=False) if table.has("told") else public
    if YOU in public.zh:  # before there were words for the reporter alone, these stood here: everybody reads the name
        public = name
    found = StateSpec(
        code,
        name,
        table.text("owner", needed=False, longest=45),
        table.choice("phase", PHASES, default="open"),
        table.choice("outcome", ("", *OUTCOMES), default=""),
        public,
        told,
    )
    table.done()
    return found


def _move(table: Table) -> MoveSpec:
    found = MoveSpec(
        _code(table),
        _words(table, "name", LONGEST_NAME),
        frozenset(table.texts("from", needed=True)),
        table.text("to", longest=40),
        table.texts("by", needed=True),
        table.choice("effect", EFFECTS, default=""),
        table.flag("note"),
        table.flag("evidence"),
        table.texts("asks"),
        table.texts("consents"),
        table.flag("tells", default=True),
        _journey(table),
        not_by=table.texts("not_by"),
        issues=table.choice("issues", ("", "pass"), default=""),
        parted=table.flag("parted"),
    )
    table.done()
    return found


def _clock(table: Table) -> Clock:
    found = Clock(
        _code(table),
        _words(table, "name", LONGEST_NAME),
        frozenset(table.texts("runs_in", needed=True)),
        table.choice("starts", STARTS),
        _limits(table),
        tuple(_step(one) for one in table.tables("ladder")),
        table.flag("extendable"),
        table.text("parameter", needed=False, longest=80),
        table.texts("ends_with"),
        table.text("days_in", needed=False, longest=40),
        table.choice("until", ("", FIRST_ANSWER), default=""),
        _amount(table, "grace", needed=False),
        starts_with=table.texts("starts_with"),
        told=_words(table, "told", LONGEST_TEXT, needed=False),
    )
    table.done()
    return found


def _limits(table: Table) -> dict[str, Amount]:
    """An amount for each severity: one that is not named has as much time as the next less urgent one."""
    given = table.inner("limits", '{ normal = "5 working days" }')
    if given is None:
        return {}
    named = {one: _amount(given, one, needed=one == "normal") for one in SEVERITIES}
    given.done()
    found: dict[str, Amount] = {}
    amount = None
    for severity in reversed(SEVERITIES):
        amount = named[severity] or amount
        if amount is not None:
            found[severity] = amount
    return found


def _step(table: Table) -> Step:
    amount = _amount(table, "after")
    table.done()
    return Step(amount or read_amount("0 hours"))


def _part(table: Table) -> Part:
    found = Part(
        _code(table),
        _words(table, "name", LONGEST_NAME),
        table.choice("kind", ("account", "body"), default="account"),
        table.flag("consent"),
        table.integer("most", 1, 100, default=1),
        read_proposed(table),
        least=table.integer("least", 0, 100, default=0),
        served=table.flag("served"),
        given_if=_answered_so(table, "given_if"),
        until=table.text("until", needed=False, longest=40),
        reads=table.texts("reads"),
    )
    table.done()
    return found


def _repeats(table: Table) -> Repeats | None:
    """How cases come round again, where it is said."""
    if "repeats" not in table.content:
        return None
    given = table.inner("repeats", '{ parameter = "drill_every_months", outcome = "done", text = { zh = "…" } }')
    if given is None:
        return None
    found = Repeats(
        _words(given, "text", LONGEST_TEXT),
        given.choice("outcome", OUTCOMES),
        given.text("parameter", needed=False, longest=80),
        given.text("every_field", needed=False, longest=40),
        given.text("category", needed=False, longest=40),
    )
    given.done()
    return found


def _answered_so(table: Table, key: str) -> dict[str, str]:
    """Answers of choice by field: ``{ for_whom = "myself" }``; none where nothing is written."""
    given = table.inner(key, '{ for_whom = "myself" }') if table.has(key) else None
    if given is None:
        return {}
    found = {str(code): given.text(str(code), longest=40) for code in given.content}
    given.done()
    return found


def _table(
    code: str, states: tuple[StateSpec, ...], moves: tuple[MoveSpec, ...], clocks: tuple[Clock, ...]
) -> StateTable:
    """The same states and moves as a table that can be printed and drawn."""

    def clock(state: StateSpec) -> str:
        running = [one for one in clocks if state.code in one.runs_in and "normal" in one.limits]
        return "; ".join(f"{one.name.zh} {amount_words(one.limits['normal'], 'zh')}" for one in running)

    return StateTable(
        name=code,
        start=states[0].code if states else "",
        states=tuple(State(one.code, one.name.zh, one.name.en, one.owner, clock(one), one.final) for one in states),
        moves=tuple(
            Move(one.code, one.sources, one.target, one.name.zh, one.name.en, ", ".join(one.by), one.note)
            for one in moves
        ),
    )
