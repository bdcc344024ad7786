"""Readers whose streams have been cleared away come out where all others do: at the saved message, by every cursor."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from tests.subscriptions.conftest import World, take
from tests.support import words

from weft.storage.store import Store
from weft.threads.cursors import Cursor
from weft.threads.drafts import draft
from weft.threads.events import (
    Item,
    MessageSaved,
    ResyncRequired,
    StreamAdvanced,
    StreamEnded,
    StreamStarted,
)
from weft.threads.messages import MessageRole
from weft.threads.streams import Chunk, Delta, Stream
from weft.threads.threads import Thread
from weft.threads.ui_messages import LiveStream, UIMessage, with_streams

Clear = Callable[[Store, Sequence[Stream], Random], Awaitable[Any]]

TOOLS: list[Chunk] = [
    {"type": "start-step"},
    {"type": "tool-input-available", "toolCallId": "c1", "toolName": "look", "input": {}},
    {"type": "tool-output-available", "toolCallId": "c1", "output": "found"},
    {"type": "start-step"},
    {"type": "text-start", "id": "1"},
    *words(*"Found after a long search.", id="1"),
]


@dataclass
class Screen:
    """What a client shows that does what it is told, and nothing else."""

    messages: dict[str, UIMessage] = field(default_factory=dict[str, UIMessage])
    live: dict[str, tuple[Stream, list[Chunk]]] = field(default_factory=dict[str, tuple[Stream, list[Chunk]]])
    ends: dict[str, int] = field(default_factory=dict[str, int])

    def copy(self) -> "Screen":
        live = {id_: (stream, list(chunks)) for id_, (stream, chunks) in self.live.items()}
        return Screen(dict(self.messages), live, dict(self.ends))

    def take(self, item: Item) -> None:
        match item.event:
            case MessageSaved(message):
                self.messages[message.key] = message
            case StreamStarted(live):
                self.live[live.stream.id] = (live.stream, [])
            case StreamAdvanced(delta):
                assert delta.start == self.ends.get(delta.stream_id, 0), "parts come end to end"
                self.ends[delta.stream_id] = delta.end
                self.live[delta.stream_id][1].extend(delta.parts)
            case StreamEnded(stream_id):
                self.live.pop(stream_id, None)
            case ResyncRequired(reason):
                pytest.fail(reason)
            case _:
                pass

    def shown(self) -> list[UIMessage]:
        streams = [LiveStream(stream, chunks) for stream, chunks in self.live.values()]
        return with_streams(list(self.messages.values()), streams)


@dataclass
class Log:
    """A thread in which three streams were written side by side, and what a reader of all of it was told."""

    thread: Thread
    streams: list[Stream]
    items: list[Item]
    start: str


async def written(world: World) -> Log:
    """One stream is finished as it was streamed, one with a message that was given, one is aborted."""
    thread = await world.weft.threads.create()
    await world.tell()
    start = (await world.cursor(thread)).encode()
    reader = await world.feeds.thread(thread.id, start)
    service = world.weft.streams
    streams = [await service.create(thread.id) for _ in range(3)]
    await world.tell()
    for at in range(0, len(TOOLS), 4):
        for stream in streams:
            await service.append(stream.id, at, TOOLS[at : at + 4])
            await world.tell()
        await world.touch(thread, f"title {at}")
    await service.finish(streams[0].id)
    await world.tell()
    await service.finish(streams[1].id, [draft(role=MessageRole.ASSISTANT, content="Given.")])
    await world.tell()
    await service.abort(thread.id, stream_id=streams[2].id, reason="enough")
    await world.tell()
    await world.touch(thread, "last")
    await world.tell()
    items: list[Item] = []
    last = (await world.weft.threads.require(thread.id)).seq
    while not items or items[-1].seq != last:
        items += await take(reader, 1)
    await reader.aclose()
    return Log(thread, streams, items, start)


async def missed(world: World, log: Log, cursor: str) -> list[Item]:
    """What a reader that comes back with the cursor is told of what it missed."""
    reader = await world.feeds.thread(log.thread.id, cursor)
    items = [item async for item in reader.catch_up()]
    await reader.aclose()
    return items


def numbers(items: Sequence[Item]) -> list[int]:
    """Of the events among them, which are more than parts of a stream."""
    return [item.seq for item in items if not isinstance(item.event, StreamAdvanced)]


async def _everything(store: Store, streams: Sequence[Stream], _: Random) -> None:
    await store.removals.of_streams([stream.id for stream in streams], 10_000)
    await store.removals.of_streams([stream.id for stream in streams], 10_000)


async def _only_the_deltas(store: Store, streams: Sequence[Stream], _: Random) -> None:
    await store.deltas.collection.delete_many({"streamId": {"$in": [stream.id for stream in streams]}})


async def _only_the_streams(store: Store, streams: Sequence[Stream], _: Random) -> None:
    await store.streams.forget([stream.id for stream in streams])


async def _some_of_the_deltas(store: Store, streams: Sequence[Stream], random: Random) -> None:
    ids = [doc["_id"] async for doc in store.deltas.collection.find({}, {"_id": 1})]
    await store.deltas.collection.delete_many({"_id": {"$in": random.sample(ids, len(ids) // 2)}})


async def _one_stream(store: Store, streams: Sequence[Stream], random: Random) -> None:
    await _everything(store, [random.choice(streams)], random)


@pytest.mark.parametrize("clear", [_everything, _only_the_deltas, _only_the_streams, _some_of_the_deltas, _one_stream])
async def test_every_cursor_leads_to_the_same_screen_when_streams_are_cleared(world: World, clear: Clear) -> None:
    log = await written(world)
    places = [(log.start, Screen())]
    for item in log.items:
        screen = places[-1][1].copy()
        screen.take(item)
        places.append((item.cursor, screen))
    last = places[-1][1].shown()
    assert [message.text for message in last] == ["Found after a long search.", "Given.", "Found after a long search."]
    events = [numbers(await missed(world, log, cursor)) for cursor, _ in places]
    await clear(world.store, log.streams, Random(clear.__name__))
    for (cursor, screen), told in zip(places, events, strict=True):
        rest = await missed(world, log, cursor)
        for item in rest:
            screen.take(item)
        assert screen.shown() == last
        assert numbers(rest) == told


async def test_a_cursor_of_a_reader_that_missed_parts_leads_on_too(world: World) -> None:
    log = await written(world)
    middle = next(item for item in log.items if isinstance(item.event, StreamAdvanced))
    await _everything(world.store, log.streams, Random(0))
    rest = await missed(world, log, middle.cursor)
    for place, item in enumerate(rest):
        later = await missed(world, log, item.cursor)
        assert [each.seq for each in later] == [each.seq for each in rest[place + 1 :]]


async def test_deltas_that_go_while_a_reader_catches_up_do_not_stop_it(world: World) -> None:
    log = await written(world)
    screen = Screen()
    reader = await world.feeds.thread(log.thread.id, log.start)
    async for item in reader.catch_up():
        screen.take(item)
        if isinstance(item.event, StreamAdvanced):
            await _everything(world.store, log.streams, Random(0))
    await reader.aclose()
    assert [message.status for message in screen.shown()] == ["success", "success", "failed"]


async def test_parts_that_a_server_which_lags_will_go_on_with_cannot_be_skipped(world: World) -> None:
    """A server that has not heard of the end would go on in the middle: its reader must read again."""
    thread = await world.weft.threads.create()
    stream = await world.stream(thread)
    await world.write(stream, 0, "one ")
    await world.tell()
    keeping = await world.feeds.thread(thread.id, None)
    await take(keeping, 2)
    early = Cursor(thread.id, stream.start_seq, {stream.start_seq: 0}).encode()
    level = (await world.cursor(thread)).encode()
    await world.write(stream, 1, "two")
    await world.end(stream, 2)
    await _everything(world.store, [stream], Random(0))
    lost = await world.feeds.thread(thread.id, early)
    assert [type(item.event) async for item in lost] == [ResyncRequired]
    whole = await world.feeds.thread(thread.id, level)
    part = {"type": "text-delta", "id": "0", "delta": "two"}
    world.feed.bring(Delta(stream.id, thread.id, 1, 2, [part]))
    (told,) = await take(whole, 1)
    assert isinstance(told.event, StreamAdvanced)
    assert told.event.delta.start == 1


async def test_parts_of_a_stream_that_had_ended_are_not_told_by_a_server_that_lags(world: World) -> None:
    thread = await world.weft.threads.create()
    stream = await world.stream(thread)
    await world.tell()
    lagging = await world.feeds.thread(thread.id, None)
    await world.write(stream, 0, "one")
    await world.end(stream, 1)
    ahead = await world.feeds.thread(thread.id, (await world.cursor(thread)).encode())
    await world.touch(thread, "next")
    await world.tell()
    (told,) = await take(ahead, 1)
    assert getattr(told.event, "thread", thread).title == "next"
    assert len(await take(lagging, 4)) == 4
