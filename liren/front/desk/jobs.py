"""What a page of the desk leaves to the worker, because it takes longer than anybody waits for an answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import translation

from liren.foundation.kernel.errors import LirenError
from liren.foundation.kernel.jobs import job
from liren.foundation.people.models import Account
from liren.foundation.registers import services
from liren.foundation.registers.services import ImportReport
from liren.front.desk.keeping import Gone, Kept, brought_back, changed, telling
from liren.front.desk.lifecircle.sites import choose_sites

__all__ = ["choose_sites", "take_table"]


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
        is_done = kept.step == "import" and not report.fault_count
        changed(kept, step="", report=report, is_done=is_done, packed=b"" if is_done else kept.packed)


def _taken(kept: Kept, by: Account, at: datetime) -> ImportReport:
    with kept.file() as path, telling(kept) as progress:
        return services.import_entries(
            kept.what,
            path,
            dry_run=kept.step == "check",
            source=kept.source,
            by=by,
            at=at,
            progress=progress,
        )
