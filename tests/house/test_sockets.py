"""The suite talks to nobody: only sockets on this machine can be opened."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_a_connection_to_elsewhere_is_refused_before_it_is_tried():
    with pytest.raises(SocketConnectBlockedError), socket.socket() as door:
        door.connect(("192.0.2.1", 80))  # an address of RFC 5737, which nobody has
