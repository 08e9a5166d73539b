"""Does what was brought in fit the city: how many of its compounds and facilities lie near the ways, which stand twice.

The same look as that of a run, before anything is worked out: a file of another city shows at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from liren.development.lifecircle.models import PlaceTable, StreetNetwork
from liren.development.lifecircle.models.declared import DEFAULT, standard
from liren.development.lifecircle.queries.gathering import gather
from liren.development.lifecircle.reckoning.calculate import seated, tell_far
from liren.development.lifecircle.spoken import NotWorkedOut, said
from liren.foundation.territory.models import Unit


@dataclass(frozen=True)
class Fit:
    """``compounds`` and ``facilities`` that were looked at; ``counts`` and first ``examples`` of what is wrong, by the
    codes of a run's report. ``code`` with its ``facts``, or ``words``: why nothing could be looked at."""

    compounds: int = 0
    facilities: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    code: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    words: str = ""

    @property
    def nothing(self) -> str:
        """Why nothing could be looked at, in the reader's language; empty where something was."""
        return said(self.code, self.facts) if self.code else self.words

    @property
    def is_elsewhere(self) -> bool:
        """Whether most of the compounds are far from every way: the file is of another place, or too small."""
        return 2 * self.counts.get("compounds_far", 0) > self.compounds


def fit(city: Unit, network: StreetNetwork, places: PlaceTable | None, *, day: date, code: str = DEFAULT) -> Fit:
    """How the ways, and the facilities of a table (without one: of the registers), lie to each other on a day."""
    spec = standard(code).spec
    try:
        found = gather(city, day, standard=spec, group=spec.groups[0], network=network, places=places)
    except NotWorkedOut as error:
        return Fit(code=error.code, facts=error.facts)
    inputs, report = found.inputs, found.report
    tell_far(*seated(inputs.on_foot, inputs), inputs, report)
    return Fit(len(inputs.compounds), len(inputs.facilities), report.counts, report.examples)
