"""Hidden figures that could still be worked out from the visible ones, and what else has to be hidden against it.

Figures over a tree of units and over categories are a flow: what enters a unit in a category leaves it towards the
units below, and at the lowest unit the categories meet in its total, which flows back up. Each figure is one edge
between two places where sums are equal. A hidden figure follows from the visible ones exactly if it is a bridge among
the hidden edges (D. Gusfield, "A graph theoretic approach to statistical data security", SIAM J. Comput. 17, 1988): so
each bridge gets a way round, the one that costs the least of what may be seen.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

Node = Hashable
#: A hidden zero protects little: one is only taken where there is nothing else.
ZERO = 10**9


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure: at a unit, in a category ("" is the total of all)."""

    pk: int
    unit: int
    category: str
    number: int
    is_hidden: bool


def edges(cells: Iterable[Cell], parents: Mapping[int, int | None]) -> dict[int, tuple[Node, Node]]:
    """The two places that each figure connects, by its id."""
    known = {(cell.unit, cell.category): cell for cell in cells}
    divided = {(parents.get(unit), category) for unit, category in known}
    found: dict[int, tuple[Node, Node]] = {}
    for (unit, category), cell in known.items():
        above = parents.get(unit), category
        upper: Node = above if above in known else ("root", unit)
        lower: Node = (unit, category) if (unit, category) in divided else ("leaf", unit)
        found[cell.pk] = upper, lower
    return found


def bridges(joined: Mapping[int, tuple[Node, Node]]) -> set[int]:
    """The edges without which their two ends would not be connected, by depth-first search without recursion."""
    around: dict[Node, list[tuple[Node, int]]] = {}
    for pk, (one, other) in joined.items():
        around.setdefault(one, []).append((other, pk))
        around.setdefault(other, []).append((one, pk))
    order: dict[Node, int] = {}
    low: dict[Node, int] = {}
    found: set[int] = set()
    for start in around:
        if start not in order:
            _walk(start, around, order, low, found)
    return found


def _walk(
    start: Node,
    around: Mapping[Node, list[tuple[Node, int]]],
    order: dict[Node, int],
    low: dict[Node, int],
    found: set[int],
) -> None:
    order[start] = low[start] = len(order)
    stack = [(start, -1, iter(around[start]))]
    while stack:
        node, came_by, ways = stack[-1]
        for other, pk in ways:
            if pk == came_by:
                continue
            if other in order:
                low[node] = min(low[node], order[other])
                continue
            order[other] = low[other] = len(order)
            stack.append((other, pk, iter(around[other])))
            break
        else:
            stack.pop()
            if stack:
                above = stack[-1][0]
                low[above] = min(low[above], low[node])
                if low[node] > order[above]:
                    found.add(came_by)


def also_hidden(cells: Iterable[Cell], parents: Mapping[int, int | None]) -> set[int]:
    """Ids of visible figures that must be hidden too, so that no hidden one follows from what is left."""
    given = {cell.pk: cell for cell in cells}
    ends = edges(given.values(), parents)
    around: dict[Node, list[tuple[Node, int]]] = {}
    for pk, (one, other) in ends.items():
        around.setdefault(one, []).append((other, pk))
        around.setdefault(other, []).append((one, pk))
    hidden = {pk for pk, cell in given.items() if cell.is_hidden}
    before, hopeless = set(hidden), set[int]()
    while left := bridges({pk: ends[pk] for pk in hidden}) - hopeless:
        pk = min(left)
        way = _way_round(pk, ends, around, given, hidden)
        hidden |= way
        if not way:
            hopeless.add(pk)
    return hidden - before


def _way_round(
    pk: int,
    ends: Mapping[int, tuple[Node, Node]],
    around: Mapping[Node, list[tuple[Node, int]]],
    given: Mapping[int, Cell],
    hidden: set[int],
) -> set[int]:
    """The edges of the cheapest way between the ends of an edge without it; hidden ones cost nothing. Dijkstra."""
    start, goal = ends[pk]
    queue: list[tuple[int, int, Node, int]] = [(0, 0, start, pk)]
    came: dict[Node, tuple[Node | None, int]] = {}
    turn = 0
    by: dict[Node, tuple[Node | None, int]] = {start: (None, pk)}
    best: dict[Node, int] = {start: 0}
    while queue:
        cost, _turn, node, _edge = heappop(queue)
        if node in came:
            continue
        came[node] = by[node]
        if node == goal:
            return _traced(goal, start, came)
        for other, edge in around[node]:
            price = cost + (0 if edge in hidden else given[edge].number or ZERO)
            if edge != pk and other not in came and price < best.get(other, price + 1):
                turn += 1
                best[other], by[other] = price, (node, edge)
                heappush(queue, (price, turn, other, edge))
    return set()


def _traced(goal: Node, start: Node, came: Mapping[Node, tuple[Node | None, int]]) -> set[int]:
    found: set[int] = set()
    node: Node | None = goal
    while node != start and node is not None:
        node, edge = came[node]
        found.add(edge)
    return found
