"""Sockets that are used as hard as they can be: what is refused is told, and what is held stays bounded."""

import asyncio
import gc
from typing import Any

import pytest
from tests.protocol.client import DEADLINE, Client, ready
from tests.protocol.streams import happens
from tests.protocol.world import World, address, make_app, serve

from weft.resolvers.outgoing import Outgoing
from weft.resolvers.websocket import SocketLimits
from weft.resolvers.ws_operation import SocketOperation

FRAMES = 10_000
OPERATIONS = SocketLimits().operations


def alive(kind: type[object]) -> int:
    gc.collect()
    return sum(isinstance(thing, kind) for thing in gc.get_objects())


async def collected(client: Client, count: int) -> list[Any]:
    return [await client.receive() for _ in range(count)]


async def test_ten_thousand_subscriptions_on_one_socket_are_refused_beyond_the_limit_and_leave_nothing(
    server: str, world: World
) -> None:
    async with ready(server) as client:
        tasks = len(asyncio.all_tasks())

        async def flood() -> None:
            for n in range(FRAMES):
                await client.subscribe(str(n), "subscription { steps }")

        flooding = asyncio.create_task(flood())
        refused = await collected(client, FRAMES - OPERATIONS)
        await flooding
        assert {(message["type"], message["payload"][0]["extensions"]["code"]) for message in refused} == {
            ("error", "THROTTLED")
        }
        assert alive(SocketOperation) == OPERATIONS
        assert len(asyncio.all_tasks()) <= tasks + OPERATIONS
        await client.complete("0")
        await client.subscribe("0", "{ hello }")
        assert await client.next("0") == {"data": {"hello": "hello world"}}
    await happens(world.stopped)


async def test_ten_thousand_queries_one_after_another_leave_nothing(server: str) -> None:
    async with ready(server) as client:
        tasks = len(asyncio.all_tasks())
        for n in range(FRAMES // 100):
            for m in range(100):
                await client.subscribe(f"{n}.{m}", "{ hello }")
            answers = await collected(client, 200)
            assert sum(message["type"] == "complete" for message in answers) == 100
        assert alive(SocketOperation) == 0
        assert len(asyncio.all_tasks()) <= tasks


@pytest.mark.parametrize("frame", ['{"type":"ping","payload":{"a":"%s"}}' % ("x" * 1000), "subscribe"])
async def test_a_flood_from_a_client_that_reads_nothing_waits_outside(
    world: World, frame: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server stops reading a socket whose answers it cannot get rid of, and cuts it when its patience is over."""
    waiting: list[int] = []
    put = Outgoing.put

    def counted(outgoing: Outgoing, message: Any) -> None:
        put(outgoing, message)
        waiting.append(len(outgoing._queue))  # pyright: ignore[reportPrivateUsage]

    monkeypatch.setattr(Outgoing, "put", counted)
    async with serve(make_app(world, SocketLimits(send=0.2))) as running, ready(address(running)) as client:
        await client.subscribe("s", "subscription { steps }")
        await happens(world.started)
        client.socket.transport.pause_reading()

        async def flood() -> None:
            for n in range(FRAMES * 10):
                if frame == "subscribe":
                    await client.subscribe(str(n), "{ big(size: 1000) }")
                else:
                    await client.raw(frame)

        flooding = asyncio.create_task(flood())
        await happens(world.stopped)
        flooding.cancel()
        await asyncio.gather(flooding, return_exceptions=True)
        client.socket.transport.resume_reading()
        assert (await client.closed())[0] == 1006
    assert max(waiting) <= 2 * OPERATIONS


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("{ self " * 15 + "{ hello }" + "}" * 15, "depth"),
        ("{ self " * 1600 + "{ hello }" + "}" * 1600, "depth|nested|tokens"),
        ("{" + "[" * 50_000 + "}", "tokens|Syntax"),
        ("{ echo(value: " + "[" * 2_000 + "]" * 2_000 + ") }", "tokens|nested|deep"),
        ("{ " + " ".join(f"a{n}: hello" for n in range(101)) + " }", "aliases"),
        ("{ " + "hello " * 5_001 + "}", "fields|tokens"),
        ("{ " + "hello " * 4_900 + "}", "repeats too many fields"),
        ("{ hello }" + "#" * 100_000, "characters"),
        ("{ hello }" + "#\n" * 1_001, "comments|tokens"),
        (
            "{ ...A0 } "
            + " ".join(f"fragment A{n} on Query {{ ...A{n + 1} ...A{n + 1} }}" for n in range(20))
            + " fragment A20 on Query { hello }",
            "fields",
        ),
    ],
)
async def test_a_document_deeper_or_wider_than_the_limits_is_refused_and_the_socket_stays_open(
    server: str, query: str, says: str
) -> None:
    async with ready(server) as client:
        await client.subscribe("1", query)
        message = await client.receive()
        assert (message["type"], message["id"]) == ("error", "1")
        [error] = message["payload"]
        assert error["extensions"]["code"] in ("QUERY_TOO_COMPLEX", "GRAPHQL_PARSE_FAILED"), error
        assert any(word in error["message"] for word in says.split("|")), error
        async with asyncio.timeout(DEADLINE):
            await client.quiet()
