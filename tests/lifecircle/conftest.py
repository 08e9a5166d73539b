"""The kernels of this machine, one after the other: whatever they are asked, they answer alike."""

import pytest

from liren.development.lifecircle.engine.kernels import Kernels
from liren.development.lifecircle.engine.native import library
from liren.development.lifecircle.engine.plain import Plain
from tests.lifecircle.scene import built, built_run, quarter, worked_out  # noqa: F401  fixtures of the app's tests

NATIVE, WHY = library.load()
WAYS = ("native-avx2", "native", "plain")


def kernels_named(name: str) -> Kernels:
    """One set of kernels; a machine without a compiler or without AVX2 says so and skips."""
    if name == "plain":
        return Plain()
    if NATIVE is None:
        pytest.skip(f"NO COMPILED KERNELS: {WHY}")
    made = library.Native(NATIVE._library, wide=name == "native-avx2")
    if name == "native-avx2" and not made.wide:
        pytest.skip("this machine has no AVX2")
    return made


@pytest.fixture(params=WAYS)
def kernels(request: pytest.FixtureRequest) -> Kernels:
    return kernels_named(request.param)
