"""Addresses and ports on this machine."""

import errno
import http.client
import ipaddress
import socket
import time
from collections.abc import Callable

from liren.host.errors import HostError


def address(host: str, port: int) -> str:
    """As a person types it into a browser."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def must_be_free(host: str, port: int) -> None:
    """HostError when we cannot listen there, with the reason."""
    if not 0 < port < 65_536:
        raise HostError(f"{port} is no port number: choose one from 1 to 65535.")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind((host, port))
    except OSError as error:
        why = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used: {error}"
        raise HostError(f"{address(host, port)} {why}. Choose another port: --port {port % 65_535 + 1}") from error


def wait_for_page(host: str, port: int, meanwhile: Callable[[], None], seconds: float = 120.0) -> int:
    """Wait until /health answers; its status. ``meanwhile`` is called between tries and may give up by an exception."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        meanwhile()
        door = http.client.HTTPConnection(host, port, timeout=10)
        try:
            door.request("GET", "/health", headers={"Host": f"localhost:{port}"})
            return door.getresponse().status
        except OSError:
            pass
        finally:
            door.close()
        time.sleep(0.05)
    raise HostError(f"The site does not answer at {address(host, port)} after {seconds:.0f} seconds.")
