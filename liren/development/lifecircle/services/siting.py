"""Where best: sites of new facilities, or gates and crossings, with how far from the best choice they are at most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from liren.development.lifecircle.engine import (
    NO_PAIRS,
    Choice,
    LifeCircleError,
    NoSolver,
    Pairs,
    Problem,
    Times,
    certified,
    in_line,
    lists,
    problem,
    proven,
    snap,
    ways,
)
from liren.development.lifecircle.models import Proposal, ProposalKind, Run
from liren.development.lifecircle.queries.asking import cities
from liren.development.lifecircle.reckoning.inputs import digest_of
from liren.development.lifecircle.reckoning.live import Change, Live
from liren.development.lifecircle.reckoning.openings import IN_LINE_M, openings
from liren.development.lifecircle.services.checks import locked, next_number
from liren.development.lifecircle.spoken import explained
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.kernel.tables import read_table

MOST_CANDIDATES, MOST_CHOSEN = 100_000, 1000
TARGET = 0.003  # a certificate of 0.3 % is good enough to stop


@dataclass(frozen=True)
class Candidate:
    """A place where a facility could be built; ``cost`` in any whole unit, the same for all."""

    lon: float
    lat: float
    name: str = ""
    cost: int = 1


COLUMNS = {
    "name": ("name", "名称"),
    "lon": ("lon", "lng", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "cost": ("cost", "造价", "费用"),
}


def read_candidates(path: Path) -> list[Candidate]:
    """Places where one may stand, out of a table: lon and lat in WGS 84, and if there are any, name and cost.

    Raises:
        BadInput: the file can't be read, or a line holds no place or a cost below 1; with its number.
    """
    found = []
    for row in read_table(path, COLUMNS, ("lon", "lat")):
        cells = row.cells
        try:
            lon, lat, cost = float(cells["lon"]), float(cells["lat"]), int(cells.get("cost") or 1)
        except ValueError:
            lon, lat, cost = 0.0, 0.0, 0
        if cost < 1 or not (abs(lon) <= 180 and abs(lat) <= 90):
            words = {"file": path.name[:100], "line": row.line}
            raise BadInput(
                _("%(file)s:%(line)d: no place in degrees, or a cost that is no whole number from 1.") % words
            )
        found.append(Candidate(lon, lat, (cells.get("name") or "")[:200], cost))
    return found


@dataclass(frozen=True, eq=False)
class _Question:
    candidates: list[Candidate]
    to: list[tuple[float, float]]
    of: Problem
    before: int
    #: What the certificate is about, for whoever reads it: up to how many metres apart, and how many pairs.
    covers: dict[str, Any]


def propose(
    run: Run,
    *,
    category: str,
    budget: int,
    kind: str = ProposalKind.SITES,
    candidates: Sequence[Candidate] | None = None,
    proof_seconds: float = 0.0,
    by: Actor,
    at: datetime,
) -> Proposal:
    """Choose so that the most people come within the limit of a category, and say how far from the best that can be.

    ``budget``: how many, or what the chosen may cost together. Without ``candidates``, sites may stand at any
    compound; gates and crossings are looked for where two ways lie close and one is much nearer to the category, as
    things are or behind another such gate. Two of them in line count together up to 300 m of walking apart; three or
    more that help only together do not, and the certificate says so. ``proof_seconds``: so long HiGHS may look for the
    proven optimum (package ``highspy``).

    Raises:
        NotAllowed. BadInput: no such category, or nothing to choose from. Conflict: the run's inputs have changed.
    """
    require(by, "lifecircle.run", run.city)
    if category not in run.categories:
        raise BadInput(_("There is no category “%(code)s” in this run.") % {"code": category[:40]})
    if kind not in ProposalKind.values:
        raise BadInput(_("Choose sites, or gates and crossings: sites, edges."))
    most = MOST_CHOSEN if candidates is None else 10**9
    if not 1 <= budget <= most:
        raise BadInput(_("Choose at least 1 and at most %(most)d.") % {"most": most})
    live = cities.of(run)
    try:
        asked = _question(live, run.categories.index(category), kind, candidates, budget)
        found, method = _solved(asked.of, proof_seconds)
        if kind == ProposalKind.EDGES:
            asked.covers["opened_together"] = asked.before + _opened(live, asked, found, run.categories.index(category))
    except LifeCircleError as error:
        raise BadInput(explained(error)) from error
    return _written(run, asked, found, method, category=category, kind=kind, budget=budget, by=by, at=at)


def _opened(live: Live, asked: _Question, found: Choice, category: int) -> int:
    """Who walks and comes within reach when all the chosen ways are open at once, by the what-if: people."""
    ends = [(asked.candidates[k], asked.to[k]) for k in found.chosen.tolist()]
    if not ends:
        return 0
    answer = live.ask([Change("open", place=(one.lon, one.lat), to=to) for one, to in ends])
    part, limit = live.parts[0], live.parts[0].limits[category]
    come = (answer.category == category) & (answer.now_ds >= 0) & (answer.now_ds <= limit) & part.mine[answer.compound]
    come &= (answer.was_ds < 0) | (answer.was_ds > limit)
    return int(live.inputs.compounds.people[answer.compound[come]].sum())


def _question(live: Live, category: int, kind: str, candidates: Sequence[Candidate] | None, budget: int) -> _Question:
    served = live.reached()[:, category]
    people = live.inputs.compounds.people
    if kind == ProposalKind.EDGES:
        given, to, pairs, together, covers = _ways(live, category)
    else:
        given, to, together, covers = list(candidates or _at_compounds(live)), [], NO_PAIRS, {}
        pairs = _sites(live, category, given)
    if not given:
        raise BadInput(_("There is nothing to choose from."))
    if len(given) > MOST_CANDIDATES:
        raise BadInput(_("At most %(most)d candidates are weighed.") % {"most": MOST_CANDIDATES})
    cost = np.array([one.cost for one in given], np.int64)
    of = problem(
        *pairs, np.where(served, 0, people), candidates=len(given), budget=budget, cost=cost, together=together
    )
    if to:
        covers |= {"pairs": len(of.together)}
    return _Question(given, to, of, int(people[served].sum()), covers)


Served = tuple[NDArray[np.integer], NDArray[np.integer]]


class _Gates(NamedTuple):
    candidates: list[Candidate]
    to: list[tuple[float, float]]
    served: Served
    together: Pairs
    covers: dict[str, Any]


def _at_compounds(live: Live) -> list[Candidate]:
    compounds = live.inputs.compounds
    spots = zip(compounds.lon.tolist(), compounds.lat.tolist(), compounds.codes, strict=True)
    return [Candidate(lon, lat, code) for lon, lat, code in spots]


def _sites(live: Live, category: int, given: list[Candidate]) -> Served:
    """Who would reach which site within the limit: (candidate, compound)."""
    lon, lat = (np.array([getattr(one, name) for one in given], np.float64) for name in ("lon", "lat"))
    source, origin = [], []
    for part in live.parts:
        places = snap(part.joined.graph.net, lon, lat, within_m=live.inputs.join_within_m, name="candidates")
        seats = part.joined.graph.seat(places)
        found = lists(part.joined.graph, part.what_if.origins, seats, limit=int(part.limits[category]))
        source.append(found.source)
        origin.append(found.origin)
    return np.concatenate(source), np.concatenate(origin)


def _ways(live: Live, category: int) -> _Gates:
    """Gates and crossings for those who walk, and who would come within the limit by each, and by two in line."""
    part = live.parts[0]
    graph, homes, limit = part.joined.graph, part.what_if.origins, int(part.limits[category])
    labels = Times(part.what_if.labels, live.inputs.horizon_ds)
    found = openings(graph, part.pace, labels.values[:, category], labels.limit)
    gates = found.gates
    reach = lists(graph, homes, ways(gates.a, gates.b, gates.deciseconds, labels, category), limit=limit)
    together, whole = in_line(graph, homes, gates, labels, category, within=found.within_ds, limit=limit)
    covers = {"in_line_m": IN_LINE_M, "all_pairs": whole}
    given = [Candidate(x, y) for x, y in found.ends_a]
    return _Gates(given, found.ends_b, (reach.source, reach.origin), together, covers)


def _solved(of: Problem, proof_seconds: float) -> tuple[Choice, str]:
    found = certified(of, target=TARGET)
    if proof_seconds <= 0 or found.bound == found.people:
        return found, "greedy, exchange, Lagrangian bound"
    try:
        return proven(of, found, seconds=proof_seconds), "HiGHS"
    except NoSolver as error:
        raise BadInput(explained(error)) from error


def _written(
    run: Run,
    asked: _Question,
    found: Choice,
    method: str,
    *,
    category: str,
    kind: str,
    budget: int,
    by: Actor,
    at: datetime,
) -> Proposal:
    chosen = [_said(asked, int(k)) for k in found.chosen]
    after, bound = asked.before + int(found.people), asked.before + int(found.bound)
    with transaction.atomic():
        locked(run.city)
        made = Proposal.objects.create(
            run=run,
            number=next_number(Proposal.objects.filter(run=run), "number"),
            kind=kind,
            category=category,
            most=budget,
            candidates=len(asked.candidates),
            chosen=chosen,
            people_before=asked.before,
            people_after=after,
            upper_bound=bound,
            method=method,
            is_proven=after == bound,
            parameters={"target": TARGET, "out_of_reach": asked.of.out_of_reach, **asked.covers},
            digest=digest_of(run.result_digest, category, kind, budget, chosen, after, bound),
            made_by=by.label,
            made_at=at,
        )
        facts = {"number": made.number, "kind": kind, "category": category, "chosen": len(chosen)}
        audit.record("lifecircle.propose", made, by=by, at=at, unit_id=run.city_id, **facts)
    return made


def _said(asked: _Question, k: int) -> dict[str, Any]:
    one = asked.candidates[k]
    people = int(asked.of.value(np.array([k])))
    told = {"lon": round(one.lon, 7), "lat": round(one.lat, 7), "name": one.name, "cost": one.cost, "people": people}
    if asked.to:
        told |= {"to_lon": round(asked.to[k][0], 7), "to_lat": round(asked.to[k][1], 7)}
    return told
