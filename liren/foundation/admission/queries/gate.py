"""Whether the gate stands where it has to, what it refused, and whether somebody went round it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from liren.foundation.admission.models import (
    UNDECIDED,
    Admission,
    Gated,
    Notice,
    OutsideReport,
    Reach,
    Refusal,
    ReportState,
)
from liren.foundation.admission.queries.checks import working_days
from liren.foundation.admission.queries.named import listed_rows
from liren.foundation.bodies.models import Body, OfficeHolding
from liren.foundation.kernel import queries as kernel
from liren.foundation.territory.models import Unit

#: An admission that says it was recorded longer before the database wrote it than this was backdated by hand.
SLACK = timedelta(hours=1)
TRIGGERS = """
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE t.tgname = c.relname || '_passes_the_gate' AND t.tgenabled IN ('O', 'A') AND NOT t.tgisinternal
   AND pg_table_is_visible(c.oid)
"""


def gated_tables() -> list[str]:
    """Tables whose rows put work on a community: every model of the pattern, and whatever says so of itself."""
    models = [model for model in apps.get_models() if issubclass(model, Gated) or hasattr(model, "PASSES_THE_GATE")]
    return sorted(model._meta.db_table for model in models)


def ungated_tables() -> list[str]:
    """Those of them whose trigger is missing or switched off: nothing, as long as the gate stands."""
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        standing = {row[0] for row in cursor.fetchall()}
    return [table for table in gated_tables() if table not in standing]


def is_of(actor: Any, body: Body, on: date) -> bool:
    """Whether the actor holds a post in the body on a day: then somebody else decides on what it asks."""
    if actor.pk is None:
        return False
    return OfficeHolding.objects.filter(account_id=actor.pk, post__body=body, during__contains=on).exists()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that only came about round the services: which table, which row, and what is wrong."""

    what: str
    table: str
    row_id: int


def audit_faults() -> Iterator[Fault]:
    """What hand-written SQL, or a trigger that was switched off for a while, left behind.

    Rows without an admission that holds or under a name that the negative list forbids, admissions without an
    application or recorded under an earlier date, and missing triggers. Each is one statement over its table.
    """
    for table in ungated_tables():
        yield Fault("trigger_missing", table, 0)
    for model in apps.get_models():
        if issubclass(model, Gated):
            yield from _rows_round(model)
    early = Admission.objects.filter(written_at__gt=F("recorded_at") + SLACK, is_simulated=False)
    yield from (Fault("admission_backdated", Admission._meta.db_table, pk) for pk in _ids(early))
    bare = Admission.objects.filter(application__isnull=True, is_simulated=False).exclude(
        recorded_by__startswith="system:"
    )
    yield from (Fault("admission_without_application", Admission._meta.db_table, pk) for pk in _ids(bare))
    yield from (Fault("work_on_the_negative_list", table, pk) for table, pk in listed_rows())
    longer = Reach.objects.exclude(during__contained_by=F("admission__during"))
    yield from (Fault("reach_longer_than_its_admission", Reach._meta.db_table, pk) for pk in _ids(longer))


