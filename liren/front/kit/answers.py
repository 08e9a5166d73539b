"""Answers beside the circles in words: the same page for residents and for planners, its file and its map."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from liren.development.lifecircle import queries
from liren.foundation.kernel.engine.quantities import UNITS, Quantity, plain
from liren.foundation.kernel.rights import Actor
from liren.foundation.policy.queries import Answer, parameters_at
from liren.foundation.registers import queries as registers
from liren.foundation.territory.models import Unit
from liren.front.kit import circles
from liren.front.kit.pages import Page, listed
from liren.front.kit.templatetags.kit import plain_name

PARTS, PLACES, LOOKED, MOST_POINTS = 60, 20, 400, 2000
STEP = 200
#: A cell that begins so would be run as a formula by a spreadsheet (OWASP: CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: So many columns still make a chart that can be read.
CHARTED = 4


@dataclass(frozen=True)
class Said:
    """One figure in words: the value, of how many, how full its bar is (0 to 1), and whether it meets the target."""

    text: str
    made: str
    bar: float | None
    number: str
    met: bool | None


@dataclass(frozen=True)
class Heading:
    """A column in words: its name, where it comes from, what a document sets, and what is not verified."""

    column: queries.Column
    name: str
    source: str
    source_url: str
    goal: Answer | None
    goal_text: str
    note: str
    is_charted: bool


def asked(request: HttpRequest) -> queries.AnswerSpec | None:
    """The declared answer of ``?about=``; None where nothing is asked about, 404 where no such answer is declared."""
    code = request.GET.get("about", "")
    found = next((one for one in queries.answers() if one.code == code), None)
    if code and found is None:
        raise Http404
    return found


def shelf() -> list[dict[str, Any]]:
    """Every answer as a link: code, name, what it says."""
    return [{"spec": one, "name": circles.says(one.name), "says": circles.says(one.says)} for one in queries.answers()]


def page(request: HttpRequest, spec: queries.AnswerSpec, unit: Unit, actor: Actor) -> dict[str, Any]:
    """Everything on the page of an answer: figures of the place, of its parts, and the places behind them."""
    today = timezone.localdate()
    first = queries.answered(spec, unit, actor=actor, day=today, limit=PARTS)
    headings = headings_of(first, unit, today)

    def fetch(after: Any, limit: int) -> list[queries.AnswerLine]:
        if after is None and limit > PARTS and first.after is None:
            return first.parts
        return queries.answered(spec, unit, actor=actor, day=today, after=after, limit=limit).parts

    parts = listed(request, fetch, lambda one: (one.unit.pinyin, one.unit.pk), shape="tn", size=PARTS)
    rows = Page([(one.unit, said_of(first.columns, one)) for one in parts], parts.next_query, parts.first_query)
    return {
        "answer": spec,
        "name": circles.says(spec.name),
        "says": circles.says(spec.says),
        "headings": headings,
        "whole": list(zip(headings, said_of(first.columns, first.whole), strict=True)),
        "parts": rows,
        "has_goal": any(one.goal for one in headings),
        "is_charted": any(one.is_charted for one in headings),
        "few": few(first),
        "behind": behind(spec, unit, today),
        "today": today,
        "csv_url": reverse("life-circle-answers-csv", args=[unit.code]) + f"?about={spec.code}",
        "map_url": reverse("life-circle-answers-map", args=[unit.code]) + f"?about={spec.code}",
        "ground_url": reverse("unit-geo", args=[unit.code]),
        "has_map": any(one.spec.place != "none" for one in books(spec).values()) and bool(spec.tallies or spec.checks),
    }


def few(found: queries.Answered) -> bool:
    """Whether a share of the place rests on so few that one more changes it much."""
    pairs = zip(found.columns, found.whole.figures, strict=True)
    return any(one.is_share and figure.whole is not None and 0 < figure.whole < 10 for one, figure in pairs)


def books(spec: queries.AnswerSpec) -> dict[str, Any]:
    """The registers that an answer reads, by code."""
    return {one.code: one for one in registers.registers() if one.code in spec.registers}


def headings_of(found: queries.Answered, unit: Unit, day: date) -> list[Heading]:
    """The columns in words, with what documents set at the place."""
    goals = parameters_at([one.parameter for one in found.columns if one.parameter], unit, on=day)
    shares = [one for one in found.columns if one.is_share]
    charted = shares if 0 < len(shares) <= CHARTED else []
    several = len({one.register.code for one in found.columns}) > 1
    return [_heading(one, goals.get(one.parameter), one in charted, several) for one in found.columns]


def _heading(one: queries.Column, goal: Answer | None, is_charted: bool, several: bool) -> Heading:
    name = circles.says(one.name)
    if several and one.kind == "check":
        name = _("%(register)s: %(name)s") % {"register": one.register.name, "name": name}
    note = _("“Next to”: within %(far)s in a straight line.") % {"far": circles.metres(one.within_m)}
    return Heading(
        column=one,
        name=name,
        source=one.register.name,
        source_url=reverse("register", args=[one.register.code]),
        goal=goal,
        goal_text="" if goal is None else goal.text("zh" if _is_chinese() else "en"),
        note=note if one.within_m else "",
        is_charted=is_charted,
    )


def _is_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def said_of(columns: tuple[queries.Column, ...], line: queries.AnswerLine) -> list[Said]:
    """The figures of a unit in words."""
    return [said(column, figure) for column, figure in zip(columns, line.figures, strict=True)]


def said(column: queries.Column, figure: queries.AnswerFigure) -> Said:
    """A figure in words; a dash where nothing is known or it is not published."""
    if figure.value is None:
        return Said("—", "", None, "", None)
    bar = min(1.0, figure.value / 100) if column.is_share else None
    return Said(_text(column, figure.value), _made(column, figure), bar, f"{figure.value:.1f}", figure.met)


def _text(column: queries.Column, value: float) -> str:
    if column.kind == "tally":
        return f"{int(value):,}"
    exact = Decimal(str(value)).quantize(Decimal("0.1"))
    return Quantity(plain(exact), UNITS[column.unit]).text("zh" if _is_chinese() else "en")


def _made(column: queries.Column, figure: queries.AnswerFigure) -> str:
    """Of how many: the denominator stands beside every share."""
    if not column.is_share or figure.whole is None or figure.part is None:
        return ""
    facts = {"part": f"{plain(Decimal(str(figure.part))):,f}", "whole": f"{plain(Decimal(str(figure.whole))):,f}"}
    return pgettext("share", "%(part)s of %(whole)s") % facts


@dataclass(frozen=True)
class Behind:
    """A place behind an answer: what holds, what does not, what kind it is, and what stands nearest."""

    seen: queries.PlaceSeen
    kind: str
    yes: list[str]
    no: list[str]
    near: str
    is_beside: bool

    @property
    def url(self) -> str:
        return reverse("register-entry", args=[self.seen.register.code, self.seen.entry.number])


def behind(spec: queries.AnswerSpec, unit: Unit, day: date) -> list[Behind]:
    """The first places behind an answer that say something; the file has all of them."""
    found, _more = queries.places(spec, books(spec), unit, day, limit=LOOKED)
    told = [one for one in map(in_words, found) if one.kind or one.yes or one.no or one.near]
    return sorted(told, key=lambda one: not one.near)[:PLACES]


def in_words(one: queries.PlaceSeen) -> Behind:
    """A place with what its register says of it."""
    language = get_language() or "zh"
    yes, no, kind = [], [], ""
    for code, value in one.says.items():
        field = one.register.spec.by_code[code]
        if value is True:
            yes.append(field.name.text(language))
        elif value is False:
            no.append(field.name.text(language))
        elif (choice := field.choice(str(value))) is not None:
            kind = choice.name.text(language)
    return Behind(one, kind, yes, no, _near(one), bool(one.near and one.near.is_beside))


def _near(one: queries.PlaceSeen) -> str:
    if one.near is None:
        return ""
    return _("nearest: %(name)s, %(far)s") % {"name": one.near.name, "far": circles.metres(one.near.metres)}


def file_of(request: HttpRequest, unit: Unit, actor: Actor) -> StreamingHttpResponse:
    """The figures as CSV, those of every answer where none is named; with ``?part=places`` the places behind one."""
    spec, wants_places = asked(request), request.GET.get("part") == "places"
    if wants_places and spec is not None:
        header, lines = _places_header(), _places_lines(spec, unit)
    else:
        wanted = queries.answers() if spec is None else (spec,)
        header, lines = _figures_header(), (line for one in wanted for line in _figure_lines(one, unit, actor))
    reply = StreamingHttpResponse(_csv(header, lines), content_type="text/csv; charset=utf-8")
    name = "-".join(filter(None, (spec.code if spec else "answers", unit.code, "places" if wants_places else "")))
    reply["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return reply


class _Echo:
    """A file that hands back each line instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _csv(header: list[str], rows: Iterable[list[Any]]) -> Iterator[str]:
    """UTF-8 with byte order mark, for Excel; what a spreadsheet would run as a formula gets an apostrophe before it."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for row in chain([header], rows):
        yield writer.writerow([f"'{one}" if isinstance(one, str) and one.startswith(FORMULA) else one for one in row])


def _figures_header() -> list[str]:
    words = (_("Place"), _("Division code"), _("What"), _("Value"), _("Unit of measure"))
    return [*words, _("Of it"), _("Of all"), _("As of")]


def _figure_lines(spec: queries.AnswerSpec, unit: Unit, actor: Actor) -> Iterator[list[Any]]:
    """Every figure at the unit and at all of its parts, one to a line."""
    today = timezone.localdate()
    found = queries.answered(spec, unit, actor=actor, day=today, limit=STEP)
    yield from _line(found.columns, found.whole, today)
    while True:
        for one in found.parts:
            yield from _line(found.columns, one, today)
        if found.after is None:
            return
        found = queries.answered(spec, unit, actor=actor, day=today, after=found.after, limit=STEP)


def _line(columns: tuple[queries.Column, ...], one: queries.AnswerLine, day: date) -> Iterator[list[Any]]:
    for column, figure in zip(columns, one.figures, strict=True):
        name = f"{column.register.name}: {circles.says(column.name)}"
        unit = UNITS[column.unit].zh if _is_chinese() else UNITS[column.unit].en
        numbers = ["" if it is None else round(it, 4) for it in (figure.value, figure.part, figure.whole)]
        yield [plain_name(one.unit), one.unit.code, name, numbers[0], unit, *numbers[1:], day.isoformat()]


def _places_header() -> list[str]:
    words = (_("Register"), _("Number"), _("Name"), _("Community"), _("Kind"))
    return [*words, _("Holds"), _("Does not hold"), _("Nearest")]


def _places_lines(spec: queries.AnswerSpec, unit: Unit) -> Iterator[list[Any]]:
    today, after = timezone.localdate(), 0
    while True:
        found, after = queries.places(spec, books(spec), unit, today, after=after, limit=STEP)
        for one in map(in_words, found):
            entry = one.seen.entry
            words = [one.kind, "、".join(one.yes), "、".join(one.no), one.near]
            yield [one.seen.register.name, entry.number, plain_name(entry), plain_name(entry.unit), *words]
        if not after:
            return


def points(spec: queries.AnswerSpec | None, unit: Unit) -> JsonResponse:
    """The places behind an answer as points; bounded, and none where nothing is asked about."""
    if spec is None:
        return JsonResponse({"type": "FeatureCollection", "features": []}, content_type="application/geo+json")
    found, more = queries.places(spec, books(spec), unit, timezone.localdate(), limit=MOST_POINTS)
    features = [point for one in map(in_words, found) if (point := _point(one))]
    told = {"type": "FeatureCollection", "features": features, "more": bool(more)}
    return JsonResponse(told, content_type="application/geo+json")


def _point(one: Behind) -> dict[str, Any] | None:
    entry = one.seen.entry
    if entry.lon is None or entry.lat is None:
        return None
    name = " · ".join(filter(None, (plain_name(entry), one.kind)))
    code = f"{one.seen.register.code}-{entry.number}"
    return circles.point(entry.lon, entry.lat, code=code, name=name, url=one.url)
