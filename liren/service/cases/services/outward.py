"""Sending to an address that somebody else named, without being sent into our own house (SSRF).

Only https on port 443, no redirect is followed, no proxy is asked. The name is resolved once; every address it has must
be one of the open internet, and the connection goes to exactly the one that was looked at, so that a name that answers
differently a moment later (DNS rebinding) gains nothing. The certificate is still that of the name.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput

PORT, TIMEOUT_S, MOST_ANSWER = 443, 5.0, 1000
#: Networks whose addresses carry another one inside, or are of no host, though some say that they are global.
WRAPPED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")))

#: An address without blanks; a name whose end is no number, which would be an address in disguise (0x7f.1).
SIGNS, NAME = re.compile(r"[!-~]{1,500}"), re.compile(r"(?:[a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{0,62}")


class Unsafe(Exception):
    """The address leads where nothing of ours may be sent; or to nowhere."""


def checked_address(address: str) -> str:
    """The address in one spelling.

    Raises:
        BadInput: not https on port 443, a user in it, or a host that is none of the open internet.
    """
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        fits = parts.scheme == "https" and parts.port in (None, PORT) and "@" not in parts.netloc
        fits = fits and not parts.fragment and bool(SIGNS.fullmatch(address.strip()))
        if fits and (NAME.fullmatch(host) or is_open(host)):
            return parts.geturl()
    except (ValueError, UnicodeError):
        pass
    raise BadInput(_("Write an address that begins with https:// and can be reached from everywhere."))


def literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host is, if it is no name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def is_open(text: str) -> bool:
    """Whether this is an address of one host on the open internet."""
    address = literal(text)
    if address is None or not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped is None and not address.is_site_local and not any(address in net for net in WRAPPED)
    return True


def resolved(host: str) -> str:
    """The one address to connect to.

    Raises:
        Unsafe: the name has no address, or one of its addresses is not of the open internet.
    """
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise Unsafe(f"no address: {type(error).__name__}") from error
    if not found or not all(map(is_open, found)):
        raise Unsafe("not an address of the open internet")
    return found[0]


class _Pinned(http.client.HTTPSConnection):
    """A connection to one address, under the certificate of a name."""

    def __init__(self, host: str, pinned: str, context: ssl.SSLContext) -> None:
        super().__init__(host, PORT, timeout=TIMEOUT_S, context=context)
        self._pinned, self._trust = pinned, context

    def connect(self) -> None:
        raw = socket.create_connection((self._pinned, PORT), TIMEOUT_S)
        try:
            self.sock = self._trust.wrap_socket(raw, server_hostname=self.host)
        except BaseException:
            raw.close()
            raise


def post(address: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send, and give the status of the answer.

    Raises:
        Unsafe: see above. OSError, http.client.HTTPException: it could not be reached, or did not speak HTTP.
    """
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        raise Unsafe("not https")
    connection = _Pinned(parts.hostname, resolved(parts.hostname), ssl.create_default_context())
    try:
        connection.request("POST", _target(parts), body, dict(headers))
        answer = connection.getresponse()
        answer.read(MOST_ANSWER)
        return answer.status
    finally:
        connection.close()


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
