"""Clients of the npm package `ai` in one process, as docs/ai-sdk.md sets them up."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.support import DEADLINE

ROOT = Path(__file__).parents[2]
NODE = ROOT / "tests" / "node"
GUIDE = ROOT / "docs" / "ai-sdk.md"


class Node:
    """Calls of the clients may overlap; each is answered by its number."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._numbers = count()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.create_task(self._read())

    async def call(self, client: str, call: str, **more: Any) -> Any:
        number = next(self._numbers)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        assert self._process.stdin is not None
        line = json.dumps({"n": number, "client": client, "call": call} | more)
        self._process.stdin.write(line.encode() + b"\n")
        async with asyncio.timeout(DEADLINE):
            return await answer

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            told = json.loads(line)
            answer = self._answers.pop(told["n"])
            if "error" in told:
                answer.set_exception(AssertionError(told["error"]))
            else:
                answer.set_result(told["value"])
        for answer in self._answers.values():
            answer.set_exception(AssertionError("node has ended"))

    async def close(self) -> None:
        self._process.kill()
        await self._process.wait()
        await self._reading


class Client:
    """One `useChat`, without a screen."""

    def __init__(self, node: Node, name: str) -> None:
        self._node = node
        self._name = name

    async def call(self, call: str, *args: Any) -> dict[str, Any]:
        """Calls a method of the chat, and returns what the client shows when it has ended."""
        seen: dict[str, Any] = await self._node.call(self._name, call, args=list(args))
        return seen

    async def send(self, text: str, **more: Any) -> dict[str, Any]:
        return await self.call("sendMessage", {"text": text} | more)

    async def until(self, **wanted: str) -> dict[str, Any]:
        """What it shows once its last message has this `text`, a part in this `state`, and the chat this `status`."""
        seen: dict[str, Any] = await self._node.call(self._name, "until", **wanted)
        return seen

    async def cut_after(self, pieces: int) -> None:
        """The network fails after so many pieces of the next answer's body."""
        await self._node.call(self._name, "cut", after=pieces)

    async def stop_answer(self) -> None:
        await self._node.call(self._name, "stopAnswer")


class Clients:
    def __init__(self, node: Node) -> None:
        self._node = node
        self._names = count()

    async def open(self, base: str, id_: str, **more: Any) -> Client:
        """A page on this chat. `load`: with the messages there are; `clientTools`: what its tools give."""
        name = f"client{next(self._names)}"
        await self._node.call(name, "open", api=f"{base}/ai/chat", id=id_, **more)
        return Client(self._node, name)


@asynccontextmanager
async def clients(directory: Path) -> AsyncGenerator[Clients, None]:
    """Node with the guide's first program as a module of its own."""
    if not (NODE / "node_modules" / "ai").is_dir():
        pytest.fail("the npm package ai is missing: run `make test`, or `npm ci` in tests/node")
    (program,) = re.findall(r"^```js\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    (directory / "node_modules").symlink_to(NODE / "node_modules")
    module = directory / "guide.mjs"
    module.write_text(program, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        "node", str(NODE / "chat.mjs"), str(module),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=16 * 1024 * 1024,
    )  # fmt: skip
    node = Node(process)
    try:
        yield Clients(node)
    finally:
        await node.close()
