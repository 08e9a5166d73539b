"""Arrays in, arrays out: no Django, no clock, no randomness. The front door; files are read by ``engine.readers``.

``docs/explanation/lifecircle-engine.md`` shows the way from a file to a certified proposal.
"""

from liren.development.lifecircle.engine.backend import best as best_kernels
from liren.development.lifecircle.engine.backend import why_plain
from liren.development.lifecircle.engine.causes import Cause, causes
from liren.development.lifecircle.engine.circles import Circle, Circles, Gaps, by_residence, gaps, judge
from liren.development.lifecircle.engine.errors import BadCoordinates, BadParameter, LifeCircleError, NetworkUnreadable
from liren.development.lifecircle.engine.graph import Graph, Pace, build, metres_to_ds
from liren.development.lifecircle.engine.hours import Hours, hours, moment, spans_of
from liren.development.lifecircle.engine.kernels import Found, Seeds, seeds
from liren.development.lifecircle.engine.near import (
    Times,
    at_origins,
    counts_at_nodes,
    counts_of,
    lists,
    nearest,
)
from liren.development.lifecircle.engine.network import Barrier, Flag, Lines, Network, Quality, clean, network
from liren.development.lifecircle.engine.rollup import Board, Tree, per, required, served, shortfall, summed, tree
from liren.development.lifecircle.engine.siting.bound import certified
from liren.development.lifecircle.engine.siting.inline import Ways, in_line, walks
from liren.development.lifecircle.engine.siting.problem import NO_PAIRS, Pairs, Problem, of_sites, problem, unmet, ways
from liren.development.lifecircle.engine.siting.proof import NoSolver, proven
from liren.development.lifecircle.engine.siting.search import Choice, at_once
from liren.development.lifecircle.engine.snap import Places, snap
from liren.development.lifecircle.engine.straight import Straight, straight
from liren.development.lifecircle.engine.whatif import Step, WhatIf

__all__ = [
    "BadCoordinates", "BadParameter", "Barrier", "Board", "Cause", "Choice", "Circle", "Circles", "Flag", "Found",
    "Gaps", "Graph", "Hours", "LifeCircleError", "Lines", "NO_PAIRS", "Network", "NetworkUnreadable", "NoSolver",
    "Pace", "Pairs", "Places", "Problem", "Quality", "Seeds", "Step", "Straight", "Times", "Tree", "Ways", "WhatIf",
    "at_once", "at_origins", "best_kernels", "build", "by_residence", "causes", "certified", "clean", "counts_at_nodes",
    "counts_of", "gaps", "hours", "in_line", "judge", "lists", "metres_to_ds", "moment", "nearest", "network",
    "of_sites", "per", "problem", "proven", "required", "seeds", "served", "shortfall", "snap", "spans_of", "straight",
    "summed", "tree", "unmet", "walks", "ways", "why_plain",
]  # fmt: skip
