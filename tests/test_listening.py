"""The listeners of the bot and of the demo: no answer waits for the other side to confirm its first part."""

import socket
from collections.abc import Callable

import pytest

from cocm_bot.playground.servers.threads import listen
from cocm_bot.serving import _listening


def of_the_bot() -> socket.socket:
    return _listening("127.0.0.1", 0)


def of_the_demo() -> socket.socket:
    return listen()[0]


@pytest.mark.parametrize("listening", [of_the_bot, of_the_demo])
def test_a_connection_sends_what_it_has_at_once(listening: Callable[[], socket.socket]) -> None:
    with listening() as listener, socket.create_connection(listener.getsockname()):
        taken, _ = listener.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
