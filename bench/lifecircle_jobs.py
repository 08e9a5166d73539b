"""What the life circle's own engine is asked in the measurement; each job returns its figures."""

import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from liren.development.lifecircle import engine as e
from liren.development.lifecircle.engine import graph as graphs
from liren.development.lifecircle.engine.kernels import Arcs, Kernels
from liren.development.lifecircle.engine.siting import bound, search

LIMIT, WITHIN = 9_000, np.array([3_000, 6_000, 9_000])
PACE = e.Pace(1111)


def cpu(work: Callable[[], Any], times: int = 7) -> str:
    """Median and least processor seconds."""
    took = []
    for _ in range(times):
        begin = time.process_time()
        work()
        took.append(time.process_time() - begin)
    return f"{np.median(took):.4f} (least {min(took):.4f})"


def arcs_of(net: Any) -> tuple[Arcs, np.ndarray]:
    """The graph at 4 km/h in the engine's order, and where each node went."""
    weights = PACE.deciseconds(net["length"])
    ends = net["a"], net["b"], np.zeros(len(weights), np.uint16)
    plain = graphs._arcs(len(net["x"]), ends, weights)
    order = e.best_kernels().order(plain)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return graphs._reordered(plain, order, rank), rank


def renewed(arcs: Arcs) -> Arcs:
    """The same arcs, of which nothing is remembered."""
    return Arcs(arcs.ptr, arcs.to, arcs.out, arcs.back)


def build(net: Any) -> dict:
    arcs, _ = arcs_of(net)
    kernels: Any = e.best_kernels()
    return {
        "arcs and order": cpu(lambda: arcs_of(net), 3),
        "of it, order": cpu(lambda: kernels.order(arcs), 3),
        "hierarchy for 15 minutes": cpu(lambda: kernels.hierarchy(renewed(arcs), LIMIT), 5),
        "arcs up per node": round(len(kernels.hierarchy(arcs, LIMIT).to) / arcs.nodes, 2),
    }


def nearest(net: Any) -> dict:
    arcs, rank = arcs_of(net)
    kernels: Kernels = e.best_kernels()
    seats = e.seeds(rank[net["facility"]], net["category"])
    kernels.nearest(arcs, seats, 32, LIMIT)
    homes = e.seeds(rank[net["homes"]], np.arange(30_000))
    times = e.Times(kernels.nearest(arcs, seats, 32, LIMIT), LIMIT)
    bytes_ = 2 * times.values.nbytes + 2 * len(kernels.hierarchy(arcs, LIMIT).to) * 6 + 8 * arcs.nodes  # type: ignore[attr-defined]
    spare = np.zeros((2, 128 << 20), np.uint8)
    spare[:] = 1
    took = [time.process_time()]
    for _ in range(5):
        spare[0] = spare[1]
        took.append(time.process_time())
    speed = (256 << 20) / min(np.diff(took))
    return {
        "32 categories": cpu(lambda: kernels.nearest(arcs, seats, 32, LIMIT), 15),
        "30,000 homes from it": cpu(lambda: e.at_origins(times, homes, 30_000)),
        "floor at memory speed": f"{bytes_ / speed:.4f} ({bytes_ / 1e6:.0f} MB at {speed / 1e9:.0f} GB/s)",
    }


def counts(net: Any) -> dict:
    arcs, rank = arcs_of(net)
    kernels = e.best_kernels()
    seats = e.seeds(rank[net["few"]], np.arange(len(net["few"])))
    ask = lambda: kernels.counts(arcs, seats, net["few_category"], None, 10, WITHIN)  # noqa: E731
    total = int(ask()[0][:, :, 2].sum(dtype=np.int64))
    return {"10 categories at 5, 10, 15": cpu(ask, 7), "pairs": total}


def lists(net: Any) -> dict:
    arcs, rank = arcs_of(net)
    kernels = e.best_kernels()
    seats = e.seeds(rank[net["facility"]], np.arange(len(net["facility"])))
    homes = e.seeds(rank[net["homes"]], np.arange(30_000))
    pairs = len(kernels.lists(arcs, seats, homes, LIMIT).origin)
    return {"30,000 homes, 32 categories": cpu(lambda: kernels.lists(arcs, seats, homes, LIMIT), 5), "pairs": pairs}


