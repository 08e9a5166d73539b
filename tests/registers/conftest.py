"""A small town and a register in it."""

import pytest

from tests import make
from tests.make import registers as build


@pytest.fixture
def town(db):
    return make.small_town()


@pytest.fixture
def rooms(town):
    return build.declared()
