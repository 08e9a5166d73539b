"""What was found in a file of ways or places, in words: on the page of an upload, and beside what is on the record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from liren.development.lifecircle import queries
from liren.foundation.territory.models import Unit
from liren.front.desk.lifecircle.taking import PLACES, Standing, Taken
from liren.front.kit import circles
from liren.front.kit.templatetags.kit import plain_name

#: Words of a table that no category knows, and names of each finding, on the page.
MOST_WORDS, MOST_NAMES = 12, 8
#: One part is the network itself.
LEAST = {"parts": 1}


@dataclass(frozen=True)
class Line:
    """A finding: what, how many, the first of them by name; ``is_wrong`` for what should be mended at its source."""

    words: str
    count: float
    names: list[str] = field(default_factory=list)
    is_wrong: bool = False


def stage(standing: Standing) -> str:
    """What the worker is at, in words."""
    words = {
        "": _("It waits for its turn."),
        "reading": _("The file is being read."),
        "cleaning": _("Loops, duplicates and parts that are cut off are being looked for."),
        "writing": _("It is being recorded."),
        "places": _("%(done)d of %(total)d places are recorded.") % {"done": standing.done, "total": standing.total},
        "fitting": _("Compounds and facilities are being joined to the ways."),
    }
    return words.get(standing.stage, words["reading"])


def findings(made: Taken) -> list[Line]:
    """Everything that was found in an upload, and how it lies to what is there."""
    own = [] if made.kind == PLACES else [Line(*pair) for pair in of_ways(made.quality)]
    unknown, more = unknown_words(made.quality)
    if made.kind == PLACES and unknown:
        names = [f"{word} ({many})" for word, many in unknown] + (["…"] if more else [])
        own.append(Line(_("lines of a category that no service knows, left out"), _all(made.quality), names, True))
    return own + fitted(made.fit)


def _all(quality: dict[str, Any]) -> int:
    return sum(quality.get("unknown", {}).values())


def of_ways(quality: dict[str, Any]) -> list[tuple[str, float]]:
    """The report that was kept with a network: counts that are not zero."""
    named = {
        "kilometres": _("kilometres of way"),
        "lines": _("walls, rivers, railways and roads that part"),
        "parts": _("disconnected parts"),
        "nodes_outside_largest": _("nodes outside the largest part"),
        "loops": _("loops"),
        "duplicates": _("ways recorded twice"),
        "zero_length": _("ways without length"),
    }
    return [(words, quality[name]) for name, words in named.items() if quality.get(name, 0) > LEAST.get(name, 0)]


def fitted(fit: queries.Fit | None) -> list[Line]:
    """How the ways, the compounds and the facilities lie to each other."""
    if fit is None or fit.nothing:
        return []
    counted = [Line(_("compounds in the city"), fit.compounds), Line(_("facilities"), fit.facilities)]
    named = {
        "compounds_far": _("compounds farther than 500 m from every way"),
        "compounds_without_place": _("compounds without an outline or gate"),
        "compounds_without_people": _("compounds without a count of residents"),
        "facilities_far": _("facilities farther than 500 m from every way"),
        "facilities_without_place": _("facilities without a place"),
        "duplicates": _("facilities recorded twice, counted once"),
    }
    names = _names([code for what in named if what.startswith("compounds") for code in fit.examples.get(what, [])])
    wrong = [
        Line(words, fit.counts[what], [names.get(one, one) for one in fit.examples.get(what, [])[:MOST_NAMES]], True)
        for what, words in named.items()
        if fit.counts.get(what)
    ]
    return counted + wrong


def _names(codes: list[str]) -> dict[str, str]:
    """Compounds by code as people call them."""
    return {unit.code: plain_name(unit) for unit in Unit.objects.filter(code__in=codes)}


def unknown_words(quality: dict[str, Any]) -> tuple[list[tuple[str, int]], int]:
    """Words of a table that no category knows, the most frequent first, and how many more there are."""
    unknown = sorted(quality.get("unknown", {}).items(), key=lambda pair: -pair[1])
    return unknown[:MOST_WORDS], max(0, len(unknown) - MOST_WORDS)


def by_category(quality: dict[str, Any]) -> list[tuple[str, int]]:
    """Places of each category, the most first."""
    standard = {c.code: circles.says(c.name) for declared in queries.standards() for c in declared.spec.categories}
    known = sorted(quality.get("by_category", {}).items(), key=lambda pair: -pair[1])
    return [(standard.get(code, code), many) for code, many in known]
