"""The compiled kernels build by themselves, are told when they are stale, and are not missed when they are absent."""

import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest

from liren.development.lifecircle import engine as e
from liren.development.lifecircle.engine import backend
from liren.development.lifecircle.engine.kernels import LONGEST_DS, Arcs, check_within
from liren.development.lifecircle.engine.native import build, library

from .conftest import kernels_named
from .worlds import WALK, world


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    """The sources elsewhere, with nothing built yet."""
    for name in build.SOURCES:
        shutil.copy(build.HERE / name, tmp_path / name)
    monkeypatch.setattr(build, "HERE", tmp_path)
    monkeypatch.setattr(build, "LIBRARY", tmp_path / "_kernels.so")
    monkeypatch.setattr(library, "HERE", tmp_path)
    monkeypatch.setattr(build, "OPTIONS", ["-O0", *build.OPTIONS[1:]])  # only whether it builds, and soon
    return tmp_path


@pytest.mark.skipif(shutil.which("cc") is None, reason="NO COMPILER")
def test_they_build_load_and_are_known_to_be_stale(workshop):
    assert library.load()[0] is None
    assert build.build() == ""
    assert build.is_fresh()
    native, why = library.load()
    assert native is not None
    assert why == ""
    (workshop / "lanes.h").write_text((workshop / "lanes.h").read_text() + "\n")
    assert "older than their source" in library.load()[1]


@pytest.mark.parametrize(("compiler", "said"), [("false", "refuses"), ("no-such-compiler", "no C compiler")])
def test_without_a_working_compiler_it_is_said_once_and_nothing_breaks(workshop, monkeypatch, capsys, compiler, said):
    monkeypatch.setenv("CC", compiler)
    real = shutil.which
    monkeypatch.setattr(build.shutil, "which", lambda name: real("false") if name == "false" else None)
    assert build.main() == 1
    assert said in capsys.readouterr().err
    assert "not compiled" in library.load()[1]


def test_a_library_that_cannot_be_loaded_is_named(workshop):
    (workshop / "_kernels.abi3.so").write_bytes(b"nothing")
    assert "_kernels.abi3.so cannot be loaded" in library.load()[1]


def test_the_plain_kernels_serve_where_the_compiled_ones_are_absent(workshop):
    backend._chosen.cache_clear()
    try:
        assert e.best_kernels().name == "plain"
        assert "script/bootstrap" in e.why_plain()
    finally:
        backend._chosen.cache_clear()


WITHOUT = """
import numpy as np
from liren.development.lifecircle import engine as e
net = e.network(104 + np.arange(4) / 1000, np.full(4, 30.0), np.arange(3), np.arange(1, 4), name="a street")
homes = e.snap(net, 104 + np.arange(4) / 1000, np.full(4, 30.0), within_m=50)
shop = e.snap(net, np.array([104.0]), np.array([30.0]), within_m=50)
graph = e.build(net, [homes, shop], e.Pace(1000))
times = e.nearest(graph, graph.seats[1], np.array([0], np.int32), categories=1, limit=9000)
print(e.best_kernels().name, e.why_plain(), e.at_origins(times, graph.seats[0], 4).values[:, 0].tolist(), sep="|")
"""


@pytest.fixture
def machine(tmp_path):
    """A copy of the checkout on a machine without a compiler: how something is run there."""
    bare = tmp_path / "checkout" / "liren"
    kept = shutil.ignore_patterns("_kernels*", "__pycache__")
    shutil.copytree(build.HERE.parents[2], bare / "development", ignore=kept)
    (bare / "__init__.py").write_text('__version__ = "0"\n')
    empty = tmp_path / "bin"
    empty.mkdir()

    def run(*words, compiler):
        said = {"PATH": str(empty), "CC": compiler, "PYTHONPATH": f"{bare.parent}"}
        return subprocess.run(
            [sys.executable, *words], capture_output=True, text=True, check=False, env=said, cwd=bare.parent
        )

    return run


@pytest.mark.parametrize(("compiler", "said"), [("", "there is no C compiler"), (shutil.which("false"), "refuses")])
def test_a_machine_without_a_compiler_says_so_and_finds_the_same(machine, compiler, said):
    built = machine("liren/development/lifecircle/engine/native/build.py", compiler=compiler)
    assert (built.returncode, built.stdout) == (1, "")
    assert built.stderr.startswith("Life circle: kernels not built, the slower ones in NumPy and SciPy serve instead: ")
    assert said in built.stderr
    assert built.stderr.count("\n") == 1  # one plain line, no traceback
    found = machine("-c", WITHOUT, compiler=compiler)
    name, why, times = found.stdout.strip().split("|")
    assert (name, "install a C compiler" in why) == ("plain", True), found.stderr
    here = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    assert here.stdout.strip().split("|")[2] == times == "[0, 965, 1930, 2895]"


def test_the_build_script_needs_nothing_installed():
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(build.HERE / "build.py")], capture_output=True, text=True, check=False
    )
    assert done.returncode == (0 if shutil.which("cc") else 1), done.stderr


