"""What spares a test that asks some ten thousand pages: what is the same for all of them is read or drawn once."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.template import engines
from django.template.base import NodeList, Template
from django.test.utils import _TestState

from liren.foundation.kernel import pages
from liren.foundation.people.models import Account
from tests.make import kernel as make_kernel
from tests.rights.world import World

#: Sessions of the world are kept in memory: who is signed in is asked of them some ten thousand times.
IN_MEMORY = {"SESSION_ENGINE": "django.contrib.sessions.backends.cache", "SESSION_CACHE_ALIAS": "sessions"}
#: What stands around every page alike, and is looked at elsewhere.
AROUND = ("kit/top.html", "kit/foot.html", "kit/scripts.html")


@contextmanager
def bare() -> Iterator[None]:
    """Pages without what stands around all of them, and not watched by Django's test client, which would keep a copy
    of each context that it meets. What a page itself says, and every refusal, is made as it is for people."""
    around = [engines["django"].get_template(name).template for name in AROUND]  # type: ignore[attr-defined]
    watched, drawn = Template._render, [one.nodelist for one in around]
    Template._render = _TestState.saved_data.template_render
    for one in around:
        one.nodelist = NodeList()
    try:
        yield
    finally:
        Template._render = watched
        for one, nodes in zip(around, drawn, strict=True):
            one.nodelist = nodes


@contextmanager
def unadorned() -> Iterator[None]:
    """A refusal says its status and what is wrong, and draws no page: for tests that ask for the status alone."""
    drawn = pages._page
    pages._page = lambda request, facts: f"<p>{facts['message']}</p>"
    try:
        yield
    finally:
        pages._page = drawn


@contextmanager
def unwritten() -> Iterator[None]:
    """No page is written at all: who comes in was decided before."""
    written = Template._render
    Template._render = lambda self, context: ""
    try:
        yield
    finally:
        Template._render = written


@contextmanager
def known(world: World | None = None) -> Iterator[None]:
    """Who is signed in, and what they hold, is read once, and kept in the world if one is given.

    All that a request changes is undone, so it stays true.
    """
    people, held = (world.people, world.held) if world else ({}, {})
    find, read = ModelBackend.get_user, Account._read_held

    def found(backend: ModelBackend, pk: int) -> Account | None:
        if pk not in people:
            people[pk] = find(backend, pk)
        return copy(people[pk])

    def once(account: Account, day: date) -> Any:
        if account.pk not in held:
            held[account.pk] = read(account, day)
        return held[account.pk]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ModelBackend, "get_user", found)
        patched.setattr(Account, "_read_held", once)
        yield


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def fields(account: Account | None, /, **values: Any) -> dict[str, Any]:
    """Fields of a form with its key, and with the one that a report bears."""
    return make_kernel.form(account, **{"client_key": str(uuid.uuid4()), **values})
