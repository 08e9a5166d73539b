"""Errors a citizen or a clerk can meet: each names the thing, the state and the next step."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

CHINESE_ENDS = ("。", "？", "！", "；", "：")


class LirenError(Exception):
    """An error with a page of its own. ``message`` says what is, ``next_step`` what the reader can do now."""

    status = 400
    default_next_step = _("Go back, check what you entered, and try again.")
    #: After how many seconds the same may be tried again; 0 where waiting does not help.
    retry_after_s = 0

    def __init__(self, message: str, *, next_step: str = "", status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step or self.default_next_step
        self.status = status or self.status

    @property
    def said(self) -> str:
        """What is, and the next step, in one paragraph. Chinese puts no blank between two sentences."""
        message = str(self.message)
        return f"{message}{'' if message.endswith(CHINESE_ENDS) else ' '}{self.next_step}".strip()


class Malformed(LirenError):
    """The request itself can't be read (400): a garbled address, key or body."""

    status = 400
    default_next_step = _("Open the page again from the menu, and fill in the form once more.")


class NotAllowed(LirenError, PermissionDenied):
    """The actor may see the thing but not do this to it (403)."""

    status = 403
    default_next_step = _("Sign in with an account that holds this duty, or ask your community office.")


class Conflict(LirenError):
    """The thing is no longer in the state the request expects (409)."""

    status = 409
    default_next_step = _("Open the page again: it shows the present state.")


class BadInput(LirenError):
    """The request is readable, but says what can't be (422)."""

    status = 422


class TooLarge(LirenError):
    """The request is larger than any page takes (413)."""

    status = 413
    default_next_step = _("Send a smaller file: at most 20 MB.")


class TooMany(LirenError):
    """Too many requests in too short a time (429)."""

    status = 429
    default_next_step = _("Wait a few minutes, then try again.")
    retry_after_s = 300

    def __init__(self, message: str, *, next_step: str = "", retry_after_s: int = 0) -> None:
        super().__init__(message, next_step=next_step)
        self.retry_after_s = retry_after_s or self.retry_after_s


class Busy(LirenError):
    """The server could not answer in time (503); nothing was changed."""

    status = 503
    retry_after_s = 30
    default_next_step = _("Nothing was changed. Wait a minute, then try again.")
