"""How often in a minute a program may come: one statement, each program on its own."""

import pytest

from liren.foundation.kernel.errors import TooMany
from liren.front.kit.limits import within_limit

pytestmark = pytest.mark.django_db


def test_a_minute_is_counted_in_one_statement_and_each_on_its_own(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("liren.front.kit.limits.minute_of", lambda moment: "0900")
    with django_assert_num_queries(1):
        within_limit("open311", "key:1", 2)
    within_limit("open311", "key:1", 2)
    with pytest.raises(TooMany) as refused:
        within_limit("open311", "key:1", 2)
    assert refused.value.retry_after_s == 60
    within_limit("open311", "key:2", 2)
    within_limit("alarms", "key:1", 2)
