"""Ports and addresses."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from liren.host import net
from liren.host.errors import HostError


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        yield door.getsockname()[1]


def test_a_port_that_is_taken_is_named_with_another_one_to_try(taken: int) -> None:
    with pytest.raises(HostError, match=rf"http://127.0.0.1:{taken} is taken.*--port {taken % 65535 + 1}"):
        net.must_be_free("127.0.0.1", taken)


def test_a_port_that_is_free_is_left_free(taken: int) -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        free = door.getsockname()[1]
    net.must_be_free("127.0.0.1", free)
    net.must_be_free("127.0.0.1", free)


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_what_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(HostError, match="no port number"):
        net.must_be_free("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(HostError, match="cannot be used"):
        net.must_be_free("192.0.2.1", 8000)


@pytest.mark.parametrize(
    ("host", "ours"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("192.0.2.1", False), ("a.example", False)],
)
def test_only_loopback_is_local(host: str, ours: bool) -> None:
    assert net.is_loopback(host) is ours


def test_addresses_read_as_in_a_browser() -> None:
    assert (net.address("127.0.0.1", 8000), net.address("::1", 80)) == ("http://127.0.0.1:8000", "http://[::1]:80")


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204 if self.path == "/health" else 404)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Be quiet."""


def test_the_first_answer_ends_the_waiting() -> None:
    with HTTPServer(("127.0.0.1", 0), Page) as site:
        threading.Thread(target=site.handle_request, daemon=True).start()
        assert net.wait_for_page("127.0.0.1", site.server_port, lambda: None) == 204


def test_waiting_is_given_up_by_whoever_looks_after_the_children(taken: int) -> None:
    def gives_up() -> None:
        raise HostError("the web server died")

    with pytest.raises(HostError, match="the web server died"):
        net.wait_for_page("127.0.0.1", taken, gives_up)


def test_a_site_that_never_answers_is_given_up() -> None:
    with pytest.raises(HostError, match="does not answer"):
        net.wait_for_page("127.0.0.1", 1, lambda: None, seconds=0.1)
