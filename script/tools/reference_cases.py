"""The page of docs/reference that follows from the case types: who does what, until when, and what is never seen."""

from collections.abc import Iterator

from liren.service.cases.engine.amounts import text_of
from liren.service.cases.engine.declaration import CONDITIONS, parse
from liren.service.cases.engine.spec import (
    GROUPS,
    SET_LOCALLY,
    SEVERITIES,
    CaseType,
    Category,
    Clock,
    Field,
    MoveSpec,
    StateSpec,
)
from script.tools.reference_packs import reading, table

GROUP_NAMES = {
    "request": "诉求 Requests", "service": "服务 Services", "contact": "联系 Contact", "mediation": "调解 Mediation",
    "safety": "平安 Safety", "support": "帮扶 Support", "supervision": "监督 Supervision",
}  # fmt: skip
SEEN = {
    "public": "everybody sees where, what about and how far; words, pictures and names only the reporter and the desk",
    "limited": "the reporter and those whose work it is",
    "sealed": "the persons on the case and the desk it is sealed to",
}
HEAD = """# Case types

{count} case types are declared in `packs/common/cases`. Each is a form, a queue, clocks with a ladder, a story in plain
words and a verdict without a line of code of its own. A running case keeps the version under which it was received.

Whose turn it is: *reporter*; *desk*, workers of the unit; *body*, the department it was dispatched to; *supervisor*,
one level above; *callback*, somebody who calls back and did not handle it; *system*, the clock; *part:…*, a role on
the case.

A clock names in brackets the number of the packs from which its limit was taken; the other limits are set locally."""


def case_types() -> str:
    """Every case type by group: what it is for, what it asks, its states, moves and clocks."""
    specs = [parse(one.content) for one in reading().packs.declarations if one.kind == "case_type"]
    lines = HEAD.format(count=len(specs)).splitlines()
    for group in GROUPS:
        mine = sorted((one for one in specs if one.group == group), key=lambda one: one.code)
        if mine:
            lines += ["", f"## {GROUP_NAMES[group]}"]
        for one in mine:
            lines += _type(one)
    return "\n".join(lines)


def _type(spec: CaseType) -> Iterator[str]:
    yield from ("", f"### {spec.name.zh} · {spec.name.en} (`{spec.code}`)", "", spec.purpose.zh, spec.purpose.en, "")
    yield " ".join(_facts(spec))
    yield f"Requirements: {', '.join(spec.requirements)}. Basis: {', '.join(f'`{key}`' for key in spec.basis)}."
    yield ""
    if spec.categories:
        head = ("category", "类别", "English", "severity", "condition", "")
        yield from (*table(head, map(_category, spec.categories)), "")
    if spec.fields:
        asked = {code: move.code for move in spec.moves for code in move.asks}
        head = ("question", "问题", "English", "kind", "needed", "asked by")
        yield from (*table(head, (_field(one, asked) for one in spec.fields)), "")
    head = ("state", "状态", "English", "whose turn", "phase", "clocks")
    yield from (*table(head, (_state(one, spec) for one in spec.states)), "")
    yield from (*table(("move", "操作", "English", "from", "to", "by", "effect", "needs"), map(_move, spec.moves)), "")
    yield from table(("clock", "计时", "English", "starts", *SEVERITIES, "goes up after"), map(_clock, spec.clocks))


def _source(spec: CaseType) -> str:
    """Where the whole time stands, and whether somebody has to look it up first."""
    if spec.lawful_by == SET_LOCALLY:
        return "set locally, by no document of the packs"
    packs = reading().packs
    provisions = {one.key: one.certainty for one in packs.provisions}
    found = {provisions[one.provision] for one in packs.parameters if one.code == spec.lawful_by}
    return f"`{spec.lawful_by}`{', from memory, unverified' if 'from_memory' in found else ''}"


def _facts(spec: CaseType) -> Iterator[str]:
    yield f"Seen by: {SEEN[spec.confidentiality]}{f' ({spec.sealed_to})' if spec.sealed_to else ''}."
    yield f"Channels: {', '.join(spec.channels)}{', also without a name' if spec.anonymous else ''}."
    yield f"Place: {spec.place}. Level: {spec.level}. Kept {spec.retention_months} months after the end."
    if spec.mechanism:
        yield f"Mechanism: {spec.mechanism.replace('_', ' ')}."
    if spec.lawful:
        yield f"Whole time: {text_of(spec.lawful)} ({_source(spec)})."
    if spec.reopen_days:
        yield f"May be reopened for {spec.reopen_days} days after an answer."
    if spec.joinable:
        yield "Others can join."
    if spec.parts:
        names = (f"{one.name.zh} {one.name.en} (`{one.code}`{', consents' * one.consent})" for one in spec.parts)
        yield f"Parts: {'; '.join(names)}."
    for part in spec.parts:
        for one in part.proposed:
            by = ", ".join(f"`{fit.field}` by `{fit.of}`" for fit in one.fits)
            until = f", until `{one.valid_until}`" if one.valid_until else ""
            yield f"Proposed as `{part.code}`: `{one.register}`{until}{f' ({by})' if by else ''}."


def _category(one: Category) -> list[str]:
    condition = f"{CONDITIONS[one.condition].zh} {one.condition}" if one.condition else ""
    more = ["sent elsewhere"] * one.stops + [f"place {one.place}"] * bool(one.place) + ["shown exactly"] * one.exact
    return [f"`{one.code}`", one.name.zh, one.name.en, one.severity, condition, ", ".join(more)]


def _field(one: Field, asked: dict[str, str]) -> list[str]:
    words = f" ({'; '.join(f'{each.name.zh} {each.name.en}' for each in one.choices)})" if one.choices else ""
    public = ", public" if one.public else ""
    kind = one.kind.replace("_", " ") + words + public
    if one.filled:
        asked = {**asked, one.code: f"nobody: {one.filled.replace('_', ' ')}"}
    needed = "yes" * one.required + ", ".join(f"if {code} is {choice}" for code, choice in one.needed_if)
    return [f"`{one.code}`", one.name.zh, one.name.en, kind, needed, asked.get(one.code, "the report")]


def _state(one: StateSpec, spec: CaseType) -> list[str]:
    clocks = ", ".join(clock.code for clock in spec.clocks if one.code in clock.runs_in)
    phase = f"{one.phase}: {one.outcome}" if one.outcome else one.phase
    return [f"`{one.code}`", one.name.zh, one.name.en, one.owner, phase, clocks]


def _move(one: MoveSpec) -> list[str]:
    needs = ["note"] * one.note + ["evidence"] * one.evidence
    needs += [f"answer to {code}" for code in one.asks] + [f"consent of {role}" for role in one.consents]
    needs += ["a part split off"] * one.parted
    needs += [f"only within the journey {one.journey}"] * bool(one.journey)
    ways = [", ".join(sorted(one.sources)), one.target, ", ".join(one.by), one.effect, "; ".join(needs)]
    return [f"`{one.code}`", one.name.zh, one.name.en, *ways]


def _clock(one: Clock) -> list[str]:
    limits = [text_of(one.limits[severity]) for severity in SEVERITIES]
    ladder = ", ".join(text_of(step.after) for step in one.ladder)
    named = f"`{one.code}`" + (f" (`{one.parameter}`)" if one.parameter else "")
    after = f"{text_of(one.grace)} after " if one.grace else "at "
    named += f", not before {' and '.join(one.starts_with)}" if one.starts_with else ""
    named += f", at the latest {after}{' or else '.join(one.ends_with)}" if one.ends_with else ""
    return [named, one.name.zh, one.name.en, one.starts, *limits, ladder]
