"""The best choice, proven: the same question to HiGHS (optional package ``highspy``)."""

from typing import Any

import numpy as np

from liren.development.lifecircle.engine.errors import LifeCircleError
from liren.development.lifecircle.engine.siting.problem import Problem
from liren.development.lifecircle.engine.siting.search import Choice, choice


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
    """A column for each candidate (0 or 1) and demand (0 to 1); what serves a demand meets it; costs fit the budget."""
    sites, demands = of.candidates, len(of.weight)
    lengths = np.diff(of.covered_by.ptr) + 1
    start = np.zeros(demands + 1, np.int64)
    np.cumsum(lengths, out=start[1:])
    index, value = np.empty(int(start[-1]) + sites, np.int32), np.ones(int(start[-1]) + sites)
    own = start[1:] - 1
    index[own], value[own] = sites + np.arange(demands), -1.0
    rest = np.ones(int(start[-1]), np.bool_)
    rest[own] = False
    index[: int(start[-1])][rest] = of.covered_by.item
    index[int(start[-1]) :], value[int(start[-1]) :] = np.arange(sites), of.cost
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = sites + demands, demands + 1
    program.col_cost_ = np.concatenate([np.zeros(sites), -of.weight.astype(np.float64)])
    program.col_lower_, program.col_upper_ = np.zeros(sites + demands), np.ones(sites + demands)
    program.row_lower_ = np.append(np.zeros(demands), 0.0)
    program.row_upper_ = np.append(np.full(demands, highspy.kHighsInf), float(of.budget))
    matrix = program.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_, matrix.index_, matrix.value_ = np.append(start, len(index)).astype(np.int32), index, value
    program.integrality_ = [highspy.HighsVarType.kInteger] * sites + [highspy.HighsVarType.kContinuous] * demands
    return program
