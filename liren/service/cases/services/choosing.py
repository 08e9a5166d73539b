"""Choosing topics to hear of, and no longer. Who chose what is read by that account alone; the audit log tells no name.

Nothing is proposed from what somebody reported, is, or where they live: what was ticked is what arrives.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import count

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import ANONYMOUS, require
from liren.foundation.people.models import Account
from liren.foundation.territory.models import Unit
from liren.service.cases.models import MOST_CHOSEN, ChosenTopic, DeclaredType, type_of
from liren.service.cases.services.sending import unit_of


@transaction.atomic
def subscribe(unit_id: int, *, type: str, categories: Sequence[str], by: Account, at: datetime) -> list[ChosenTopic]:
    """Hear of these categories of a public type in this unit and above it; all of them or none. What was chosen before
    stays as it is. The rows that are new.

    Raises:
        NotAllowed: without an account. NoType: no such type.
        BadInput: no such place or category, or not a public type. Conflict: more than ``MOST_CHOSEN`` in all.
    """
    require(by, "cases.subscribe")
    kind = type_of(type)
    unit = _checked(kind, unit_id, categories, at)
    Account.objects.select_for_update(no_key=True).only("pk").get(pk=by.pk)  # two of one account wait for each other
    mine = ChosenTopic.objects.visible_to(by)
    known = set(mine.filter(unit=unit, type_id=kind.pk).values_list("category", flat=True))
    new = [code for code in dict.fromkeys(categories) if code not in known]
    taken = set(mine.values_list("slot", flat=True))
    if len(taken) + len(new) > MOST_CHOSEN:
        message = _("At most %(most)s topics can be chosen.") % {"most": MOST_CHOSEN}
        raise Conflict(message, next_step=_("End one that you no longer need."))
    free = (slot for slot in count(1) if slot not in taken)
    facts = {"account_id": by.pk, "unit": unit, "type_id": kind.pk, "since": at, "seen_at": at}
    rows = [ChosenTopic(category=code, slot=slot, **facts) for code, slot in zip(new, free, strict=False)]
    ChosenTopic.objects.bulk_create(rows)
    for row in rows:
        _recorded("topic_chosen", kind, unit.pk, row.category, at)
    return rows


def _checked(kind: DeclaredType, unit_id: int, categories: Sequence[str], at: datetime) -> Unit:
    """The unit of the type's level, after everything that was asked for has been found to exist."""
    if kind.spec.confidentiality != "public" or not all(kind.spec.category(code) for code in categories):
        raise BadInput(_("There is no such topic."), next_step=_("Choose it from the list."))
    unit = unit_of(kind.spec, unit_id, timezone.localdate(at))
    if unit is None:
        raise BadInput(_("No place of today has this code."), next_step=_("Choose it from the list."))
    return unit


@transaction.atomic
def unsubscribe(unit_id: int, *, type: str, category: str, by: Account, at: datetime) -> bool:
    """Hear of it no longer; whether it had been chosen. Ending twice changes nothing, and what no longer exists, a
    closed unit or a category of an older version, can be ended like everything else."""
    require(by, "cases.subscribe")
    kind = type_of(type)
    rows = ChosenTopic.objects.visible_to(by).filter(unit_id=unit_id, type_id=kind.pk, category=category)
    ended, _detail = rows.delete()
    if ended:
        _recorded("topic_ended", kind, unit_id, category, at)
    return bool(ended)


def _recorded(what: str, kind: DeclaredType, unit_id: int, category: str, at: datetime) -> None:
    """That somebody chose or ended it; never who."""
    audit.record(f"cases.{what}", None, by=ANONYMOUS, at=at, unit_id=unit_id, type=kind.code, category=category)


def note_read(*, by: Account, at: datetime) -> None:
    """The account has its notices before it: they are no longer new. No line in the audit log: nobody shall read there
    when somebody reads."""
    require(by, "cases.subscribe")
    ChosenTopic.objects.visible_to(by).filter(seen_at__lt=at).update(seen_at=at)
