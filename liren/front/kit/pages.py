"""Long lists, page by page: the next page starts after a key, so that page 1,000 costs the same as page 1."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)
SIZE = 30
#: No key of ours is longer; a longer ``?after=`` is cut rather than sent to the database.
KEY_LENGTH = 64


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows; ``next_query`` and ``first_query`` are the query strings of its neighbours ("" = none)."""

    rows: list[Row]
    next_query: str
    first_query: str

    def __iter__(self):  # type: ignore[no-untyped-def]  # an iterator of rows, so that templates loop over the page
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def keyset(
    request: HttpRequest, rows: QuerySet[Row], *, key: str = "code", size: int = SIZE, down: bool = False
) -> Page[Row]:
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


def _key(request: HttpRequest, rows: QuerySet[Row], key: str) -> object | None:
    text = request.GET.get("after", "")[:KEY_LENGTH]
    if not text or "\x00" in text:
        return None
    if rows.model._meta.get_field(key).get_internal_type() in {"BigAutoField", "BigIntegerField", "IntegerField"}:
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
    return text


def _query(request: HttpRequest, after: object | None) -> str:
    kept = [(name, value) for name, value in request.GET.items() if name != "after"]
    if after is not None:
        kept.append(("after", str(after)))
    return "?" + urlencode(kept)
