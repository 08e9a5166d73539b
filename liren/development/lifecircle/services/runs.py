"""Runs: asked for, worked out, stored; every step by the state table, every end on the record."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren import __version__
from liren.development.lifecircle.engine import LifeCircleError, best_kernels
from liren.development.lifecircle.machine import RUN
from liren.development.lifecircle.models import Mode, PlaceTable, Run, RunEvent, RunState, StreetNetwork
from liren.development.lifecircle.models.declared import DEFAULT, spec_of, standard
from liren.development.lifecircle.queries.gathering import Gathered, gather
from liren.development.lifecircle.reckoning.calculate import Result, calculate
from liren.development.lifecircle.reckoning.inputs import Inputs
from liren.development.lifecircle.services.checks import Progress, city_of, locked, next_number, silent
from liren.development.lifecircle.services.storing import store
from liren.development.lifecircle.spoken import NotWorkedOut, coded, explained
from liren.development.lifecircle.standard.spec import Group
from liren.foundation.kernel import audit
from liren.foundation.kernel.engine.states import WrongMove
from liren.foundation.kernel.errors import BadInput, Conflict, LirenError
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Unit

#: Raised with whatever changes a result: runs of one code version and the same inputs have the same digest.
CODE_VERSION = f"{__version__}+circle.3"
#: A run that has not been heard of for so long is given up.
SILENCE = timedelta(minutes=30)


def ask_run(
    city: Unit | str,
    *,
    day: date | None = None,
    group: str = "general",
    code: str = DEFAULT,
    places: PlaceTable | None = None,
    ways: StreetNetwork | None = None,
    by: Actor,
    at: datetime,
) -> Run:
    """Ask for a run of a city with its newest networks; the same question while one is under way is that one.

    ``places``: the facilities are those of this table; without, those of the registers. ``ways``: an earlier network
    for walking, where the newest was a mistake. Whoever asks also sees to it that it is worked out: :func:`perform`, or
    :func:`~.queue.run_soon`.

    Raises:
        BadInput: no network, or no such group; NotAllowed, NoStandard.
    """
    where, on = city_of(city), day or timezone.localdate(at)
    require(by, "lifecircle.run", where)
    declared = standard(code)
    if declared.spec.group(group) is None:
        raise BadInput(_("There is no group “%(group)s” in this standard.") % {"group": group[:40]})
    if places is not None and places.city_id != where.pk:
        raise BadInput(_("This table of places belongs to another city."))
    if ways is not None and (ways.city_id, ways.mode) != (where.pk, Mode.WALK):
        raise BadInput(_("This network of ways belongs to another city."))
    walk = ways or StreetNetwork.objects.of(where, Mode.WALK).first()
    if walk is None:
        raise BadInput(
            _("%(city)s has no network of ways yet.") % {"city": where.name},
            next_step=_("Upload one under “Networks and places”, or import it by command."),
        )
    question = {
        "city": where,
        "day": on,
        "group": group,
        "standard_id": declared.version,
        "network": walk,
        "places": places,
    }
    with transaction.atomic():
        locked(where)
        kept = Run.objects.filter(**question, state__in=[RunState.ASKED, RunState.RUNNING]).first()
        return kept or _asked(question, by=by, at=at)


def _asked(question: dict[str, Any], *, by: Actor, at: datetime) -> Run:
    city = question["city"]
    made = Run.objects.create(
        **question,
        cycle_network=StreetNetwork.objects.of(city, Mode.CYCLE).first(),
        number=next_number(Run.objects.filter(city=city), "number"),
        asked_by=by.label,
        asked_at=at,
        beat_at=at,
        steps=6,
    )
    RunEvent.objects.create(run=made, move="ask", to_state=RUN.start, actor=by.label, at=at)
    audit.record("lifecircle.run", made, by=by, at=at, unit_id=city.pk, number=made.number, group=made.group)
    return made


def perform(run_id: int, *, by: Actor, progress: Progress | None = None) -> Run:
    """Work out a run that was asked for; one that is under way or over is left as it is.

    What is wrong with the inputs ends the run as failed, with the reason; anything unforeseen does so too, and is
    raised.
    """
    begun = begin(run_id, by=by)
    if begun is None:
        return Run.objects.get(pk=run_id)
    run, gathered = begun
    try:
        return finish(run, gathered, calculate(gathered.inputs, _Beat(run, progress or silent)), by=by)
    except (LirenError, LifeCircleError) as error:
        return give_up(run_id, error, by=by)
    except Exception:
        give_up(run_id, NotWorkedOut("unforeseen"), by=by)
        raise


def begin(run_id: int, *, by: Actor) -> tuple[Run, Gathered] | None:
    """Start a run and gather its inputs; None where it is under way or over, or where its inputs fail it."""
    run = _moved(run_id, "start", by=by)
    if run is None:
        return None
    try:
        gathered = gather(
            run.city,
            run.day,
            standard=spec_of(run.standard),
            group=_group(run),
            network=run.network,
            cycle_network=run.cycle_network,
            places=run.places,
        )
    except (LirenError, LifeCircleError) as error:
        give_up(run_id, error, by=by)
        return None
    except Exception:
        give_up(run_id, NotWorkedOut("unforeseen"), by=by)
        raise
    return run, gathered


def _group(run: Run) -> Group:
    found = spec_of(run.standard).group(run.group)
    if found is None:
        raise NotWorkedOut("group_unknown", group=run.group)
    return found


class _Beat:
    """Progress that a page can read, written outside the run's own transaction."""

    def __init__(self, run: Run, tell: Progress) -> None:
        self.run, self.tell = run, tell

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.tell(stage, done, total)
        now = timezone.now()
        Run.objects.filter(pk=self.run.pk, state=RunState.RUNNING).update(
            stage=stage, step=done, steps=total, beat_at=now
        )


