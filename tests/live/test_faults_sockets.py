"""Viewers that do not read, that flood, that send rubbish: they are let go or refused, and nobody else notices."""

import asyncio
import json
import socket
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import websockets
from tests.live.client import Client, Screen, stored
from tests.live.server import ServerProcess
from tests.live.viewer import EVENTS, subscribed
from tests.support import in_time, wait_until

from weft.threads.cursors import Cursor

LARGE = 200_000
ROOM = 64 * 1024 * 1024
"""Bytes that a server may have more, whatever it is sent: its caches and what it keeps of arenas."""
CHANGE = """mutation Change($input: UpdateMessageInput!) { updateMessage(input: $input) { userErrors { code } } }"""
PROTOCOL = [websockets.Subprotocol("graphql-transport-ws")]


def memory(server: ServerProcess) -> int:
    """The bytes a server has in memory now."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return 1024 * int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


async def opened(server: ServerProcess, **options: Any) -> websockets.ClientConnection:
    """A connection that has been acknowledged."""
    line = await websockets.connect(server.socket_url, subprotocols=PROTOCOL, max_size=None, **options)
    await line.send('{"type": "connection_init"}')
    assert json.loads(await line.recv())["type"] == "connection_ack"
    return line


def subscribe(id: str, thread: str, after: str | None = None) -> str:
    payload = {"query": EVENTS, "variables": {"id": thread, "after": after}}
    return json.dumps({"id": id, "type": "subscribe", "payload": payload})


async def test_a_viewer_that_stops_reading_is_let_go_and_holds_nobody_up(server: ServerProcess, log: Path) -> None:
    """The others have each event before the next one is made, until the slow one is gone; memory stays bounded."""
    thread = await server.new_thread()
    message = (await server.send(thread, "echo", generate=False))["sentMessage"]
    others = [Client([server], thread) for _ in range(3)]
    for other in others:
        await other.read()
    before, made = 0, 0
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        await asyncio.get_running_loop().run_in_executor(None, slow.connect, _address(server))
        line = await opened(server, sock=slow)
        for number in range(20):
            await line.send(subscribe(str(number), thread))
        line.transport.pause_reading()
        async with asyncio.timeout(60):
            while "Connection aborted" not in log.read_text():
                made += 1
                text = f"{made} " + "x" * LARGE
                await server.call(CHANGE, input={"messageId": message["id"], "content": text})
                for other in others:
                    await other.follow(partial(_shows, key=message["key"], text=text))
                before = before or memory(server)
        line.transport.abort()
    assert made > 1
    assert memory(server) - before < ROOM
    assert [other.screen.resyncs for other in others] == [0, 0, 0]


def _shows(screen: Screen, *, key: str, text: str) -> bool:
    return bool(screen.messages[key]["text"] == text)


def _address(server: ServerProcess) -> tuple[str, int]:
    host, _, port = server.base.removeprefix("http://").rpartition(":")
    return host, int(port)


async def churn(line: websockets.ClientConnection, thread: str) -> None:
    for number in range(1500):
        await line.send(subscribe(str(number), thread))
        await line.send(json.dumps({"id": str(number), "type": "complete"}))


async def pile(line: websockets.ClientConnection, thread: str) -> None:
    for number in range(3000):
        await line.send(subscribe(str(number), thread))


async def garbage(line: websockets.ClientConnection, thread: str) -> None:
    await line.send("{" * 1000)


async def huge(line: websockets.ClientConnection, thread: str) -> None:
    await line.send("x" * (5 * 1024 * 1024))


@pytest.mark.parametrize(("flood", "code"), [(churn, None), (pile, None), (garbage, 4400), (huge, 1009)])
async def test_a_viewer_that_floods_is_answered_or_closed_and_the_others_see_their_answer(
    server: ServerProcess, flood: Any, code: int | None
) -> None:
    """Where it is not closed, what is over the limit is refused one by one, and it may go on."""
    thread = await server.new_thread()
    viewer = Client([server], thread)
    await viewer.read()
    before = memory(server)
    line = await opened(server)
    reading = asyncio.create_task(_closed(line))
    answer = (await server.send(thread, "slow"))["generation"]["id"]
    with suppress(websockets.ConnectionClosed):
        await in_time(flood(line, thread))
        if code is None:
            await line.send(json.dumps({"id": "last", "type": "ping"}))
            await line.close()
    await viewer.follow(lambda screen: screen.over(answer))
    assert await in_time(reading) == (code or 1000)
    assert viewer.screen.shown() == await stored(server, thread)
    assert viewer.codes == []
    assert memory(server) - before < ROOM


async def _closed(line: websockets.ClientConnection) -> int:
    """Reads all there is; the code of the end."""
    try:
        while True:
            message = json.loads(await line.recv())
            if message["type"] == "error":
                assert message["payload"][0]["extensions"]["code"] == "THROTTLED"
    except websockets.ConnectionClosed as closed:
        return 1006 if closed.rcvd is None else closed.rcvd.code


async def test_a_cursor_that_has_seen_more_of_a_live_answer_than_there_is_is_from_the_future(
    server: ServerProcess,
) -> None:
    thread = await server.new_thread()
    viewer = Client([server], thread)
    await viewer.read()
    answer = (await server.send(thread, "slow"))["generation"]["id"]
    await viewer.follow(lambda screen: screen.deltas > 0)
    assert viewer.screen.cursor is not None
    seen = Cursor.decode(viewer.screen.cursor, thread)
    forged = Cursor(thread, seen.seq, dict.fromkeys(seen.ends, 10000)).encode()
    async with subscribed(server.socket_url, EVENTS, id=thread, after=forged) as line:
        refused = await line.next()
    assert refused["type"] == "error"
    assert refused["payload"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "future" in refused["payload"][0]["message"]
    await viewer.follow(lambda screen: screen.over(answer))
    await wait_until(lambda: not viewer.screen.streams)
