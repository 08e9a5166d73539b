"""Reads worth a name. What a run found is public once it is done; small numbers of people are hidden here."""

from liren.development.lifecircle.models.declared import standard, standards
from liren.development.lifecircle.queries.asking import Moved, Nearby, WhatIfAnswer, Wish, around, what_if
from liren.development.lifecircle.queries.covering import Covered, Space, covered, spaces
from liren.development.lifecircle.queries.exports import export
from liren.development.lifecircle.queries.gaps import CategoryGap, GapPage, GapSeen, by_category, gaps
from liren.development.lifecircle.queries.maps import compound_features, unit_features
from liren.development.lifecircle.queries.runs import (
    NoRun,
    cities_with_runs,
    city_above,
    groups_of,
    latest_run,
    networks,
    place_tables,
    proposals,
    run_of,
    runs,
    standard_of,
)
from liren.development.lifecircle.queries.seeing import Below, Cell, CircleSeen, Seen, below, seen
from liren.development.lifecircle.queries.settings import RingUnder, Under, moment_of, under
from liren.development.lifecircle.reckoning.inputs import AS_RUN, Setting

__all__ = [
    "AS_RUN",
    "Below",
    "CategoryGap",
    "Cell",
    "CircleSeen",
    "Covered",
    "GapPage",
    "GapSeen",
    "Moved",
    "Nearby",
    "NoRun",
    "RingUnder",
    "Seen",
    "Setting",
    "Space",
    "Under",
    "WhatIfAnswer",
    "Wish",
    "around",
    "below",
    "by_category",
    "cities_with_runs",
    "city_above",
    "compound_features",
    "covered",
    "export",
    "gaps",
    "groups_of",
    "latest_run",
    "moment_of",
    "networks",
    "place_tables",
    "proposals",
    "run_of",
    "runs",
    "seen",
    "spaces",
    "standard",
    "standard_of",
    "standards",
    "under",
    "unit_features",
    "what_if",
]
