"""The life circle on a real city, mirror-tiled to 243,000 and a million nodes, beside other libraries in the same run.

    script/bench lifecircle                     ours, SciPy, networkit, igraph; pandana at 243,000 nodes
    script/bench lifecircle -- --long           pandana at a million nodes too (some three minutes)
    script/bench lifecircle -- --peers ''       ours alone

Peers are used where they are importable and named loudly where they are not: pip install pandana networkit igraph.
Each engine has a process of its own. Figures are processor seconds of all threads, median and least of the runs.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from scratch import SHARED

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import lifecircle_jobs as jobs
import lifecircle_peers as peers

from liren.development.lifecircle import engine as e
from liren.development.lifecircle.engine.readers.pbf import read_pbf
from liren.development.lifecircle.engine.readers.rules import rules

SIZES = {"243k": (3, 2), "1014k": (5, 5)}
OURS = ("build", "nearest", "counts", "lists", "whatif", "memory", "snap")
PEERS = {"scipy": "scipy", "networkit": "networkit", "igraph": "igraph", "pandana": "pandana"}


def main() -> None:
    """Prepare the networks, run every job in a process of its own, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extract", type=Path, default=SHARED / "geo" / "porto_alegre.osm.pbf")
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--sizes", default=",".join(SIZES))
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--job", help="one job, in this process: prints JSON")
    parser.add_argument("--net", type=Path)
    options = parser.parse_args()
    if options.job:
        print(json.dumps(run(options.job, options.net)))
        return
    print(f"load {os.getloadavg()[0]:.1f}, kernels: {e.best_kernels().name} {e.why_plain()}")
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes.split(","):
            net = prepare(options.extract, Path(folder), size)
            every = [peer for peer in options.peers.split(",") if peer]
            table(net, size, every, options.long)
        told("243k: siting", start("siting", prepare(options.extract, Path(folder), "243k")))
        told("one tile: orders", start("orders", prepare(options.extract, Path(folder), "one")))


def run(job: str, net: Path) -> dict:
    """One job in this process."""
    return peers.run(job, np.load(net)) if job in PEERS else jobs.JOBS[job](np.load(net))


def start(job: str, net: Path) -> dict:
    """One job in a process of its own; what it measured, or how it ended."""
    command = [sys.executable, __file__, "--job", job, "--net", str(net)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"FAILED": (done.stderr.strip().splitlines() or ["no word"])[-1]}
    return json.loads(done.stdout.splitlines()[-1])


def table(net: Path, size: str, wanted: list[str], long: bool) -> None:
    """Our jobs, then the peers, which compare their values with ours."""
    told(f"{size}: the network", {"nodes": len(np.load(net)["x"]), "edges": len(np.load(net)["a"])})
    for job in OURS:
        told(f"{size}: {job}", start(job, net))
    for peer in wanted:
        if importlib.util.find_spec(PEERS[peer]) is None:
            print(f"!!! {peer} IS NOT INSTALLED AND WAS NOT MEASURED")
        elif peer == "pandana" and size == "1014k" and not long:
            print("!!! pandana at a million nodes only with --long")
        else:
            told(f"{size}: {peer}", start(peer, net))


def told(name: str, found: dict) -> None:
    print(f"{name:24}" + "   ".join(f"{key} {value}" for key, value in found.items()), flush=True)


def prepare(extract: Path, folder: Path, size: str) -> Path:
    """The real network, tiled by mirrors, with facilities and homes at random nodes."""
    walk = rules("walk")
    # Private ways too: more nodes, and the same network that the figures of other tools were taken on.
    net = e.clean(read_pbf(extract, replace(walk, refuse=frozenset(), stop=frozenset())))[0]
    x, y, a, b, length = tiled(net, *SIZES.get(size, (1, 1)))
    rng = np.random.default_rng(1)
    per_category = [200 + 60 * c for c in range(32)]
    few = [200 * (c + 1) for c in range(10)]
    path = folder / f"{size}.npz"
    np.savez(
        path, x=x, y=y, a=a, b=b, length=length,
        facility=np.concatenate([rng.choice(len(x), k, replace=False) for k in per_category]),
        category=np.repeat(np.arange(32), per_category).astype(np.int32),
        few=np.concatenate([rng.choice(len(x), k, replace=False) for k in few]),
        few_category=np.repeat(np.arange(10), few).astype(np.int32),
        homes=np.sort(rng.choice(len(x), 30_000, replace=False)),
        people=np.rint(rng.lognormal(6, 0.8, 30_000)).astype(np.int64),
    )  # fmt: skip
    return path


def tiled(net: e.Network, across: int, up: int) -> tuple[np.ndarray, ...]:
    """Copies side by side, every other one mirrored, joined at nodes within 60 m of the border."""
    x = (net.lon - net.lon.min()) * 111_320 * np.cos(np.radians(net.lat.mean()))
    y = (net.lat - net.lat.min()) * 110_900
    wide, high, n = x.max(), y.max(), net.nodes
    xs, ys, ends, length = [], [], [], []
    for row in range(up):
        for column in range(across):
            here = (row * across + column) * n
            xs.append((wide - x if column & 1 else x) + column * wide)
            ys.append((high - y if row & 1 else y) + row * high)
            ends.append(np.stack([net.a, net.b]).astype(np.int64) + here)
            length.append(net.length_mm)
            for inside, step, more in (
                (x if column & 1 else wide - x, n, column + 1 < across),
                (y if row & 1 else high - y, n * across, row + 1 < up),
            ):
                near = np.flatnonzero((inside < 60) & more)
                ends.append(np.stack([near + here, near + here + step]))
                length.append(np.rint(2_000 * inside[near]).astype(np.int32))
    both = np.concatenate(ends, axis=1).astype(np.int32)
    return np.concatenate(xs), np.concatenate(ys), both[0], both[1], np.concatenate(length)


if __name__ == "__main__":
    main()
