"""The first rows of a desk's list, out of as many short queues as its actor has: one of each unit, one of each body.

Asked for "in one of these units, or of this body, or one of those, the most urgent first", a database has to guess
whether to go through the queue of the whole city or to sort all that the actor may see, and with very many cases it
guesses wrong. Here each queue is read in the order of its own index and no further than a page; then they are merged.
What is found is narrowed once more by what the actor sees (``worked_by``): these queues are a shorter way, no right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from liren.foundation.people.models.reach import paths_of
from liren.service.cases.models import CaseQuerySet, bodies_of
from liren.service.cases.models.reach import SEALED, IsOneOf, called, not_against, parts_of, units_in

#: With more queues than these, the one of the whole city is the shorter way.
MOST_QUEUES = 60
#: Views that leave most of a queue in the list; what is rare has an index of its own.
FULL_VIEWS = ("unit", "due", "answered", "all", "closed")
Order = tuple[str, ...]


@dataclass(frozen=True)
class Queues:
    """The units and bodies whose queues an actor reads; ``others``: and single cases of other places."""

    actor: Any
    units: tuple[int, ...] = ()
    bodies: tuple[int, ...] = ()
    others: bool = True


def queues_of(actor: Any, view: str) -> Queues | None:
    """The queues of an actor, where they are few; None: the list is read as a whole."""
    powers: frozenset[str] = getattr(actor, "powers", frozenset)()
    if view not in FULL_VIEWS or any(power.startswith(f"{SEALED}.") for power in powers):
        return None
    own = view == "unit"  # what lies at one's own desk: of the units where one works, else of one's bodies
    paths = {*paths_of(actor, "cases.work"), *(() if own else paths_of(actor, "cases.supervise"))}
    units = units_in(actor, paths) if paths else []
    bodies = [] if own and paths else bodies_of(actor)
    if units is None or not 0 < len(units) + len(bodies) <= MOST_QUEUES:
        return None
    if view == "closed" and bodies:  # what is closed has a queue for each unit alone
        return None
    return Queues(actor, tuple(units), tuple(bodies), others=not own)


def firsts(rows: CaseQuerySet, queues: Queues, order: Order, most: int) -> Q:
    """The first of these rows in this order, looked up by their ids. ``rows`` are narrowed by view and place in the
    list and not by who sees them: with that said once more, each queue would be sorted whole."""
    actor, branches = queues.actor, []
    plain = rows.filter(~Q(confidentiality="sealed") & not_against(actor))
    if queues.units:
        branches.append(_each(plain, "unit_id", queues.units, order, most))
    if queues.bodies:
        branches.append(_each(plain, "body_id", queues.bodies, order, most))
    if queues.others:
        branches.append(_sql(plain.filter(called(actor)), order, most))
        branches.append(_sql(rows.filter(parts_of(actor) & not_against(actor)), order, most))
    found = [one for one in branches if one is not None]
    if not found:
        return Q(pk__in=[])
    union = " UNION ".join(f"({sql})" for sql, _params in found)
    names = ", ".join(name.lstrip("-") for name in order)
    by = ", ".join(f"{name.lstrip('-')} DESC" if name.startswith("-") else name for name in order)
    params = [one for _sql, params in found for one in params]
    sql = f"ARRAY(SELECT id FROM ({union}) AS found ({names}) ORDER BY {by} LIMIT %s)"  # noqa: S608  (names of ours)
    return Q(IsOneOf(F("pk"), RawSQL(sql, [*params, most])))  # noqa: S611


def _each(
    rows: CaseQuerySet, column: str, ids: tuple[int, ...], order: Order, most: int
) -> tuple[str, list[Any]] | None:
    own: Any = rows.extra(where=[f"cases_case.{column} = queue.of"])  # noqa: S610  (names of ours)
    one = _sql(own, order, most)
    if one is None:
        return None
    sql, params = one
    around = f"SELECT first.* FROM unnest(%s::bigint[]) AS queue (of) CROSS JOIN LATERAL ({sql}) AS first"  # noqa: S608
    return around, [list(ids), *params]


def _sql(rows: CaseQuerySet, order: Order, most: int) -> tuple[str, list[Any]] | None:
    """None: no row can be among these."""
    names = [name.lstrip("-") for name in order]
    try:
        sql, params = rows.order_by(*order).values_list(*names)[:most].query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, list(params)
