"""Which kernels serve: the compiled ones where they are, else those in NumPy and SciPy."""

from functools import cache

from liren.development.lifecircle.engine.kernels import Kernels
from liren.development.lifecircle.engine.native import library
from liren.development.lifecircle.engine.plain import Plain


@cache
def _chosen() -> tuple[Kernels, str]:
    native, why = library.load()
    return (Plain(), why) if native is None else (native, "")


def best() -> Kernels:
    """The quickest kernels of this machine."""
    return _chosen()[0]


def why_plain() -> str:
    """Why the compiled kernels do not serve; empty when they do."""
    return _chosen()[1]
