"""A real `weft` process, and the few calls these tests make to it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import httpx2

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
STOP_SECONDS = 30.0


class ServerProcess:
    """`weft serve` (or another command of it) on a free port of 127.0.0.1."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self.log = log
        self.base = ""

    @classmethod
    async def start(cls, env: Mapping[str, str], log: Path, *command: str) -> Self:
        """Starts it; `ready` waits until it serves."""
        arguments = command or ("serve", "tests.live.apps:app")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("WEFT_", "OPENAI_"))}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "weft", *arguments,
            cwd=ROOT, env=inherited | {"WEFT_PORT": "0", "PYTHONUNBUFFERED": "1"} | dict(env),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=log.open("ab"),
        )  # fmt: skip
        return cls(process, log)

    async def ready(self, word: str = "GraphQL ") -> Self:
        """Waits for the line of its announcement that holds `word`, and reads the address from it."""
        assert self.process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            async for line in self.process.stdout:
                if word in line.decode():
                    self.base = line.decode().split()[-1].removesuffix("/graphql")
                    return self
        raise AssertionError(f"the server did not start: {self.log.read_text()[-3000:]}")

    @property
    def socket_url(self) -> str:
        return self.base.replace("http://", "ws://") + "/graphql"

    async def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        await self.process.wait()

    async def end(self) -> None:
        """In good order if it can: a transaction that was cut off would hold up whoever drops the database."""
        try:
            await self.stop()
        except TimeoutError:
            await self.kill()

    async def stop(self) -> int:
        """SIGTERM, and its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(STOP_SECONDS):
                await self.process.wait()
        assert self.process.returncode is not None
        return self.process.returncode

    async def call(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an operation that has no errors."""
        body = await self.post(query, **variables)
        assert "errors" not in body, body
        return dict(body["data"])

    async def post(self, query: str, **variables: Any) -> dict[str, Any]:
        async with httpx2.AsyncClient(timeout=20) as http:
            answer = await http.post(f"{self.base}/graphql", json={"query": query, "variables": variables})
        return dict(answer.json())

    async def new_thread(self) -> str:
        made = await self.call("mutation { createThread(input: {}) { thread { id } } }")
        return str(made["createThread"]["thread"]["id"])

    async def send(self, thread_id: str, agent: str, prompt: str = "Hello", **more: Any) -> dict[str, Any]:
        data = await self.call(SEND, input={"threadId": thread_id, "agentName": agent, "prompt": prompt} | more)
        return dict(data["sendMessage"])

    async def thread(self, thread_id: str) -> dict[str, Any]:
        data = await self.call(THREAD, id=thread_id)
        return dict(data["thread"])


SEND = """
mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) {
    cursor sentMessage { id key text clientId status } generation { id status } userErrors { code errorMessage path }
  }
}"""

THREAD = """
query Thread($id: ID!) {
  thread(id: $id) {
    id cursor
    messages { edges { node { id order stepOrder role status text error finishReason usage { outputTokens } } } }
    uiMessages { edges { node { key status text error } } }
    streams(states: [STREAMING, FINISHED, ABORTED]) { id state end abortReason uiMessage { text } }
    generations { edges { node { id status error attempts usage { inputTokens } } } }
  }
}"""


@asynccontextmanager
async def serving(env: Mapping[str, str], log: Path, *command: str) -> AsyncGenerator[ServerProcess, None]:
    """A server that serves, and is stopped by its own pid at the end."""
    server = await ServerProcess.start(env, log, *command)
    try:
        yield await server.ready()
    finally:
        if server.process.returncode is None:
            await server.end()
