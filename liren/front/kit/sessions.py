"""Sessions in the database, as Django keeps them, with one statement less for each new one."""

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.utils.crypto import get_random_string


class SessionStore(DatabaseSessions):
    """Whether a new key is taken is not asked first: it is one of 36^32, and ``create`` takes another if the row is
    there already."""

    def _get_new_session_key(self) -> str:
        return get_random_string(32, VALID_KEY_CHARS)
