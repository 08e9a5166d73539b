"""The story of a case in words: what happened, when, and which office did it; never a person's name or number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liren.foundation.bodies.models import Body
from liren.service.cases.engine.spec import CaseType
from liren.service.cases.models import Case, CaseEvent
from liren.service.cases.models.declared import by_version
from liren.service.cases.queries.acting import COLLEAGUE, LISTENER
from liren.service.cases.queries.reading import (
    BOOKING,
    CALLBACK,
    OWN_KINDS,
    PUBLIC,
    REFERRER,
    REPORTER,
    WORK,
    level_of,
)

#: What of the story is everybody's: where it stands and who is responsible, no word that anybody wrote.
OPEN_KINDS = frozenset({
    "received", "moved", "dispatched", "rated", "escalated", "disputed", "ruled", "suspended", "resumed", "extended",
    "recomputed", "joined", "split", "repeated",
})  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the story. ``note`` is what was written; ``event`` is what files hang on."""

    at: datetime
    who: str
    words: str
    note: str
    event: int
    kind: str
    told: bool


@dataclass(frozen=True)
class Telling:
    """What the words of a line are made from."""

    case: Case
    spec: CaseType
    level: str
    language: str
    bodies: dict[int, Body]

    def body(self, pk: Any) -> str:
        found = self.bodies.get(pk) if isinstance(pk, int) else None
        return found.name if found else _("a department")


def timeline(case: Case, actor: Any, language: str = "") -> list[Line]:
    """The lines that this reader reads, oldest first, in one language. Three queries whatever their number."""
    level, spec = level_of(case, actor), by_version(case.written_as_id)
    with translation.override(language or translation.get_language()):
        events = list(_events(case, level))
        named = {one.facts.get("body") for one in events} | {one.acting_for_id for one in events}
        bodies = Body.objects.in_bulk([pk for pk in named if isinstance(pk, int)])
        telling = Telling(case, spec, level, translation.get_language() or "zh", bodies)
        return [_line(telling, one) for one in events]


def _events(case: Case, level: str) -> Any:
    rows = CaseEvent.objects.filter(case=case).order_by("at", "pk")
    if level == PUBLIC:
        return rows.filter(kind__in=OPEN_KINDS, told=True)
    if level == REFERRER:
        own = Q(kind__in=OWN_KINDS, facts__as="reporter")
        return rows.filter(own | Q(kind__in=OPEN_KINDS), told=True)
    if level == BOOKING:
        return rows.filter(told=True, move__gt="")
    return rows if level == WORK else rows.filter(told=True)


def _line(telling: Telling, event: CaseEvent) -> Line:
    words = WORDS.get(event.kind, _moved)(telling, event)
    own = telling.level == REFERRER and event.kind in OWN_KINDS and event.facts.get("as") == "reporter"
    note = event.note if own or telling.level not in (PUBLIC, REFERRER, BOOKING) else ""
    return Line(event.at, who(telling, event), words, note, event.pk, event.kind, event.told)


def who(telling: Telling, event: CaseEvent) -> str:
    """The office behind a line, by the word under which it was written."""
    word = str(event.facts.get("as", "system"))
    if word == "desk":
        return _("Staff of %(unit)s") % {"unit": telling.case.unit.name}
    if word in ("body", COLLEAGUE) and event.acting_for_id:
        return telling.body(event.acting_for_id)
    if word.startswith("part:"):
        role = word.removeprefix("part:")
        part = next((one for one in telling.spec.parts if one.code == role), None)
        return part.name.text(telling.language) if part else _("Somebody else")
    return {
        "reporter": pgettext("case", "The reporter"),
        "body": _("The department"),
        "supervisor": _("The level above"),
        "callback": _("Whoever called back"),
        LISTENER: _("Whoever took it down"),
    }.get(word, _("The system"))


# --- words ---


def channel_words(channel: str) -> str:
    """How a case came in."""
    return {
        "web": _("on the web"),
        "phone": _("by telephone"),
        "counter": _("at the counter"),
        "visit": _("at a visit"),
        "meeting": _("at a meeting"),
        "forum": _("taken over from a forum or chat group, as its writer agreed"),
        "open311": _("through another app"),
        "sensor": _("by an alarm"),
    }.get(channel, _("by the system"))


