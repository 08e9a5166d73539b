"""Many cities: one task each on Dask, each stored as its own run, and their sums, which are exact.

The tasks are pure: a worker needs this package and no database. Optional package: ``dask[distributed]``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from liren.development.lifecircle.engine import LifeCircleError
from liren.development.lifecircle.models import PlaceTable, Run, RunState
from liren.development.lifecircle.queries.gathering import Gathered
from liren.development.lifecircle.reckoning.calculate import Result, calculate
from liren.development.lifecircle.services.checks import Progress, silent
from liren.development.lifecircle.services.runs import ask_run, begin, finish, give_up
from liren.development.lifecircle.spoken import NotWorkedOut
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.models import Unit

logger = logging.getLogger(__name__)


@dataclass
class Total:
    """The runs of all cities, and the sums of those that are done: people in all, and served by category."""

    runs: list[Run] = field(default_factory=list)
    people: int = 0
    households: int = 0
    compounds: int = 0
    served: dict[str, int] = field(default_factory=dict)

    def add(self, categories: Sequence[str], result: Result) -> None:
        """Take over the top level of a city; whole people, so that the order does not matter."""
        size = result.sums.size[-1].sum(axis=0)
        self.people += int(size[0])
        self.households += int(size[1])
        self.compounds += int(size[2])
        for code, people in zip(categories, result.sums.served[-1].sum(axis=0).tolist(), strict=True):
            self.served[code] = self.served.get(code, 0) + people


@contextmanager
def cluster(address: str | None = None, *, workers: int = 2) -> Iterator[Any]:
    """A client of a Dask cluster: the one at the address, else processes of this machine that end with it.

    Raises:
        BadInput: the package is not installed.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise BadInput(
            _("Many cities at once need a package that is not installed."),
            next_step=_("Install liren[nation], or run each city by itself."),
        ) from error
    if address:
        with Client(address) as client:
            yield client
        return
    logging.getLogger("distributed").setLevel(logging.WARNING)  # it tells of every connection, among what was asked for
    facts = {"n_workers": workers, "threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": None}
    with LocalCluster(**facts) as local, Client(local) as client:
        yield client


def run_nation(
    cities: Sequence[Unit],
    *,
    client: Any,
    group: str = "general",
    by: Actor,
    at: datetime,
    progress: Progress | None = None,
) -> Total:
    """Work out all cities, each with its newest table of places or its registers. A city that fails stops no other.

    Raises:
        NotAllowed. BadInput: a city has no network (nothing is begun then).
    """
    tell, total = progress or silent, Total()
    asked = [ask_run(one, group=group, places=_places(one), by=by, at=at) for one in cities]
    waiting: dict[Any, tuple[Run, Gathered]] = {}
    for run in asked:
        begun = begin(run.pk, by=by)
        if begun is not None:
            waiting[client.submit(calculate, begun[1].inputs, pure=False)] = begun
    for number, future in enumerate(_completed(list(waiting)), 1):
        _take(total, future, *waiting[future], by=by)
        tell("cities", number, len(waiting))
    total.runs = [Run.objects.select_related("city").get(pk=run.pk) for run in asked]
    return total


def _places(city: Unit) -> PlaceTable | None:
    return PlaceTable.objects.filter(city=city).order_by("-version").first()


def _completed(futures: list[Any]) -> Iterator[Any]:
    from distributed import as_completed

    yield from as_completed(futures)


def _take(total: Total, future: Any, run: Run, gathered: Gathered, *, by: Actor) -> None:
    """Store one city's result and add it; a task that failed ends its run with the reason."""
    try:
        result = future.result()
    except LifeCircleError as error:
        give_up(run.pk, error, by=by)
        return
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        logger.exception("run %s of the nation", run.pk, exc_info=error)
        give_up(run.pk, NotWorkedOut("unforeseen"), by=by)
        return
    if finish(run, gathered, result, by=by).state == RunState.DONE:
        total.add(gathered.inputs.categories, result)
