"""What the worker does with an uploaded file of ways or of places: reads it, looks whether it fits, starts the run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connections, transaction
from django.utils import timezone, translation

from liren.development.lifecircle import queries, services
from liren.development.lifecircle.models import Mode, PlaceTable, Run, RunState, StreetNetwork
from liren.foundation.kernel.errors import LirenError
from liren.foundation.kernel.jobs import enqueue, job
from liren.foundation.people.models import Account
from liren.foundation.territory.models import Unit
from liren.front.desk.keeping import KEEP_S, Gone, Kept, brought_back, changed

WAYS, PLACES = "ways", "places"
#: The worker says every few seconds that it is still there; after so long without a word it is not coming any more.
BEAT_S, SILENCE_S = 5.0, 60.0
GENERAL = "general"


@dataclass
class Taken:
    """What was asked of a file (``kind``, ``mode``, ``crs``, ``start``), and what came of it.

    ``number`` of the network or table, ``is_new`` whether it was not on the record before, ``quality`` as it is kept
    with it, ``fit`` how it lies to the compounds, ``run`` the number of the run that was started (0: none); ``code``
    and ``facts`` of what was refused.
    """

    kind: str
    mode: str = Mode.WALK
    crs: str = ""
    start: bool = True
    lines: int = 0
    new: int = 0
    unchanged: int = 0
    faults: list[queries.PlaceFault] = field(default_factory=list)
    fault_count: int = 0
    number: int = 0
    is_new: bool = False
    is_torn: bool = False
    quality: dict[str, Any] = field(default_factory=dict)
    fit: queries.Fit | None = None
    run: int = 0
    code: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def refusal(self) -> str:
        """What the engine refused, in the reader's language; empty where it refused nothing, or has no code."""
        return queries.said(self.code, self.facts) if self.code else ""


Tell = Callable[[str, int, int], None]


def what_of(home: Unit) -> str:
    """What a file of ways or places of a city is kept as."""
    return f"lifecircle:{home.pk}"


def hand_over(kept: Kept, home: Unit, *, by: Account) -> None:
    """Queue the file in the transaction that kept it; waiting already, it is not queued again."""
    language = translation.get_language() or "zh-hans"
    facts: dict[str, Any] = {"kept_as": kept.key, "city": home.pk, "account": by.pk, "language": language}
    enqueue(take_file, key=f"lifecircle.file:{kept.key}", **facts)


@job(name="desk.take_circle_file")
def take_file(*, kept_as: str, city: int, account: int, language: str) -> None:
    """Record a kept file in the name and the language of whoever uploaded it.

    A worker that is ended half way has written nothing: begun again, the same file is recorded once.
    """
    by, home = Account.objects.get(pk=account), Unit.objects.get(pk=city)
    try:
        kept = brought_back(UUID(kept_as), what=what_of(home), by=by)
    except Gone:  # the hour is over
        return
    if not kept.step:
        return
    try:
        with translation.override(language), kept.file() as path, beating(kept) as tell:
            done = taken(path, kept, home, by, tell)
    except LirenError as error:
        changed(kept, step="", refusal=words_of(error), report=refused(kept.report, error), packed=b"")
    except Exception:
        changed(kept, step="", refusal="…", packed=b"")
        raise
    else:
        changed(kept, step="", report=done, is_done=not done.fault_count, packed=b"")


def words_of(error: LirenError) -> str:
    """What is wrong, and the next step where there is one of its own: the page offers another upload anyway."""
    return str(error.message) if error.next_step == error.default_next_step else error.said


def refused(asked: Any, error: LirenError) -> Taken:
    """What was asked, with the code of what the engine refused: the page says it in the language it is read in."""
    own, cause = queries.coded(error), error.__cause__
    code, facts = own if own[0] or cause is None else queries.coded(cause)
    return replace(asked, code=code, facts=facts)


def taken(path: Path, kept: Kept, home: Unit, by: Account, tell: Tell) -> Taken:
    """The file on the record, and the run asked for where it was wished and makes sense."""
    asked: Any = kept.report
    made = (_ways if asked.kind == WAYS else _places)(path, kept, home, by, tell)
    if made.fault_count:
        return made
    tell("fitting", 0, 0)
    walks = StreetNetwork.objects.of(home, Mode.WALK)
    walk = walks.filter(version=walked(made)).first() if walked(made) else walks.first()
    if walk is None:
        return made
    made = replace(made, fit=_fit(home, walk))
    if not asked.start or not makes_sense(made) or not by.holds("lifecircle.run", home):
        return made
    return replace(made, run=started(home, by, walked(made)).number)


def walked(made: Taken) -> int:
    """The number of the ways on foot that were brought in; 0 where it was something else."""
    return made.number if (made.kind, made.mode) == (WAYS, Mode.WALK) else 0


