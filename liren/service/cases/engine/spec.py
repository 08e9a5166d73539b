"""What a case type says: states, moves, clocks, fields, and who may do what. ``declaration`` reads it from a pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date
from typing import Any

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
#: resident's own word; ``consent`` is that of whoever makes the move, to their part; ``reopen`` is possible
#: within the window; ``remit`` says that it is nobody's task here.
EFFECTS = ("", "dispatch", "take", "answer", "verdict", "reopen", "remit", "withdraw", "publish", "end", "consent")
#: ``time`` is a time of day; ``moment`` is a day with a time of day, by the clock of the city; ``entry`` is one of a
#: public register, such as an item of the catalogue of services, kept by its number there.
FIELD_KINDS = ("text", "long_text", "number", "date", "choice", "yes_no", "body", "entry", "time", "moment")
#: Among the moves that bar whoever made one from another: to have taken the case in for others, or found it on duty.
RECEIVED = "received"
#: The body with which something was booked on a sealed case: the booking is all that it reads.
PROVIDER = "provider"
#: What an answer can be filled with: how many parts were split off, how many of them ended solved or done, and the body
#: that the case was dispatched to.
FILLED = ("parts", "parts_put_right", "body")
#: A total time that a place has set for itself.
SET_LOCALLY = "set_locally"
STARTS = ("received", "dispatched", "entered")
FIRST_ANSWER = "first_answer"
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
    """A question of the form. ``public``: its answer belongs to the public face of a case. ``ahead``: a day or moment
    that is not past. ``link``: the address of a page, by https alone. ``needed_if``: needed where these other fields
    are answered so (``engine.needed``). ``filled``: typed by nobody, but taken from the case itself (of ``FILLED``).
    ``sums``: the number is the sum of these others, and typed by nobody either.

    Of an entry: ``register`` from which it is chosen; ``sends_to``, the field there that names the body in charge,
    which comes before the dispatch catalogue; ``gives``, fields of this type and the field there that answers each, as
    of the day on which the case came in.
    """

    code: str
    name: Words
    kind: str
    required: bool = False
    choices: tuple[Choice, ...] = ()
    help: Words = Words()
    public: bool = False
    register: str = ""
    sends_to: str = ""
    gives: Mapping[str, str] = made(default_factory=dict)
    ahead: bool = False
    link: bool = False
    needed_if: tuple[tuple[str, str], ...] = ()
    filled: str = ""
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
    made in no other way. ``not_by``: moves of which whoever made one last on this case can't make this one, or
    ``RECEIVED``: who took it in on duty. ``issues`` says what it makes for the reporter beside moving the case: "pass",
    a service pass. ``parted``: only once a part was split off.
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
    not_by: tuple[str, ...] = ()
    issues: str = ""
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
    ``ends_with`` names fields that are moments or dates: the first of them that is answered is the latest moment at
    which the clock ends; a date is over with its day. ``grace`` is the time left after it, to say what came of it.
    ``days_in`` names a number field with the working days that were promised: where they are fewer, they are the limit.
    ``until`` says that a clock is over before its states are: ``FIRST_ANSWER``, once somebody who works on the case has
    written to the reporter.
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
    days_in: str = ""
    until: str = ""
    grace: Amount | None = None
    starts_with: tuple[str, ...] = ()
    told: Words = Words()


@dataclass(frozen=True, slots=True)
class Repeats:
    """How a case comes round again; ``text`` says what it is about, and ``outcome`` how the one before has to end.

    ``parameter`` names a number of the packs, in days or months: so long after the last one in a unit of the type's
    level there is another. ``every_field`` names a number field: so many days after its end a case is followed by one
    at the same place.
    """

    text: Words
    outcome: str
    parameter: str = ""
    every_field: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """What an entry of a register should say: its ``field`` beside an answer of the case, ``of`` a field or category.

    ``codes``: which words of the register an answer asks for, where these are others than the answer itself. ``says``:
    how a fit is told; ``{what}`` stands for what fits.
    """

    field: str
    of: str
    codes: Mapping[str, tuple[str, ...]] = made(default_factory=dict)
    says: Words = Words()

    def wanted(self, answer: str) -> tuple[str, ...]:
        """Words of the register that fit this answer; none where the answer asks for nothing of it."""
        return self.codes.get(answer, (answer,)) if answer else ()


@dataclass(frozen=True, slots=True)
class Proposed:
    """A register whose entries can be asked for a part. What stands first in ``fits`` counts before what follows.

    ``valid_until``: the date field after which an entry is proposed no more. ``shows``: fields shown as written.
    """

    register: str
    fits: tuple[Fit, ...]
    valid_until: str = ""
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A role on one case besides reporter and handler: mediator, party, agent. ``kind``: account or body.

    ``least``: so many have to hold it, and have consented, where a move needs their consent. ``served``: whom it
    concerns is not asked but told, as by a notice; like one that consents it may be given to any account, which sees
    the case. ``given_if``: answers with which whoever reports says that it is they themselves; then they have the part
    from the beginning, and have agreed to it. ``until``: the date field after whose day nobody acts in it any more.
    ``reads``: a body in the role ``PROVIDER`` of a sealed case reads these answers, and nothing else of it.
    """

    code: str
    name: Words
    kind: str = "account"
    consent: bool = False
    most: int = 1
    proposed: tuple[Proposed, ...] = ()
    least: int = 0
    served: bool = False
    given_if: Mapping[str, str] = made(default_factory=dict)
    until: str = ""
    reads: tuple[str, ...] = ()

    def is_over(self, values: Mapping[str, Any], day: date) -> bool:
        """Whether the last day of the part is past, by the answers of the case."""
        said = values.get(self.until) if self.until else None
        return isinstance(said, str) and said < day.isoformat()


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
    repeats: Repeats | None
    table: StateTable = made(repr=False, compare=False)

    @property
    def is_unlinked(self) -> bool:
        """Whether its cases hang on no account, so that the receipt alone opens them: whoever is at home with the same
        telephone finds nothing under it (R107)."""
        return self.sealed_to == "refuge"

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
    def asks_persons(self) -> bool:
        """Whether a sealed case is about persons who agree to it: then what is written on it is theirs to read."""
        return self.confidentiality == "sealed" and any(one.consent and one.kind == "account" for one in self.parts)

    @property
    def intake_fields(self) -> tuple[Field, ...]:
        """Fields that no move asks for, that no entry gives and that do not fill themselves: the reporter answers."""
        later = {code for move in self.moves for code in move.asks}
        later |= {code for one in self.fields for code in one.gives}
        return tuple(one for one in self.fields if one.code not in later and not (one.filled or one.sums))
