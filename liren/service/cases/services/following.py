"""Joining a neighbour's report instead of sending it again. Who follows is seen by nobody; how many is public."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import Conflict, NotAllowed
from liren.foundation.kernel.rights import ANONYMOUS, require
from liren.foundation.people.models import Account
from liren.service.cases.models import Case, CaseFollower
from liren.service.cases.models.declared import by_version
from liren.service.cases.services.story import locked_case


@transaction.atomic
def follow(case_id: int, *, by: Account, at: datetime) -> Case:
    """Follow a public case: one is told when it is answered. Following twice changes nothing.

    Raises:
        NoCase. NotAllowed: without an account. Conflict: a case that can't be joined, or one's own.
    """
    require(by, "cases.follow")
    case = locked_case(case_id, by)
    if case.confidentiality != "public" or case.phase == "closed" or not by_version(case.written_as_id).joinable:
        raise Conflict(_("This case can't be joined."), next_step=_("Report it yourself."))
    if case.reporter_id == by.pk:
        raise Conflict(_("This is your own case: you are told anyhow."))
    _row, new = CaseFollower.objects.get_or_create(case=case, account_id=by.pk, defaults={"at": at})
    return _counted(case, "followed", at=at) if new else case


@transaction.atomic
def unfollow(case_id: int, *, by: Account, at: datetime) -> Case:
    """Stop following. Stopping twice changes nothing."""
    require(by, "cases.follow")
    case = locked_case(case_id, by)
    rows, _detail = CaseFollower.objects.filter(case=case, account_id=by.pk).delete()
    return _counted(case, "unfollowed", at=at) if rows else case


def _counted(case: Case, what: str, *, at: datetime) -> Case:
    """The count; no revision, since nothing of the case itself changed. The audit log tells no name either."""
    case.followers = CaseFollower.objects.filter(case=case).count()
    case.save(update_fields=["followers"])
    audit.record(f"cases.{what}", case, by=ANONYMOUS, at=at, unit_id=case.unit_id, followers=case.followers)
    return case


def followers_of(case: Case) -> list[int]:
    """Accounts that are told of an answer; for what sends messages, never for a page."""
    if case.is_hidden:
        raise NotAllowed(_("This case is hidden."))
    return list(CaseFollower.objects.filter(case=case).order_by("pk").values_list("account_id", flat=True))
