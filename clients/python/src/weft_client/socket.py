"""One socket with one subscription, as graphql-transport-ws wants it. It ends with `complete` or with an error."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidStatus,
    InvalidURI,
    NegotiationError,
)
from websockets.typing import Subprotocol

from weft_client.errors import (
    DisconnectedError,
    ForbiddenError,
    ProtocolError,
    UnauthenticatedError,
    UnavailableError,
    WeftError,
    top_level,
)
from weft_client.json_values import as_object, is_object
from weft_client.settings import Settings

_PROTOCOL: Final = Subprotocol("graphql-transport-ws")
_LARGEST: Final = 64 * 1024 * 1024
"""Bytes of one message; the server's own limits are far below."""
_CLOSE_SECONDS: Final = 2.0
_LEAP_SECONDS: Final = 15.0
_FORBIDDEN: Final = frozenset({4401, 4403})
_NEVER: Final = frozenset({1002, 1003, 1007, 1009, 4400, 4406, 4409, 4429})
"""Close codes after which doing the same again is no use."""


class Socket:
    def __init__(self, line: ClientConnection, settings: Settings) -> None:
        self._line = line
        self._settings = settings
        self._acknowledged = False
        self._ahead = settings.clock() - time.monotonic()

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, params: dict[str, str], settings: Settings) -> AsyncGenerator[Self, None]:
        """A socket that the server has let in; closed when the block is left."""
        line = await _connected(url, settings)
        try:
            socket = cls(line, settings)
            await socket._begin(params)
            yield socket
        finally:
            await line.close()

    async def _begin(self, params: dict[str, str]) -> None:
        await self._send({"type": "connection_init", **({"payload": params} if params else {})})
        try:
            async with asyncio.timeout(self._settings.connect_timeout):
                while (await self._next())["type"] != "connection_ack":
                    pass
        except TimeoutError as error:
            raise DisconnectedError("The server did not let the socket in in time") from error
        self._acknowledged = True

    async def subscribe(self, payload: dict[str, Any]) -> None:
        await self._send({"id": "1", "type": "subscribe", "payload": payload})

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """The data of each event. Raises for an error at any point of the stream, also one beside data."""
        while True:
            message = await self._next()
            match message["type"]:
                case "next":
                    yield _data(message.get("payload"))
                case "error":
                    raise top_level(message.get("payload"))
                case "complete":
                    return
                case _:
                    pass

    async def _next(self) -> dict[str, Any]:
        """The next message that is not about the connection itself."""
        while True:
            message = _message(await self._receive())
            if message["type"] == "ping":
                await self._send({"type": "pong"})
            elif message["type"] != "pong":
                return message

    async def _receive(self) -> str | bytes:
        """Looks at the clock while it waits: a machine that slept has a socket that is dead and does not say so."""
        try:
            while True:
                try:
                    async with asyncio.timeout(self._settings.ping_every):
                        return await self._line.recv()
                except TimeoutError:
                    if self._settings.clock() - time.monotonic() - self._ahead > _LEAP_SECONDS:
                        raise DisconnectedError("The machine has slept; the socket is opened anew") from None
        except ConnectionClosed as closed:
            raise self._ended(closed) from closed

    async def _send(self, message: dict[str, Any]) -> None:
        try:
            await self._line.send(json.dumps(message))
        except ConnectionClosed as closed:
            raise self._ended(closed) from closed

    def _ended(self, closed: ConnectionClosed) -> WeftError:
        code, reason = (1006, "") if closed.rcvd is None else (closed.rcvd.code, closed.rcvd.reason)
        said = f"{code} {reason}".strip()
        if code in _FORBIDDEN and not self._acknowledged:
            return UnauthenticatedError(f"The server does not let this token or key in ({said})")
        if code in _NEVER:
            return ProtocolError(f"The server closed the socket ({said})")
        return DisconnectedError(f"The socket was cut ({said})", close_code=code)


async def _connected(url: str, settings: Settings) -> ClientConnection:
    address = "ws" + url.removeprefix("http")
    try:
        return await connect(
            address,
            subprotocols=[_PROTOCOL],
            compression=None,
            open_timeout=settings.connect_timeout,
            ping_interval=settings.ping_every,
            ping_timeout=settings.pong_within,
            close_timeout=_CLOSE_SECONDS,
            max_size=_LARGEST,
        )
    except InvalidStatus as error:
        raise _refused(url, error.response.status_code) from error
    except (InvalidURI, NegotiationError) as error:
        raise ProtocolError(f"{url} is no GraphQL endpoint of Weft: {error}") from error
    except (OSError, TimeoutError, InvalidHandshake) as error:
        cause = str(error) or type(error).__name__
        raise UnavailableError(f"{url} cannot be reached ({cause}): is the server running?") from error


def _refused(url: str, status: int) -> WeftError:
    if status == 401:
        return UnauthenticatedError("The server does not know who is asking")
    if status == 403:
        return ForbiddenError(f"{url} refuses sockets from here")
    if status == 429 or status >= 500:
        return UnavailableError(f"{url} cannot open a socket now (HTTP {status})")
    return ProtocolError(f"{url} is no GraphQL endpoint of Weft: it answered with HTTP {status}")


def _message(raw: str | bytes) -> dict[str, Any]:
    try:
        message = json.loads(raw)
    except ValueError as error:
        raise ProtocolError("The server sent what is not JSON") from error
    if not is_object(message) or not isinstance(message.get("type"), str):
        raise ProtocolError("The server sent what is no message of graphql-transport-ws")
    return message


def _data(payload: Any) -> dict[str, Any]:
    result = as_object(payload)
    if result.get("errors"):
        raise top_level(result["errors"])
    if not is_object(data := result.get("data")):
        raise ProtocolError("The server sent an event without data")
    return data
