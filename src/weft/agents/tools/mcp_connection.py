"""One open connection to an MCP server. A task of its own opens and closes it, for both must be done by the same one.

A connection that is lost is noticed, and the next who asks gets a new one.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, cast

import httpx2
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CONNECTION_CLOSED, CallToolResult, Implementation, Tool, ToolListChangedNotification

from weft.agents.tools.mcp_streams import Transport, watched
from weft.agents.tools.outputs import message_of
from weft.errors import UnavailableError

OPEN_SECONDS: Final = 30.0
CLOSE_SECONDS: Final = 10.0
_MOST_PAGES: Final = 100
_TERMINATED: Final = "Session terminated"
"""What the SDK makes of a 404: the server has forgotten the session."""
_HTTP_TIMEOUT: Final = httpx2.Timeout(30, read=300)
_LOG: Final = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Open:
    """What the owning task and its users share."""

    client: "asyncio.Future[Client]"
    listening: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    task: "asyncio.Task[None] | None" = None


class MCPConnection:
    """`changed` is called when the server's tools may have changed, also because the connection was lost."""

    def __init__(self, name: str, transport: Transport, changed: Callable[[], None]) -> None:
        self._name = name
        self._transport = transport
        self._changed = changed
        self._open: _Open | None = None
        self._opening = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        return self._open is not None and not self._open.ended.is_set()

    async def listening(self) -> None:
        """Returns when the server has been asked to tell of changes, or cannot be asked."""
        await self._client()
        if self._open is not None:
            await self._open.listening.wait()

    async def list_tools(self) -> list[Tool]:
        """All tools that the server has. Raises UnavailableError when it does not answer."""
        client = await self._client()
        found: list[Tool] = []
        cursor: str | None = None
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                for _ in range(_MOST_PAGES):
                    page = await client.list_tools(cursor=cursor)
                    found += page.tools
                    cursor = page.next_cursor
                    if cursor is None:
                        break
        except Exception as error:
            raise self._unavailable(error) from error
        return found

    async def call(self, tool: str, arguments: dict[str, Any]) -> CallToolResult:
        """Calls a tool; never twice, for nobody knows whether a call that was cut off has been carried out.

        Raises:
            UnavailableError: the server cannot be reached, or was lost in the middle of the call.
            MCPError: the server refused the call.
        """
        client = await self._client()
        try:
            return await client.call_tool(tool, arguments)
        except MCPError as error:
            if error.code == CONNECTION_CLOSED or error.message == _TERMINATED:
                raise self._unavailable(error) from error
            raise
        except (OSError, RuntimeError) as error:
            raise self._unavailable(error) from error

    async def aclose(self) -> None:
        """Closes it; a server that was started for it ends."""
        held, self._open = self._open, None
        if held is not None and held.task is not None:
            held.ended.set()
            if not held.client.done():
                held.task.cancel()
            await asyncio.wait({held.task}, timeout=CLOSE_SECONDS)
            held.task.cancel()

    async def _client(self) -> Client:
        async with self._opening:
            held = self._open
            if held is None or held.ended.is_set():
                await self.aclose()
                held = self._open = _Open(asyncio.get_running_loop().create_future())
                held.client.add_done_callback(_heeded)
                held.task = asyncio.create_task(self._own(held), name=f"weft-mcp-{self._name}")
            await asyncio.wait({held.client}, timeout=OPEN_SECONDS)
            if not held.client.done():
                await self.aclose()
                raise UnavailableError(f"MCP server {self._name} did not answer within {OPEN_SECONDS:g} seconds")
            return held.client.result()

    async def _own(self, held: _Open) -> None:
        try:
            async with Client(
                watched(self._transport, held.ended.set),
                client_info=Implementation(name="weft", version="1"),
                message_handler=self._hear,
                cache=None,
            ) as client:
                held.client.set_result(client)
                listening = asyncio.create_task(self._listen(client, held.listening))
                try:
                    await held.ended.wait()
                finally:
                    listening.cancel()
        except BaseException as error:
            if not held.client.done():
                held.client.set_exception(self._unavailable(error))
            if isinstance(error, asyncio.CancelledError):
                raise
        finally:
            held.ended.set()
            self._changed()

    async def _hear(self, message: object) -> None:
        if isinstance(message, ToolListChangedNotification):
            self._changed()

    async def _listen(self, client: Client, listening: asyncio.Event) -> None:
        """Servers of the newer protocol tell of changes only those who ask. Without it lists are kept for a while."""
        try:
            async with client.listen(tools_list_changed=True) as events:
                listening.set()
                async for _ in events:
                    self._changed()
        except Exception as error:
            fields = {"server": self._name, "error": type(error).__name__}
            _LOG.debug("an MCP server does not tell of changes", extra=fields)
        finally:
            listening.set()

    def _unavailable(self, error: BaseException) -> UnavailableError:
        """The connection is given up: whatever went wrong, a new one may do."""
        if self._open is not None:
            self._open.ended.set()
        fields = {"server": self._name, "error": type(error).__name__}
        _LOG.warning("an MCP server does not answer", extra=fields)
        return UnavailableError(f"MCP server {self._name} does not answer: {_reason(error)}")


def _heeded(future: "asyncio.Future[Client]") -> None:
    """A failure that nobody waited for any longer is no news."""
    if not future.cancelled():
        future.exception()


def _reason(error: BaseException) -> str:
    inner: Any = error
    while isinstance(inner, BaseExceptionGroup):
        inner = cast("Sequence[Any]", inner.exceptions)[0]
    return message_of(inner)


def stdio_transport(command: Sequence[str], env: Mapping[str, str], cwd: str | None) -> Transport:
    """Starts the program. It gets the given environment and PATH, HOME and the like, not Weft's own variables."""

    def connect() -> AbstractAsyncContextManager[Any]:
        given = StdioServerParameters(command=command[0], args=list(command[1:]), env=dict(env), cwd=cwd)
        return stdio_client(given)

    return connect


def http_transport(url: str, headers: Mapping[str, str]) -> Transport:
    """Streamable HTTP."""

    @asynccontextmanager
    async def connect() -> AsyncGenerator[Any, None]:
        async with (
            httpx2.AsyncClient(headers=dict(headers), timeout=_HTTP_TIMEOUT) as client,
            streamable_http_client(url, http_client=client) as streams,
        ):
            yield streams

    return connect
