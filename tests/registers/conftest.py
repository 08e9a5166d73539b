"""A small town and a register in it."""

import copy

import pytest
from django.utils import translation

from tests import make
from tests.make import registers as build


@pytest.fixture(autouse=True)
def _in_chinese():
    """Commands speak English, and leave the language of the process so."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture(scope="module")
def built_town(django_db_setup, django_db_blocker):
    """The town, built once for a file. What a test changes is undone by its savepoint."""
    with make.standing(django_db_blocker, make.small_town) as made:
        yield made


@pytest.fixture
def town(built_town, db):
    """The town, for a test that may change it: its objects are copies."""
    return copy.deepcopy(built_town)


@pytest.fixture
def rooms(town):
    return build.declared()
