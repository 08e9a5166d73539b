"""A step of the load has one savepoint: it stays or goes as a whole, and what comes after it goes on."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from liren.foundation.kernel.doors import Most, knock
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.models import Knock
from liren.foundation.policy.queries import declared, pinned
from liren.front.demo.steps import one_savepoint
from tests.make import demo

pytestmark = pytest.mark.django_db


def write(who: str) -> None:
    with transaction.atomic():
        knock("report", who, most=Most(9, 9), at=demo.LOADED_AT)


def refused() -> None:
    with one_savepoint():
        write("inside")
        with transaction.atomic():
            raise BadInput("no")


def test_many_calls_cost_one_savepoint():
    with CaptureQueriesContext(connection) as asked, one_savepoint():
        write("a")
        write("b")
    assert [one["sql"].split()[0] for one in asked] == ["SAVEPOINT", "INSERT", "INSERT", "RELEASE"]
    with CaptureQueriesContext(connection) as asked:
        write("c")
    assert [one["sql"].split()[0] for one in asked] == ["SAVEPOINT", "INSERT", "RELEASE"]


def test_a_refusal_undoes_its_step_alone():
    write("before")
    with pytest.raises(BadInput):
        refused()
    write("after")
    assert Knock.objects.count() == 2


def test_pinned_packs_are_not_asked_for_again():
    with pinned(), CaptureQueriesContext(connection) as asked:
        declared("case_type")
        declared("case_type")
    assert len(asked) == 0
    with CaptureQueriesContext(connection) as asked:
        declared("case_type")
    assert len(asked) == 1
