"""The slow part of an import, spread over the processors: pinyin and search tokens of very many names.

Helpers are plain commands of Python that read lines and answer lines: they load nothing of Django, share no connection,
and end with their input. (``multiprocessing`` would run the caller's main module again in each of them.)
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue

import liren
from liren.foundation.territory.engine import names

CHUNK = 5000
# Under this many names, starting helpers costs more than they save.
WORTH_HELPERS = 30_000
MOST_HELPERS = 4
#: What helpers can be asked: keys of names, or keys and vectors of texts.
HELPER = """
import json, sys
from liren.foundation.territory.engine.names import {ask} as ask
for line in sys.stdin:
    print(json.dumps(ask(json.loads(line))), flush=True)
"""
Pair = tuple[str, str]
Texts = Sequence[tuple[str, ...]]


def _chunks(pairs: Sequence[Pair]) -> Iterator[Sequence[Pair]]:
    for start in range(0, len(pairs), CHUNK):
        yield pairs[start : start + CHUNK]


def _helper(ask: str = "keys_of") -> "subprocess.Popen[str]":
    root = str(Path(liren.__file__).resolve().parents[1])
    return subprocess.Popen(
        [sys.executable, "-c", HELPER.format(ask=ask)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="ascii",
        env={**os.environ, "PYTHONPATH": root},
    )


def _ask(helper: "subprocess.Popen[str]", chunk: Texts) -> list[Pair]:
    if helper.stdin is None or helper.stdout is None:
        raise RuntimeError("the helper was started without pipes")
    helper.stdin.write(json.dumps(chunk) + "\n")
    helper.stdin.flush()
    return [(pinyin, tokens) for pinyin, tokens in json.loads(helper.stdout.readline())]


@contextmanager
def ahead(ask: str = "keys_of", count: int = 1) -> Iterator[Callable[[Texts], "Future[list[Pair]]"]]:
    """So many helpers that work while the caller goes on: what is asked of them, they promise, in any order."""
    idle: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()

    def work(chunk: Texts) -> list[Pair]:
        helper = idle.get()
        try:
            return _ask(helper, chunk)
        finally:
            idle.put(helper)

    with ExitStack() as stack:
        for _ in range(count):
            helper = stack.enter_context(_helper(ask))
            stack.callback(helper.kill)
            idle.put(helper)
        threads = stack.enter_context(ThreadPoolExecutor(count))
        stack.callback(threads.shutdown, cancel_futures=True)
        yield lambda chunk: threads.submit(work, chunk)


def all_keys(shorts_and_names: Sequence[Pair]) -> Iterator[Pair]:
    """(pinyin key, search tokens) for any number of (short name, official name), in order."""
    processors = min(MOST_HELPERS, os.cpu_count() or 1)
    if len(shorts_and_names) < WORTH_HELPERS or processors < 2:
        for chunk in _chunks(shorts_and_names):
            yield from names.keys_of(chunk)
        return
    with ahead(count=processors) as ask:
        for keys in [ask(chunk) for chunk in _chunks(shorts_and_names)]:
            yield from keys.result()
