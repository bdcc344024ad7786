"""Events over HTTP to one client: as fast as it reads and no faster, a comment when there is nothing to say.

Nothing is queued: what a slow client has not taken stays in the store. One that takes nothing for `patience` is cut.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, Protocol

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from weft.adapters.ai_sdk.encoding import encode
from weft.adapters.ai_sdk.frames import Frame
from weft.errors import InputError

_LOG = logging.getLogger(__name__)

SERVER_SEND: Final = "weft.http_send"
"""Where the scope has the server's own `send`: it leads to the connection, which must be cut when it is stuck."""

_HEADERS: Final = {
    "content-type": "text/event-stream",
    "cache-control": "no-cache, no-transform",
    "x-vercel-ai-ui-message-stream": "v1",
    "x-accel-buffering": "no",
}
_DONE: Final = b"data: [DONE]\n\n"
_BEAT: Final = b": weft\n\n"


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """Seconds: between comments on a silent stream, and that a client may take nothing of what it is sent."""

    heartbeat: float = 15.0
    patience: float = 20.0


class OpenStreams(Protocol):
    """The open responses of a server, which ends them when it stops."""

    def add(self, end: Callable[[], None]) -> None: ...

    def discard(self, end: Callable[[], None]) -> None: ...


class LimitedStreams(OpenStreams, Protocol):
    """The open responses to one viewer."""

    def check(self) -> None:
        """Raises RateLimitedError when there is no room for one more."""
        ...


class EventStream(Response):
    """A response that lasts as long as `batches`; when the client goes, or the server, only `batches` is closed."""

    def __init__(
        self,
        batches: AsyncGenerator[Sequence[Frame], None],
        headers: dict[str, str],
        limits: StreamLimits | None = None,
        open_streams: OpenStreams | None = None,
    ) -> None:
        super().__init__(headers={**_HEADERS, **headers})
        del self.headers["content-length"]
        self._batches = batches
        self._limits = limits or StreamLimits()
        self._open_streams = open_streams
        self._sending = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "HEAD":
            await self._send(send, {"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await self._body(send, b"", more=False)
            return
        stopping = asyncio.Event()
        end = stopping.set
        if self._open_streams is not None:
            self._open_streams.add(end)
        try:
            await self._follow(scope, receive, send, stopping)
        finally:
            if self._open_streams is not None:
                self._open_streams.discard(end)

    async def _follow(self, scope: Scope, receive: Receive, send: Send, stopping: asyncio.Event) -> None:
        writing = asyncio.create_task(self._write(send), name="weft-ai-sdk-stream")
        others = [
            asyncio.create_task(_gone(receive), name="weft-ai-sdk-gone"),
            asyncio.create_task(self._beat(send), name="weft-ai-sdk-beat"),
            asyncio.create_task(_until(stopping), name="weft-ai-sdk-stop"),
        ]
        try:
            await asyncio.wait([writing, *others], return_when=asyncio.FIRST_COMPLETED)
            if any(isinstance(each.exception(), TimeoutError) for each in (writing, *others) if each.done()):
                _LOG.warning("a client that takes nothing was cut", extra={"path": scope.get("path")})
                _abort(scope)
            elif writing.done():
                writing.result()
            elif stopping.is_set():
                _abort(scope)
        finally:
            for task in (writing, *others):
                task.cancel()
            await asyncio.gather(writing, *others, return_exceptions=True)

    async def _write(self, send: Send) -> None:
        await self._send(send, {"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async with aclosing(self._batches) as batches:
            try:
                async for frames in batches:
                    if frames:
                        await self._body(send, b"".join(map(_event, frames)))
            except InputError as error:
                await self._body(send, _data({"type": "error", "errorText": error.message}))
        await self._body(send, _DONE, more=False)

    async def _beat(self, send: Send) -> None:
        while True:
            await asyncio.sleep(self._limits.heartbeat)
            if not self._sending.locked():
                await self._body(send, _BEAT)

    async def _body(self, send: Send, body: bytes, *, more: bool = True) -> None:
        await self._send(send, {"type": "http.response.body", "body": body, "more_body": more})

    async def _send(self, send: Send, message: dict[str, Any]) -> None:
        async with self._sending, asyncio.timeout(self._limits.patience):
            await send(message)


async def _until(stopping: asyncio.Event) -> None:
    await stopping.wait()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _abort(scope: Scope) -> None:
    """`transport.close()` would wait for a peer that reads nothing; only uvicorn's protocols show theirs."""
    transport = getattr(getattr(scope.get(SERVER_SEND), "__self__", None), "transport", None)
    if transport is not None and hasattr(transport, "abort"):
        transport.abort()


def _event(frame: Frame) -> bytes:
    data = _data(frame.chunk)
    return data if frame.place is None else b"id: " + frame.place.encode().encode() + b"\n" + data


def _data(value: dict[str, Any]) -> bytes:
    return b"data: " + encode(value) + b"\n\n"
