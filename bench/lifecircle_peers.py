"""What other libraries are asked on the same network; each returns its figures and how many values differ from ours."""

import resource
import time
from typing import Any

import lifecircle_jobs as jobs
import numpy as np

from liren.development.lifecircle import engine as e


class Watch:
    """Processor seconds of this process, all threads."""

    def __init__(self) -> None:
        self.begin = time.process_time()

    def read(self) -> float:
        return round(time.process_time() - self.begin, 2)


def run(peer: str, net: Any) -> dict:
    """One peer; its memory is that of the process over its start."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = {"scipy": scipy, "networkit": networkit, "igraph": igraph, "pandana": pandana}[peer](net)
    found["GB over the start"] = round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e6, 2)
    return found


def ours(net: Any) -> np.ndarray:
    """Times within fifteen minutes of all nodes, as the network numbers them."""
    arcs, rank = jobs.arcs_of(net)
    seats = e.seeds(rank[net["facility"]], net["category"])
    return e.best_kernels().nearest(arcs, seats, 32, jobs.LIMIT)[rank]


def differing(net: Any, theirs: list[np.ndarray], tolerance: float = 0) -> str:
    """How many of all values are others than ours."""
    mine, wrong = ours(net), 0
    for c, values in enumerate(theirs):
        cut = np.where(np.asarray(values) <= jobs.LIMIT, values, jobs.LIMIT + 1)
        wrong += int((np.abs(cut - mine[:, c]) > tolerance).sum())
    return f"{wrong:,} of {mine.size:,}"


def edges(net: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each pair of nodes once, with the least time in deciseconds."""
    low, high = np.minimum(net["a"], net["b"]).astype(np.int64), np.maximum(net["a"], net["b"])
    weights = jobs.PACE.deciseconds(net["length"])
    order = np.lexsort((weights, high, low))
    order = order[np.append(True, (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0))]
    return low[order], high[order], weights[order].astype(float)


def scipy(net: Any) -> dict:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    watch, n = Watch(), len(net["x"])
    a, b, w = edges(net)
    graph = csr_array((np.append(w, w), (np.append(a, b), np.append(b, a))), shape=(n, n))
    built, watch = watch.read(), Watch()
    found = [
        dijkstra(graph, directed=True, indices=net["facility"][net["category"] == c], min_only=True, limit=jobs.LIMIT)
        for c in range(32)
    ]
    return {"build": built, "nearest, 32 categories": watch.read(), "differ": differing(net, found)}


def networkit(net: Any) -> dict:
    import networkit as nk

    watch, n = Watch(), len(net["x"])
    a, b, w = edges(net)
    rows = np.concatenate([a, b, n + net["category"]])
    columns = np.concatenate([b, a, net["facility"]])
    weights = np.concatenate([w, w, np.zeros(len(net["facility"]))])
    graph = nk.GraphFromCoo((weights, (rows, columns)), n=n + 32, weighted=True, directed=True)
    built, watch, found = watch.read(), Watch(), []
    for c in range(32):
        search = nk.distance.Dijkstra(graph, n + c, False)
        search.run()
        found.append(np.asarray(search.getDistances(asarray=True))[:n])
    return {"build": built, "nearest, 32 categories, no limit": watch.read(), "differ": differing(net, found)}


def igraph(net: Any) -> dict:
    import igraph as ig

    watch, n = Watch(), len(net["x"])
    a, b, w = edges(net)
    pairs = np.concatenate(
        [np.stack([a, b], 1), np.stack([b, a], 1), np.stack([n + net["category"], net["facility"]], 1)]
    )
    graph = ig.Graph(n=n + 32, edges=pairs, directed=True)
    weights = np.concatenate([w, w, np.zeros(len(net["facility"]))]).tolist()
    built, watch = watch.read(), Watch()
    found = [
        np.array(graph.distances(source=[n + c], weights=weights, mode="out", algorithm="dijkstra")[0][:n])
        for c in range(32)
    ]
    return {"build": built, "nearest, 32 categories, no limit": watch.read(), "differ": differing(net, found)}


def pandana(net: Any) -> dict:
    import pandana as pdna
    import pandas as pd

    watch = Watch()
    a, b, w = edges(net)
    x, y = net["x"], net["y"]
    frame = pd.DataFrame({"t": w / 10.0})  # seconds; in minutes its truncation changes answers
    network = pdna.Network(pd.Series(x), pd.Series(y), pd.Series(a), pd.Series(b), frame, twoway=True)
    built, watch, found = watch.read(), Watch(), []
    for c in range(32):
        mine = net["facility"][net["category"] == c]
        network.set_pois(str(c), 900.0, 1, pd.Series(x[mine]), pd.Series(y[mine]))
        near = network.nearest_pois(900.0, str(c), num_pois=1)[1].to_numpy()
        found.append(np.where(near >= 900.0, jobs.LIMIT + 1, near * 10.0))
    told = {"build": built, "nearest, 32 categories": watch.read(), "differ by over 1 ds": differing(net, found, 1.01)}
    if len(x) < 500_000:
        watch = Watch()
        network.precompute(900.0)
        for c in range(10):
            network.set(pd.Series(net["few"][net["few_category"] == c]), name=f"c{c}")
            for seconds in (300, 600, 900):
                network.aggregate(seconds, type="count", decay="flat", name=f"c{c}")
        told["counts, 10 categories at 5, 10, 15"] = watch.read()
    return told