def _received(telling: Telling, event: CaseEvent) -> str:
    return _("Received %(how)s.") % {"how": channel_words(telling.case.channel)}


def _moved(telling: Telling, event: CaseEvent) -> str:
    """Workers read the move, everybody else where the case stands now."""
    move = telling.spec.move(event.move)
    state = next((one for one in telling.spec.states if one.code == event.target), None)
    if telling.level in (CALLBACK, WORK) and move is not None:
        said = move.name.text(telling.language)
    elif state is None:
        said = _("Something was done.")
    else:
        said = state.said(telling.language, own=telling.level == REPORTER)
    return " ".join([said, *_moved_dates(event), *_until(telling, event)])


def _dispatched(telling: Telling, event: CaseEvent) -> str:
    said = _("Sent to %(body)s.") % {"body": telling.body(event.facts.get("body") or event.acting_for_id)}
    return " ".join([said, *_moved_dates(event), *_until(telling, event)])


def _until(telling: Telling, event: CaseEvent) -> list[str]:
    """By when it has to be done, where this was said with the move and no line of both dates says it."""
    until = event.facts.get("until")
    if until is None or event.facts.get("clocks") or telling.level == PUBLIC:
        return []
    return [_("To be done by %(day)s.") % {"day": _day(until)}]


def _noted(telling: Telling, event: CaseEvent) -> str:
    if event.facts.get("contact"):
        return _("Opened the telephone number that was left, for this reason:")
    if event.facts.get("as") == LISTENER:
        return _("Somebody called or came by, and adds:")
    return _("Wrote:") if event.told else _("Noted for colleagues:")


#: What was said of faces and plates; "": before that was asked, which stood on the button.
RELEASED = {
    "": lambda: _("Released a picture for everybody."),
    "nothing": lambda: _("Released a picture for everybody, having seen no face and no number plate in it."),
    "blurred": lambda: _("Released a picture for everybody, with faces and number plates covered."),
}


def _file(telling: Telling, event: CaseEvent) -> str:
    if not event.facts.get("published"):
        return _("Took a picture back.")
    return RELEASED[event.facts.get("cover", "")]()


def _part(telling: Telling, event: CaseEvent) -> str:
    role = event.facts.get("role")
    part = next((one for one in telling.spec.parts if one.code == role), None)
    name = part.name.text(telling.language) if part else str(role)
    if event.kind == "consented":
        return _("%(part)s agreed.") % {"part": name}
    joined = event.facts.get("what") == "joined"
    return (_("%(part)s joined the case.") if joined else _("%(part)s left the case.")) % {"part": name}


def _corrected(telling: Telling, event: CaseEvent) -> str:
    names = {
        "category": _("category"),
        "severity": _("urgency"),
        "unit": _("community"),
        "address": pgettext("of a case", "address"),
        "lon": pgettext("of a case", "place"),
    }
    mark = "、" if telling.language.startswith("zh") else ", "
    what = mark.join(name for column, name in names.items() if column in event.facts.get("old", {}))
    return _("Corrected: %(what)s.") % {"what": what}


def _hidden(telling: Telling, event: CaseEvent) -> str:
    if event.facts.get("confidentiality"):
        return _("Restricted to those whose work it is.")
    if event.facts.get("why") == "links":
        return _("Mostly addresses of web pages: somebody looks at it before everybody sees it.")
    return _("Hidden from the public.") if event.facts.get("hidden") else _("Shown to the public again.")


def _clocked(
    words: Callable[[], str], asked: Callable[[], str] | None = None, refused: Callable[[], str] | None = None
) -> Callable[[Telling, CaseEvent], str]:
    """What happened to a deadline, with both dates of each clock that moved; or that it was asked for, or refused."""
    by_step = {"asked": asked or words, "refused": refused or words}

    def told(telling: Telling, event: CaseEvent) -> str:
        return " ".join([by_step.get(str(event.facts.get("step")), words)(), *_moved_dates(event)])

    return told


def _moved_dates(event: CaseEvent) -> list[str]:
    return [_both_dates(one) for one in event.facts.get("clocks", [])]


def _both_dates(clock: dict[str, Any]) -> str:
    before, after = (_day(clock.get(key)) for key in ("before", "after"))
    return _("Due before: %(before)s; due now: %(after)s.") % {"before": before, "after": after}