def _fit(home: Unit, walk: StreetNetwork) -> queries.Fit:
    """How it lies to what is there. The file is on the record by now: what can't be looked at is told, not refused."""
    try:
        return queries.fit(home, walk, newest_table(home), day=timezone.localdate())
    except LirenError as error:
        return queries.Fit(words=error.message)


def _ways(path: Path, kept: Kept, home: Unit, by: Account, tell: Tell) -> Taken:
    asked: Any = kept.report
    how: dict[str, Any] = {"source": kept.source, "by": by, "at": timezone.now(), "progress": tell}
    report = services.import_network(path, city=home, mode=asked.mode, crs=asked.crs or None, **how)
    made = report.network
    assert made is not None  # noqa: S101  it was no dry run
    facts = {"number": made.version, "is_new": report.is_new, "is_torn": report.is_torn, "quality": made.quality}
    return replace(asked, **facts, new=made.edges)


def _places(path: Path, kept: Kept, home: Unit, by: Account, tell: Tell) -> Taken:
    asked: Any = kept.report
    how: dict[str, Any] = {"source": kept.source, "by": by, "at": timezone.now(), "progress": tell}
    report = services.import_places(path, city=home, crs=asked.crs, **how)
    if report.fault_count or report.table is None:
        return replace(asked, lines=report.lines, faults=report.faults, fault_count=report.fault_count)
    facts = {"number": report.table.version, "is_new": report.is_new, "quality": report.table.quality}
    return replace(asked, **facts, lines=report.lines, new=report.places)


def newest_table(home: Unit) -> PlaceTable | None:
    """The table of places that runs of the city go by; None: they go by its registers."""
    return next(iter(queries.place_tables(home, limit=1)), None)


def makes_sense(made: Taken) -> bool:
    """Whether a run is worth starting without another look: the ways hang together, and the compounds lie at them."""
    return not made.is_torn and made.fit is not None and not made.fit.nothing and not made.fit.is_elsewhere


def started(home: Unit, by: Account, ways: int = 0) -> Run:
    """The run for everybody as of today with the newest table and the ways of this number, else the newest; the one
    that is there, where nothing changed. A file of ways that was on record before may not be the newest.

    Raises:
        NotAllowed. BadInput: there are no ways.
    """
    walks = StreetNetwork.objects.of(home, Mode.WALK)
    question: dict[str, Any] = {
        "network": walks.filter(version=ways).first() if ways else walks.first(),
        "cycle_network": StreetNetwork.objects.of(home, Mode.CYCLE).first(),
        "places": newest_table(home),
        "day": timezone.localdate(),
        "group": GENERAL,
    }
    kept = Run.objects.visible_to(by).filter(city=home, **question).exclude(state=RunState.FAILED).order_by("-number")
    if (found := kept.first()) is not None and question["places"] is not None:
        return found  # registers change without a new table: of them the run is made anew
    with transaction.atomic():
        facts = {"day": question["day"], "places": question["places"], "ways": question["network"]}
        run = services.ask_run(home, **facts, by=by, at=timezone.now())
        services.run_soon(run)
    return run


# --- how far it is ---


@contextmanager
def beating(kept: Kept) -> Iterator[Tell]:
    """Says every few seconds how far the worker has come, by a thread with a connection of its own: the import is one
    transaction, of which nobody sees anything before its end."""
    said, over = ["", 0, 0], Event()

    def beat() -> None:
        while True:
            cache.set(_beat_of(kept), (*said, time.time()), KEEP_S)
            if over.wait(BEAT_S):
                break
        cache.delete(_beat_of(kept))
        connections.close_all()

    def tell(stage: str, done: int, total: int) -> None:
        said[:] = [stage, done, total]

    thread = Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield tell
    finally:
        over.set()
        thread.join()


def _beat_of(kept: Kept) -> str:
    return f"desk.lifecircle.beat:{kept.key}"


@dataclass(frozen=True)
class Standing:
    """How far a file is: ``stage`` ("" before the worker begins), ``done`` of ``total`` where that is known, and
    whether the worker has fallen silent."""

    stage: str = ""
    done: int = 0
    total: int = 0
    is_silent: bool = False


def standing(kept: Kept) -> Standing:
    """What the worker said last of a file."""
    heard = cache.get(_beat_of(kept))
    if not heard:
        return Standing()
    stage, done, total, moment = heard
    return Standing(stage, done, total, time.time() - moment > SILENCE_S)


def again(kept: Kept, home: Unit, *, by: Account) -> None:
    """Queue a file anew whose worker has gone; what it had begun was undone by the database."""
    cache.delete(_beat_of(kept))
    hand_over(kept, home, by=by)
