"""The figures of a month (R081): counted by the database from the cases themselves, at every unit and all above it.

What counts in a month is what happened in it: received, first answered, closed, came due without being done, opened
again, rated. So a month that is over stays as it was, whatever becomes of its cases; only destruction takes away from
it, and that comes years later. Sealed cases are in no figure. Units are those of today.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.policy.models import DeclarationVersion
from liren.service.cases.models.declared import KIND, spec_of
from liren.service.cases.services.withholding import withhold

Progress = Callable[[str, int, int], None]
MOST_MONTHS = 120

# One row for each case that something happened to, then the sums of all units above it. "late" leaves out windows in
# which the resident has the word; "kept" of a clock before the first answer makes an answer in time.
# Each kind of happening is found by an index of its own moments, so that a month costs what happened in it and what is
# open, however many cases came before. What was missed before an answer is looked up case by case: as a set, the
# database takes it for empty and goes through all of it for each case.
COUNT = """
WITH windows (version, code) AS (SELECT * FROM unnest(%(window_versions)s::bigint[], %(window_codes)s::text[])),
reopenings (version, code) AS (SELECT * FROM unnest(%(reopen_versions)s::bigint[], %(reopen_codes)s::text[])),
late AS MATERIALIZED (
    SELECT DISTINCT k.case_id FROM cases_caseclock k JOIN cases_case c ON c.id = k.case_id
    WHERE k.due_at >= %(since)s AND k.due_at < %(until)s AND (NOT k.kept OR k.kept IS NULL)
        AND (k.kept IS NOT NULL OR k.due_at < %(at)s)
        AND (c.written_as_id, k.code) NOT IN (SELECT version, code FROM windows)
),
again AS MATERIALIZED (
    SELECT e.case_id, count(*) AS times FROM cases_case c JOIN cases_caseevent e ON e.case_id = c.id
    WHERE c.changed_at >= %(since)s AND c.rounds > 1 AND e.at >= %(since)s AND e.at < %(until)s
        AND (c.written_as_id, e.move) IN (SELECT version, code FROM reopenings)
    GROUP BY e.case_id
),
said AS MATERIALIZED (
    SELECT case_id, count(*) AS rated, count(solved) AS said_solved, count(*) FILTER (WHERE solved) AS solved,
        count(satisfied) AS said_satisfied, count(*) FILTER (WHERE satisfied) AS satisfied
    FROM cases_rating WHERE at >= %(since)s AND at < %(until)s GROUP BY case_id
),
concerned AS MATERIALIZED (
    SELECT id FROM cases_case WHERE phase <> 'closed'
    UNION SELECT id FROM cases_case WHERE closed_at >= %(since)s
    UNION SELECT case_id FROM late UNION SELECT case_id FROM again UNION SELECT case_id FROM said
),
facts AS (
    SELECT c.unit_id, c.type_id, coalesce(nullif(c.category, ''), '-') AS category,
        (c.received_at >= %(since)s)::int AS received,
        coalesce(c.closed_at >= %(since)s AND c.closed_at < %(until)s, false)::int AS closed,
        coalesce(c.first_answer_at >= %(since)s AND c.first_answer_at < %(until)s, false)::int AS answered,
        (late.case_id IS NOT NULL)::int AS overdue,
        coalesce(again.times, 0) AS reopened,
        (c.closed_at IS NULL OR c.closed_at >= %(until)s)::int AS waiting,
        coalesce(w.at >= %(since)s AND w.at < %(until)s, false)::int AS heard,
        CASE WHEN w.at >= %(since)s AND w.at < %(until)s
            THEN extract(epoch FROM w.at - c.received_at) / 60 END AS first_answer_minutes,
        CASE WHEN c.closed_at >= %(since)s AND c.closed_at < %(until)s AND c.outcome NOT IN ('joined', 'withdrawn')
            THEN extract(epoch FROM c.closed_at - c.received_at) / 60 END AS close_minutes,
        CASE WHEN c.first_answer_at >= %(since)s AND c.first_answer_at < %(until)s THEN (NOT EXISTS (
            SELECT FROM cases_caseclock k WHERE k.case_id = c.id AND k.round = 1 AND k.due_at < c.first_answer_at
                AND (NOT k.kept OR k.kept IS NULL AND k.due_at < %(at)s)
                AND (c.written_as_id, k.code) NOT IN (SELECT version, code FROM windows)
        ))::int ELSE 0 END AS answered_in_time,
        CASE WHEN w.at >= %(since)s AND w.at < %(until)s THEN (NOT EXISTS (
            SELECT FROM cases_caseclock k WHERE k.case_id = c.id AND k.round = 1 AND k.due_at < w.at
                AND (NOT k.kept OR k.kept IS NULL AND k.due_at < %(at)s)
                AND (c.written_as_id, k.code) NOT IN (SELECT version, code FROM windows)
        ))::int ELSE 0 END AS heard_in_time,
        coalesce(said.rated, 0) AS rated, coalesce(said.said_solved, 0) AS said_solved,
        coalesce(said.solved, 0) AS solved, coalesce(said.said_satisfied, 0) AS said_satisfied,
        coalesce(said.satisfied, 0) AS satisfied
    FROM concerned JOIN cases_case c ON c.id = concerned.id
        CROSS JOIN LATERAL (SELECT least(c.first_word_at, c.first_answer_at) AS at) w
        LEFT JOIN late ON late.case_id = c.id LEFT JOIN again ON again.case_id = c.id
        LEFT JOIN said ON said.case_id = c.id
    WHERE c.confidentiality <> 'sealed' AND c.received_at < %(until)s
)
INSERT INTO cases_monthfigure (unit_id, month, type_id, category, received, closed, answered, overdue, reopened,
    waiting, heard, first_answer_minutes, close_minutes, answered_in_time, heard_in_time, rated, said_solved,
    solved, said_satisfied, satisfied, hidden, withheld, computed_at)
