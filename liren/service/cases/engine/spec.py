"""What a case type says: states, moves, clocks, fields, and who may do what. ``declaration`` reads it from a pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from liren.foundation.kernel.engine.deadlines import Amount
from liren.foundation.kernel.engine.states import StateTable

#: From the street down to the grid; a case hangs on the smallest unit that holds its place, of one of these levels.
LEVELS: Mapping[str, int] = {"city": 2, "district": 3, "street": 4, "community": 5}
#: How far a case is seen: by everybody, by those whose work it is, or only by the persons on it.
CONFIDENTIALITY = ("public", "limited", "sealed")
SEVERITIES = ("critical", "urgent", "normal")
CHANNELS = ("web", "phone", "counter", "visit", "meeting", "forum", "open311", "sensor", "system")
GROUPS = ("request", "service", "contact", "mediation", "safety", "support", "supervision")
PLACE = ("required", "optional", "none")
PHASES = ("open", "answered", "closed")
#: How a case ended, in words that hold for all types.
OUTCOMES = ("solved", "unsolved", "done", "refused", "out_of_remit", "withdrawn", "joined", "lapsed")
#: Who makes a move: the person who reported; workers of the case's unit; members of the body it was dispatched to;
#: whoever stands one level above; somebody who calls back and did not handle it; the clock; or "part:<role>".
ACTORS = ("reporter", "desk", "body", "supervisor", "callback", "system")
#: What a move does besides changing the state. ``dispatch`` names a body and starts the main clock the first time;
#: ``take`` makes the actor the handler; ``answer`` says what was done and opens the verdict; ``verdict`` is the
#: resident's own word; ``reopen`` is possible within the window; ``remit`` says that it is nobody's task here.
EFFECTS = ("", "dispatch", "take", "answer", "verdict", "reopen", "remit", "withdraw", "publish", "end")
#: ``time`` is a time of day; ``moment`` is a day with a time of day, by the clock of the city; ``entry`` is one of a
#: public register, such as an item of the catalogue of services, kept by its number there.
FIELD_KINDS = ("text", "long_text", "number", "date", "choice", "yes_no", "body", "entry", "time", "moment")
#: The body with which something was booked on a sealed case: the booking is all that it reads.
PROVIDER = "provider"
#: What an answer can be filled with: how many parts were split off, how many of them ended solved or done, and the body
#: that the case was dispatched to.
FILLED = ("parts", "parts_put_right", "body")
#: A total time that a place has set for itself.
SET_LOCALLY = "set_locally"
STARTS = ("received", "dispatched", "entered")
#: The six mechanisms that events go through (R069). A patrol looks at places, never at persons.
MECHANISMS = (
    "unified_command", "pooled_resources", "patrol", "mediation", "livelihood_service", "coordinated_enforcement",
)  # fmt: skip
#: Kinds of work that an office may ask of a community, each under an admission of that kind; "" is what residents ask.
WORKS = ("task", "inspection", "meeting", "form", "award", "appraisal")


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str = ""
    en: str = ""

    def text(self, language: str) -> str:
        """In the reader's language; English falls back to Chinese."""
        return self.zh if language.startswith("zh") else self.en or self.zh


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    name: Words


@dataclass(frozen=True, slots=True)
class Field:
    """A question of the form. ``public``: its answer belongs to the public face of a case. ``register``: from which an
    entry is chosen. ``needed_if``: needed where these other fields are answered so (``engine.needed``). ``filled``:
    typed by nobody, but taken from the case itself (of ``FILLED``). ``ahead``: a day or moment that is to come.
    ``sums``: the number is the sum of these others, and typed by nobody either."""

    code: str
    name: Words
    kind: str
    required: bool = False
    choices: tuple[Choice, ...] = ()
    help: Words = Words()
    public: bool = False
    register: str = ""
    needed_if: tuple[tuple[str, str], ...] = ()
    filled: str = ""
    ahead: bool = False
    sums: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """What a case is about. ``condition``: of 脏乱差破暗 (R077). ``notice`` is told first; ``stops``: no sending.

    ``place`` is asked for in its own way; "": as the type asks. ``exact``: published as it is, not rounded, because it
    is a thing in the street and nobody's door.
    """

    code: str
    name: Words
    severity: str = "normal"
    condition: str = ""
    notice: Words = Words()
    stops: bool = False
    place: str = ""
    exact: bool = False


@dataclass(frozen=True, slots=True)
class StateSpec:
    """``public`` are the words for everybody; ``told`` speak to the reporter, and are the same where none are given."""

    code: str
    name: Words
    owner: str
    phase: str = "open"
    outcome: str = ""
    public: Words = Words()
    told: Words = Words()

    @property
    def final(self) -> bool:
        return self.phase == "closed"

    def said(self, language: str, *, own: bool) -> str:
        """For the reporter in the words meant for them, for others in the public ones."""
        return (self.told if own else self.public).text(language) or self.name.text(language)


