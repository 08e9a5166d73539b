"""What a person takes along of cases, and what is let go when the account is erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.rights import Actor
from liren.foundation.people.models import Account
from liren.foundation.people.services import ASKED, add_leaving, add_section, destroyed, unseal_value
from liren.service.cases.engine.spec import CaseType
from liren.service.cases.models import (
    Case,
    CaseContact,
    CaseFollower,
    CaseLook,
    CasePart,
    ChosenTopic,
    SavedView,
    ServicePass,
)
from liren.service.cases.models.declared import by_versions, types
from liren.service.cases.services.contacts import COLUMNS, TABLE

DATASETS = ("case", "case_contact", "case_follow", "case_look", "chosen_topic", "desk_view", "service_pass")


def cases_of(account: Account) -> list[dict[str, Any]]:
    """Every case that the account reported or has a part in, with what its reporter is told; oldest first."""
    own = Case.objects.filter(reporter=account) | Case.objects.filter(parts__account=account)
    cases = list(own.distinct().select_related("unit", "body").prefetch_related("events", "ratings").order_by("pk"))
    specs = by_versions({one.written_as_id for one in cases})
    return [_case(one, specs[one.written_as_id]) for one in cases]


def _case(case: Case, spec: Any) -> dict[str, Any]:
    language = get_language() or "zh"
    return {
        "number": case.number,
        "type": spec.name.text(language),
        "unit": case.unit.name_zh,
        "state": spec.state(case.state).public.text(language),
        "received_at": case.received_at.isoformat(),
        "text": case.text,
        "address": case.address,
        "answers": case.values,
        "body": case.body.name_zh if case.body else "",
        "story": [
            {"at": one.at.isoformat(), "kind": one.kind, "note": one.note} for one in case.events.all() if one.told
        ],
        "ratings": [{"solved": one.solved, "satisfied": one.satisfied, "note": one.note} for one in case.ratings.all()],
    }


def _case_line(row: dict[str, Any]) -> str:
    return _("%(number)s, %(type)s: %(text)s (%(state)s)") % {key: row[key] for key in _SAID}


_SAID = ("number", "type", "text", "state")


def contacts_of(account: Account) -> list[dict[str, Any]]:
    """Names and numbers left with one's own cases, in the clear: they are one's own."""
    rows = CaseContact.objects.filter(case__reporter=account).select_related("case").order_by("pk")
    return [{"number": row.case.number, **_opened(row)} for row in rows]


def _opened(row: CaseContact) -> dict[str, str]:
    places = {kind: {"table": TABLE, "column": column, "row": row.pk} for kind, column in COLUMNS.items()}
    sealed = {kind: bytes(getattr(row, column)) for kind, column in COLUMNS.items()}
    return {kind: unseal_value(one, **places[kind]) for kind, one in sealed.items() if one}


def follows_of(account: Account) -> list[dict[str, Any]]:
    """Cases of neighbours that the account joined."""
    rows = CaseFollower.objects.filter(account=account).select_related("case").order_by("pk")
    return [{"number": row.case.number, "since": row.at.isoformat()} for row in rows]


def topics_of(account: Account) -> list[dict[str, Any]]:
    """Topics of notices that the account chose to hear of."""
    rows = ChosenTopic.objects.visible_to(account).select_related("unit", "type").order_by("pk")
    names = {one.pk: one.spec for one in types()}
    return [_topic(row, names.get(row.type_id)) for row in rows]


def _topic(row: ChosenTopic, spec: CaseType | None) -> dict[str, Any]:
    category = spec.category(row.category) if spec else None
    said = category.name.text(get_language() or "zh") if category else row.category
    moments = {"since": row.since.isoformat(), "last_read": row.seen_at.isoformat()}
    return {"unit": row.unit.name_zh, "type": row.type.code, "topic": said, **moments}


def looks_of(account: Account) -> list[dict[str, Any]]:
    """Sealed cases that the account opened as an official, day by day, and what the review said."""
    rows = CaseLook.objects.filter(account=account).select_related("case").order_by("pk")
    return [
        {"number": row.case.number, "day": row.day.isoformat(), "times": row.times, "review": row.outcome}
        for row in rows
    ]


def passes_of(account: Account) -> list[dict[str, Any]]:
    """Service passes that the account holds; the numbers for providers are on the page of the pass alone."""
    rows = ServicePass.objects.filter(case__reporter=account).select_related("case").order_by("pk")
    return [
        {"number": row.case.number, "until": row.expires_on.isoformat(), "revoked": row.revoked_at is not None}
        for row in rows
    ]


def views_of(account: Account) -> list[dict[str, Any]]:
    """Filters that the account saved at the desk."""
    return [{"name": one.name, "query": one.query} for one in SavedView.objects.filter(account=account).order_by("pk")]


def _joined(row: dict[str, Any]) -> str:
    return ", ".join(str(value) for value in row.values())


def forget(account: Account, *, by: Actor, at: datetime) -> None:
    """Let go of an account that is erased: matters stay as facts of the city, without whose they were."""
    passes, _detail = ServicePass.objects.filter(case__reporter=account).delete()
    contacts, _detail = CaseContact.objects.filter(case__reporter=account).delete()
    detached = Case.objects.filter(reporter=account).update(reporter=None)
    Case.objects.filter(handler=account).exclude(phase="closed").update(handler=None)
    CasePart.objects.filter(account=account, left_at=None, joined_at__lte=at).update(left_at=at)
    _unfollowed(account)
    SavedView.objects.filter(account=account).delete()
    ChosenTopic.objects.visible_to(account).delete()
    if contacts:
        destroyed("case_contact", contacts, ASKED, by=by, at=at)
    if passes:
        destroyed("service_pass", passes, ASKED, by=by, at=at)
    if detached:
        audit.record("cases.detached", None, by=by, at=at, cases=detached)


def _unfollowed(account: Account) -> None:
    followed = list(CaseFollower.objects.filter(account=account).values_list("case_id", flat=True))
    CaseFollower.objects.filter(account=account).delete()
    left = CaseFollower.objects.filter(case=OuterRef("pk")).order_by().values("case").annotate(many=Count("pk"))
    Case.objects.filter(pk__in=followed).update(followers=Coalesce(Subquery(left.values("many")), 0))


add_section("case", cases_of, _case_line)
add_section("case_contact", contacts_of, _joined)
add_section("case_follow", follows_of, _joined)
add_section("case_look", looks_of, _joined)
add_section("chosen_topic", topics_of, _joined)
add_section("desk_view", views_of, _joined)
add_section("service_pass", passes_of, _joined)
add_leaving(forget)
