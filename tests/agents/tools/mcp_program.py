"""A real MCP server for the tests: `mcp_program.py stdio` or `mcp_program.py http <port>`."""

import os
import sys
import threading
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import (
    BlobResourceContents,
    CallToolResult,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
    ToolAnnotations,
)

server = MCPServer("workshop")


@server.tool(title="Adder", annotations=ToolAnnotations(read_only_hint=True))
def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


@server.tool()
def greet(name: str) -> str:
    """Greets somebody."""
    return f"Hello, {name}!"


@server.tool()
def facts() -> dict[str, Any]:
    """Facts, structured."""
    return {"wheels": 2, "colours": ["red", "green"]}


@server.tool()
def picture() -> CallToolResult:
    """Everything that content may be."""
    return CallToolResult(
        content=[
            TextContent(text="A dot:"),
            ImageContent(data="aGVsbG8=", mime_type="image/png"),
            ResourceLink(name="manual", uri="https://example.com/manual", description="all of it"),
            EmbeddedResource(resource=TextResourceContents(uri="file:///a.txt", text="inside")),
            EmbeddedResource(resource=BlobResourceContents(uri="file:///a.bin", blob="aGVsbG8=")),
        ]
    )


@server.tool()
def fail() -> str:
    """Always fails."""
    raise ToolError("the chain is broken")


@server.tool()
def environment(name: str) -> str:
    """A variable of the server's environment."""
    return os.environ.get(name, "not set")


@server.tool()
def header(name: str, ctx: Context) -> str:
    """A header of the request."""
    return (ctx.headers or {}).get(name, "not sent")


@server.tool()
def process() -> int:
    """The server's process id."""
    return os.getpid()


@server.tool()
def die() -> str:
    """Ends the server in the middle of the call."""
    os._exit(1)


@server.tool()
def hang() -> str:
    """Never answers."""
    threading.Event().wait()
    return "never"


@server.tool(name="odd.name/x")
def odd() -> str:
    """Has a name that models do not know."""
    return "odd"


@server.tool()
async def grow(ctx: Context) -> str:
    """Gives the server one more tool, and says so."""

    def extra() -> str:
        """One more."""
        return "more"

    server.add_tool(extra)
    await ctx.notify_tools_changed()
    return "grown"


if __name__ == "__main__":
    if sys.argv[1] == "stdio":
        server.run("stdio")
    else:
        server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[2]))
