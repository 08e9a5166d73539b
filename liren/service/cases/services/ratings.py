"""The resident's own word: is it solved, and are you satisfied? Two questions, one word per person and round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import Conflict
from liren.foundation.kernel.rights import Actor
from liren.service.cases.engine.answers import NO, YES, gettext_noop, is_empty, narrow
from liren.service.cases.models import Case, Rating
from liren.service.cases.services.faults import Gathered

MOST_NOTE = 1000


@dataclass(frozen=True)
class Verdict:
    """What was said; None where no answer was given."""

    solved: bool | None
    satisfied: bool | None

    @classmethod
    def read(cls, raw: Mapping[str, Any], gathered: Gathered) -> Verdict:
        """Both answers as they were typed; at least one has to be there."""
        found = {key: _said(key, value, gathered) for key, value in raw.items()}
        if all(is_empty(value) for value in raw.values()):
            gathered.add("solved", gettext_noop("Say whether it is solved, or whether you are satisfied."))
        return cls(found["solved"], found["satisfied"])


def _said(key: str, value: Any, gathered: Gathered) -> bool | None:
    if is_empty(value):
        return None
    word = narrow(value).casefold()
    if word not in YES | NO:
        gathered.add(key, gettext_noop("Answer with yes or no."))
        return None
    return word in YES


def rated(case: Case, verdict: Verdict, *, note: str, role: str, by: Actor, at: datetime) -> Rating:
    """Write the reporter's word on this round down, whoever wrote it down for them. Inside the caller's transaction.

    Raises:
        Conflict: it was said already in this round.
    """
    if Rating.objects.filter(case=case, round=case.rounds, voice="reporter").exists():
        raise Conflict(_("This was answered already."))
    return Rating.objects.create(
        case=case,
        round=case.rounds,
        voice="reporter",
        solved=verdict.solved,
        satisfied=verdict.satisfied,
        note=note[:MOST_NOTE],
        asked_by="" if role == "reporter" else by.label,
        at=at,
    )
