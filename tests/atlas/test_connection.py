"""One connection through the server: what is not looked into arrives as it was sent, and answers keep their order."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import bson
from hypothesis import given
from hypothesis import strategies as st
from tests.atlas.connection import Connection, Look, Looks
from tests.atlas.wire import MORE_TO_COME, Message, OpMsg, Section, answer, decode, read_message
from tests.support import in_time

Server = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def request(number: int, *, size: int = 0, flags: int = 0) -> Message:
    body = bson.encode({"ping": number, "padding": b"x" * size})
    return OpMsg(number, 0, flags, (Section(None, (body,)),)).message()


REQUESTS = st.builds(
    request, st.integers(1, 2**30), size=st.integers(0, 3000), flags=st.sampled_from([0, 0, MORE_TO_COME])
)


def number_of(message: Message) -> int:
    return int(OpMsg.of(message).command()["ping"])


@dataclass
class Behind:
    """The server behind: keeps what it gets, and answers each message that wants it with its own document."""

    got: bytes = b""
    said: list[Message] = field(default_factory=list[Message])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (message := await read_message(reader)) is not None:
            self.got += message.raw
            if message.is_answered:
                self.said.append(answer(message, decode(message.raw[21:])))
                writer.write(self.said[-1].raw)
        writer.close()


@asynccontextmanager
async def between(looks: Looks, behind: Server) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A client's end of a connection through to `behind`."""
    ended = asyncio.Event()
    back = await asyncio.start_server(behind, "127.0.0.1", 0)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Connection(reader, writer, looks).run(*back.sockets[0].getsockname()[:2])
        ended.set()

    front = await asyncio.start_server(connected, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*front.sockets[0].getsockname()[:2])
    try:
        yield reader, writer
    finally:
        writer.close()
        await in_time(ended.wait())
        front.close()
        back.close()


async def through(message: Message) -> Look:
    return Look(message)


@given(st.lists(REQUESTS, max_size=6), st.integers(1, 4000))
async def test_messages_and_replies_go_through_byte_for_byte(requests: list[Message], size: int) -> None:
    behind = Behind()
    sent = b"".join(message.raw for message in requests)
    async with between(through, behind.serve) as (reader, writer):
        for at in range(0, len(sent), size):
            writer.write(sent[at : at + size])
            await writer.drain()
        wanted = [message for message in requests if message.is_answered]
        got = [await in_time(read_message(reader)) for _ in wanted]
        writer.write_eof()
        assert await in_time(reader.read()) == b""
    assert behind.got == sent
    assert got == behind.said


@given(st.lists(st.booleans(), min_size=1, max_size=8))
async def test_answers_of_its_own_wait_for_those_of_the_server_behind(own: list[bool]) -> None:
    async def looks(message: Message) -> Look:
        mine = own[number_of(message)]
        return Look(answered=answer(message, {"mine": True})) if mine else Look(message)

    async with between(looks, Behind().serve) as (reader, writer):
        writer.write(b"".join(request(number).raw for number in range(len(own))))
        replies = [await in_time(read_message(reader)) for _ in own]
    told = [None if reply is None else OpMsg.of(reply).command().get("mine", False) for reply in replies]
    assert told == own


async def test_an_answer_can_take_the_place_of_that_of_the_server_behind() -> None:
    behind = Behind()

    async def looks(message: Message) -> Look:
        return Look(message, answered=answer(message, {"mine": True}))

    async with between(looks, behind.serve) as (reader, writer):
        writer.write(request(1).raw)
        reply = await in_time(read_message(reader))
    assert reply is not None
    assert OpMsg.of(reply).command() == {"mine": True}
    assert behind.got == request(1).raw


async def test_every_reply_of_a_stream_is_changed() -> None:
    async def streams(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_message(reader)
        for number in range(3):
            writer.write(request(number, flags=MORE_TO_COME if number < 2 else 0).raw)
        await reader.read()
        writer.close()

    async def looks(message: Message) -> Look:
        return Look(message, change=lambda reply: OpMsg.of(reply).with_command({"ping": -number_of(reply)}).message())

    async with between(looks, streams) as (reader, writer):
        writer.write(request(9).raw)
        replies = [await in_time(read_message(reader)) for _ in range(3)]
    assert [None if reply is None else number_of(reply) for reply in replies] == [0, -1, -2]


async def test_the_connection_ends_when_the_server_behind_ends_it() -> None:
    async def leaves(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_message(reader)
        writer.close()

    async with between(through, leaves) as (reader, writer):
        writer.write(request(1).raw)
        assert await in_time(reader.read()) == b""


async def test_the_connection_ends_at_bytes_that_are_no_message() -> None:
    async with between(through, Behind().serve) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert await in_time(reader.read()) == b""
