"""Live sources over WebSocket: everything once, in order, executed once for all who ask the same."""

import asyncio
from typing import Any, cast

import pytest
from starlette.requests import HTTPConnection
from tests.protocol.client import DEADLINE, Client, ready
from tests.protocol.world import Context, World, address, advanced, make_app, schema, serve

from weft.resolvers.engine import Engine, Request
from weft.resolvers.live import LiveSource
from weft.resolvers.websocket import SocketLimits
from weft.subscriptions.reader import Seen
from weft.threads.events import Item, MessageRemoved, MessageSaved, ThreadDeleted

EVENTS = """
subscription ($thread: ID!, $after: String) {
  events(threadId: $thread, after: $after) {
    __typename
    ... on Advanced { cursor start end text }
    ... on Removed { cursor keys }
    ... on Resync { cursor reason }
    ... on Deleted { cursor threadId }
  }
}
"""
SLOW = "subscription { events(threadId: 1) { ... on Removed { cursor slow } ... on Resync { reason } } }"
SCOPE: dict[str, Any] = {"type": "websocket", "headers": []}
COMPLETE = {"id": "1", "type": "complete"}


async def follow(client: Client, document: str = EVENTS, **variables: Any) -> None:
    await client.subscribe("1", document, **({"thread": "1"} | variables if "$thread" in document else variables))


async def event(client: Client) -> Any:
    payload = await client.next("1")
    assert "errors" not in payload, payload
    return payload["data"]["events"]


async def following(client: Client, world: World, document: str = EVENTS, **variables: Any) -> None:
    """Returns when the client has caught up, and so is told of what happens from now on."""
    world.missed = [Item(MessageRemoved(["missed"]), "m")]
    await follow(client, document, **variables)
    assert (await event(client))["keys"] == ["missed"]


async def test_events_reach_every_viewer_in_order(server: str, world: World) -> None:
    async with ready(server) as anna, ready(server) as bert:
        for client in (anna, bert):
            await following(client, world)
        world.happen(advanced(0, "a"), MessageRemoved(["k"]))
        world.happen(advanced(1, "b"))
        for client in (anna, bert):
            assert [await event(client) for _ in range(3)] == [
                {"__typename": "Advanced", "cursor": "c0", "start": 0, "end": 1, "text": "a"},
                {"__typename": "Removed", "cursor": "c1", "keys": ["k"]},
                {"__typename": "Advanced", "cursor": "c2", "start": 1, "end": 2, "text": "b"},
            ]


async def test_an_event_is_executed_once_for_all_who_ask_the_same(server: str, world: World) -> None:
    async with ready(server) as anna, ready(server) as bert, ready(server) as carl:
        for n, client in enumerate((anna, bert, carl)):
            await following(client, world, after=f"c{n}")
        rendered = world.renders
        world.happen(advanced(0), advanced(1))
        for client in (anna, bert, carl):
            assert [(await event(client))["start"] for _ in range(2)] == [0, 1]
        assert world.renders == rendered + 2


@pytest.mark.parametrize(
    ("document", "variables", "viewer"),
    [
        (EVENTS + " ", {}, "anna"),
        (EVENTS, {"thread": "2"}, "anna"),
        (EVENTS, {}, "bert"),
    ],
)
async def test_what_differs_in_document_variables_or_viewer_is_executed_apart(
    server: str, world: World, document: str, variables: dict[str, Any], viewer: str
) -> None:
    async with ready(server, x_viewer="anna") as one, ready(server, x_viewer=viewer) as other:
        await following(one, world)
        await following(other, world, document, **variables)
        rendered = world.renders
        world.happen(advanced(0))
        assert await event(one) == await event(other)
        assert world.renders == rendered + 2


async def test_a_cursor_variable_that_is_used_twice_tells_executions_apart(server: str, world: World) -> None:
    document = "subscription ($c: String) { events(threadId: 1, after: $c) { ... on Removed { keys } ... on Advanced "
    once, twice = document + "{ start } } }", document + "{ start echo(value: $c) } } }"
    async with ready(server) as one, ready(server) as other:
        for client, cursor in ((one, "x"), (other, "y")):
            await following(client, world, once, c=cursor)
            await client.complete("1")
            await following(client, world, twice, c=cursor)
        world.happen(advanced(0))
        assert [await event(one), await event(other)] == [{"start": 0, "echo": "x"}, {"start": 0, "echo": "y"}]