SELECT above.id, %(month)s, f.type_id, CASE grouping(f.category) WHEN 1 THEN '' ELSE f.category END,
    sum(f.received), sum(f.closed), sum(f.answered), sum(f.overdue), sum(f.reopened), sum(f.waiting), sum(f.heard),
    round(percentile_cont(0.5) WITHIN GROUP (ORDER BY f.first_answer_minutes)),
    round(percentile_cont(0.5) WITHIN GROUP (ORDER BY f.close_minutes)),
    sum(f.answered_in_time), sum(f.heard_in_time), sum(f.rated), sum(f.said_solved), sum(f.solved),
    sum(f.said_satisfied), sum(f.satisfied), 0, false, %(at)s
FROM facts f JOIN territory_unit u ON u.id = f.unit_id
    CROSS JOIN LATERAL unnest(string_to_array(trim(BOTH '/' FROM u.path), '/')::bigint[]) AS above (id)
GROUP BY GROUPING SETS ((above.id, f.type_id), (above.id, f.type_id, f.category))
"""


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def before(month: date) -> date:
    """The month before."""
    return month.replace(year=month.year - (month.month == 1), month=(month.month - 2) % 12 + 1)


def after(month: date) -> date:
    """The month after."""
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


@transaction.atomic
def count_month(month: date, *, by: Actor, at: datetime) -> int:
    """Compute one month anew, as of ``at``; how many figures there are. A month that still runs is counted so far.

    Raises:
        BadInput: a month that has not begun.
    """
    require(by, "cases.count")
    month = month_of(month)
    if month > timezone.localdate(at):
        raise BadInput(_("This month has not begun."))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases.figures'))")
        cursor.execute("DELETE FROM cases_monthfigure WHERE month = %s", [month])
        cursor.execute(COUNT, {"month": month, "at": at, **_bounds(month), **_said_by_types()})
        written = cursor.rowcount
    withhold(month)
    audit.record("cases.count", None, by=by, at=at, month=month.isoformat(), figures=written)
    return written


def count_months(
    first: date, last: date, *, by: Actor, at: datetime, progress: Progress | None = None
) -> dict[date, int]:
    """Compute these months anew, the oldest first, each in a transaction of its own.

    Raises:
        BadInput: no such span, or one of more than ten years.
    """
    months = [month_of(first)]
    while months[-1] < month_of(last) and len(months) <= MOST_MONTHS:
        months.append(after(months[-1]))
    if months[-1] != month_of(last) or len(months) > MOST_MONTHS:
        raise BadInput(_("Name a first and a last month, at most ten years apart."))
    done: dict[date, int] = {}
    for month in months:
        done[month] = count_month(month, by=by, at=at)
        if progress is not None:
            progress("months", len(done), len(months))
    return done


def _bounds(month: date) -> dict[str, datetime]:
    """The month as moments, by the clocks of the country."""
    zone = timezone.get_default_timezone()
    return {
        "since": datetime.combine(month, time(0), zone),
        "until": datetime.combine(after(month), time(0), zone),
    }


def _said_by_types() -> dict[str, list[Any]]:
    """What only declarations know: clocks that are windows for the resident, and moves that open a case again."""
    windows: list[tuple[int, str]] = []
    reopenings: list[tuple[int, str]] = []
    for version in DeclarationVersion.objects.filter(declaration__kind=KIND):
        spec = spec_of(version)
        answered = {state.code for state in spec.states if state.phase == "answered"}
        windows += [(version.pk, clock.code) for clock in spec.clocks if clock.runs_in <= answered]
        reopenings += [(version.pk, move.code) for move in spec.moves if move.effect == "reopen"]
    return {
        "window_versions": [pk for pk, _code in windows],
        "window_codes": [code for _pk, code in windows],
        "reopen_versions": [pk for pk, _code in reopenings],
        "reopen_codes": [code for _pk, code in reopenings],
    }
