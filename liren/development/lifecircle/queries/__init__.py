"""Reads worth a name. What a run found is public once it is done; small numbers of people are hidden here."""

from liren.development.lifecircle.models.declared import standard, standards
from liren.development.lifecircle.queries.answers import Answered, Column, answered, answers
from liren.development.lifecircle.queries.answers import Figure as AnswerFigure
from liren.development.lifecircle.queries.answers import Line as AnswerLine
from liren.development.lifecircle.queries.asking import Moved, Nearby, WhatIfAnswer, Wish, around, what_if
from liren.development.lifecircle.queries.besides import PlaceSeen, places
from liren.development.lifecircle.queries.covering import Covered, Space, covered, spaces
from liren.development.lifecircle.queries.days import as_then, within
from liren.development.lifecircle.queries.estates import (
    estate_of,
    estate_register,
    estates,
    place_named,
    planned_entries,
)
from liren.development.lifecircle.queries.exports import export
from liren.development.lifecircle.queries.fitting import Fit, fit
from liren.development.lifecircle.queries.gaps import CategoryGap, GapPage, GapSeen, by_category, gaps
from liren.development.lifecircle.queries.heaping import Heap, heaps, how_many, lacked, worst
from liren.development.lifecircle.queries.items import HandledNear, handled_near
from liren.development.lifecircle.queries.maps import compound_features, unit_features
from liren.development.lifecircle.queries.runs import (
    NoRun,
    cities_with_runs,
    city_above,
    counted,
    done_run,
    groups_of,
    latest_run,
    networks,
    place_tables,
    proposals,
    run_of,
    runs,
    standard_of,
    why_failed,
)
from liren.development.lifecircle.queries.seeing import Below, Cell, CircleSeen, Seen, below, seen
from liren.development.lifecircle.queries.settings import RingUnder, Under, moment_of, under
from liren.development.lifecircle.reckoning.inputs import AS_RUN, Setting
from liren.development.lifecircle.spoken import PlaceFault, coded, said
from liren.development.lifecircle.standard.spec import AnswerSpec

__all__ = [
    "AS_RUN",
    "AnswerFigure",
    "AnswerLine",
    "AnswerSpec",
    "Answered",
    "Below",
    "CategoryGap",
    "Cell",
    "CircleSeen",
    "Column",
    "Covered",
    "Fit",
    "GapPage",
    "GapSeen",
    "HandledNear",
    "Heap",
    "Moved",
    "Nearby",
    "NoRun",
    "PlaceFault",
    "PlaceSeen",
    "RingUnder",
    "Seen",
    "Setting",
    "Space",
    "Under",
    "WhatIfAnswer",
    "Wish",
    "answered",
    "answers",
    "around",
    "as_then",
    "below",
    "by_category",
    "cities_with_runs",
    "city_above",
    "counted",
    "done_run",
    "coded",
    "compound_features",
    "covered",
    "estate_of",
    "estate_register",
    "estates",
    "export",
    "fit",
    "gaps",
    "groups_of",
    "handled_near",
    "heaps",
    "how_many",
    "lacked",
    "latest_run",
    "moment_of",
    "networks",
    "place_named",
    "place_tables",
    "places",
    "planned_entries",
    "proposals",
    "run_of",
    "runs",
    "said",
    "seen",
    "spaces",
    "standard",
    "standard_of",
    "standards",
    "under",
    "unit_features",
    "what_if",
    "why_failed",
    "within",
    "worst",
]
