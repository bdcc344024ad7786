"""One operation of a connection, from its request to its last message, the same on every transport that streams."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Protocol

from starlette.requests import HTTPConnection
from starlette.types import Scope

from weft.resolvers.engine import Engine, Operation, Request, Subscription
from weft.resolvers.entrance import Entrance
from weft.resolvers.errors import RequestError, formatted, told_of
from weft.resolvers.outgoing import Outgoing
from weft.resolvers.requests import MakeContext, context_for


class Following(Protocol):
    """How the events of a subscription reach an operation."""

    async def follow(self, subscription: Subscription, operation: "RunningOperation") -> bool:
        """Sends events as they come. True: the stream is at its end. False: others go on sending them, and end it."""
        ...


@dataclass(frozen=True, slots=True)
class Service:
    """What all transports of one address serve from."""

    engine: Engine
    make_context: MakeContext
    following: Following
    entrance: Entrance

    def prepare(self, request: Request, scope: Scope) -> Operation:
        """Raises RequestError, also for what is not for whoever came."""
        return self.engine.prepare(request, self.entrance.privileges(scope))


class RunningOperation(ABC):
    """A transport says how its messages look and what happens at the end. Nothing is written after the end."""

    __slots__ = ("_task", "ended", "on_stop", "outgoing")

    def __init__(self, outgoing: Outgoing) -> None:
        self.outgoing = outgoing
        self.ended = False
        self.on_stop: Callable[[], None] | None = None
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    def frame(self, body: str, cursor: str) -> str:
        """A result as this connection takes it. `cursor` names the event's place, if it has one."""

    @abstractmethod
    def said_complete(self) -> None:
        """Tells the peer that it was all."""

    @abstractmethod
    def said_error(self, errors: list[Any]) -> None:
        """Tells the peer that nothing more comes, and why."""

    def start(self, prepare: Callable[[], Operation], connection: HTTPConnection, service: Service) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(prepare, connection, service))

    def stop(self) -> None:
        """The client wants no more of it, or is gone. Nothing is sent after."""
        if self._end():
            if self._task is not None:
                self._task.cancel()
            if self.on_stop is not None:
                self.on_stop()

    def next(self, body: str, cursor: str = "") -> None:
        if not self.ended:
            self.outgoing.write(self.frame(body, cursor))

    def complete(self) -> None:
        if self._end():
            self.said_complete()

    def error(self, errors: list[Any]) -> None:
        if self._end():
            self.said_error(errors)

    def _end(self) -> bool:
        if self.ended:
            return False
        self.ended = True
        return True

    async def _run(self, prepare: Callable[[], Operation], connection: HTTPConnection, service: Service) -> None:
        try:
            operation = prepare()
            context = await context_for(connection, service.make_context)
            if operation.is_subscription:
                subscription = await service.engine.subscribe(operation, context)
                over = await service.following.follow(subscription, self)
            else:
                result = await service.engine.execute(operation, context)
                await self.outgoing.drained()
                self.next(result.encoded().decode())
                over = True
            if over:
                self.complete()
        except RequestError as error:
            self.error(formatted(error.errors))
        except Exception as error:
            self.error([told_of(error)])
        finally:
            self._task = None


class Separately:
    """Executes the selection for this operation alone."""

    async def follow(self, subscription: Subscription, operation: RunningOperation) -> bool:
        source = subscription.source
        try:
            async for event in source:
                result = subscription.result(event)
                if isawaitable(result):
                    result = await result
                operation.next(result.encoded().decode())
                await operation.outgoing.drained()
        finally:
            if close := getattr(source, "aclose", None):
                await close()
        return True