@pytest.mark.parametrize("limit", [-1, LONGEST_DS + 1])
def test_a_limit_that_cannot_be_meant_is_refused(limit):
    w = world(1)
    graph = e.build(w.net, [w.facilities], WALK)
    with pytest.raises(e.BadParameter, match="cannot be meant"):
        e.nearest(graph, graph.seats[0], w.category, categories=w.categories, limit=limit)


@pytest.mark.parametrize("within", [[], [5, 5], [9, 3], [-1, 3]])
def test_thresholds_must_rise(within):
    with pytest.raises(e.BadParameter):
        check_within(np.array(within, np.int32))


@pytest.mark.parametrize("pace", [(0, None), (-5, None), (200_000, None), (1_000, -1)])
def test_a_pace_that_cannot_be_meant_is_refused(pace):
    with pytest.raises(e.BadParameter, match="cannot be meant"):
        e.Pace(*pace)


def test_categories_must_be_there():
    w = next(w for seed in range(99) if (w := world(seed)).category.max(initial=-1) >= 1)
    graph = e.build(w.net, [w.facilities], WALK)
    seats = graph.seats[0]
    with pytest.raises(e.BadParameter, match="not one of 1"):
        e.nearest(graph, seats, w.category, categories=1, limit=5)
    with pytest.raises(e.BadParameter, match="at least one"):
        e.nearest(graph, seats, w.category, categories=0, limit=5)
    with pytest.raises(e.BadParameter, match="has no category"):
        e.nearest(graph, seats, w.category[:0], categories=3, limit=5)


def test_an_empty_category_and_no_facility_at_all_are_reached_from_nowhere(kernels):
    w = world(2)
    graph = e.build(w.net, [w.homes], WALK, kernels=kernels)
    nobody = e.seeds(np.zeros(0, int), np.zeros(0, int))
    times = e.nearest(graph, nobody, np.zeros(0, np.int32), categories=33, limit=9, kernels=kernels)
    assert times.values.shape == (graph.arcs.nodes, 33)
    assert not times.reached.any()
    none, within = np.zeros(0, np.int32), np.array([5, 9])
    counts, sums = e.counts_at_nodes(
        graph, nobody, none, categories=2, within=within, capacity=none.astype(np.int64), kernels=kernels
    )
    assert counts.sum() == sums.sum() == 0
    assert len(e.lists(graph, graph.seats[0], nobody, limit=9, kernels=kernels).origin) == 0


def test_a_network_without_edges_is_ordered_and_answered(kernels):
    none = np.zeros(0, np.int32)
    arcs = Arcs(np.zeros(4, np.int32), none, none, none)
    assert sorted(kernels.order(arcs).tolist()) == [0, 1, 2]
    labels = kernels.nearest(arcs, e.seeds(np.array([1]), np.array([0])), 1, 7)
    assert labels.ravel().tolist() == [8, 0, 8]


def test_many_lists_find_room(kernels, monkeypatch):
    monkeypatch.setattr(library, "ROOM", 1)
    w = world(7)
    graph = e.build(w.net, [w.homes], WALK, kernels=kernels)
    everywhere = e.seeds(np.arange(graph.arcs.nodes), np.arange(graph.arcs.nodes))
    found = e.lists(graph, everywhere, everywhere, limit=360_000, kernels=kernels)
    assert len(found.origin) >= graph.arcs.nodes
    back = dict(zip(zip(found.source.tolist(), found.origin.tolist(), strict=True), found.time.tolist(), strict=True))
    there = dict(zip(zip(found.origin.tolist(), found.source.tolist(), strict=True), found.time.tolist(), strict=True))
    assert back == there  # all ways go both ways


def test_threads_may_ask_side_by_side():
    kernels = kernels_named("native")
    w = world(9, nodes=9)
    graph = e.build(w.net, [w.homes, w.facilities], WALK, kernels=kernels)
    ask = lambda: e.nearest(graph, graph.seats[1], w.category, categories=3, limit=9_000, kernels=kernels).values  # noqa: E731
    expected, answers = ask(), []
    threads = [threading.Thread(target=lambda: answers.append(ask())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert all((answer == expected).all() for answer in answers)


@pytest.mark.parametrize(
    "wrong", [{"at": 99}, {"at": -1}, {"owner": -1}, {"cost": -1}, {"owner": 5}], ids=lambda one: str(one)
)
def test_seeds_that_are_nowhere_never_reach_the_kernels(kernels, wrong):
    graph = e.build(world(4).net, [], WALK, kernels=kernels)
    seat = {"at": 0, "owner": 0, "cost": 0} | wrong
    given = e.seeds(*(np.array([seat[name]]) for name in ("at", "owner", "cost")))
    with pytest.raises(e.BadParameter, match="Seed 0 cannot be meant"):
        kernels.nearest(graph.arcs, given, 2, 9)
    with pytest.raises(e.BadParameter, match="Seed 0 cannot be meant"):
        kernels.counts(graph.arcs, given, np.zeros(2, np.int32), None, 1, np.array([9]))
