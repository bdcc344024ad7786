"""HTTP connections end when a request is not whole in time: whoever sends a byte now and then is let go.

uvicorn has a time for connections between two requests, and none for a request that goes on and on.
"""

import asyncio
import logging
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS: Final = 10.0
"""From the connection, or the first byte of a later request, to the end of its headers."""
BODY_SECONDS: Final = 60.0
"""From there to the end of its body."""


class ConnectionProtocol(HttpToolsProtocol):
    """A connection with a deadline for each part of a request. What is being answered has none here."""

    head_seconds: ClassVar[float] = HEAD_SECONDS
    body_seconds: ClassVar[float] = BODY_SECONDS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._within(self.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._in_time()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._deadline is None and not self._answers and not self.transport.is_closing():
            self._within(self.head_seconds)

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


def not_the_peers_fault(record: logging.LogRecord) -> bool:
    """A filter: a peer that sends broken text is told so (1007), which is no error of this server."""
    return record.exc_info is None or not isinstance(record.exc_info[1], UnicodeDecodeError)
