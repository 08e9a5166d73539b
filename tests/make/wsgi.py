"""Asks an API what its description allows and forbids: in this process, over WSGI, in the transaction of the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from tests.rights.thrift import undone

#: What a description can't say: which of the words that it allows name something.
UNSAYABLE = ("positive_data_acceptance",)


def few(share: int) -> Any:
    """Examples for one address: so many times fewer than the profile says."""
    return settings(
        max_examples=max(settings.default.max_examples // share, 5),
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def in_one_transaction() -> Iterator[None]:
    """What is made inside is gone afterwards."""
    with kept_open(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def kept_open() -> Iterator[None]:
    """Each request through the real door closes what connections it finds; the one of the test stays, as in Client.
    A Client puts that back after each of its own requests, whatever was said before."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def app() -> WSGIHandler:
    return WSGIHandler()


def meant_and_not(operation: Any, **fixed: Any) -> st.SearchStrategy[Any]:
    """Requests as the description has them, and as many that break it in one place."""
    return st.one_of(*(operation.as_strategy(generation_mode=mode, **fixed) for mode in GenerationMode))


def tried(case: Any, *unchecked: str, **sent: Any) -> Any:
    """The answer, held against the description."""
    load_all_checks()
    with kept_open(), undone():
        answer = case.call(**sent)
    skipped = [CHECKS.get_one(name) for name in (*UNSAYABLE, *unchecked)]
    case.validate_response(answer, excluded_checks=skipped)
    return answer
