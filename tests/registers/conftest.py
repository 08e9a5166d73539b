"""A small town and a register in it."""

import pytest
from django.utils import translation

from tests import make
from tests.make import registers as build


@pytest.fixture(autouse=True)
def _in_chinese():
    """Commands speak English, and leave the language of the process so."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def town(db):
    return make.small_town()


@pytest.fixture
def rooms(town):
    return build.declared()
