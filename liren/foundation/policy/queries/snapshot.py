"""Everything that the packs say now, read once per load and kept by each process.

Rows are never edited, and every change writes a ``Load``: so the newest of these names the state, as with the work
calendar. Asking costs one query.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from django.db import connection

from liren.foundation.policy.models import (
    DeclarationVersion,
    Document,
    DocumentVersion,
    Jurisdiction,
    Load,
    Parameter,
    Provision,
)

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Snapshot:
    """One state of the packs. Shared between requests: read it, never change what it holds."""

    jurisdictions: dict[str, Jurisdiction] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    versions: dict[int, list[DocumentVersion]] = field(default_factory=dict)
    provisions: dict[str, list[Provision]] = field(default_factory=dict)
    parameters: dict[str, list[Parameter]] = field(default_factory=dict)
    declarations: dict[str, dict[str, DeclarationVersion]] = field(default_factory=dict)


_kept: dict[Any, Snapshot] = {}
_lock = Lock()


_pinned: ContextVar[Snapshot | None] = ContextVar("policy_pinned", default=None)


@contextmanager
def pinned() -> Iterator[None]:
    """Within it the packs stay as they are now, and nobody asks again: for long work in one transaction."""
    token = _pinned.set(snapshot())
    try:
        yield
    finally:
        _pinned.reset(token)


def snapshot() -> Snapshot:
    """The state after the newest load; within ``pinned`` that at its beginning, without a query."""
    held = _pinned.get()
    if held is not None:
        return held
    state = _state()
    while state not in _kept:
        found = _read() if state else Snapshot()
        asked, state = state, _state()
        if asked == state:  # else a load came in between, and the rows may be of two states
            with _lock:
                _kept.clear()
                _kept[state] = found
            return found
    return _kept.get(state) or snapshot()


#: The newest load, asked in nearly every request.
STATE = f"SELECT id, at, fingerprint FROM {Load._meta.db_table} ORDER BY id DESC LIMIT 1"  # noqa: S608  names of our own tables and columns


def _state() -> Any:
    with connection.cursor() as cursor:
        cursor.execute(STATE)
        return cursor.fetchone()


def _read() -> Snapshot:
    documents = Document.objects.current().select_related("jurisdiction__parent")
    parameters = Parameter.objects.current().select_related("document", "jurisdiction__parent")
    declared: dict[str, dict[str, DeclarationVersion]] = {}
    versions = DeclarationVersion.objects.current().select_related("declaration", "document", "jurisdiction")
    for one in versions.order_by("declaration__code"):
        declared.setdefault(one.declaration.kind, {})[one.declaration.code] = one
    return Snapshot(
        {one.code: one for one in Jurisdiction.objects.current().select_related("parent")},
        {one.key: one for one in documents},
        _grouped(DocumentVersion.objects.current(), lambda one: one.document_id),
        _grouped(Provision.objects.current().select_related("document__jurisdiction"), lambda one: one.key),
        _grouped(parameters, lambda one: one.code),
        declared,
    )


def _grouped(rows: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    found: dict[K, list[T]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found
