"""A sound set of packs, with a kind of declaration of its own."""

import pytest
from django.utils import translation

from liren.foundation.policy.engine.kinds import declare_kind, forget_kind
from tests.make import policy as make


@pytest.fixture(autouse=True)
def _things():
    """Packs of these tests may declare things."""
    declare_kind(make.THING)
    yield
    forget_kind(make.THING.name)


@pytest.fixture(autouse=True)
def _english():
    """Sentences are compared in English; what is said in Chinese asks for it."""
    with translation.override("en"):
        yield


@pytest.fixture
def root(tmp_path):
    """The folder of a small sound set of packs."""
    return make.packs(tmp_path)