async def test_what_was_missed_comes_first_and_what_happened_meanwhile_after_it(server: str, world: World) -> None:
    world.catching_up.clear()
    async with ready(server) as client:
        await following(client, world)
        world.happen(advanced(0))
        world.happen(advanced(1))
        world.catching_up.set()
        world.happen(advanced(2))
        assert [(await event(client))["start"] for _ in range(3)] == [0, 1, 2]


async def test_an_item_that_the_reader_has_seen_is_not_sent_again(server: str, world: World) -> None:
    async with ready(server) as ahead, ready(server) as level:
        await following(level, world)
        world.seen = Seen(seq=1, ends={0: 2})
        await following(ahead, world)
        world.happen(advanced(0), advanced(1), MessageRemoved(["a"]), MessageRemoved(["b"]), advanced(2))
        assert [(await event(level)).get("cursor") for _ in range(5)] == ["c0", "c1", "c2", "c3", "c4"]
        assert [(await event(ahead)).get("cursor") for _ in range(3)] == ["c2", "c3", "c4"]


async def test_complete_leaves_the_others_following(server: str, world: World) -> None:
    async with ready(server) as anna, ready(server) as bert:
        await following(anna, world)
        await following(bert, world)
        await anna.complete("1")
        await anna.quiet()
        assert world.readers == 1
        world.happen(advanced(0))
        assert (await event(bert))["start"] == 0
        await anna.quiet()


async def test_two_operations_of_one_socket_share_too(server: str, world: World) -> None:
    async with ready(server) as client:
        for name in ("1", "2"):
            await client.subscribe(name, EVENTS, thread="1")
        world.missed = []
        await client.quiet()
        world.happen(advanced(0))
        seen = {(await client.receive())["id"] for _ in range(2)}
        assert seen == {"1", "2"}


@pytest.mark.parametrize("early", [True, False])
async def test_when_the_topic_ends_everyone_is_told_to_read_again_and_is_complete(
    server: str, world: World, early: bool
) -> None:
    async with ready(server) as client:
        if early:
            world.topic.end("history is lost")
        await following(client, world)
        if not early:
            world.happen(advanced(0))
            assert (await event(client))["start"] == 0
            world.topic.end("history is lost")
        told = await event(client)
        assert told == {"__typename": "Resync", "cursor": "m" if early else "c0", "reason": "history is lost"}
        assert await client.receive() == COMPLETE
        assert world.readers == 0


async def test_after_the_thread_is_deleted_the_operation_is_complete(server: str, world: World) -> None:
    async with ready(server) as client:
        await following(client, world)
        world.happen(ThreadDeleted("thr_1"))
        assert (await event(client))["threadId"] == "thr_1"
        assert await client.receive() == COMPLETE
        await client.subscribe("1", "{ hello }")
        assert (await client.next("1"))["data"] == {"hello": "hello world"}


async def test_a_missed_end_completes_without_following(server: str, world: World) -> None:
    world.missed = [Item(ThreadDeleted("thr_1"), "m")]
    async with ready(server) as client:
        await follow(client)
        assert (await event(client))["threadId"] == "thr_1"
        assert await client.receive() == COMPLETE
        assert world.readers == 0


async def test_an_event_with_async_fields_is_waited_for_once_and_keeps_the_order(server: str, world: World) -> None:
    async with ready(server) as anna, ready(server) as bert:
        for client in (anna, bert):
            await client.subscribe("1", SLOW)
            await client.quiet()
        world.happen(MessageRemoved(["a"]), MessageRemoved(["b"]))
        world.happen(advanced(0))
        world.gate.set()
        for client in (anna, bert):
            assert await event(client) == {"cursor": "c0", "slow": "slow"}
            assert await event(client) == {"cursor": "c1", "slow": "slow"}
            assert await event(client) == {}
        assert world.slow_reads == 2


async def test_when_the_ring_moves_on_while_a_field_is_waited_for_viewers_read_again(server: str, world: World) -> None:
    async with ready(server) as client:
        await client.subscribe("1", SLOW)
        await client.quiet()
        world.happen(MessageRemoved(["a"]))
        world.happen(*(advanced(n) for n in range(2000)))
        world.gate.set()
        assert await event(client) == {"cursor": "c0", "slow": "slow"}
        assert "too slow" in (await event(client))["reason"]
        assert await client.receive() == COMPLETE


