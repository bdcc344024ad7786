"""What one connection is sent, in order, without a task or a queue while the connection takes it at once.

The server's send coroutine is driven directly. If it suspends, the connection is behind: a task finishes it, later
messages queue up to a bound, and a peer that takes nothing for `patience` seconds is aborted.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Generator
from types import coroutine
from typing import Any, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)

_SERVER_SEND = "weft.send"


class DirectSend:
    """Middleware, outermost: lets sockets write past all other middleware, and whoever streams abort a connection that
    is stuck."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            scope[_SERVER_SEND] = send
        await self._app(scope, receive, send)


def server_send(scope: Scope, send: Send) -> Send:
    """The server's own `send`, where DirectSend is installed; otherwise the one given."""
    return cast(Send, scope.get(_SERVER_SEND, send))


def socket_message(text: str) -> Message:
    return {"type": "websocket.send", "text": text}


def body_message(text: str) -> Message:
    return {"type": "http.response.body", "body": text.encode(), "more_body": True}


class Outgoing:
    """`lost` is called once, when the peer can no longer be written to. `message` is how the server takes a text;
    `server` is the server's own `send`, if `send` is not that."""

    __slots__ = (
        "_closing",
        "_drainer",
        "_lost",
        "_message",
        "_patience",
        "_queue",
        "_queue_bound",
        "_send",
        "_server",
        "behind",
    )

    def __init__(
        self,
        send: Send,
        lost: Callable[[], None],
        *,
        patience: float,
        queue_bound: int = 256,
        message: Callable[[str], Message] = socket_message,
        server: Send | None = None,
    ) -> None:
        self._send = cast(Callable[[Message], Coroutine[Any, Any, None]], send)
        self._server = server or send
        self._message = message
        self._lost = lost
        self._patience = patience
        self._queue_bound = queue_bound
        self._queue: list[Message] = []  # seldom used, and an empty deque is 700 bytes for every viewer
        self._drainer: asyncio.Task[None] | None = None
        self._closing = False
        self.behind = False

    def write(self, text: str) -> None:
        """Sends a text, now or after those that wait. Never waits, never raises; a lost peer takes nothing."""
        if not self._closing:
            self.put(self._message(text))

    def close(self, code: int, reason: str) -> None:
        """Closes a socket after what was written before; nothing can be written after."""
        self.finish({"type": "websocket.close", "code": code, "reason": reason})

    def finish(self, last: Message) -> None:
        """Sends a message after which nothing can be written."""
        if not self._closing:
            self.put(last)
            self._closing = True

    async def drained(self) -> None:
        """Returns when nothing waits for the socket."""
        while self._drainer is not None:
            await asyncio.wait((self._drainer,))

    def abandon(self) -> None:
        """The peer is gone: drops what waits and cuts a connection that still holds unsent data."""
        self._closing = True
        self._queue.clear()
        drainer, self._drainer = self._drainer, None
        if drainer is not None:
            drainer.cancel()
            self._abort()

    def put(self, message: Message) -> None:
        """As `write`, with a message in the server's own form."""
        if self.behind:
            self._queue.append(message)
            if len(self._queue) > self._queue_bound:
                self._fail("its queue is full")
            return
        sending = self._send(message)
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return
        except Exception:
            self._fail(None)
            return
        self.behind = True
        self._drainer = asyncio.get_running_loop().create_task(self._drain(_started(sending, waits_for)))

    async def _drain(self, sending: Awaitable[None]) -> None:
        try:
            await self._finish(sending)
            while self._queue:
                await self._finish(self._send(self._queue.pop(0)))
        except TimeoutError:
            self._fail(f"it took nothing for {self._patience:g} s")
        except Exception:
            self._fail(None)
        finally:
            self._drainer = None
        self.behind = False

    async def _finish(self, sending: Awaitable[None]) -> None:
        async with asyncio.timeout(self._patience):
            await sending

    def _fail(self, why: str | None) -> None:
        if self._closing and why is None:
            return
        self._closing = True
        self._queue.clear()
        if why is not None:
            _log.warning("Connection aborted: %s", why)
            self._abort()
        self._lost()

    def _abort(self) -> None:
        """`transport.close()` would wait for a peer that reads nothing; only uvicorn's protocols show theirs."""
        transport = getattr(getattr(self._server, "__self__", None), "transport", None)
        if transport is not None and hasattr(transport, "abort"):
            transport.abort()


@coroutine
def _started(sending: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    """Goes on with a coroutine that was driven up to its first suspension, where it yielded `waits_for`."""
    try:
        yield waits_for
    except BaseException:
        sending.close()
        raise
    yield from sending
