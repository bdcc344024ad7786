"""Tools of MCP servers: a real server in a process of its own, over stdio and over HTTP."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.agents.tools.calls import answer, context_of
from tests.support import in_time, wait_until

from weft import MCPServer, Tool, ToolContext
from weft.agents.tools.execution import needs_approval_of
from weft.agents.tools.toolset import toolset
from weft.errors import ConfigError, UnavailableError
from weft.storage.mongod_process import pick_port

PROGRAM = Path(__file__).with_name("mcp_program.py")
STDIO = [sys.executable, str(PROGRAM), "stdio"]


class HTTPProgram:
    """The server on a port of its own, which nothing else is given while it is away."""

    def __init__(self) -> None:
        self.port = pick_port()
        self.process: Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    async def start(self) -> None:
        command = (sys.executable, str(PROGRAM), "http", str(self.port))
        self.process = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
        await wait_until(self._listens)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    async def stop(self) -> None:
        if self.process is not None:
            if self.process.returncode is None:
                self.process.kill()
            await in_time(self.process.wait())


@pytest.fixture(scope="module")
async def http() -> AsyncGenerator[HTTPProgram, None]:
    program = HTTPProgram()
    await program.start()
    yield program
    await program.stop()


@pytest.fixture(scope="module", params=["stdio", "http"])
async def server(request: pytest.FixtureRequest, http: HTTPProgram) -> AsyncGenerator[MCPServer, None]:
    made = MCPServer(STDIO) if request.param == "stdio" else MCPServer(url=http.url)
    yield made
    await in_time(made.aclose())


async def tool_of(server: MCPServer, name: str) -> Tool:
    return (await in_time(toolset([server])))[name]


async def call(server: MCPServer, name: str, raw: str = "{}") -> Any:
    return await answer(await tool_of(server, name), raw)


async def test_a_servers_tools_are_listed_with_what_it_says_about_them(server: MCPServer) -> None:
    add = await tool_of(server, "add")
    assert (add.description, add.title, add.dynamic) == ("Adds two numbers.", "Adder", True)
    assert add.input_schema["required"] == ["a", "b"]
    about = {"server": server.name, "tool": "add", "annotations": {"readOnlyHint": True}}
    assert add.metadata == {"mcp": about}


@pytest.mark.parametrize(
    ("name", "raw", "output"),
    [
        ("add", '{"a": 1, "b": 2}', {"type": "json", "value": {"result": 3}}),
        ("greet", '{"name": "Ann"}', {"type": "text", "value": "Hello, Ann!"}),
        ("facts", "{}", {"type": "json", "value": {"wheels": 2, "colours": ["red", "green"]}}),
        ("fail", "{}", {"type": "error-text", "value": "Error: Error executing tool fail: the chain is broken"}),
        ("odd_name_x", "{}", {"type": "text", "value": "odd"}),
    ],
)
async def test_row_76_what_a_servers_tool_gives_is_text_json_or_an_error(
    server: MCPServer, name: str, raw: str, output: Any
) -> None:
    assert await call(server, name, raw) == output


async def test_row_76_images_and_resources_of_a_servers_tool_are_content(server: MCPServer) -> None:
    def file(media_type: str) -> Any:
        return {"type": "file", "data": {"type": "data", "data": "aGVsbG8="}, "mediaType": media_type}

    assert await call(server, "picture") == {
        "type": "content",
        "value": [
            {"type": "text", "text": "A dot:"},
            file("image/png"),
            {"type": "text", "text": "manual: https://example.com/manual (all of it)"},
            {"type": "text", "text": "inside"},
            file("application/octet-stream"),
        ],
    }


async def test_row_75_calls_of_a_server_run_side_by_side(server: MCPServer) -> None:
    results = await asyncio.gather(*(call(server, "add", f'{{"a": {n}, "b": 0}}') for n in range(20)))
    assert [result["value"]["result"] for result in results] == list(range(20))


async def test_a_servers_tool_that_hangs_ends_in_time_and_the_next_call_works(server: MCPServer) -> None:
    hang = await tool_of(server, "hang")
    quick = Tool(hang.name, None, hang.input_schema, hang.parse, hang.execute, timeout=0.1)
    assert (await answer(quick))["value"] == "Error: the tool did not end within 0.1 seconds"
    assert (await call(server, "greet", '{"name": "Ann"}'))["type"] == "text"


async def test_a_server_that_dies_in_the_middle_of_a_call_gives_an_error_and_is_started_again() -> None:
    server = MCPServer(STDIO, name="shop")
    lost = await call(server, "die")
    assert lost == {"type": "error-text", "value": "Error: MCP server shop does not answer: Connection closed"}
    assert (await call(server, "greet", '{"name": "Ann"}'))["value"] == "Hello, Ann!"
    await in_time(server.aclose())


async def test_a_server_that_dies_between_calls_is_started_again_before_the_next() -> None:
    server = MCPServer(STDIO)
    first = (await call(server, "process"))["value"]["result"]
    greet = await tool_of(server, "greet")
    os.kill(first, signal.SIGKILL)
    await wait_until(lambda: not server.connected)
    assert (await answer(greet, '{"name": "Ann"}'))["value"] == "Hello, Ann!"
    assert (await call(server, "process"))["value"]["result"] != first
    await in_time(server.aclose())


async def test_an_http_server_that_dies_gives_errors_until_it_is_back() -> None:
    program = HTTPProgram()
    await program.start()
    server = MCPServer(url=program.url, name="shop")
    greet = await tool_of(server, "greet")
    assert (await call(server, "die"))["value"] == "Error: MCP server shop does not answer: Connection closed"
    await program.stop()
    assert (await answer(greet, '{"name": "Ann"}'))["value"].startswith("Error: MCP server shop does not answer")
    with pytest.raises(UnavailableError, match="MCP server shop does not answer"):
        await in_time(server.tools())
    await program.start()
    assert (await answer(greet, '{"name": "Ann"}'))["value"] == "Hello, Ann!"
    await in_time(server.aclose())
    await program.stop()


@pytest.mark.parametrize("kind", ["stdio", "http"])
async def test_a_tool_that_a_server_adds_is_there_when_it_has_said_so(kind: str) -> None:
    program = HTTPProgram()
    if kind == "http":
        await program.start()
    server = MCPServer(url=program.url) if kind == "http" else MCPServer(STDIO)
    assert "extra" not in await toolset([server])
    await in_time(server.listening())
    await call(server, "grow")

    async def grown() -> bool:
        return "extra" in await toolset([server])

    await wait_until(grown)
    assert (await call(server, "extra"))["value"] == "more"
    await in_time(server.aclose())
    await program.stop()


async def test_a_program_gets_the_variables_it_is_given_and_not_wefts_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    server = MCPServer(STDIO, env={"SHOP": "bikes"})
    assert (await call(server, "environment", '{"name": "SHOP"}'))["value"] == "bikes"
    assert (await call(server, "environment", '{"name": "OPENAI_API_KEY"}'))["value"] == "not set"
    await in_time(server.aclose())


async def test_headers_are_sent_and_not_shown(http: HTTPProgram) -> None:
    server = MCPServer(url=http.url, headers={"X-Key": "secret"})
    assert (await call(server, "header", '{"name": "x-key"}'))["value"] == "secret"
    assert "secret" not in repr(server)
    await in_time(server.aclose())


def more_than_one(ctx: ToolContext, a: int) -> bool:
    return a > 1


async def test_tools_are_chosen_and_named_apart(http: HTTPProgram) -> None:
    one = MCPServer(url=http.url, include=["add", "greet"], exclude=["greet"])
    two = MCPServer(url=http.url, include=["add"], prefix="two_", needs_approval=more_than_one)
    tools = await toolset([one, two])
    assert list(tools) == ["add", "two_add"]
    assert await needs_approval_of(tools["two_add"], context_of(), {"a": 2, "b": 0})
    assert not await needs_approval_of(tools["two_add"], context_of(), {"a": 1, "b": 0})
    for server in (one, two):
        await in_time(server.aclose())


async def test_a_server_that_cannot_be_started_is_unavailable() -> None:
    server = MCPServer(["/no/such/program"], name="none")
    with pytest.raises(UnavailableError, match="MCP server none does not answer"):
        await in_time(server.tools())
    await server.aclose()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "either a command"),
        ({"command": ["x"], "url": "http://x"}, "either a command"),
        ({"command": "x y"}, "give a list"),
        ({"url": "ftp://x"}, "http://"),
        ({"url": "http://x", "prefix": "a b"}, "prefix"),
        ({"url": "http://x", "timeout": 0}, "timeout"),
    ],
)
def test_an_mcp_server_that_cannot_be_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        MCPServer(**given)


async def test_without_the_package_the_error_names_the_extra() -> None:
    program = """
import sys
sys.modules["mcp"] = None
from weft import MCPServer
from weft.errors import ConfigError
try:
    MCPServer(["x"])
except ConfigError as error:
    print(error.message)
"""
    run: Sequence[str] = (sys.executable, "-c", program)
    process = await asyncio.create_subprocess_exec(*run, stdout=asyncio.subprocess.PIPE)
    told, _ = await in_time(process.communicate())
    assert told.decode().strip() == "an MCPServer needs the package mcp: pip install 'weft[mcp]'"
