"""Text messages: a protocol, chosen by the setting LIREN_SMS. Empty: no text messages, so no sign-in by telephone."""

import logging
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)


class SmsGateway(Protocol):
    """What an operator's own gateway class offers; it is made without arguments and reads its own environment."""

    def send(self, number: str, text: str) -> None:
        """Send ``text`` to ``number`` (E.164); raises whatever tells the operator that it was not accepted."""


class ConsoleGateway:
    """For the demo and for tests: messages go to the log and are kept in memory, the last hundred of them."""

    sent: list[tuple[str, str]] = []

    def send(self, number: str, text: str) -> None:
        self.sent.append((number, text))
        del self.sent[:-100]
        log.warning("SMS to …%s: %s", number[-4:], text)


def available() -> bool:
    return bool(settings.LIREN_SMS)


def gateway() -> SmsGateway:
    """The gateway of this installation; ImproperlyConfigured when none is named or it can't be imported."""
    return _gateway(settings.LIREN_SMS)


@lru_cache(maxsize=4)
def _gateway(name: str) -> SmsGateway:
    if name == "console":
        return ConsoleGateway()
    if not name:
        raise ImproperlyConfigured("LIREN_SMS names no gateway: text messages can't be sent.")
    try:
        made: SmsGateway = import_string(name)()
    except ImportError as wrong:
        raise ImproperlyConfigured(f"LIREN_SMS: {wrong}") from wrong
    return made
