"""What a peer costs is bounded, whatever it sends, and however it reads: a request that is not whole in time, a head
without an end, an answer that nobody takes.

uvicorn has a time for connections between two requests, and none for a request or an answer that goes on and on.
"""

import asyncio
import logging
import socket
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from weft.addresses import REFUSED_SECONDS, Addresses, last_response
from weft.errors import ConfigError
from weft.settings import LimitSettings

HEAD_SECONDS: Final = 10.0
"""From the connection, or the first byte of a later request, to the end of its headers; by default."""
BODY_SECONDS: Final = 60.0
"""From there to the end of its body."""
HEAD_BYTES: Final = 64 * 1024
"""What of a request may be no body: its first line and headers, what is between chunks, what follows the last."""
TAKE_SECONDS: Final = 60.0
"""Of an answer that waits for its peer, so much is to be taken in so long."""
TAKE_BYTES: Final = 64 * 1024
_MOST_PIECES: Final = 1000
_TOO_LONG: Final = f"The first line and the headers of a request are at most {HEAD_BYTES} bytes"


class ConnectionProtocol(HttpToolsProtocol):
    """A connection with a deadline for each part of a request. What is being answered has none here; what was answered
    and is not taken has."""

    head_seconds: ClassVar[float] = HEAD_SECONDS
    body_seconds: ClassVar[float] = BODY_SECONDS
    take_seconds: ClassVar[float] = TAKE_SECONDS
    addresses: ClassVar[Addresses] = Addresses(0)
    _deadline: asyncio.TimerHandle | None = None
    _refusal: bytes | None = None
    _told = False
    _beside = 0
    _running: Any = None
    _taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if not self.addresses.enter(transport):
            self._refusal = self.addresses.refusal()
        self._within(self.head_seconds if self._refusal is None else REFUSED_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._in_time()
        self._unwatch()
        self.addresses.left(self.transport)
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True  # uvicorn tells only the newest of requests that wait in a row
            self._running.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refusal is not None:
            self._refuse(self._refusal)
            return
        self._beside += len(data)
        super().data_received(data)
        if self._upgraded or self.transport.is_closing():
            return
        if self._beside > HEAD_BYTES:
            self._too_long()
        elif self._deadline is None and not self._answers:
            self._within(self.head_seconds)

    def _too_long(self) -> None:
        """Where an answer is under way, no other can be said."""
        if self._running is not None and not self._running.response_complete:
            self.transport.abort()
        else:
            self._refusal = last_response("431 Request Header Fields Too Large", _TOO_LONG)
            self._refuse(self._refusal)

    def _refuse(self, refusal: bytes) -> None:
        """Told once. What else comes is read until the peer hangs up: else it could lose the answer."""
        if self._told or self.transport.is_closing():
            return
        self._told = True
        self._within(REFUSED_SECONDS)
        self.transport.write(refusal)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._within(self.body_seconds)

    def on_chunk_header(self) -> None:
        self._beside = 0

    def on_body(self, body: bytes) -> None:
        self._beside = max(0, self._beside - len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._beside = 0
        self._in_time()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unwatch()

    def _watch(self) -> None:
        self._unwatch()
        self._taking = self.loop.call_later(self.take_seconds, self._look, self.transport.get_write_buffer_size())

    def _unwatch(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def _look(self, waited: int) -> None:
        if self.transport.get_write_buffer_size() > waited - TAKE_BYTES:
            self.transport.abort()
        else:
            self._watch()

    def handle_websocket_upgrade(self) -> None:
        """From here on the socket has deadlines of its own."""
        self._in_time()
        self._unwatch()
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
    """A WebSocket, which counts as the connection that it was. What its peer says takes no more room than it has."""

    addresses: ClassVar[Addresses] = Addresses(0)
    _owed = b""

    def connection_lost(self, exc: Exception | None) -> None:
        self.addresses.left(self.transport)
        super().connection_lost(exc)

    def handle_ping(self) -> None:
        """A peer that reads nothing is owed the pongs of its newest pings alone (RFC 6455, 5.5.3)."""
        pongs = b"".join(self.conn.data_to_send())
        if self.writable.is_set():
            self.transport.write(pongs)
        elif pongs:
            self._owed = pongs

    def resume_writing(self) -> None:
        super().resume_writing()
        owed, self._owed = self._owed, b""
        if owed and not self.close_sent and not self.transport.is_closing():
            self.transport.write(owed)

    def handle_cont(self, event: Frame) -> None:
        """A million pieces of two bytes would take thirty times what they hold, and empty ones have no end."""
        super().handle_cont(event)
        if len(self.frames) > _MOST_PIECES:
            self.frames = [b"".join(self.frames)]


def protocols(limits: LimitSettings) -> tuple[type[ConnectionProtocol], type[SocketProtocol]]:
    """What one server speaks, with these limits: over HTTP, and as WebSocket."""
    counted = {"addresses": Addresses(limits.connections)}
    deadlines = {"head_seconds": limits.head_seconds, "body_seconds": limits.body_seconds}
    http = type(ConnectionProtocol.__name__, (ConnectionProtocol,), counted | deadlines)
    return http, type(SocketProtocol.__name__, (SocketProtocol,), counted)


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