def whatif(net: Any) -> dict:
    """Milliseconds of the processor, and by the wall, since a person waits for it."""
    arcs, rank = arcs_of(net)
    empty = graphs.Segments(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32))
    graph = e.Graph(None, PACE, arcs, rank, (), empty)  # type: ignore[arg-type]
    homes = e.seeds(rank[net["homes"]], np.arange(30_000))
    seats = e.seeds(rank[net["facility"]], np.arange(len(net["facility"])))
    city = e.WhatIf(graph, homes, seats, net["category"], owners=30_000, categories=32, limit=LIMIT)
    units = e.tree(
        [np.arange(30_000) // 30, np.arange(1_000) // 10, np.arange(100) // 10, np.zeros(10, int)],
        (30_000, 1_000, 100, 10, 1),
    )
    board = e.Board(city.times, net["people"], WITHIN, units)
    rng, took = np.random.default_rng(2), {"add": [], "close": [], "open a way": [], "close it": []}

    def done(name: str, steps: Callable[[], list[e.Step]]) -> None:
        begin = time.process_time(), time.perf_counter()
        for step in steps():
            board.change(step.origin, step.category, step.was, step.now)
        took[name].append((time.process_time() - begin[0], time.perf_counter() - begin[1]))

    for _ in range(40):
        at = rng.integers(0, arcs.nodes, 2)
        number = len(city.category)
        seat = e.seeds(at[:1], np.zeros(1, int))
        done("add", lambda seat=seat: [city.add(seat, 31)[1]])
        done("close", lambda number=number: [city.close(number)])
        near = int(min(arcs.nodes - 1, at[0] + 40))
        done("open a way", lambda at=at, near=near: city.open_way(int(at[0]), near, 300))
        done("close it", lambda at=at, near=near: city.close_way(int(at[0]), near))
    assert (city.labels == city.fresh().values).all()
    told = {}
    for name, one in took.items():
        (cpu_ms, wall_ms), (most, _) = np.median(one, axis=0) * 1000, np.max(one, axis=0) * 1000
        told[name] = f"{cpu_ms:.2f} ms (most {most:.2f}; wall {wall_ms:.2f})"
    return told


def memory(net: Any) -> dict:
    """Over what the process has before; labels of 32 categories and the hierarchy included."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    arcs, rank = arcs_of(net)
    kernels = e.best_kernels()
    kernels.nearest(arcs, e.seeds(rank[net["facility"]], net["category"]), 32, LIMIT)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"GB over the start": round((after - before) / 1e6, 3), "GB in all": round(after / 1e6, 3)}


def snap(net: Any) -> dict:
    """30,000 points within some metres of a way; the network laid at the equator, where a degree is alike both ways."""
    town = e.network(net["x"] / 111_320, net["y"] / 111_320, net["a"], net["b"])
    rng = np.random.default_rng(5)
    near = rng.choice(town.nodes, 30_000)
    lon, lat = (side[near] + rng.normal(0, 4e-4, 30_000) for side in (town.lon, town.lat))
    return {"30,000 points to edges": cpu(lambda: e.snap(town, lon, lat, within_m=500), 3)}


def siting(net: Any) -> dict:
    """100,000 homes, 5,000 candidates, 50 to choose, on the network, both clustered as people are."""
    arcs, rank = arcs_of(net)
    rng, x, y = np.random.default_rng(7), net["x"], net["y"]
    dense = np.full(len(x), 0.15)
    for centre in rng.choice(len(x), 60):
        dense += np.exp(-((x - x[centre]) ** 2 + (y - y[centre]) ** 2) / (2 * rng.uniform(800, 3_000) ** 2))
    homes, sites = (np.sort(rng.choice(len(x), k, replace=False, p=dense / dense.sum())) for k in (100_000, 5_000))
    weight = np.rint(rng.lognormal(6, 0.8, 100_000)).astype(np.int64)
    origins, seats = e.seeds(rank[homes], np.arange(100_000)), e.seeds(rank[sites], np.arange(5_000))
    cover = lambda: e.best_kernels().lists(arcs, seats, origins, LIMIT)  # noqa: E731
    found = cover()
    ask = lambda: e.problem(found.source, found.origin, weight, candidates=5_000, budget=50)  # noqa: E731
    of_them = ask()
    begin = time.process_time()
    sure = bound.certified(of_them, target=0.003)
    took = time.process_time() - begin
    tight = bound.certified(of_them, sure)
    quick = search.at_once(of_them)
    return {
        "pairs": len(found.origin),
        "merged demands": len(of_them.weight),
        "lists of who reaches what": cpu(cover, 3),
        "to merge": cpu(ask, 3),
        "at once": cpu(lambda: search.at_once(of_them), 5),
        "below the bound": f"{(tight.bound - quick.people) / tight.bound:.3%}",
        "certificate of 0.3 %": f"{took:.2f} s, {sure.gap:.3%}",
        "with all rounds": f"{tight.gap:.3%}",
    }


def orders(net: Any) -> dict:
    """Orders of the nodes on the real network: how many arcs elimination leaves, and how long a sweep takes."""
    weights = PACE.deciseconds(net["length"])
    plain = graphs._arcs(len(net["x"]), (net["a"], net["b"], np.zeros(len(weights), np.uint16)), weights)
    kernels: Any = e.best_kernels()
    strips = np.lexsort((net["x"], (net["y"] // 200).astype(int)))
    found = {}
    for name, order in (
        ("least degree", kernels.order(plain)),
        ("Hilbert", hilbert(net["x"], net["y"])),
        ("strips", strips),
    ):
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        arcs = graphs._reordered(plain, order.astype(np.int32), rank)
        seats = e.seeds(rank[net["facility"] % len(order)], net["category"])
        up = kernels.hierarchy(arcs, LIMIT)
        sweep = cpu(lambda arcs=arcs, seats=seats: kernels.nearest(arcs, seats, 32, LIMIT), 5)
        found[name] = f"{len(up.to) / arcs.nodes:.1f} arcs a node, {sweep} s;"
    return found


def hilbert(x: np.ndarray, y: np.ndarray, bits: int = 12) -> np.ndarray:
    """Nodes along Hilbert's curve."""
    side = (1 << bits) - 1
    u, v = (np.rint((one - one.min()) / max(np.ptp(x), np.ptp(y)) * side).astype(np.int64) for one in (x, y))
    place = np.zeros(len(x), np.int64)
    for k in range(bits - 1, -1, -1):
        s = 1 << k
        right, top = (u & s) > 0, (v & s) > 0
        place += s * s * ((3 * right) ^ top)
        u, v = u & (s - 1), v & (s - 1)
        turned = right & ~top
        u, v = np.where(turned, s - 1 - u, u), np.where(turned, s - 1 - v, v)
        u, v = np.where(~top, v, u), np.where(~top, u, v)
    return np.argsort(place, kind="stable")


JOBS = {
    "build": build, "nearest": nearest, "counts": counts, "lists": lists, "whatif": whatif, "memory": memory,
    "snap": snap, "siting": siting, "orders": orders,
}  # fmt: skip
