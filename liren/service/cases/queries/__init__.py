"""Reads worth a name: one case, what an actor may do with it, lists page by page, who is responsible and why."""

from liren.service.cases.queries.acting import acts_as, is_called_on, may_move, open_moves
from liren.service.cases.queries.details import NoCase, case_by_id, case_by_number
from liren.service.cases.queries.dispatch import responsible
from liren.service.cases.queries.lists import (
    VIEWS,
    Near,
    Page,
    Row,
    desk_list,
    followed_list,
    near,
    own_list,
    public_list,
    within,
)
from liren.service.cases.queries.reading import Reading, file_of, level_of, reading
from liren.service.cases.queries.timeline import Line, channel_words, timeline

__all__ = [
    "VIEWS",
    "Line",
    "Near",
    "NoCase",
    "Page",
    "Reading",
    "Row",
    "acts_as",
    "case_by_id",
    "case_by_number",
    "channel_words",
    "desk_list",
    "file_of",
    "followed_list",
    "is_called_on",
    "level_of",
    "may_move",
    "near",
    "open_moves",
    "own_list",
    "public_list",
    "reading",
    "responsible",
    "timeline",
    "within",
]
