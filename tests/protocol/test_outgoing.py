"""Writing to a socket: in order, at once while it takes it, bounded while it does not, and never an exception."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.protocol.client import DEADLINE

from weft.resolvers.outgoing import Outgoing


class Server:
    """An ASGI server's end of a socket, opened and closed by the test; `transport` is what uvicorn's has."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.writable = asyncio.Event()
        self.broken = False
        self.aborted = 0
        self.lost = 0
        self.transport = self

    async def send(self, message: Any) -> None:
        await self.writable.wait()
        if self.broken:
            raise OSError("the peer is gone")
        self.taken.append(message.get("text", message["type"]))

    def abort(self) -> None:
        self.aborted += 1

    def lose(self) -> None:
        self.lost += 1

    def outgoing(self, patience: float = DEADLINE, bound: int = 256) -> Outgoing:
        return Outgoing(self.send, self.lose, patience=patience, queue_bound=bound)


async def soon(work: Awaitable[Any]) -> None:
    async with asyncio.timeout(DEADLINE):
        await work


async def test_an_open_socket_takes_messages_before_write_returns() -> None:
    server = Server()
    server.writable.set()
    outgoing = server.outgoing()
    outgoing.write("a")
    outgoing.write("b")
    assert server.taken == ["a", "b"]
    assert not outgoing.behind


async def test_what_waits_is_sent_in_order_when_the_socket_opens_and_writing_is_direct_again() -> None:
    server = Server()
    outgoing = server.outgoing()
    for text in "abc":
        outgoing.write(text)
    assert outgoing.behind
    server.writable.set()
    await soon(outgoing.drained())
    outgoing.write("d")
    assert server.taken == ["a", "b", "c", "d"]
    assert not outgoing.behind


async def test_close_comes_after_what_was_written_and_nothing_after_it() -> None:
    server = Server()
    outgoing = server.outgoing()
    outgoing.write("a")
    outgoing.close(4400, "why")
    outgoing.close(4400, "again")
    outgoing.write("b")
    server.writable.set()
    await soon(outgoing.drained())
    assert server.taken == ["a", "websocket.close"]
    assert server.lost == 0


@pytest.mark.parametrize("open_first", [True, False])
async def test_a_peer_that_is_gone_is_told_of_once(open_first: bool) -> None:
    server = Server()
    server.broken = True
    outgoing = server.outgoing()
    if open_first:
        server.writable.set()
    outgoing.write("a")
    outgoing.write("b")
    server.writable.set()
    await soon(outgoing.drained())
    assert (server.taken, server.lost, server.aborted) == ([], 1, 0)


async def test_more_than_the_bound_waiting_aborts_the_socket() -> None:
    server = Server()
    outgoing = server.outgoing(bound=3)
    for text in "abcde":
        outgoing.write(text)
    assert (server.lost, server.aborted) == (1, 1)
    outgoing.write("f")
    server.writable.set()
    await soon(outgoing.drained())
    assert "f" not in server.taken


async def test_a_socket_that_takes_nothing_in_time_is_aborted() -> None:
    server = Server()
    outgoing = server.outgoing(patience=0.01)
    outgoing.write("a")
    await soon(outgoing.drained())
    assert (server.taken, server.lost, server.aborted) == ([], 1, 1)


async def test_a_socket_left_alone_while_it_is_behind_is_cut() -> None:
    server = Server()
    outgoing = server.outgoing()
    outgoing.write("a")
    outgoing.abandon()
    await soon(outgoing.drained())
    server.writable.set()
    assert (server.taken, server.lost, server.aborted) == ([], 0, 1)


async def test_a_server_that_shows_no_transport_is_only_told_of() -> None:
    server = Server()
    outgoing = Outgoing(_hidden(server.send), server.lose, patience=0.01)
    outgoing.write("a")
    await soon(outgoing.drained())
    assert (server.lost, server.aborted) == (1, 0)


def _hidden(send: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    async def wrapped(message: Any) -> None:
        await send(message)

    return wrapped
