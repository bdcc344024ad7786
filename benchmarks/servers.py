"""Server processes under measurement, one core for each, all on one real MongoDB in a temporary directory."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import httpx2

from benchmarks.machine import first_core
from weft.storage.embedded import EmbeddedMongo

ROOT = Path(__file__).parents[1]
START_SECONDS = 30.0
STOP_SECONDS = 15.0
DATABASE = "weft"


@dataclass(frozen=True, slots=True)
class Server:
    """A process that serves on 127.0.0.1."""

    pid: int
    port: int
    http: httpx2.AsyncClient

    async def call(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an operation. Raises RuntimeError when it has errors."""
        body = await self.post("/graphql", {"query": query, "variables": variables})
        if "errors" in body:
            raise RuntimeError(body["errors"])
        return dict(body["data"])

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON answer to a JSON body."""
        answer = await self.http.post(f"http://127.0.0.1:{self.port}{path}", json=dict(body))
        answer.raise_for_status()
        return dict(answer.json())


@asynccontextmanager
async def mongo() -> AsyncGenerator[str, None]:
    """The URI of an embedded MongoDB that is empty, and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="weft-bench-") as data:
        async with EmbeddedMongo(data) as server:
            yield server.uri


@asynccontextmanager
async def weft(uri: str, **settings: str) -> AsyncGenerator[Server, None]:
    """`weft serve` of the app of this package."""
    command = (sys.executable, "-m", "weft", "serve", "benchmarks.apps:app")
    async with serving(uri, settings, *command) as server:
        yield server


@asynccontextmanager
async def floor(uri: str, module: str = "benchmarks.floor", **settings: str) -> AsyncGenerator[Server, None]:
    """The floors of a module, in one process."""
    async with serving(uri, settings, sys.executable, "-m", module) as server:
        yield server


@asynccontextmanager
async def serving(uri: str, settings: Mapping[str, str], *command: str) -> AsyncGenerator[Server, None]:
    """A program that prints `GraphQL` or `Floor` and its address, on the first core."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("WEFT_")}
    env = inherited | {"WEFT_MONGODB_URI": uri, "WEFT_DATABASE": DATABASE, "WEFT_PORT": "0"} | dict(settings)
    with tempfile.TemporaryFile() as log:
        with first_core():
            process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE, stderr=log
            )
        try:
            port = await _announced_port(process, log)
            async with httpx2.AsyncClient(timeout=60) as http:
                yield Server(process.pid, port, http)
        finally:
            await _stop(process)


async def _announced_port(process: asyncio.subprocess.Process, log: BinaryIO) -> int:
    """The port in the line that names the address of GraphQL, or of the floor."""
    assert process.stdout is not None
    async with asyncio.timeout(START_SECONDS):
        async for line in process.stdout:
            name, _, address = line.decode().strip().partition(" ")
            if name in ("GraphQL", "Floor"):
                return int(address.strip().removesuffix("/graphql").rpartition(":")[2])
    log.seek(0)
    raise RuntimeError(f"a server did not start:\n{log.read().decode()[-3000:]}")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
