"""Long lists page by page: a key of several parts, forged keys, and what stays in the address."""

from typing import Any

import pytest
from django.test import RequestFactory

from liren.front.kit.pages import Page, listed

ROWS = [(4, "anding", 7), (4, "beimen", 3), (4, "beimen", 9), (5, "anding", 1), (5, "dongmen", 2)]


def page(**query: str) -> Page[Any]:
    def fetch(after: Any, limit: int) -> list[Any]:
        return [row for row in ROWS if after is None or row > after][:limit]

    return listed(RequestFactory().get("/", query), fetch, lambda row: row, shape="ntn", size=2)


def test_each_row_is_on_one_page_and_the_last_page_has_no_next() -> None:
    seen, after = [], {}
    for _ in range(3):
        found = page(**after)
        seen += found.rows
        after = {"after": found.next_query.removeprefix("?after=").replace("%7E", "~")}
    assert seen == ROWS
    assert found.next_query == ""


def test_the_first_page_has_no_way_back_and_the_others_keep_the_rest_of_the_query() -> None:
    assert page().first_query == ""
    found = page(on="2010-01-01", after="4~beimen~3")
    assert found.first_query == "?on=2010-01-01"
    assert found.next_query == "?on=2010-01-01&after=5~anding~1"


@pytest.mark.parametrize("key", ["4", "4~a", "x~a~1", "4~a~x", "4~a~1~2", f"{'9' * 30}~a~1", "-4~a~1", "４~a~1"])
def test_a_forged_key_counts_as_none(key: str) -> None:
    assert page(after=key).rows == ROWS[:2]
