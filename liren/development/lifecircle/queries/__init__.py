"""Reads worth a name. What a run found is public once it is done; small numbers of people are hidden here."""

from liren.development.lifecircle.models.declared import standard, standards
from liren.development.lifecircle.queries.answers import Answered, Column, answered, answers
from liren.development.lifecircle.queries.answers import Figure as AnswerFigure
from liren.development.lifecircle.queries.answers import Line as AnswerLine
from liren.development.lifecircle.queries.asking import Moved, Nearby, WhatIfAnswer, Wish, around, what_if
from liren.development.lifecircle.queries.besides import PlaceSeen, places
from liren.development.lifecircle.queries.covering import Covered, Space, covered, spaces
from liren.development.lifecircle.queries.estates import (
    estate_of,
    estate_register,
    estates,
    place_named,
    planned_entries,
)
from liren.development.lifecircle.queries.exports import export
from liren.development.lifecircle.queries.gaps import CategoryGap, GapPage, GapSeen, by_category, gaps
from liren.development.lifecircle.queries.items import HandledNear, handled_near
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
from liren.development.lifecircle.standard.spec import AnswerSpec

__all__ = [
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
    "GapPage",
    "GapSeen",
    "HandledNear",
    "Moved",
    "Nearby",
    "NoRun",
    "PlaceSeen",
    "Seen",
    "Space",
    "WhatIfAnswer",
    "Wish",
    "answered",
    "answers",
    "around",
    "below",
    "by_category",
    "cities_with_runs",
    "city_above",
    "compound_features",
    "covered",
    "estate_of",
    "estate_register",
    "estates",
    "export",
    "gaps",
    "groups_of",
    "handled_near",
    "latest_run",
    "networks",
    "place_named",
    "place_tables",
    "places",
    "planned_entries",
    "proposals",
    "run_of",
    "runs",
    "seen",
    "spaces",
    "standard",
    "standard_of",
    "standards",
    "unit_features",
    "what_if",
]
