"""Readers of HTTP responses that stay open; every wait has a deadline."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from tests.protocol.client import DEADLINE

EVENT_STREAM = "text/event-stream"
MULTIPART = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0"


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream, or a comment, which has no name."""

    name: str | None
    data: Any = None
    id: str | None = None


COMMENT = Event(None)
COMPLETE = Event("complete")


class Stream:
    """A response, read piece by piece. `separator` ends a piece."""

    def __init__(self, response: httpx2.Response, separator: str) -> None:
        self.response = response
        self._separator = separator
        self._pieces = self._split()

    async def piece(self) -> str:
        async with asyncio.timeout(DEADLINE):
            return await anext(self._pieces)

    async def rest(self) -> list[str]:
        async with asyncio.timeout(DEADLINE):
            return [piece async for piece in self._pieces]

    async def _split(self) -> AsyncIterator[str]:
        """The last piece may be one that no separator ends."""
        buffer = ""
        async for text in self.response.aiter_text():
            buffer += text
            *pieces, buffer = buffer.split(self._separator)
            for piece in pieces:
                yield piece
        if buffer:
            yield buffer


class EventStream(Stream):
    async def any(self) -> Event:
        return _event(await self.piece())

    async def event(self) -> Event:
        """The next one that is not a comment."""
        while (event := await self.any()) == COMMENT:
            pass
        return event

    async def next(self) -> Any:
        event = await self.event()
        assert event.name == "next", event
        return event.data

    async def ended(self) -> list[Event]:
        """What comes until the server ends the response."""
        return [event for piece in await self.rest() if (event := _event(piece)) != COMMENT]


def _event(piece: str) -> Event:
    fields: dict[str, str] = {}
    for line in piece.split("\n"):
        name, _, value = line.partition(":")
        assert name not in fields, piece
        fields[name] = value.removeprefix(" ")
    if set(fields) == {""}:
        return COMMENT
    assert set(fields) <= {"event", "id", "data"}, piece
    return Event(fields["event"], json.loads(fields["data"]) if fields["data"] else None, fields.get("id"))


@asynccontextmanager
async def asked(
    address: str,
    query: str | None = None,
    *,
    accept: str,
    method: str = "POST",
    headers: dict[str, str] | None = None,
    **more: Any,
) -> AsyncGenerator[httpx2.Response, None]:
    """The response to an operation, not read yet; leaving the block cuts the connection."""
    payload = {**({} if query is None else {"query": query}), **more}
    in_the_address = {name: value if isinstance(value, str) else json.dumps(value) for name, value in payload.items()}
    sent: Any = {"json": payload} if method == "POST" else {"params": in_the_address}
    async with (
        httpx2.AsyncClient(base_url=f"http://{address}", timeout=DEADLINE) as http,
        http.stream(method, "/graphql", headers={"accept": accept, **(headers or {})}, **sent) as response,
    ):
        yield response


@asynccontextmanager
async def events(
    address: str, query: str | None = None, *, accept: str = EVENT_STREAM, **more: Any
) -> AsyncGenerator[EventStream, None]:
    async with asked(address, query, accept=accept, **more) as response:
        assert (response.status_code, response.headers["content-type"]) == (200, EVENT_STREAM)
        yield EventStream(response, "\n\n")


@asynccontextmanager
async def parts(address: str, query: str, *, accept: str = MULTIPART, **more: Any) -> AsyncGenerator[Stream, None]:
    async with asked(address, query, accept=accept, **more) as response:
        assert (response.status_code, response.headers["content-type"]) == (200, MULTIPART)
        yield Stream(response, "\r\n--graphql")


async def happens(event: asyncio.Event) -> None:
    async with asyncio.timeout(DEADLINE):
        await event.wait()
