"""Long lists, page by page: the next page starts after a key, so that page 1,000 costs the same as page 1."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest

Row = TypeVar("Row")
SIZE = 30
AFTER = "after"
#: No key of ours is longer; a longer ``?after=`` is cut rather than sent to the database.
KEY_LENGTH = 64
#: Stands between the parts of a key of several parts; no name in pinyin holds it.
SEPARATOR = "~"
#: What fits bigint for certain.
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows; ``next_query`` and ``first_query`` are the query strings of its neighbours ("" = none)."""

    rows: list[Row]
    next_query: str
    first_query: str

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def keyset(
    request: HttpRequest, rows: QuerySet[Any], *, key: str = "code", size: int = SIZE, down: bool = False
) -> Page[Any]:
    """The page of ``rows`` after ``?after=``, in the order of ``key`` (unique text or number; ``down`` = newest first).

    A number key that is no number, or beyond bigint, counts as no key: the first page.
    """
    after = _key(request, rows, key)
    ordered = rows.order_by(f"-{key}" if down else key)
    if after is not None:
        ordered = ordered.filter(**{f"{key}__{'lt' if down else 'gt'}": after})
    found = list(ordered[: size + 1])
    more = getattr(found[size - 1], key) if len(found) > size else None
    next_query = _query(request, more) if more is not None else ""
    return Page(found[:size], next_query, _query(request, None) if after is not None else "")


def listed(
    request: HttpRequest,
    fetch: Callable[[Any, int], list[Any]],
    key_of: Callable[[Any], tuple[Any, ...]],
    *,
    shape: str,
    size: int = SIZE,
    beyond: Callable[[], tuple[Any, ...] | None] = lambda: None,
    name: str = AFTER,
) -> Page[Any]:
    """The same for a query that pages by a key of several parts: ``fetch(after, limit)`` gives the rows behind a key.

    ``shape`` tells the parts of the key in order: ``n`` a number, ``t`` a text. A key of another shape is no key.
    ``beyond``, asked after ``fetch``: the key behind which a search goes on that looked at so many rows and no more.
    ``name``: of its key in the address, where two lists stand on one page; each keeps the place of the other.
    """
    after = _parts(request.GET.get(name, ""), shape)
    found = fetch(after, size + 1)
    last = key_of(found[size - 1]) if len(found) > size else beyond()
    next_query = _query(request, SEPARATOR.join(map(str, last)), name) if last else ""
    return Page(found[:size], next_query, _query(request, None, name) if after is not None else "")


def _parts(text: str, shape: str) -> tuple[Any, ...] | None:
    parts = text[:300].split(SEPARATOR)
    if len(parts) != len(shape) or not all(
        NUMBER.fullmatch(part) for part, kind in zip(parts, shape, strict=True) if kind == "n"
    ):
        return None
    return tuple(int(part) if kind == "n" else part for part, kind in zip(parts, shape, strict=True))


def _key(request: HttpRequest, rows: QuerySet[Any], key: str) -> object | None:
    text = request.GET.get("after", "")[:KEY_LENGTH]
    if not text or "\x00" in text:
        return None
    if rows.model._meta.get_field(key).get_internal_type() in {"BigAutoField", "BigIntegerField", "IntegerField"}:
        return int(text) if NUMBER.fullmatch(text) else None
    return text


def _query(request: HttpRequest, after: object | None, name: str = AFTER) -> str:
    kept = [(other, value) for other, many in request.GET.lists() for value in many if other != name]
    if after is not None:
        kept.append((name, str(after)))
    return "?" + urlencode(kept)
