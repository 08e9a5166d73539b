"""How often: in a minute for programs, by their key; in an hour and a day for people, without knowing who they are."""

from __future__ import annotations

import ipaddress
from datetime import date, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.foundation.kernel import doors
from liren.foundation.kernel.errors import TooMany
from liren.foundation.policy.queries import parameters_at

WINDOW_S = 60
#: How much of an address counts: about what one street, one firm or one household shares.
PREFIXES = {4: 24, 6: 56}
UNKNOWN = "unknown"
#: Where what this platform declares for everybody stands; and the same numbers while no packs are loaded.
EVERYWHERE = "common"
USUAL = {
    "reports_of_network_hour": 60,
    "reports_of_network_day": 300,
    "reports_of_account_hour": 20,
    "reports_of_account_day": 60,
}


def within_limit(door: str, who: str, most: int) -> None:
    """Count one more of ``who`` at ``door`` in this minute by the clock. One statement.

    Raises:
        TooMany: it was more than ``most``.
    """
    now = timezone.now()
    if doors.knock(door, f"{who}:{minute_of(now)}", most=doors.Most(most, most), at=now):
        raise TooMany(
            _("That was too much in one minute."), next_step=_("Wait a minute, then go on."), retry_after_s=WINDOW_S
        )


def minute_of(moment: datetime) -> str:
    return f"{moment:%H%M}"


def let_in(request: HttpRequest, door: str, *, at: datetime, where: str = "") -> None:
    """Count one report at ``door``: of the account, else of the network it comes from. One statement, and a look at the
    packs: ``where`` is the code of the unit that the report concerns, "" for none.

    Raises:
        TooMany: it was enough for this hour, or for today; nothing was counted.
    """
    account = request.user.pk if request.user.is_authenticated else None
    who = f"account:{account}" if account else f"network:{network_of(request)}"
    most = most_of("account" if account else "network", where, timezone.localdate(at))
    wait = doors.knock(door, who, most=most, at=at)
    if wait:
        raise _too_many(at + timedelta(seconds=wait), wait, is_account=bool(account))


def most_of(whose: str, where: str, on: date) -> doors.Most:
    """How many reports one account or network may send in an hour and in a day.

    The operator's own number counts first (``LIREN_NETWORK_HOUR`` and the others), else that of the packs of the place,
    else that which this platform declares for everybody.
    """
    own = settings.LIREN_REPORTS_OF_ACCOUNT if whose == "account" else settings.LIREN_REPORTS_OF_NETWORK
    codes = [f"reports_of_{whose}_{span}" for span in ("hour", "day")]
    said = {**parameters_at(codes, EVERYWHERE, on=on), **(parameters_at(codes, where, on=on) if where else {})}
    hour, day = (
        number or (int(said[code].quantity.value) if code in said else USUAL[code])
        for number, code in zip(own, codes, strict=True)
    )
    return doors.Most(hour, day)


def _too_many(again: datetime, wait: int, *, is_account: bool) -> TooMany:
    facts = {"number": settings.LIREN_HOTLINE, "time": _hour(timezone.localtime(again))}
    step = _("Call %(number)s: they take it in at once. Or send it again after %(time)s.") % facts
    if is_account:
        return TooMany(_("Your account has sent very many reports lately."), next_step=step, retry_after_s=wait)
    message = _("Very many reports have come from your network lately: from you, or from others who share it.")
    return TooMany(message, next_step=step, retry_after_s=wait)


def _hour(when: datetime) -> str:
    """The hour, with the day where it is another than today."""
    if when.date() == timezone.localdate():
        return f"{when:%H:%M}"
    chinese = (get_language() or "zh").startswith("zh")
    return f"{when.month}月{when.day}日 {when:%H:%M}" if chinese else f"{when.day} {when:%B %H:%M}"


def network_of(request: HttpRequest) -> str:
    """The network a request comes from, never kept as it is; whoever's address can't be read is one network together.

    Behind a proxy of ours (``LIREN_BEHIND_PROXY``) the address is what that proxy added last to X-Forwarded-For; what
    stands before it was said by the sender. Without one the header counts for nothing.
    """
    text = request.META.get("REMOTE_ADDR", "")
    if settings.LIREN_BEHIND_PROXY:
        text = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2]
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, PREFIXES[address.version]), strict=False))
