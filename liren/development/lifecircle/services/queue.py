"""A run behind the page: the job, and how a page queues it in the transaction that asked."""

from __future__ import annotations

from liren.development.lifecircle.models import Run
from liren.development.lifecircle.services.runs import perform
from liren.foundation.kernel.jobs import enqueue, job
from liren.foundation.kernel.rights import SystemActor


@job(name="lifecircle.run")
def work_out(run_id: int) -> None:
    """Work out one run. Asked twice, it is worked out once."""
    perform(run_id, by=SystemActor("lifecircle"))


def run_soon(run: Run) -> None:
    """Queue a run in the transaction that asked for it; waiting already, it is not queued again."""
    enqueue(work_out, key=f"lifecircle.run:{run.pk}", run_id=run.pk)
