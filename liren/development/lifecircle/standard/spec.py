"""A declared standard: how fast groups go, which circles there are, and what counts as a facility of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: What a facility is for (R261): the eight kinds of the regulation, and open space.
KINDS = ("education", "health", "elderly", "culture", "sport", "government", "municipal", "commerce", "open_space")
#: As ``policy.models.Certainty`` has them.
CERTAINTIES = ("full_text", "law_text_found", "secondary", "from_memory")
MEMORY = "from_memory"
DECISECONDS_A_MINUTE = 600
#: The field of a register in which opening hours stand, unless a category names another.
HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str = ""
    en: str = ""

    def text(self, language: str) -> str:
        return self.zh if language.startswith("zh") or not self.en else self.en


@dataclass(frozen=True, slots=True)
class Group:
    """Whoever goes at one pace: millimetres a second on foot, on steps (0: they cannot be used) and by bicycle."""

    code: str
    name: Words
    walk_mm_per_s: int
    steps_mm_per_s: int
    cycle_mm_per_s: int
    certainty: str

    @property
    def is_unverified(self) -> bool:
        return self.certainty == MEMORY


@dataclass(frozen=True, slots=True)
class Circle:
    """One circle: so many minutes, or so many metres of way. A policy parameter, where the place has it, goes before.

    ``alone``: stands beside the nested levels, and may count what one of them counts (green space, sport).
    """

    code: str
    name: Words
    minutes: int
    metres: int
    parameter: str
    certainty: str
    level: str
    alone: bool

    @property
    def is_unverified(self) -> bool:
        return self.certainty == MEMORY


@dataclass(frozen=True, slots=True)
class Source:
    """Entries of a register that are facilities of a category: all, or those of which every condition holds."""

    register: str
    where: tuple[tuple[str, tuple[Any, ...]], ...] = ()

    def takes(self, values: dict[str, Any]) -> bool:
        """Whether an entry with these values counts."""
        return all(_holds(values.get(field), wanted) for field, wanted in self.where)


def _holds(value: Any, wanted: tuple[Any, ...]) -> bool:
    if isinstance(value, list):
        return any(one in wanted for one in value)
    # A truth value is an int for Python, and for nobody else.
    return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in wanted)


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of facility in one circle; ``radius_m`` the service radius in a straight line, 0 where none is set.

    ``capacity`` and ``hours`` name the fields of the registers in which they stand.
    """

    code: str
    name: Words
    circle: str
    kind: str
    radius_m: int
    certainty: str
    everyday: str
    capacity: str
    sources: tuple[Source, ...]
    poi: tuple[str, ...]
    hours: str = HOURS

    @property
    def is_unverified(self) -> bool:
        return self.certainty == MEMORY


@dataclass(frozen=True, slots=True)
class Beside:
    """Entries of ``of`` that have one of ``to`` within so many metres in a straight line: two kinds side by side."""

    name: Words
    of: Source
    to: Source
    within_m: int
    certainty: str

    @property
    def is_unverified(self) -> bool:
        return self.certainty == MEMORY


@dataclass(frozen=True, slots=True)
class AnswerSpec:
    """A question that registers answer beside the circles, for a unit and each of its parts.

    ``measures``: figures of coverage (register, measure); ``tallies``: how many entries of each choice (register,
    field); ``checks``: of how many entries a yes-or-no holds (register, fields); ``beside``: two kinds side by side.
    """

    code: str
    name: Words
    says: Words
    measures: tuple[tuple[str, str], ...] = ()
    tallies: tuple[tuple[str, str], ...] = ()
    checks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    beside: Beside | None = None

    @property
    def registers(self) -> tuple[str, ...]:
        """Codes of the registers that are read, each once."""
        named = [one[0] for one in (*self.measures, *self.tallies, *self.checks)]
        named += [self.beside.of.register, self.beside.to.register] if self.beside else []
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class Handled:
    """Where matters are handled: the register of items, its field for what is done online, and by the level on which
    an item hangs the category of the counter."""

    register: str
    online: str
    at: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Due:
    """From so many dwellings on, an estate needs the facilities of a circle itself."""

    circle: str
    dwellings: int
    certainty: str

    @property
    def is_unverified(self) -> bool:
        return self.certainty == MEMORY


@dataclass(frozen=True, slots=True)
class Estates:
    """By what a planned estate is checked: codes of parameters, categories that each estate needs, and scales.

    ``per_people``, ``least``: service rooms for the people, and at least (R240); ``per_households``: service area for
    the households (R239); ``always``: category and the parameter that asks for it in every estate (R267).
    """

    per_people: str
    least: str
    per_households: str
    always: tuple[tuple[str, str], ...]
    due: tuple[Due, ...]

    def of_circle(self, code: str) -> Due | None:
        return next((one for one in self.due if one.circle == code), None)


@dataclass(frozen=True, slots=True)
class Standard:
    """Everything one declaration says. ``gates``: the entries by which a compound is left; without, its middle.

    ``answers``: what registers say beside the circles; ``estates``: by what a planned estate is checked; ``handled``:
    where matters are handled.
    """

    code: str
    name: Words
    source: Words
    groups: tuple[Group, ...]
    circles: tuple[Circle, ...]
    categories: tuple[Category, ...]
    gates: Source | None = None
    answers: tuple[AnswerSpec, ...] = ()
    estates: Estates | None = None
    handled: Handled | None = None

    def answer(self, code: str) -> AnswerSpec | None:
        return next((one for one in self.answers if one.code == code), None)

    def group(self, code: str) -> Group | None:
        return next((one for one in self.groups if one.code == code), None)

    def circle(self, code: str) -> Circle | None:
        return next((one for one in self.circles if one.code == code), None)

    def category(self, code: str) -> Category | None:
        return next((one for one in self.categories if one.code == code), None)

    def by_poi(self) -> dict[str, tuple[str, ...]]:
        """Codes of categories by every word that a table of places may use for them, in small letters."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self.categories:
            for word in dict.fromkeys(word.lower() for word in (one.code, *one.poi, one.name.zh, one.name.en)):
                found[word] = (*found.get(word, ()), one.code)
        return found
