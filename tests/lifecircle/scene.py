"""The quarter of these tests, built once for a file: what a test changes is undone by its savepoint."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from liren.development.lifecircle.queries.asking import cities
from tests import make
from tests.make import lifecircle as build


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with make.standing(django_db_blocker, build.quarter) as made:
        yield made


@pytest.fixture
def quarter(built, db):
    cities.forget()
    return copy.deepcopy(built)


@pytest.fixture(scope="module")
def built_run(django_db_setup, django_db_blocker, tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("places")

    def made():
        quarter = build.quarter()
        return quarter, build.done(quarter, folder / "places.csv")

    with make.standing(django_db_blocker, made) as both:
        yield both


@pytest.fixture
def worked_out(built_run, db):
    """The quarter, and its run that is done."""
    cities.forget()
    return copy.deepcopy(built_run)
