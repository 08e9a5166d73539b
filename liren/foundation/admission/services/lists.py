"""The lists and catalogues: draft, open for comments, publish. Every change has a basis and a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.admission.models import (
    CommentFrom,
    ListChange,
    ListComment,
    ListItem,
    ListKind,
    ListOp,
    ListRevision,
    ListState,
    WorkType,
)
from liren.foundation.admission.services.texts import body_of, held, line, lines, unit_of, word
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, Anonymous, require
from liren.foundation.territory.models import Level

KEEP = "admission.lists"


@transaction.atomic
def draft_list(kind: str, *, unit_id: int, reason: str, by: Actor, at: datetime) -> ListRevision:
    """Begin a new version of a list of a city or district.

    Raises:
        BadInput: no such list or unit. Conflict: a version is being prepared already.
    """
    unit = unit_of(unit_id)
    require(by, KEEP, unit)
    word(kind, ListKind.values)
    if unit.level > Level.DISTRICT:
        raise BadInput(_("A list is of a city or a district."))
    mine = ListRevision.objects.select_for_update().filter(unit=unit, kind=kind).order_by("-number")
    last = mine.first()
    if last is not None and last.state in (ListState.DRAFT, ListState.COMMENTS):
        raise Conflict(_("A version of this list is being prepared already."))
    made = ListRevision.objects.create(
        kind=kind,
        unit=unit,
        number=last.number + 1 if last else 1,
        reason=lines(reason),
        drafted_by=by.label,
        drafted_at=at,
    )
    audit.record("admission.list_drafted", made, by=by, at=at, unit_id=unit.pk, kind=kind, number=made.number)
    return made


@transaction.atomic
def propose_change(
    revision_id: int,
    *,
    op: str,
    code: str,
    name_zh: str,
    name_en: str = "",
    basis: str,
    reason: str,
    work_type: str = "",
    words: Sequence[str] = (),
    by: Actor,
    at: datetime,
) -> ListChange:
    """Say what the version does to one matter.

    Args:
        words: words that betray the matter in the title of an application (negative list).

    Raises:
        Conflict: the version is no draft any more, names this matter already, or the matter is (not) on the list.
    """
    revision = _kept(revision_id, by)
    if revision.state != ListState.DRAFT:
        raise Conflict(_("Only a draft is changed."))
    standing = ListItem.objects.filter(
        unit_id=revision.unit_id, kind=revision.kind, code=code, during__upper_inf=True
    ).exists()
    if standing == (word(op, ListOp.values) == ListOp.ADD):
        raise Conflict(_("This matter is on the list already, or it is not on it."))
    if revision.changes.filter(code=code).exists():
        raise Conflict(_("This version changes the matter already."))
    made = ListChange.objects.create(
        revision=revision,
        op=op,
        code=line("code", code),
        name_zh=line("name_zh", name_zh),
        name_en=line("name_en", name_en, needed=False),
        basis=line("basis", basis),
        reason=lines(reason),
        work_type=word(work_type, ["", *WorkType.values]),
        words=[line("word", one) for one in words],
    )
    audit.record("admission.list_changed", made, by=by, at=at, unit_id=revision.unit_id, op=op, code=code)
    return made


@transaction.atomic
def open_comments(revision_id: int, *, until: date, by: Actor, at: datetime) -> ListRevision:
    """Show the draft to everybody; residents and committees may comment up to and including a day."""
    revision = _kept(revision_id, by)
    today = timezone.localdate(at)
    if revision.state != ListState.DRAFT or not revision.changes.exists():
        raise Conflict(_("Only a draft that changes something is opened for comments."))
    if until <= today:
        raise BadInput(_("The last day for comments lies ahead."))
    revision.state, revision.comments_from, revision.comments_until = ListState.COMMENTS, today, until
    revision.save(update_fields=["state", "comments_from", "comments_until"])
    audit.record("admission.list_opened", revision, by=by, at=at, unit_id=revision.unit_id, until=until)
    return revision


@transaction.atomic
def comment_on_list(revision_id: int, *, text: str, body_id: int | None = None, by: Actor, at: datetime) -> ListComment:
    """What a resident, or (with ``body_id``) a committee, says. Of residents no account is kept, here or in the log."""
    revision = held(ListRevision, revision_id, "unit")
    today = timezone.localdate(at)
    if revision.state != ListState.COMMENTS or revision.comments_until is None or today > revision.comments_until:
        raise Conflict(_("This list is not open for comments."))
    body = None
    if body_id is not None:
        body = body_of(body_id, today)
        require(by, "admission.answer", body.unit)
    else:
        require(by, "admission.comment")
    source = CommentFrom.COMMITTEE if body else CommentFrom.RESIDENT
    made = ListComment.objects.create(revision=revision, source=source, body=body, text=lines(text), said_at=at)
    who = by if body else Anonymous(label="resident")
    audit.record("admission.list_commented", made, by=who, at=at, unit_id=revision.unit_id)
    return made


@transaction.atomic
def publish_list(revision_id: int, *, effective_on: date, by: Actor, at: datetime) -> ListRevision:
    """After the comments: from a day on the list reads so.

    Raises:
        Conflict: the comments are not over yet. BadInput: the day lies not after them.
    """
    revision = _kept(revision_id, by)
    today = timezone.localdate(at)
    if revision.state != ListState.COMMENTS or revision.comments_until is None:
        raise Conflict(_("A list is opened for comments before it is published."))
    if today <= revision.comments_until:
        raise Conflict(_("The time for comments is not over yet."))
    if effective_on < today:
        raise BadInput(_("A list holds from today or a later day on."))
    revision.state, revision.effective_on = ListState.PUBLISHED, effective_on
    revision.published_at, revision.published_by = at, by.label
    revision.save(update_fields=["state", "effective_on", "published_at", "published_by"])
    for change in revision.changes.order_by("pk"):
        _applied(revision, change, effective_on)
    facts = {"kind": revision.kind, "number": revision.number, "effective_on": effective_on}
    audit.record("admission.list_published", revision, by=by, at=at, unit_id=revision.unit_id, **facts)
    return revision


@transaction.atomic
def drop_list(revision_id: int, *, by: Actor, at: datetime) -> ListRevision:
    """The version is not pursued; what was said stays to be read."""
    revision = _kept(revision_id, by)
    if revision.state not in (ListState.DRAFT, ListState.COMMENTS):
        raise Conflict(_("This version is published or dropped already."))
    revision.state = ListState.DROPPED
    revision.save(update_fields=["state"])
    audit.record("admission.list_dropped", revision, by=by, at=at, unit_id=revision.unit_id)
    return revision


def _kept(revision_id: int, by: Actor) -> ListRevision:
    revision = held(ListRevision, revision_id, "unit")
    require(by, KEEP, revision.unit)
    return revision


def _applied(revision: ListRevision, change: ListChange, day: date) -> None:
    """Every change ends the row before it, if any, and all but a removal begin a new one."""
    rows = ListItem.objects.filter(unit_id=revision.unit_id, kind=revision.kind, code=change.code)
    before = rows.filter(during__upper_inf=True).first()
    if before is not None:
        if before.during.lower >= day:
            raise Conflict(_("A later version of this matter holds from that day already."))
        before.during, before.ended_by = DateRange(before.during.lower, day), change
        before.save(update_fields=["during", "ended_by"])
    if change.op != ListOp.REMOVE:
        ListItem.objects.create(
            kind=revision.kind,
            unit_id=revision.unit_id,
            code=change.code,
            name_zh=change.name_zh,
            name_en=change.name_en,
            basis=change.basis,
            work_type=change.work_type,
            words=change.words,
            during=DateRange(day, None),
            added_by=change,
        )
