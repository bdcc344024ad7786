"""One operation of a socket, from `subscribe` to `complete` or `error`."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any, Protocol

from weft.resolvers import ws_protocol as protocol
from weft.resolvers.engine import Engine, Request, Subscription
from weft.resolvers.errors import RequestError, formatted, masked
from weft.resolvers.outgoing import Outgoing


class Following(Protocol):
    """How the events of a subscription reach an operation."""

    async def follow(self, subscription: Subscription, operation: "SocketOperation") -> bool:
        """Sends events as they come. True: the stream is at its end. False: others go on sending them, and end it."""
        ...


class SocketOperation:
    """Registers itself under its id at once and is gone from there before its last message is written, so that an
    id can be used again as soon as the client has read that."""

    __slots__ = ("_operations", "_task", "ended", "head", "id", "on_stop", "outgoing")

    def __init__(self, id: str, outgoing: Outgoing, operations: "dict[str, SocketOperation]") -> None:
        self.id = id
        self.outgoing = outgoing
        self.head = protocol.next_head(id)
        self.ended = False
        self.on_stop: Callable[[], None] | None = None
        self._operations = operations
        self._task: asyncio.Task[None] | None = None
        operations[id] = self

    def start(
        self,
        request: Request,
        engine: Engine,
        context: Callable[[], Awaitable[object]],
        following: Following,
    ) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(request, engine, context, following))

    def stop(self) -> None:
        """The client wants no more of it, or is gone. Nothing is sent after."""
        if self._end():
            if self._task is not None:
                self._task.cancel()
            if self.on_stop is not None:
                self.on_stop()

    def next(self, body: bytes) -> None:
        if not self.ended:
            self.outgoing.write(self.head + protocol.next_tail(body))

    def complete(self) -> None:
        if self._end():
            self.outgoing.write(protocol.complete(self.id))

    def error(self, errors: list[Any]) -> None:
        if self._end():
            self.outgoing.write(protocol.error(self.id, errors))

    def _end(self) -> bool:
        if self.ended:
            return False
        self.ended = True
        if self._operations.get(self.id) is self:
            del self._operations[self.id]
        return True

    async def _run(
        self,
        request: Request,
        engine: Engine,
        context: Callable[[], Awaitable[object]],
        following: Following,
    ) -> None:
        try:
            operation = engine.prepare(request)
            if not operation.is_subscription:
                result = await engine.execute(operation, await context())
                await self.outgoing.drained()
                self.next(result.encoded())
                self.complete()
            elif await following.follow(await engine.subscribe(operation, await context()), self):
                self.complete()
        except RequestError as error:
            self.error(formatted(error.errors))
        except Exception as error:
            self.error([masked(error)])
        finally:
            self._task = None


class Separately:
    """Executes the selection for this operation alone."""

    async def follow(self, subscription: Subscription, operation: SocketOperation) -> bool:
        source = subscription.source
        try:
            async for event in source:
                result = subscription.result(event)
                if isawaitable(result):
                    result = await result
                operation.next(result.encoded())
                await operation.outgoing.drained()
        finally:
            if close := getattr(source, "aclose", None):
                await close()
        return True
