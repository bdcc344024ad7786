"""GraphQL over WebSocket: the subprotocol graphql-transport-ws and no other."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Message, Receive, Scope, Send

from weft.errors import RateLimitedError, UnauthenticatedError, UnavailableError
from weft.resolvers import ws_protocol as protocol
from weft.resolvers.doors import Door
from weft.resolvers.errors import Code, formatted, masked, refusal
from weft.resolvers.operation import Service
from weft.resolvers.origins import Origins
from weft.resolvers.outgoing import Outgoing, server_send
from weft.resolvers.ws_operation import SocketOperation
from weft.resolvers.ws_protocol import ProtocolError


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """Seconds, bytes and counts for each socket."""

    init: float = 10.0
    send: float = 5.0
    ping: float = 25.0
    operations: int = 100
    message_bytes: int = 4 * 1024 * 1024


class WebSocketEndpoint:
    """An ASGI app. Pages of other origins are refused unless listed: browsers send cookies along with any handshake."""

    def __init__(
        self,
        service: Service,
        origins: Origins,
        limits: SocketLimits | None = None,
    ) -> None:
        self.service = service
        self.limits = limits or SocketLimits()
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if not self._origins.welcome(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": 4403, "reason": "Origin not allowed"})
            return
        if protocol.SUBPROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            code = protocol.SUBPROTOCOL_NOT_ACCEPTABLE
            await send({"type": "websocket.close", "code": code, "reason": "Subprotocol not acceptable"})
            return
        await send({"type": "websocket.accept", "subprotocol": protocol.SUBPROTOCOL})
        await _Connection(self, scope, server_send(scope, send)).run(receive)


class _Connection:
    """One socket. Operations run beside the loop that reads; every timer is cancelled when the loop ends."""

    def __init__(self, endpoint: WebSocketEndpoint, scope: Scope, send: Send) -> None:
        self._endpoint = endpoint
        self._limits = endpoint.limits
        self._scope = scope
        self._task = asyncio.current_task()
        self._aborted = False
        self._initialised = False
        self._acknowledged = False
        self._entering: asyncio.Task[None] | None = None
        self._release: Callable[[], None] | None = None
        self._operations: dict[str, SocketOperation] = {}
        self._outgoing = Outgoing(send, self._lost, patience=self._limits.send)
        self._timer = asyncio.get_running_loop().call_later(self._limits.init, self._init_too_late)

    async def run(self, receive: Receive) -> None:
        try:
            await self._talk(receive)
        except asyncio.CancelledError:
            if not self._aborted:
                raise
        finally:
            self._timer.cancel()
            if self._entering is not None:
                self._entering.cancel()
            self._stop_all()
            self._outgoing.abandon()

    async def _talk(self, receive: Receive) -> None:
        try:
            await self._read_all(receive)
        except ProtocolError as error:
            self._outgoing.close(error.code, error.reason)
            await self._outgoing.drained()

    async def _read_all(self, receive: Callable[[], Awaitable[Message]]) -> None:
        while True:
            await self._outgoing.drained()
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            text: str | None = message.get("text")
            if text is not None and len(text) > self._limits.message_bytes:
                raise ProtocolError(protocol.TOO_BIG, f"Messages are at most {self._limits.message_bytes} bytes")
            self._handle(protocol.read(text))

    def _handle(self, message: protocol.ClientMessage) -> None:
        match message:
            case protocol.Init():
                self._init(message)
            case protocol.Ping():
                self._outgoing.write(protocol.pong(message.payload))
            case protocol.Pong():
                pass
            case protocol.Subscribe():
                self._subscribe(message)
            case protocol.Complete():
                if operation := self._operations.pop(message.id, None):
                    operation.stop()

    def _init(self, message: protocol.Init) -> None:
        if self._initialised:
            raise ProtocolError(protocol.TOO_MANY_INITS, "Too many initialisation requests")
        self._initialised = True
        state: dict[str, Any] = self._scope.setdefault("state", {})
        state["connection_params"] = message.payload or {}
        self._timer.cancel()
        if self._endpoint.service.entrance.asks:
            self._entering = asyncio.get_running_loop().create_task(self._enter())
        else:
            self._acknowledge()

    async def _enter(self) -> None:
        entrance = self._endpoint.service.entrance
        try:
            await entrance.enter(self._scope)
            entrance.check(self._scope, Door.SOCKETS)
        except RateLimitedError as error:
            self._end(protocol.TRY_AGAIN_LATER, error.message)
        except UnauthenticatedError:
            self._end(protocol.FORBIDDEN, "Forbidden")
        except UnavailableError:
            self._end(protocol.TRY_AGAIN_LATER, "Try again later")
        except Exception as error:
            masked(error)
            self._end(protocol.TRY_AGAIN_LATER, "Try again later")
        else:
            self._acknowledge()
            self._release = entrance.hold(self._scope, Door.SOCKETS, partial(self._end, protocol.FORBIDDEN))

    def _acknowledge(self) -> None:
        self._acknowledged = True
        self._outgoing.write(protocol.ACK)
        self._timer = asyncio.get_running_loop().call_later(self._limits.ping, self._ping)

    def _end(self, code: int, reason: str) -> None:
        """Closes the socket from our side. A peer that does not answer that is left."""
        self._acknowledged = False
        self._stop_all()
        self._timer.cancel()
        self._outgoing.close(code, reason)
        self._timer = asyncio.get_running_loop().call_later(self._limits.send, self._lost)

    def _stop_all(self) -> None:
        if self._release is not None:
            self._release()
        for operation in list(self._operations.values()):
            operation.stop()

    def _subscribe(self, message: protocol.Subscribe) -> None:
        if not self._acknowledged:
            raise ProtocolError(protocol.UNAUTHORIZED, "Unauthorized")
        if message.id in self._operations:
            raise ProtocolError(protocol.SUBSCRIBER_EXISTS, f"Subscriber for {message.id} already exists")
        if len(self._operations) >= self._limits.operations:
            refused = refusal(f"At most {self._limits.operations} operations at once on one socket", Code.THROTTLED)
            self._outgoing.write(protocol.error(message.id, formatted(refused.errors)))
            return
        operation = SocketOperation(message.id, self._outgoing, self._operations)
        service = self._endpoint.service
        operation.start(partial(service.prepare, message.request, self._scope), HTTPConnection(self._scope), service)

    def _init_too_late(self) -> None:
        self._end(protocol.INIT_TIMEOUT, "Connection initialisation timeout")

    def _ping(self) -> None:
        if not self._outgoing.behind:
            self._outgoing.write(protocol.PING)
        self._timer = asyncio.get_running_loop().call_later(self._limits.ping, self._ping)

    def _lost(self) -> None:
        if self._task is not None and not self._aborted:
            self._aborted = True
            self._task.cancel()
