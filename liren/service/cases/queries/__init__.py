"""Reads worth a name: one case, what an actor may do with it, lists page by page, who is responsible and why."""

from liren.service.cases.engine.amounts import text_of
from liren.service.cases.engine.needed import asked_at
from liren.service.cases.queries.acting import (
    acts_as,
    is_called_on,
    look_up,
    may_move,
    moves_of_journey,
    open_moves,
    reaches,
)
from liren.service.cases.queries.came_up import CameUp, came_up, escalated_to
from liren.service.cases.queries.colleagues import Colleague, colleagues
from liren.service.cases.queries.details import NoCase, case_by_id, case_by_number
from liren.service.cases.queries.dispatch import responsible
from liren.service.cases.queries.lists import (
    VIEWS,
    Page,
    Row,
    desk_list,
    followed_list,
    heard_list,
    own_list,
    public_list,
    waiting_rows,
    within,
)
from liren.service.cases.queries.looks import looked
from liren.service.cases.queries.nearby import Near, near
from liren.service.cases.queries.proposing import Proposal, Proposals, proposals
from liren.service.cases.queries.reading import Reading, file_of, level_of, public_file, reading, types_of
from liren.service.cases.queries.rounds import Round, round_of
from liren.service.cases.queries.timeline import Line, channel_words, timeline
from liren.service.cases.queries.waiting import (
    amount_said,
    clocks_of,
    disputes_to_rule,
    end_of_day,
    extensions_to_decide,
    own_bodies,
    rules_kept,
    saved_views,
    suspensions_to_decide,
    to_call_back,
)

__all__ = [
    "VIEWS",
    "CameUp",
    "Colleague",
    "Line",
    "Near",
    "NoCase",
    "Page",
    "Proposal",
    "Proposals",
    "Reading",
    "Round",
    "Row",
    "acts_as",
    "amount_said",
    "asked_at",
    "came_up",
    "case_by_id",
    "case_by_number",
    "channel_words",
    "clocks_of",
    "colleagues",
    "desk_list",
    "heard_list",
    "disputes_to_rule",
    "end_of_day",
    "escalated_to",
    "extensions_to_decide",
    "file_of",
    "followed_list",
    "is_called_on",
    "level_of",
    "look_up",
    "looked",
    "may_move",
    "near",
    "moves_of_journey",
    "open_moves",
    "own_bodies",
    "own_list",
    "proposals",
    "public_file",
    "public_list",
    "reaches",
    "reading",
    "responsible",
    "round_of",
    "rules_kept",
    "saved_views",
    "suspensions_to_decide",
    "text_of",
    "timeline",
    "types_of",
    "to_call_back",
    "waiting_rows",
    "within",
]
