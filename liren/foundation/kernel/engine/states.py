"""State machines as tables: moves that can be checked, printed for residents and drawn as a diagram."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


class WrongMove(Exception):
    """A move that the table does not allow: unknown, from another state, or without the note it needs."""

    def __init__(self, reason: str, *, move: str, state: str) -> None:
        super().__init__(f"{move} from {state}: {reason}")
        self.reason, self.move, self.state = reason, move, state


@dataclass(frozen=True)
class State:
    """A state: its word in the database, its names, who has to act, and within what time.

    ``clock`` names the deadline that runs in this state ("5 working days"); a final state has none.
    """

    code: str
    zh: str
    en: str
    owner: str = ""
    clock: str = ""
    final: bool = False


@dataclass(frozen=True)
class Move:
    """A move: the states it may start from and the one it leads to, who makes it, and whether a reason is needed."""

    code: str
    sources: frozenset[str]
    target: str
    zh: str
    en: str
    by: str = ""
    note_required: bool = False


def move(
    code: str, sources: Iterable[str], target: str, zh: str, en: str, *, by: str = "", note_required: bool = False
) -> Move:
    """A move, with any collection of source states."""
    return Move(code, frozenset(sources), target, zh, en, by, note_required)


@dataclass(frozen=True)
class StateTable:
    """All that may happen to one kind of thing. ``start`` is where it is born."""

    name: str
    start: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    _by_code: Mapping[str, Move] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_code", {m.code: m for m in self.moves})

    def check(self, move: str, state: str, note: str = "") -> Move:
        """The move, if it may be made from ``state`` with this note.

        Raises:
            WrongMove: unknown move, wrong state, or a missing note.
        """
        found = self._by_code.get(move)
        if found is None:
            raise WrongMove("unknown move", move=move, state=state)
        if state not in found.sources:
            raise WrongMove("not possible in this state", move=move, state=state)
        if found.note_required and not note.strip():
            raise WrongMove("a reason is needed", move=move, state=state)
        return found

    def open_moves(self, state: str) -> list[Move]:
        """The moves that start from ``state``, in the order of the table."""
        return [m for m in self.moves if state in m.sources]

    def state(self, code: str) -> State:
        """The state with this word."""
        return next(s for s in self.states if s.code == code)

    @property
    def final(self) -> frozenset[str]:
        return frozenset(s.code for s in self.states if s.final)

    def rows(self, language: str = "zh") -> list[list[str]]:
        """The table for readers: a head row, then one row per move."""
        return [list(HEADS[language]), *(self._row(m, language) for m in self.moves)]

    def _row(self, m: Move, language: str) -> list[str]:
        yes, no, join = WORDS[language]
        name = {s.code: getattr(s, language) for s in self.states}
        sources = join.join(name[s.code] for s in self.states if s.code in m.sources)
        clock = self.state(m.target).clock
        return [getattr(m, language), sources, name[m.target], m.by, yes if m.note_required else no, clock]

    def markdown(self, language: str = "zh") -> str:
        """The table as Markdown, for the reference pages."""
        head, *body = self.rows(language)
        lines = [head, ["---"] * len(head), *body]
        return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"

    def mermaid(self, language: str = "zh") -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        lines += [f'    state "{_quiet(getattr(s, language))}" as {s.code}' for s in self.states]
        lines += [f"    [*] --> {self.start}"]
        for m in self.moves:
            label = _quiet(getattr(m, language))
            lines += [f"    {s.code} --> {m.target}: {label}" for s in self.states if s.code in m.sources]
        lines += [f"    {s.code} --> [*]" for s in self.states if s.final]
        return "\n".join(lines) + "\n"


HEADS = {
    "zh": ("操作", "从", "到", "由谁", "须写明理由", "新状态的时限"),
    "en": ("Move", "From", "To", "By", "Reason needed", "Time limit of the new state"),
}
WORDS = {"zh": ("是", "否", "、"), "en": ("yes", "no", ", ")}


def _quiet(text: str) -> str:
    """Mermaid reads colons, quotes and semicolons as its own."""
    return text.replace('"', "'").replace(":", " ").replace(";", ",")


def check_table(table: StateTable) -> list[str]:
    """What is wrong with a table, as sentences; an empty list means that it can be used."""
    return [fault for check in CHECKS for fault in check(table)]


def _unknown_states(table: StateTable) -> Iterable[str]:
    known = {s.code for s in table.states}
    if table.start not in known:
        yield f"The start {table.start!r} is not a state."
    for m in table.moves:
        for code in sorted(m.sources | {m.target}):
            if code not in known:
                yield f"The move {m.code!r} names the unknown state {code!r}."


def _doubles(table: StateTable) -> Iterable[str]:
    for what, codes in (("state", [s.code for s in table.states]), ("move", [m.code for m in table.moves])):
        for code in sorted({c for c in codes if codes.count(c) > 1}):
            yield f"The {what} {code!r} stands twice in the table."


def _empty_moves(table: StateTable) -> Iterable[str]:
    for m in table.moves:
        if not m.sources:
            yield f"The move {m.code!r} starts nowhere."


def _dead_ends(table: StateTable) -> Iterable[str]:
    ends = _grow(
        {s.code for s in table.states if s.final}, table, lambda m, reach: m.sources if m.target in reach else ()
    )
    for s in table.states:
        if s.code not in ends:
            yield f"The state {s.code!r} reaches no end."


def _unreachable(table: StateTable) -> Iterable[str]:
    born = _grow({table.start}, table, lambda m, reach: {m.target} if m.sources & reach else ())
    for s in table.states:
        if s.code not in born:
            yield f"The state {s.code!r} is never reached from {table.start!r}."


def _grow(reach: set[str], table: StateTable, step: Callable[[Move, set[str]], Iterable[str]]) -> set[str]:
    before = -1
    while before != len(reach):
        before = len(reach)
        for m in table.moves:
            reach |= set(step(m, reach))
    return reach


def _owners_and_clocks(table: StateTable) -> Iterable[str]:
    for s in table.states:
        if s.final:
            if s.clock:
                yield f"The final state {s.code!r} has a clock."
            continue
        if not s.owner:
            yield f"The state {s.code!r} has no owner."
        if not s.clock:
            yield f"The state {s.code!r} has no clock."


def _final_moves(table: StateTable) -> Iterable[str]:
    for m in table.moves:
        for code in sorted(m.sources & table.final):
            yield f"The move {m.code!r} leaves the final state {code!r}."


def _names(table: StateTable) -> Iterable[str]:
    things: list[Any] = [*table.states, *table.moves]
    for thing in things:
        for language in ("zh", "en"):
            if not getattr(thing, language).strip():
                yield f"{thing.code!r} has no name in {language!r}."


CHECKS: tuple[Callable[[StateTable], Iterable[str]], ...] = (
    _unknown_states,
    _doubles,
    _empty_moves,
    _dead_ends,
    _unreachable,
    _owners_and_clocks,
    _final_moves,
    _names,
)
