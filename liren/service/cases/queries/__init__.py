"""Reads worth a name: one case, what an actor may do with it, lists page by page."""

from liren.service.cases.queries.acting import acts_as, may_move, open_moves
from liren.service.cases.queries.details import NoCase, case_by_id, case_by_number

__all__ = ["NoCase", "acts_as", "case_by_id", "case_by_number", "may_move", "open_moves"]