def _day(text: Any) -> str:
    try:
        at = timezone.localtime(datetime.fromisoformat(text))
    except (TypeError, ValueError):
        return "—"
    return date_format(at, "Y年n月j日 H:i" if (translation.get_language() or "").startswith("zh") else "j F Y H:i")


def _simple(words: Callable[[], str]) -> Callable[[Telling, CaseEvent], str]:
    def told(telling: Telling, event: CaseEvent) -> str:
        return words()

    return told


def _escalated(telling: Telling, event: CaseEvent) -> str:
    """Which clock ran out, and how many levels up the case went by it; for calls and disputes only that it went up."""
    code, level = event.facts.get("clock"), event.facts.get("level")
    clock = next((one for one in telling.spec.clocks if one.code == code), None)
    if clock is None:
        return _("Nothing happened in time: it went one level up.")
    facts = {"clock": clock.name.text(telling.language), "level": level}
    said = _("Past due (%(clock)s): carried up, level %(level)s.") % facts
    return " ".join(part for part in (said, clock.told.text(telling.language)) if part)


def _named(words: Callable[[], str]) -> Callable[[Telling, CaseEvent], str]:
    def told(telling: Telling, event: CaseEvent) -> str:
        return words() % {"body": telling.body(event.facts.get("body") or event.acting_for_id)}

    return told


def _disputed(telling: Telling, event: CaseEvent) -> str:
    """A body objects, and somebody rules; or a community refuses an office's work, and it is off it."""
    if "refusal" not in event.facts:
        facts = {"body": telling.body(event.facts.get("body") or event.acting_for_id)}
        return _("%(body)s says that this is not its task. The clock runs on.") % facts
    if not event.facts["refused"]:
        return _("Refused it for the community: this is not what was admitted.")
    return _("Refused it for the community; it is on the negative list: %(name)s.") % {"name": event.facts["refused"]}


def _repeated(telling: Telling, event: CaseEvent) -> str:
    """Why it was opened by itself, on what it rests, and which one came before; or which one came after."""
    facts, zh = event.facts, telling.language.startswith("zh")
    if "after" in facts:
        return _("It came round again: no. %(number)s.") % {"number": facts["after"]}
    if "days" in facts:
        words = _("Comes round %(days)s days after the one before, no. %(number)s, was closed.")
        said = words % {"days": facts["days"], "number": facts["before"]}
        return said if facts.get("body") is None else f"{said} {_held_before(telling, event)}"
    if "every" not in facts:
        return _("Opened by the calendar.")
    known = {"every": facts["every"]["zh" if zh else "en"], "basis": facts["basis"]["zh" if zh else "en"]}
    if facts.get("before") is None:
        return _("Comes round every %(every)s (%(basis)s). This is the first one here.") % known
    words = _("Comes round every %(every)s (%(basis)s). The one before: no. %(number)s.")
    return words % {**known, "number": facts["before"]}


def _held_before(telling: Telling, event: CaseEvent) -> str:
    return _("Responsible then: %(body)s.") % {"body": telling.body(event.facts["body"])}


WORDS: dict[str, Callable[[Telling, CaseEvent], str]] = {
    "received": _received,
    "dispatched": _dispatched,
    "note": _noted,
    "asked": _noted,
    "file": _file,
    "part": _part,
    "consented": _part,
    "corrected": _corrected,
    "hidden": _hidden,
    "joined": _simple(lambda: _("Joined with another case on the same matter.")),
    "split": _simple(lambda: _("A part was split off to be handled separately.")),
    "called": _named(lambda: _("Called on %(body)s.")),
    "call_answered": _named(lambda: _("%(body)s answered the call.")),
    "disputed": _disputed,
    "ruled": _named(lambda: _("It was ruled who is responsible: %(body)s.")),
    "suspended": _clocked(
        lambda: _("The clock stands still."),
        lambda: _("Asked that the clock stand still."),
        lambda: _("The clock was not allowed to stand still."),
    ),
    "resumed": _clocked(lambda: _("The clock runs again.")),
    "extended": _clocked(
        lambda: _("More time was given."), lambda: _("Asked for more time."), lambda: _("More time was not given.")
    ),
    "recomputed": _clocked(lambda: _("The work calendar changed, and the deadline was worked out anew.")),
    "escalated": _escalated,
    "repeated": _repeated,
    "visited": _simple(lambda: _("There was a visit.")),
}