def _ids(rows: QuerySet[Any]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


ROUND = """
SELECT g.id FROM {table} g
  LEFT JOIN admission_admission a ON a.id = g.admission_id
  LEFT JOIN admission_reach r ON r.admission_id = a.id AND r.community_id = g.community_id
 WHERE g.origin <> 'resident' AND (
       r.id IS NULL OR a.work_type <> g.work_type OR a.sender_id <> g.sender_id
       OR (NOT r.during @> g.given_on AND (a.ended_on IS NULL OR g.given_on < lower(r.during)))
       OR g.given_on < (g.recorded_at AT TIME ZONE 'Asia/Shanghai')::date)
 ORDER BY g.id
"""


def _rows_round(model: type[Gated]) -> Iterator[Fault]:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(ROUND.format(table=connection.ops.quote_name(table)))
        yield from (Fault("work_without_admission", table, row[0]) for row in cursor.fetchall())


# --- refusals, counted against the sender ---


def refusals(actor: Any) -> QuerySet[Refusal]:
    """What the gate refused, the newest first."""
    found: QuerySet[Refusal] = Refusal.objects.visible_to(actor).order_by("-pk")
    return found


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a body tried to go past the gate: refusals, and reports of communities that were not dismissed."""

    sender_id: int
    refused: int
    reported: int


#: Grounds of a community that refused what the gate had let pass: its sender had an admission, and is not counted
#: among those that had none.
BY_COMMUNITY = ("refused_as_listed", "refused_as_not_admitted")


def counted_against(since: datetime, until: datetime) -> list[Tally]:
    """Every body that was refused or reported in a time, the most often refused first. Two statements."""
    rows = Refusal.objects.filter(at__gte=since, at__lt=until, sender__isnull=False).order_by()
    rows = rows.exclude(why__in=BY_COMMUNITY)
    refused = dict(rows.values_list("sender_id").annotate(n=Count("pk")))
    told = OutsideReport.objects.filter(recorded_at__gte=since, recorded_at__lt=until).exclude(state="unfounded")
    reported = dict(told.order_by().values_list("sender_id").annotate(n=Count("pk")))
    found = [Tally(pk, refused.get(pk, 0), reported.get(pk, 0)) for pk in {*refused, *reported}]
    return sorted(found, key=lambda one: (-one.refused, -one.reported, one.sender_id))


def notices(actor: Any) -> QuerySet[Notice]:
    """What the actor's bodies, or the unit in which the actor decides, were told; the newest first, each thing once
    though sender and government were both told. A reader of a page names sender and community by ``parties``."""
    found: QuerySet[Notice] = Notice.objects.visible_to(actor)
    earlier = found.order_by().filter(
        Q(refusal=OuterRef("refusal"), refusal__isnull=False)
        | Q(assignment=OuterRef("assignment"))
        | Q(report=OuterRef("report"), word=OuterRef("word")),
        pk__lt=OuterRef("pk"),
    )
    once = found.filter(~Exists(earlier))
    told = ("refusal", "assignment__sender", "assignment__community", "report__community", "report__sender")
    return once.select_related(*told).order_by("-pk")


def parties(rows: Iterable[Notice]) -> None:
    """Give each notice its ``sender`` (None where nobody knows it) and ``place``: a refusal keeps them by number, and
    they may be gone. Two statements."""
    refused = [one.refusal for one in rows if one.refusal]
    bodies = Body.objects.select_related("unit").in_bulk({one.sender_id for one in refused if one.sender_id})
    places = Unit.objects.in_bulk({one.community_id for one in refused})
    for one in rows:
        handed, kept = one.assignment or one.report, one.refusal
        one.sender = handed.sender if handed else bodies.get(kept.sender_id or 0) if kept else None  # type: ignore[attr-defined]
        one.place = handed.community if handed else places.get(kept.community_id) if kept else None  # type: ignore[attr-defined]


def outside_reports(actor: Any) -> QuerySet[OutsideReport]:
    """Reports of work handed down outside of the gate that the actor may see, the newest first."""
    found: QuerySet[OutsideReport] = OutsideReport.objects.visible_to(actor)
    return found.select_related("community", "sender").order_by("-pk")


CORRECTION = "admission_correction_days"


#: So many working days before the day somebody is reminded.
AHEAD = 2


@dataclass(frozen=True, slots=True)
class Due:
    """By which day something is to be done, and from which day on somebody is reminded of it."""

    soon: date
    day: date


def correction_due(report: OutsideReport) -> Due | None:
    """By which day a report is to be decided or, once it is ordered, the correction made, by the number of the packs;
    None where none is set, or where it is over."""
    if report.state not in UNDECIDED:
        return None
    since = report.state_at if report.state == ReportState.ORDERED and report.state_at else report.recorded_at
    first = timezone.localdate(since)
    number = working_days(CORRECTION, report.community, first)
    if number is None:
        return None
    calendar = kernel.calendar(report.community.code)
    soon = calendar.add_working_days(first, max(0, number - AHEAD)).day
    return Due(soon, calendar.add_working_days(first, number).day)
