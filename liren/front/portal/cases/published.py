"""What was issued to everybody, a notice or a warning, as one reads it: its words, until when, by whom, what is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import pgettext

from liren.service.cases.models import Case
from liren.service.cases.queries import Line, Reading
from liren.service.cases.queries.issued import told
from liren.service.cases.queries.reading import Answer

#: The answer that is the heading of the page.
HEADLINE = "headline"


@dataclass(frozen=True)
class Word:
    """One time that something was issued or ended."""

    at: datetime
    who: str
    words: str


@dataclass(frozen=True)
class Published:
    """``news``: what the last update said. ``texts`` and ``facts``: long and short answers. ``story``: newest first."""

    news: list[Answer]
    texts: list[Answer]
    facts: list[Answer]
    until: Answer | None
    story: list[Word]

    @property
    def first(self) -> Word:
        return self.story[-1]

    @property
    def is_renewed(self) -> bool:
        return len(self.story) > 1

    @property
    def names_issuer(self) -> bool:
        """Whether the form says who issued it; else it was whoever made the move."""
        return any(one.field.kind == "body" for one in self.facts)


def is_announcing(spec: Any) -> bool:
    """Whether cases of the type tell everybody something; in the others somebody waits for an answer."""
    return not (spec.joinable or spec.rating) and any(one.effect == "publish" for one in spec.moves)


def renews(move: Any) -> bool:
    """Whether what was issued is told anew and stays in force."""
    return bool(move.effect == "publish" and move.target in move.sources)


def published(it: Reading, lines: Sequence[Line]) -> Published | None:
    """The case as what was issued; None while nothing was, for whoever reported it, and where an answer is waited for.

    ``lines``: the story as this reader reads it, the newest first.
    """
    spec = it.spec
    if it.level == "reporter" or not is_announcing(spec):
        return None
    story = _story(it.case, spec, lines)
    if not story:
        return None
    renewing = {code for one in spec.moves if renews(one) for code in one.asks}
    ending = [code for clock in spec.clocks for code in clock.ends_with]
    said = {one.field.code: one for one in it.values}
    rest = [one for code, one in said.items() if code not in (HEADLINE, *ending)]
    long = [one for one in rest if one.field.kind == "long_text"]
    return Published(
        [one for one in long if one.field.code in renewing],
        [one for one in long if one.field.code not in renewing],
        [one for one in rest if one not in long],
        next((said[code] for code in ending if code in said), None),
        story,
    )


def _story(case: Case, spec: Any, lines: Sequence[Line]) -> list[Word]:
    """From the first time it was issued on: that, each update, and how it ended."""
    issued = {event.pk: spec.move(event.move) for event in told([case])[0].issued}
    first = min(issued, default=None)
    if first is None:
        return []
    return [
        Word(line.at, line.who, _words(line, first, issued.get(line.event)))
        for line in lines
        if line.event in issued or (line.kind == "moved" and line.event > first)
    ]


def _words(line: Line, first: int, move: Any | None) -> str:
    if line.event == first:
        return pgettext("notice", "Published.")
    return pgettext("notice", "Updated.") if move is not None and renews(move) else line.words
