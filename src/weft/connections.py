"""HTTP connections end when a request is not whole in time: whoever sends a byte now and then is let go.

uvicorn has a time for connections between two requests, and none for a request that goes on and on.
"""

import asyncio
import logging
import socket
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from weft.addresses import REFUSED_SECONDS, Addresses
from weft.errors import ConfigError
from weft.settings import LimitSettings

HEAD_SECONDS: Final = 10.0
"""From the connection, or the first byte of a later request, to the end of its headers; by default."""
BODY_SECONDS: Final = 60.0
"""From there to the end of its body."""
_UNCOUNTED: Final = WebSocketsSansIOProtocol


class ConnectionProtocol(HttpToolsProtocol):
    """A connection with a deadline for each part of a request. What is being answered has none here."""

    head_seconds: ClassVar[float] = HEAD_SECONDS
    body_seconds: ClassVar[float] = BODY_SECONDS
    addresses: ClassVar[Addresses] = Addresses(0)
    _deadline: asyncio.TimerHandle | None = None
    _refused = False
    _told = False

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._refused = not self.addresses.enter(transport)
        self._within(REFUSED_SECONDS if self._refused else self.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._in_time()
        self.addresses.left(self.transport)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            self._refuse()
            return
        super().data_received(data)
        if self._deadline is None and not self._answers and not self.transport.is_closing():
            self._within(self.head_seconds)

    def _refuse(self) -> None:
        """Told once. What else comes is read until the peer hangs up: else it could lose the answer."""
        if self._told or self.transport.is_closing():
            return
        self._told = True
        self._within(REFUSED_SECONDS)
        self.transport.write(self.addresses.refusal())
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._within(self.body_seconds)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_time()

    def handle_websocket_upgrade(self) -> None:
        """From here on the socket has deadlines of its own."""
        self._in_time()
        self._upgraded = True
        super().handle_websocket_upgrade()

    _upgraded = False

    @property
    def _answers(self) -> bool:
        """Whether a whole request is being answered, or this is no HTTP any more."""
        cycle: Any = getattr(self, "cycle", None)
        return self._upgraded or (cycle is not None and not cycle.response_complete and not cycle.more_body)

    def _within(self, seconds: float) -> None:
        self._in_time()
        self._deadline = self.loop.call_later(seconds, self._late)

    def _in_time(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _late(self) -> None:
        self._deadline = None
        if not self._answers:
            self.transport.abort()


class SocketProtocol(WebSocketsSansIOProtocol):
    """A WebSocket, which counts as the connection that it was."""

    addresses: ClassVar[Addresses]

    def connection_lost(self, exc: Exception | None) -> None:
        self.addresses.left(self.transport)
        super().connection_lost(exc)


def protocols(limits: LimitSettings) -> tuple[type[ConnectionProtocol], type[WebSocketsSansIOProtocol]]:
    """What one server speaks, with these limits: over HTTP, and as WebSocket."""
    counted = {"addresses": Addresses(limits.connections)}
    deadlines = {"head_seconds": limits.head_seconds, "body_seconds": limits.body_seconds}
    http = type(ConnectionProtocol.__name__, (ConnectionProtocol,), counted | deadlines)
    return http, type(SocketProtocol.__name__, (SocketProtocol,), counted) if limits.connections else _UNCOUNTED


def bound(host: str, port: int, setting: str) -> socket.socket:
    """A socket that has this address, and does not listen yet. `setting`: what gives the port.

    Raises:
        ConfigError: the address is taken, or none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where it reads TCP as the protocol; left on, each answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"cannot listen on {host}:{port}: {error.strerror}; stop what uses it, or set {setting} to another port"
        ) from None
    return listener


def base_of(listener: socket.socket) -> str:
    """What addresses of a server begin with."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def not_the_peers_fault(record: logging.LogRecord) -> bool:
    """A filter: a peer that sends broken text is told so (1007), which is no error of this server."""
    return record.exc_info is None or not isinstance(record.exc_info[1], UnicodeDecodeError)
