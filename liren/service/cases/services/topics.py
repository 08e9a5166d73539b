"""Finds recurring topics: what was reported again and again at one place within the last months."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from liren.foundation.kernel import audit
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.kernel.suppression import FLOOR
from liren.service.cases.engine import topics as engine
from liren.service.cases.models import Case, CaseQuerySet, Topic

Progress = Callable[[str, int, int], None]
#: How far back a matter counts as recurring.
WINDOW = timedelta(days=180)
#: At most so many of the newest cases of one type at one place are compared with each other.
MOST = 3000
PORTION = 500


@dataclass(frozen=True)
class Found:
    """How many topics, in how many units, out of how many cases."""

    topics: int
    units: int
    cases: int


@transaction.atomic
def group_topics(*, by: Actor, at: datetime, dry_run: bool = False, progress: Progress | None = None) -> Found:
    """Group the cases of the last ``WINDOW`` by type and unit, and put what is found in the place of what was there.

    Sealed and hidden cases, and those about a body, are no matter of a place and are left out.
    """
    require(by, "cases.count")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases.topics'))")
    places = list(
        _recent(at).values("unit", "type").annotate(many=Count("pk")).filter(many__gte=FLOOR).order_by("unit", "type")
    )
    made: list[Topic] = []
    seen = 0
    for n, place in enumerate(places, 1):
        made += _of_place(place["unit"], place["type"], at)
        seen += min(place["many"], MOST)
        if progress is not None:
            progress("topics", n, len(places))
    if not dry_run:
        Topic.objects.all().delete()
        Topic.objects.bulk_create(made, batch_size=PORTION)
        audit.record("cases.topics", None, by=by, at=at, topics=len(made), cases=seen)
    return Found(len(made), len({one.unit_id for one in made}), seen)


def _recent(at: datetime) -> CaseQuerySet:
    rows: CaseQuerySet = (
        Case.objects.filter(received_at__gt=at - WINDOW, received_at__lte=at, is_hidden=False, about_body=None)
        .exclude(confidentiality="sealed")
        .exclude(outcome="withdrawn")
    )
    return rows


def newest(unit_id: int, type_id: int, at: datetime) -> CaseQuerySet:
    """The newest cases of one type at one place, in the order of its own index (``case_of_unit_by_age``): in that of
    their numbers they would be looked for through those of the whole city."""
    rows = _recent(at).filter(unit=unit_id, type=type_id).order_by("-received_at", "-pk")
    return rows.only("pk", "text", "category", "confidentiality", "received_at")[:MOST]


def _of_place(unit_id: int, type_id: int, at: datetime) -> Iterator[Topic]:
    cases = list(newest(unit_id, type_id, at))[::-1]
    for members in engine.group([case.text for case in cases]):
        yield _topic(unit_id, type_id, [cases[place] for place in members], at)


def _topic(unit_id: int, type_id: int, cases: list[Case], at: datetime) -> Topic:
    days = sorted(timezone.localdate(case.received_at) for case in cases)
    return Topic(
        unit_id=unit_id,
        type_id=type_id,
        category=Counter(case.category for case in cases).most_common(1)[0][0],
        cases=len(cases),
        public=sum(case.confidentiality == "public" for case in cases),
        since=days[0],
        until=days[-1],
        words=engine.words([case.text for case in cases]),
        members=[case.pk for case in cases],
        computed_at=at,
    )