def _moved(run_id: int, move: str, *, by: Actor, why: Exception | None = None) -> Run | None:
    """Make a move by the table; None where it is not possible any more."""
    at, note = timezone.now(), "" if why is None else explained(why)
    with transaction.atomic():
        run = Run.objects.select_for_update(no_key=True, of=("self",)).select_related(
            "city", "network", "cycle_network", "places", "standard"
        ).get(pk=run_id)  # fmt: skip
        try:
            found = RUN.check(move, run.state, note)
        except WrongMove:
            return None
        run.state, run.beat_at = found.target, at
        if move == "fail":
            run.ended_at, run.fault = at, note
            run.fault_code, run.fault_facts = coded(why or NotWorkedOut("unforeseen"))
        run.save(update_fields=["state", "beat_at", "ended_at", "fault", "fault_code", "fault_facts"])
        RunEvent.objects.create(run=run, move=move, to_state=found.target, actor=by.label, at=at, note=note)
        return run


def finish(run: Run, gathered: Gathered, result: Result, *, by: Actor) -> Run:
    """Store what was found and end the run: both or neither.

    Raises:
        Conflict: the run is not under way.
    """
    inputs, report = gathered.inputs, gathered.report
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        run = Run.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
        _may_finish(run)
        rows, gaps = store(run, inputs, result, gathered.unit_ids)
        at = timezone.now()
        counts = {
            **report.counts,
            **result.report.counts,
            "rows": rows,
            "gaps": gaps,
            "facilities": len(inputs.facilities),
        }
        Run.objects.filter(pk=run.pk).update(
            state=RunState.DONE,
            ended_at=at,
            beat_at=at,
            code_version=CODE_VERSION,
            input_fingerprint=inputs.fingerprint(),
            result_digest=result.digest(),
            categories=list(inputs.categories),
            circles=[ring.code for ring in inputs.rings],
            thresholds_ds=list(inputs.thresholds_ds),
            limits_ds=inputs.limits(inputs.walk).tolist(),
            parameters={**gathered.parameters, "kernels": best_kernels().name, "unrecorded": _unrecorded(inputs)},
            report={"counts": counts, "examples": {**report.examples, **result.report.examples}},
            stage="",
        )
        RunEvent.objects.create(run=run, move="finish", to_state=RunState.DONE, actor=by.label, at=at)
        audit.record("lifecircle.done", run, by=by, at=at, unit_id=run.city_id, number=run.number, rows=rows, gaps=gaps)
    return Run.objects.get(pk=run.pk)


def _unrecorded(inputs: Inputs) -> list[str]:
    """Codes of what no place in the city is: nobody is said to lack it."""
    return [code for code, there in zip(inputs.categories, inputs.recorded().tolist(), strict=True) if not there]


def _may_finish(run: Run) -> None:
    try:
        RUN.check("finish", run.state)
    except WrongMove as error:
        raise Conflict(_("Run %(number)d is not under way any more.") % {"number": run.number}) from error


def give_up(run_id: int, why: Exception, *, by: Actor) -> Run:
    """End a run as failed, with the reason; one that is over stays as it is."""
    run = _moved(run_id, "fail", by=by, why=why)
    if run is not None:
        audit.record(
            "lifecircle.failed", run, by=by, at=run.ended_at or run.beat_at, unit_id=run.city_id, number=run.number
        )
    return Run.objects.get(pk=run_id)


def give_up_silent(*, by: Actor, at: datetime) -> int:
    """Give up runs whose process has gone: nothing was heard of them for half an hour. How many."""
    lost = Run.objects.filter(state=RunState.RUNNING, beat_at__lt=at - SILENCE).values_list("pk", flat=True)
    for run_id in (ids := list(lost[:100])):
        give_up(run_id, NotWorkedOut("process_gone"), by=by)
    return len(ids)