@dataclass(frozen=True, slots=True)
class MoveSpec:
    """``by``: words of ``ACTORS`` or "part:<role>"; ``asks``: fields; ``consents``: roles that must have consented.

    ``journey`` names the process across rooms that makes this move together with a row of another room; then it is
    made in no other way. ``parted``: only once a part was split off.
    """

    code: str
    name: Words
    sources: frozenset[str]
    target: str
    by: tuple[str, ...]
    effect: str = ""
    note: bool = False
    evidence: bool = False
    asks: tuple[str, ...] = ()
    consents: tuple[str, ...] = ()
    tells: bool = True
    journey: str = ""
    parted: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A rung: so long after the due moment the case goes one level further up."""

    after: Amount


@dataclass(frozen=True, slots=True)
class Clock:
    """Runs while the case is in one of ``runs_in``; entering another state stops it. Coming back, a clock that counts
    from reception or dispatch goes on from its old start, one that counts from entering runs anew.

    ``limits`` holds an amount for each severity; ``parameter`` names the number in the packs that it was taken from.
    ``ends_with`` names moment fields: the first of them that is answered is the latest moment at which the clock ends.
    ``starts_with`` names days or moments before which it does not begin to count. ``told`` is said to those on the case
    whenever silence carries it up.
    """

    code: str
    name: Words
    runs_in: frozenset[str]
    starts: str
    limits: Mapping[str, Amount]
    ladder: tuple[Step, ...] = ()
    extendable: bool = False
    parameter: str = ""
    ends_with: tuple[str, ...] = ()
    starts_with: tuple[str, ...] = ()
    told: Words = Words()


@dataclass(frozen=True, slots=True)
class Part:
    """A role on one case besides reporter and handler: mediator, party, agent. ``kind``: account or body.

    ``reads``: a body in the role ``PROVIDER`` of a sealed case reads these answers, and nothing else of it.
    """

    code: str
    name: Words
    kind: str = "account"
    consent: bool = False
    most: int = 1
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseType:
    """A whole declaration. ``lawful`` is the whole time until an answer or an end, ``lawful_by`` the number in packs
    that gives it, or ``SET_LOCALLY`` where no document there does. ``work``: what an office asks of whoever it goes to;
    then it reaches a body of a community only under an admission. ``journey``: the process across rooms that takes such
    cases in, which nobody else does. ``mechanism``: of ``MECHANISMS``, or "" of none. ``table`` is the same states and
    moves for the checker, the reference and the diagram."""

    code: str
    name: Words
    purpose: Words
    group: str
    requirements: tuple[str, ...]
    basis: tuple[str, ...]
    level: str
    confidentiality: str
    sealed_to: str
    channels: tuple[str, ...]
    anonymous: bool
    place: str
    files: bool
    joinable: bool
    rating: bool
    reopen_days: int
    retention_months: int
    about_body: bool
    work: str
    journey: str
    mechanism: str
    severity: str
    lawful: Amount | None
    lawful_by: str
    text_help: Words
    notice: Words
    categories: tuple[Category, ...]
    fields: tuple[Field, ...]
    states: tuple[StateSpec, ...]
    moves: tuple[MoveSpec, ...]
    clocks: tuple[Clock, ...]
    parts: tuple[Part, ...]
    table: StateTable = field(repr=False, compare=False)

    @property
    def start(self) -> str:
        return self.states[0].code

    def state(self, code: str) -> StateSpec:
        return next(one for one in self.states if one.code == code)

    def move(self, code: str) -> MoveSpec | None:
        return next((one for one in self.moves if one.code == code), None)

    def clock(self, code: str) -> Clock:
        return next(one for one in self.clocks if one.code == code)

    def category(self, code: str) -> Category | None:
        return next((one for one in self.categories if one.code == code), None)

    @property
    def plain_dispatch(self) -> MoveSpec | None:
        """The first dispatch, where it asks for nothing but a body: then a case can be sent on as it comes in."""
        found = next((one for one in self.moves if one.effect == "dispatch" and self.start in one.sources), None)
        asks = found and (found.asks or found.consents or found.evidence or found.note or found.journey)
        return None if asks else found

    def place_of(self, category: str) -> str:
        """Whether a place is asked for: by the category, or else by the type."""
        found = self.category(category)
        return (found.place if found else "") or self.place

    @property
    def ending_fields(self) -> frozenset[str]:
        """Fields that say when a clock ends."""
        return frozenset(code for clock in self.clocks for code in clock.ends_with)

    @property
    def beginning_fields(self) -> frozenset[str]:
        """Fields that say from when a clock counts."""
        return frozenset(code for clock in self.clocks for code in clock.starts_with)

    @property
    def intake_fields(self) -> tuple[Field, ...]:
        """Fields that no move asks for and that do not fill themselves: the reporter answers them."""
        later = {code for move in self.moves for code in move.asks}
        return tuple(one for one in self.fields if one.code not in later and not (one.filled or one.sums))
