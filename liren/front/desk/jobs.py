"""What a page of the desk leaves to the worker, because it takes longer than anybody waits for an answer."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone, translation

from liren.foundation.kernel.errors import LirenError
from liren.foundation.kernel.jobs import enqueue, job
from liren.foundation.people.models import Account
from liren.foundation.registers import services
from liren.front.desk.keeping import Gone, Kept, brought_back, changed, counted, telling
from liren.front.desk.lifecircle.sites import choose_sites
from liren.front.desk.lifecircle.taking import take_file
from liren.journeys import hand_out
from liren.service.cases.services import catalogue_files

#: What a table of the dispatch catalogue, or of work for communities, is kept as; every other is of the register that
#: bears its name.
CATALOGUE = "cases.catalogue"
WORK = "admission.work"

__all__ = ["choose_sites", "hand_over", "take_file", "take_table", "take_work"]


@job(name="desk.take_table")
def take_table(*, kept_as: str, what: str, account: int, language: str, moment: str) -> None:
    """Check or import a kept table, as its step says, in the name and the language of whoever uploaded it.

    Not tried again: what was refused is told on the page, and an import that broke off has written nothing.
    """
    by, at = Account.objects.get(pk=account), datetime.fromisoformat(moment)
    try:
        kept = brought_back(UUID(kept_as), what=what, by=by)
    except Gone:  # the hour is over
        return
    if not kept.step:
        return
    try:
        with translation.override(language):
            report = _taken(kept, by, at)
    except LirenError as error:
        changed(kept, step="", refusal=str(error))
    except Exception:
        changed(kept, step="", refusal="…")
        raise
    else:
        is_done = kept.step == "import" and not counted(report)
        changed(kept, step="", report=report, is_done=is_done, packed=b"" if is_done else kept.packed)


def hand_over(kept: Kept, *, by: Account) -> None:
    """The worker does it; the page of the file says how far it has come."""
    facts: dict[str, Any] = {"kept_as": kept.key, "what": kept.what, "account": by.pk}
    at, language = timezone.now().isoformat(), translation.get_language() or "zh-hans"
    enqueue(take_table, key=f"{kept.key}:{kept.step}", language=language, moment=at, **facts)


def _taken(kept: Kept, by: Account, at: datetime) -> Any:
    facts: dict[str, Any] = {"dry_run": kept.step == "check", "by": by, "at": at}
    with kept.file() as path, telling(kept) as progress:
        if kept.what == CATALOGUE:
            return catalogue_files.import_rules(path, **facts, progress=progress)
        if kept.what == WORK:
            return take_work(path, source=kept.source, **facts, progress=progress)
        return services.import_entries(kept.what, path, **facts, source=kept.source, progress=progress)


def take_work(path: Path, *, source: str, **how: Any) -> Any:
    """Work for communities; ``source`` is the number of the body in whose name it is handed out."""
    return hand_out.import_work(path, sender_id=int(source), **how)
