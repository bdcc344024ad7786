"""Results over one HTTP response that stays open. It ends with the operation, or at once when the client is gone;
whatever the operation held is free then."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from weft.resolvers.doors import Door
from weft.resolvers.engine import Operation
from weft.resolvers.operation import RunningOperation, Service
from weft.resolvers.outgoing import Outgoing, body_message, server_send


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """Seconds. `send`: how long a client may take nothing. The others: how often a client is told that we are there."""

    send: float = 5.0
    event_stream_heartbeat: float = 15.0
    multipart_heartbeat: float = 5.0


class StreamedOperation(RunningOperation):
    """The operation of a response. What it writes first and in between is the format's."""

    __slots__ = ("_over",)

    media: ClassVar[str]
    opening: ClassVar[str]
    heartbeat: ClassVar[str]

    def __init__(self, outgoing: Outgoing, over: Callable[[], None]) -> None:
        super().__init__(outgoing)
        self._over = over

    @staticmethod
    @abstractmethod
    def interval(limits: StreamLimits) -> float:
        """Seconds between two heartbeats."""

    def say_last(self, text: str) -> None:
        self.outgoing.finish({"type": "http.response.body", "body": text.encode(), "more_body": False})
        self._over()


class OpenStreams:
    """The responses of a server that are open, so that it can let them go when it stops: it would wait for them."""

    def __init__(self) -> None:
        self._ends: set[Callable[[], None]] = set()
        self._stopped = False

    def __len__(self) -> int:
        return len(self._ends)

    def add(self, end: Callable[[], None]) -> None:
        self._ends.add(end)
        if self._stopped:
            end()

    def discard(self, end: Callable[[], None]) -> None:
        self._ends.discard(end)

    def end_all(self) -> None:
        """Ends each response, and any later one, without saying that the operation is complete: clients come back
        and go on where they were."""
        self._stopped = True
        for end in list(self._ends):
            end()


@dataclass(frozen=True, slots=True)
class StreamedResponse:
    """An ASGI app that answers one request with the results of one operation."""

    kind: type[StreamedOperation]
    prepare: Callable[[], Operation]
    service: Service
    limits: StreamLimits
    open: OpenStreams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _Streaming(self, scope, send).run(receive)


class _Streaming:
    def __init__(self, response: StreamedResponse, scope: Scope, send: Send) -> None:
        self._response = response
        self._scope = scope
        self._over = asyncio.Event()
        patience, server = response.limits.send, server_send(scope, send)
        self._outgoing = Outgoing(send, self._over.set, patience=patience, message=body_message, server=server)
        self._operation = response.kind(self._outgoing, self._over.set)
        self._interval = self._operation.interval(response.limits)

    async def run(self, receive: Receive) -> None:
        gone = asyncio.get_running_loop().create_task(_until_gone(receive))
        gone.add_done_callback(lambda _: self._over.set())
        self._begin()
        self._timer = asyncio.get_running_loop().call_later(self._interval, self._beat)
        self._response.open.add(self._leave)
        release = self._response.service.entrance.hold(self._scope, Door.STREAMS, lambda _: self._leave())
        try:
            await self._over.wait()
            if not gone.done():
                await self._outgoing.drained()
        finally:
            self._response.open.discard(self._leave)
            release()
            self._timer.cancel()
            gone.cancel()
            self._operation.stop()
            self._outgoing.abandon()

    def _begin(self) -> None:
        headers = {
            "content-type": self._operation.media,
            "cache-control": "no-store, no-transform",
            "vary": "Accept",
            "x-accel-buffering": "no",
        }
        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._outgoing.put({"type": "http.response.start", "status": 200, "headers": encoded})
        self._outgoing.write(self._operation.opening)
        self._operation.start(self._response.prepare, HTTPConnection(self._scope), self._response.service)

    def _beat(self) -> None:
        if not self._outgoing.behind:
            self._outgoing.write(self._operation.heartbeat)
        self._timer = asyncio.get_running_loop().call_later(self._interval, self._beat)

    def _leave(self) -> None:
        self._operation.stop()
        self._operation.say_last("")


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
