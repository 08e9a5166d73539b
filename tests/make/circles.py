"""The town of the life circle with runs, for tests of its pages."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from liren.development.lifecircle.models import Run
from tests.make import lifecircle as build


@dataclass
class Circled:
    """The town, a run for everybody and one for older people."""

    quarter: build.Quarter
    general: Run
    elderly: Run


def circled() -> Circled:
    """Compounds at 200, 800, 1200 and 1800 m; a market at 1000 m, a shop at 300 m, a park at 600 m; 60 m a minute."""
    made = build.quarter()
    with tempfile.TemporaryDirectory() as folder:
        general = build.done(made, Path(folder) / "places.csv")
        elderly = build.done(made, Path(folder) / "places.csv", group="elderly")
    return Circled(made, general, elderly)
