"""Saved views: a desk's own way of looking at its queue, kept under a name."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import Conflict, LirenError
from liren.foundation.kernel.rights import Actor, require
from liren.service.cases.models import SavedView
from liren.service.cases.services.sentences import sentences

LONGEST_NAME, LONGEST_QUERY, MOST = 40, 500, 20


class NoView(LirenError):
    """There is no such view, or it is somebody else's (404)."""

    status = 404


@transaction.atomic
def save_view(name: str, *, query: str, by: Actor, at: datetime) -> SavedView:
    """Keep a filter of the queue under a name; the same name again replaces it. Only its owner sees it.

    Raises:
        BadReport: no name, or one that can't be kept. Conflict: twenty are kept already.
    """
    require(by, "cases.move")
    (name,) = sentences(name=(name, LONGEST_NAME))
    mine = SavedView.objects.filter(account_id=by.pk or 0)
    if not mine.filter(name=name).exists() and mine.count() >= MOST:
        raise Conflict(_("At most %(most)s views are kept.") % {"most": MOST}, next_step=_("Drop one first."))
    facts = {"query": query[:LONGEST_QUERY]}
    made, _new = SavedView.objects.update_or_create(account_id=by.pk, name=name, defaults=facts)
    audit.record("cases.view_saved", None, by=by, at=at, view=made.pk)
    return made


@transaction.atomic
def drop_view(view_id: int, *, by: Actor, at: datetime) -> None:
    """Forget a view of one's own.

    Raises:
        NoView: there is none, or it is somebody else's.
    """
    gone, _rows = SavedView.objects.filter(pk=view_id, account_id=by.pk or 0).delete()
    if not gone:
        raise NoView(_("There is no such view."), next_step=_("Open the list of cases: it shows your views."))
    audit.record("cases.view_dropped", None, by=by, at=at, view=view_id)
