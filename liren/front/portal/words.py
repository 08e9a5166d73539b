"""The story of a unit in whole sentences, in both languages."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from liren.foundation.territory import queries
from liren.foundation.territory.models import Unit, UnitSpan
from liren.front.kit.corrections import corrected
from liren.front.kit.templatetags.kit import enumerated, is_chinese, plain_name


@dataclass(frozen=True)
class Line:
    """One change: the day, what it did to this unit, the document, and the other units it concerned."""

    on: dt.date
    what: str
    instrument: str
    reason: str
    others: list[Unit]


@dataclass(frozen=True)
class Turn:
    """What a sentence needs: the unit before and after the change, and whom it came from or went to."""

    entry: queries.Entry
    before: UnitSpan | None
    after: UnitSpan | None
    sources: list[Unit]
    targets: list[Unit]


def story(unit: Unit) -> list[Line]:
    """Every change of the unit, oldest first, as sentences."""
    return [_line(_turn(unit, entry)) for entry in queries.history(unit)]


def _turn(unit: Unit, entry: queries.Entry) -> Turn:
    sources = _others(unit, (one.source for one in entry.sources))
    return Turn(entry, entry.before, entry.after, sources, _others(unit, (one.target for one in entry.targets)))


def _others(unit: Unit, found: Iterable[Unit]) -> list[Unit]:
    return [one for one in {one.pk: one for one in found}.values() if one.pk != unit.pk]


def _line(turn: Turn) -> Line:
    change = turn.entry.change
    what = SENTENCES.get(change.op, _told)(turn) or _told(turn)
    if turn.entry.corrected_by:
        what = _("%(sentence)s (corrected later)") % {"sentence": what}
    return Line(change.effective_on, what, change.instrument, change.reason, [*turn.sources, *turn.targets])


def names(units: Iterable[Unit]) -> str:
    """Names as one list, with the comma of the language."""
    return enumerated(plain_name(unit) for unit in units)


def _told(turn: Turn) -> str:
    return _("%(operation)s.") % {"operation": turn.entry.op.label}


def _created(turn: Turn) -> str:
    if not turn.after or not turn.after.parent:
        return _("Created.")
    return _("Created under %(parent)s.") % {"parent": plain_name(turn.after.parent)}


def _renamed(turn: Turn) -> str:
    if not turn.before or not turn.after:
        return ""
    return _("Renamed from %(before)s to %(after)s.") % {
        "before": plain_name(turn.before),
        "after": plain_name(turn.after),
    }


def _converted(turn: Turn) -> str:
    if not turn.before or not turn.after:
        return ""
    return _("Turned from %(before)s into %(after)s.") % {
        "before": f"{plain_name(turn.before)} ({turn.before.get_kind_display()})",
        "after": f"{plain_name(turn.after)} ({turn.after.get_kind_display()})",
    }


def _moved(turn: Turn) -> str:
    if not turn.before or not turn.after:
        return ""
    return _("Moved from %(before)s to %(after)s.") % {
        "before": plain_name(turn.before.parent),
        "after": plain_name(turn.after.parent),
    }


def _merged(turn: Turn) -> str:
    if turn.targets:
        return _("Merged into %(targets)s.") % {"targets": names(turn.targets)}
    return _("Took in %(sources)s.") % {"sources": names(turn.sources)} if turn.sources else ""


def _split(turn: Turn) -> str:
    if turn.sources:
        return _("Formed from a part of %(sources)s.") % {"sources": names(turn.sources)}
    return _("A part of it became %(targets)s.") % {"targets": names(turn.targets)} if turn.targets else ""


def _abolished(turn: Turn) -> str:
    if turn.targets:
        return _("Abolished; its area went to %(targets)s.") % {"targets": names(turn.targets)}
    return _("Abolished.")


def _undistricted(turn: Turn) -> str:
    return _("Dissolved; what belonged to it now answers to the level above.")


def _corrected(turn: Turn) -> str:
    lines = map(str, corrected(turn.entry.change))
    return ("" if is_chinese() else " ").join(lines) or _("An earlier entry was corrected.")


def _imported(turn: Turn) -> str:
    return _("Taken into this register from a list.")


SENTENCES: dict[str, Callable[[Turn], str]] = {
    "create": _created,
    "rename": _renamed,
    "convert": _converted,
    "move": _moved,
    "merge": _merged,
    "split": _split,
    "abolish": _abolished,
    "undistrict": _undistricted,
    "correct": _corrected,
    "import": _imported,
}