async def test_an_error_in_a_field_is_part_of_the_event(server: str, world: World) -> None:
    document = "subscription { events(threadId: 1) { ... on Removed { cursor broken } } }"
    async with ready(server) as client:
        await client.subscribe("1", document)
        await client.quiet()
        world.happen(MessageRemoved(["a"]))
        payload = await client.next("1")
        assert payload["data"] == {"events": {"cursor": "c0", "broken": None}}
        assert payload["errors"][0]["extensions"]["code"] == "INTERNAL"
        assert payload["errors"][0]["path"] == ["events", "broken"]


async def test_a_slow_socket_too_is_told_when_an_item_cannot_be_rendered(server: str, world: World) -> None:
    async with ready(server) as slow:
        await following(slow, world)
        await stuff(slow, world)
        world.happen(MessageSaved(ui_message=None))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        slow.socket.transport.resume_reading()
        message = await slow.receive()
        while message["type"] == "next":
            message = await slow.receive()
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "INTERNAL")


async def test_a_live_source_is_a_stream_like_any_other(world: World) -> None:
    world.missed = [Item(MessageRemoved(["missed"]), "m")]
    engine = Engine(schema)
    request = Request(EVENTS, None, {"thread": "1"})
    subscription = await engine.subscribe(engine.prepare(request), Context(world, "anna", HTTPConnection(SCOPE)))
    source = cast(LiveSource[Any], subscription.source)
    world.happen(advanced(0), ThreadDeleted("thr_1"))
    seen = [type(event).__name__ async for event in source]
    await source.aclose()
    assert seen == ["Removed", "Advanced", "Deleted"]
    assert world.readers == 0


async def test_an_item_that_cannot_be_rendered_ends_in_error_for_all(server: str, world: World) -> None:
    async with ready(server) as anna, ready(server) as bert:
        for client in (anna, bert):
            await following(client, world)
        world.happen(MessageSaved(ui_message=None))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        for client in (anna, bert):
            message = await client.receive()
            assert message["type"] == "error"
            assert message["payload"][0]["extensions"]["code"] == "INTERNAL"
        assert world.readers == 0


SENT = 300


async def stuff(client: Client, world: World, quick: Client | None = None) -> None:
    """Fills every buffer on the way to a client that does not read, while another one reads each event at once."""
    client.socket.transport.pause_reading()
    for n in range(SENT):
        world.happen(advanced(n, "x" * 50_000))
        if quick is not None:
            assert (await event(quick))["start"] == n


async def test_a_slow_socket_gets_what_waited_as_one_and_holds_nobody_up(server: str, world: World) -> None:
    async with ready(server) as slow, ready(server) as quick:
        for client in (slow, quick):
            await following(client, world)
        await stuff(slow, world, quick)
        slow.socket.transport.resume_reading()
        place, messages = 0, 0
        while place < SENT:
            delta = await event(slow)
            assert delta["start"] == place
            assert len(delta["text"]) == 50_000 * (delta["end"] - delta["start"]) <= 150_000
            place, messages = delta["end"], messages + 1
        assert messages < SENT
        world.happen(advanced(SENT))
        assert (await event(slow))["start"] == (await event(quick))["start"] == SENT


async def test_a_socket_that_falls_off_the_ring_is_told_to_read_again(server: str, world: World) -> None:
    async with ready(server) as slow:
        await following(slow, world)
        await stuff(slow, world)
        world.happen(*(advanced(SENT + n) for n in range(2000)))
        slow.socket.transport.resume_reading()
        told = [await event(slow)]
        while told[-1]["__typename"] == "Advanced":
            told.append(await event(slow))
        assert told[-1]["__typename"] == "Resync"
        assert told[-1]["cursor"] == told[-2]["cursor"]
        assert await slow.receive() == COMPLETE
        await slow.quiet()


async def test_a_socket_that_takes_nothing_for_too_long_is_cut(world: World) -> None:
    async with serve(make_app(world, SocketLimits(send=0.05))) as running, ready(address(running)) as slow:
        await following(slow, world)
        await stuff(slow, world)
        async with asyncio.timeout(DEADLINE):
            await world.nobody_reads.wait()
        slow.socket.transport.resume_reading()
        assert (await slow.closed())[0] == 1006
