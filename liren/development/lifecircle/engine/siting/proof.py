"""The best choice, proven: the same question to HiGHS (optional package ``highspy``)."""

from typing import TYPE_CHECKING, Any

import numpy as np

from liren.development.lifecircle.engine.errors import LifeCircleError
from liren.development.lifecircle.engine.siting.problem import Problem
from liren.development.lifecircle.engine.siting.search import Choice, choice

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class NoSolver(LifeCircleError):
    """HiGHS is not installed."""


def proven(of: Problem, start: Choice | None = None, *, seconds: float = 600.0, threads: int = 1) -> Choice:
    """The optimum, or after ``seconds`` the best found with the bound that HiGHS has reached by then.

    :raises NoSolver: when the package is not installed; the message says how to have it.
    """
    try:
        import highspy
    except ImportError as error:
        raise NoSolver("no_solver") from error
    if of.candidates == 0 or len(of.weight) == 0:
        return choice(of, np.zeros(0, np.int32), 0)
    solver = highspy.Highs()
    for name, value in (
        ("output_flag", False), ("time_limit", seconds), ("threads", threads), ("mip_rel_gap", 0.0), ("random_seed", 0),
    ):  # fmt: skip
        solver.setOptionValue(name, value)
    solver.passModel(_model(highspy, of))
    solver.run()
    chosen = np.flatnonzero(np.array(solver.getSolution().col_value[: of.candidates]) > 0.5)
    found = choice(of, chosen, 0)
    if start is not None and (start.people > found.people or found.spent > of.budget):
        found = start
    bound = int(np.floor(-solver.getInfo().mip_dual_bound * (1 + 1e-9) + 1e-4))
    return choice(of, found.chosen, max(found.people, min(bound, int(of.weight.sum()))))


def _model(highspy: Any, of: Problem) -> Any:
    """A column for each candidate (0 or 1), demand and pair (0 to 1); what serves a demand meets it; costs fit the
    budget; a pair is there as far as both of its candidates are.
    """
    matrix = _matrix(of)
    sites, demands, pairs = of.candidates, len(of.weight), len(of.together)
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = matrix.shape[1], matrix.shape[0]
    program.col_cost_ = np.concatenate([np.zeros(sites), -of.weight.astype(np.float64), np.zeros(pairs)])
    program.col_lower_, program.col_upper_ = np.zeros(matrix.shape[1]), np.ones(matrix.shape[1])
    endless = np.full(demands + 2 * pairs, highspy.kHighsInf)
    program.row_lower_ = np.zeros(matrix.shape[0])
    program.row_upper_ = np.insert(endless, demands, float(of.budget))
    held = program.a_matrix_
    held.format_ = highspy.MatrixFormat.kRowwise
    held.start_, held.index_, held.value_ = matrix.indptr, matrix.indices, matrix.data
    kinds = highspy.HighsVarType
    program.integrality_ = [kinds.kInteger] * sites + [kinds.kContinuous] * (demands + pairs)
    return program


def _matrix(of: Problem) -> "csr_array":
    """Rows: demands, the budget, then for each pair its first and its second."""
    from scipy.sparse import block_array, csr_array, eye_array  # with the first question

    sites, demands, pairs = of.candidates, len(of.weight), len(of.together)
    alone = csr_array((np.ones(len(of.covered_by.item)), of.covered_by.item, of.covered_by.ptr), shape=(demands, sites))
    rows = [[alone, -eye_array(demands), of.joint.T], [csr_array(of.cost[None, :].astype(np.float64)), None, None]]
    for ends in (of.together.one, of.together.other):
        chosen = csr_array((np.ones(pairs), (np.arange(pairs), ends)), shape=(pairs, sites))
        rows.append([chosen, None, -eye_array(pairs)])
    made = block_array(rows if pairs else [row[:2] for row in rows[:2]], format="csr")
    return csr_array((made.data, made.indices.astype(np.int32), made.indptr.astype(np.int32)), shape=made.shape)
