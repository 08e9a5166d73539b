"""Grounds, reasons, questions and answers as they were typed: each needed, each faulted by its field."""

from __future__ import annotations

from functools import partial

from liren.service.cases.engine.answers import gettext_noop, long_text, one_line
from liren.service.cases.services.faults import Gathered

#: Longer texts may have several lines.
LONGEST_LINE = 300
NEEDED = gettext_noop("Say it in a sentence; whoever decides, and whoever reads it later, needs it.")


def sentences(**given: tuple[str, int]) -> list[str]:
    """The texts by field, each with the most characters it may have, cleaned and in order.

    Raises:
        BadReport: what is empty, too long, or holds signs that can't be kept, field by field.
    """
    gathered, found = Gathered(), []
    for field, (raw, most) in given.items():
        reader = one_line if most <= LONGEST_LINE else long_text
        text = gathered.read(field, partial(reader, raw, most), None)
        if text == "":
            gathered.add(field, NEEDED)
        found.append(text or "")
    gathered.stop()
    return found
