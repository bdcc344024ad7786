"""Tools of an MCP server: its list is kept until it changes, each call goes over one connection that is kept open."""

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from weft.agents.tools.context import ToolContext
from weft.agents.tools.definition import TIMEOUT_SECONDS, Tool
from weft.agents.tools.options import NeedsApproval, approval_of
from weft.agents.tools.schemas import input_of_schema
from weft.errors import ConfigError

if TYPE_CHECKING:
    import mcp.types

    from weft.agents.tools.mcp_connection import MCPConnection

KEPT_SECONDS: Final = 60.0
"""How long a list of tools is used without asking again: not every server tells of changes."""
_FORBIDDEN: Final = re.compile(r"[^a-zA-Z0-9_-]")
_PREFIX: Final = re.compile(r"[a-zA-Z0-9_-]{0,32}")
_LOG: Final = logging.getLogger(__name__)


class MCPServer:
    """The tools of a server of the Model Context Protocol, to be put among an agent's tools.

    Needs the extra: `pip install 'weft[mcp]'`. Give `command` or `url`.

    Args:
        command: The program to start and its arguments; it is spoken to over stdin and stdout, and started again when
            it has died.
        url: The address of a server that speaks streamable HTTP.
        env: Variables for the program, besides PATH, HOME and the like. Weft's own are not handed on.
        cwd: The folder that the program is started in.
        headers: Sent with each HTTP request: `{"Authorization": "Bearer …"}`.
        name: What errors and logs call the server.
        prefix: Put before each tool's name, so that two servers may have tools of one name.
        timeout: Seconds that a call may take.
        needs_approval: Whether a person must allow a call: True, False, or a function `(ctx, **input)`;
            `ctx.tool_name` is the tool.
        include: The server's names of the tools to take; None takes all.
        exclude: The server's names of tools to leave out.

    Raises:
        ConfigError: the package `mcp` is missing, or an option is wrong.
    """

    def __init__(
        self,
        command: Sequence[str] | None = None,
        *,
        url: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        headers: Mapping[str, str] | None = None,
        name: str | None = None,
        prefix: str = "",
        timeout: float = TIMEOUT_SECONDS,
        needs_approval: NeedsApproval = False,
        include: Sequence[str] | None = None,
        exclude: Sequence[str] = (),
    ) -> None:
        if find_spec("mcp") is None:
            raise ConfigError("an MCPServer needs the package mcp: pip install 'weft[mcp]'")
        _check(command, url, prefix, timeout)
        self.name = name or (PurePath(command[0]).name if command else urlsplit(url or "").netloc)
        self._command = command
        self._url = url
        self._env, self._cwd, self._headers = dict(env or {}), cwd, dict(headers or {})
        self._prefix = prefix
        self._timeout = timeout
        self._needs_approval = needs_approval
        self._include, self._exclude = include, exclude
        self._connection: MCPConnection | None = None
        self._kept: tuple[float, list[Tool]] | None = None

    def __repr__(self) -> str:
        return f"MCPServer({self.name!r})"

    async def tools(self) -> Sequence[Tool]:
        """The tools that the server has now. Raises UnavailableError when it does not answer."""
        kept = self._kept
        if kept is None or time.monotonic() - kept[0] > KEPT_SECONDS:
            connection = self._connected()
            kept = time.monotonic(), self._made(await connection.list_tools(), connection)
            self._kept = kept
        return kept[1]

    @property
    def connected(self) -> bool:
        """Whether there is a connection that is not known to be lost."""
        return self._connection is not None and self._connection.is_open

    async def listening(self) -> None:
        """Returns when the server has been asked to tell of changes of its tools, or cannot be asked."""
        await self._connected().listening()

    async def aclose(self) -> None:
        """Closes the connection; the server's program ends. It is opened again when it is needed."""
        connection, self._connection = self._connection, None
        self._kept = None
        if connection is not None:
            await connection.aclose()

    def _connected(self) -> "MCPConnection":
        from weft.agents.tools import mcp_connection

        if self._connection is None:
            if self._command:
                transport = mcp_connection.stdio_transport(self._command, self._env, self._cwd)
            else:
                transport = mcp_connection.http_transport(self._url or "", self._headers)
            self._connection = mcp_connection.MCPConnection(self.name, transport, self._forget)
        return self._connection

    def _forget(self) -> None:
        self._kept = None

    def _made(self, listed: "Sequence[mcp.types.Tool]", connection: "MCPConnection") -> list[Tool]:
        """Those that are wanted. One that cannot be a tool here is left out, and the log says why."""
        made: dict[str, Tool] = {}
        for given in listed:
            if given.name in self._exclude or (self._include is not None and given.name not in self._include):
                continue
            try:
                tool = self._tool(given, connection)
            except ConfigError as error:
                fields = {"server": self.name, "tool": given.name, "error": error.message}
                _LOG.error("a tool of an MCP server cannot be used", extra=fields)
                continue
            if tool.name in made:
                _LOG.error("two tools of an MCP server have one name", extra={"server": self.name, "tool": tool.name})
            made.setdefault(tool.name, tool)
        return list(made.values())

    def _tool(self, given: "mcp.types.Tool", connection: "MCPConnection") -> Tool:
        from weft.agents.tools.mcp_results import output_of_result

        name = _FORBIDDEN.sub("_", f"{self._prefix}{given.name}")[:64]
        found = input_of_schema(name, given.input_schema)
        hints = given.annotations
        about = {"server": self.name, "tool": given.name}
        told = {} if hints is None else {"annotations": hints.model_dump(by_alias=True, exclude_none=True)}
        return Tool(
            name,
            given.description,
            found.schema,
            found.parse,
            execute=partial(_call, connection, given.name),
            title=given.title or (None if hints is None else hints.title),
            needs_approval=approval_of(self._needs_approval, name, list(found.schema.get("properties", ()))),
            timeout=self._timeout,
            to_model_output=cast("Callable[[Any], dict[str, Any]]", output_of_result),
            metadata={"mcp": {**about, **told}},
            dynamic=True,
        )


async def _call(connection: "MCPConnection", tool: str, context: ToolContext, given: dict[str, Any]) -> Any:
    return await connection.call(tool, given)


def _check(command: Sequence[str] | None, url: str | None, prefix: str, timeout: float) -> None:
    if (command is None) == (url is None):
        raise ConfigError('give an MCPServer either a command=["program", "argument"] or a url="https://…"')
    if command is not None and (isinstance(command, str) or not command):
        raise ConfigError(f'command of an MCPServer is {command!r}; give a list: ["program", "argument"]')
    if url is not None and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc):
        raise ConfigError(f"url of an MCPServer is {url!r}; give one that begins with http:// or https://")
    if not _PREFIX.fullmatch(prefix):
        raise ConfigError(f"prefix of an MCPServer is {prefix!r}; give up to 32 of the characters a-z A-Z 0-9 _ -")
    if not 0 < timeout < float("inf"):
        raise ConfigError(f"timeout of an MCPServer is {timeout}; give a number of seconds above 0")
