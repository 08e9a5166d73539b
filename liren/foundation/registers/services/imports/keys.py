"""Sort keys and search vectors of very many entries, made by a helper while the next lines are read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager

from liren.foundation.registers.engine.spec import RegisterSpec
from liren.foundation.registers.models.words import Row, asked, keys_for
from liren.foundation.territory.services.imports.text import ahead

Keys = list[tuple[str, str]]
Promised = Callable[[], Keys]
Helper = Callable[[Sequence[tuple[str, str, str]]], Future[Keys]]


@contextmanager
def promising(spec: RegisterSpec, *, worth: int) -> Iterator[Callable[[Sequence[Row]], Promised]]:
    """What to ask for the keys of a batch of rows: it answers at once with a function that has them in the end.

    ``worth``: the first batch of so many rows starts the helper; before it, and on one processor, keys are made here.
    """
    with ExitStack() as stack:
        helpers: list[Helper] = []

        def promise(rows: Sequence[Row]) -> Promised:
            if not helpers and (len(rows) < worth or (os.cpu_count() or 1) < 2):
                keys = keys_for(spec, rows)
                return lambda: keys
            if not helpers:
                helpers.append(stack.enter_context(ahead("vectors_of")))
            return helpers[0](asked(spec, rows)).result

        yield promise
