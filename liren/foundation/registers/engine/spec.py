"""What a declaration says, once it has been read: a register, its fields, its measures."""

from dataclasses import dataclass
from dataclasses import field as made
from datetime import date
from decimal import Decimal
from typing import Any

# Ranks as the tree of units has them; a parent's is always smaller.
LEVELS = {"city": 2, "district": 3, "street": 4, "community": 5, "compound": 6, "grid": 7}
KEEPERS = ("city", "district", "street", "community")
# From what everybody sees to what leaves a trace when it is looked at.
VISIBLE = ("public", "workers", "sealed")
PLACE = ("required", "optional", "none")
KINDS = (
    "text", "long_text", "bilingual", "number", "date", "choice", "choices", "yes_no", "unit", "body", "phone", "file",
    "link",
)  # fmt: skip
GROUPS = (
    "organisation", "services", "safety", "self_government", "property", "funds", "social", "volunteering", "workers",
    "planning", "care", "development", "evaluation", "disclosure", "privacy",
)  # fmt: skip
MEASURES = ("units", "rate", "entries", "ratio", "count")
DENOMINATORS = {"residents": "person", "urban_residents": "urban resident", "households": "household"}
AREAS = ("all", "urban", "rural")
OPS = ("is", "one_of", "at_least", "at_most", "filled")

# Facts that every entry has; a field of a declaration can't take their names.
BUILT_IN = (
    "number", "name", "name_zh", "name_en", "unit", "place", "lon", "lat", "opened_on", "closed_on", "reviewed_on",
)  # fmt: skip
# Words that addresses of lists use for themselves.
TAKEN = ("id", "q", "after", "on", "page", "sort", "from", "until", "register", "pinyin", "format", "batch")


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages; English falls back to Chinese."""

    zh: str = ""
    en: str = ""

    def text(self, language: str = "zh") -> str:
        return self.zh if language.startswith("zh") or not self.en else self.en

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def __str__(self) -> str:
        return self.text("en")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the words that a field offers."""

    code: str
    name: Words


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One declared field."""

    code: str
    name: Words
    kind: str
    required: bool = False
    in_list: bool = False
    visible: str = "public"
    help: Words = Words()
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    whole: bool = False
    counts_people: bool = False
    longest: int = 0
    choices: tuple[Choice, ...] = ()
    not_before: date = date(1949, 10, 1)
    future: bool = False
    levels: tuple[str, ...] = ()
    body_kinds: tuple[str, ...] = ()
    # Every word by which a choice is named; filled where it is first needed.
    words: dict[str, str] = made(default_factory=dict, compare=False, repr=False)

    def choice(self, code: str) -> Choice | None:
        return next((one for one in self.choices if one.code == code), None)


@dataclass(frozen=True, slots=True)
class Condition:
    """What an entry must satisfy: ``field op value``; with ``over`` the ratio of two number fields is meant."""

    field: str
    op: str
    value: Any
    over: str = ""


@dataclass(frozen=True, slots=True)
class MeasureSpec:
    """One figure that is computed from the entries, at every level of the tree."""

    code: str
    name: Words
    measure: str
    unit: str
    level: str
    of: str = "all"
    at_least: int = 1
    where: tuple[Condition, ...] = ()
    parameter: str = ""
    per: str = ""
    scale: Decimal = Decimal(1)
    sum: str = ""
    over: str = ""
    down_to: str = ""

    @property
    def lowest(self) -> int:
        """The lowest level at which the figure is kept: ``level``, or ``down_to`` where that stands above it."""
        return min(LEVELS[self.level], LEVELS[self.down_to or self.level])


@dataclass(frozen=True, slots=True)
class Need:
    """What must hold at a gate, in words too. With ``parameter`` it is asked where a document sets that number."""

    condition: Condition
    says: Words
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class GateSpec:
    """A gate: entries of which every ``when`` holds stand behind it, and must show every one of ``needs``."""

    code: str
    name: Words
    when: tuple[Condition, ...]
    needs: tuple[Need, ...]

    @property
    def fields(self) -> set[str]:
        """Codes of every field that is looked at."""
        conditions = (*self.when, *(one.condition for one in self.needs))
        return {code for one in conditions for code in (one.field, one.over) if code}


@dataclass(frozen=True, slots=True)
class RegisterSpec:
    """A register as declared."""

    code: str
    name: Words
    purpose: Words
    group: str
    levels: tuple[str, ...]
    kept_by: str
    visible: str
    place: str
    review_days: int
    requirements: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    covers_people: bool = False
    title_help: Words = Words()
    fields: tuple[FieldSpec, ...] = ()
    measures: tuple[MeasureSpec, ...] = ()
    gates: tuple[GateSpec, ...] = ()
    by_code: dict[str, FieldSpec] = made(default_factory=dict, compare=False, repr=False)

    def field(self, code: str) -> FieldSpec | None:
        return self.by_code.get(code)

    @property
    def expected(self) -> tuple[int, str] | None:
        """The level (and kind of area) of which every unit should have an entry of its own, if the register says so."""
        for measure in self.measures:
            if measure.measure == "units" and LEVELS[measure.level] == max(self.ranks):
                return LEVELS[measure.level], measure.of
        return None

    def measure(self, code: str) -> MeasureSpec | None:
        return next((one for one in self.measures if one.code == code), None)

    @property
    def ranks(self) -> tuple[int, ...]:
        """Levels on which an entry may hang, as the tree counts them."""
        return tuple(LEVELS[level] for level in self.levels)

    @property
    def list_fields(self) -> tuple[FieldSpec, ...]:
        return tuple(one for one in self.fields if one.in_list)

    def fields_for(self, widest: str) -> tuple[FieldSpec, ...]:
        """Fields for a reader who may see up to ``widest``: public, workers or sealed."""
        reach = VISIBLE.index(widest)
        return tuple(one for one in self.fields if VISIBLE.index(one.visible) <= reach)


# Of every register, declared or not, from streets upwards, for overviews of a city: how many entries are in force, and
# how many of them nobody has reviewed in time.
IN_FORCE = MeasureSpec("_in_force", Words("在册数", "Entries in force"), "count", "piece", "street")
STALE = MeasureSpec("_stale", Words("待核对数", "Entries to be reviewed"), "count", "piece", "street")
FILLED = "_filled"


def kept_measures(spec: RegisterSpec) -> tuple[MeasureSpec, ...]:
    """Every measure of which figures are kept: the declared ones, then those of every register.

    ``FILLED``, where each unit of a level should have an entry: how many of them have one.
    """
    own: tuple[MeasureSpec, ...] = (IN_FORCE, STALE)
    if spec.expected is not None:
        level = next(name for name, rank in LEVELS.items() if rank == spec.expected[0])
        name = Words("已登记单元占比", "Units with an entry")
        own += (MeasureSpec(FILLED, name, "units", "percent", level, of=spec.expected[1], down_to="street"),)
    return (*spec.measures, *own)
