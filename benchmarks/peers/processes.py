"""A server with all processes that it starts: in a session of its own, so that they are weighed, and end, together."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx2

START_SECONDS = 90.0
STOP_SECONDS = 10.0
_MEGABYTE = 1024 * 1024
_PAGE = os.sysconf("SC_PAGE_SIZE")


@asynccontextmanager
async def serving(
    command: Sequence[str | Path], port: int, log: Path, cwd: Path, env: Mapping[str, str]
) -> AsyncGenerator[int, None]:
    """The pid of a server that answers on a port. Raises RuntimeError when it does not start."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=cwd, env=dict(env), stdout=output, stderr=output, start_new_session=True
        )
    try:
        await _answers(process, port, log)
        yield process.pid
    finally:
        await _stop(process)


async def _answers(process: asyncio.subprocess.Process, port: int, log: Path) -> None:
    async with httpx2.AsyncClient(timeout=5) as http:
        with suppress(TimeoutError):
            async with asyncio.timeout(START_SECONDS):
                while process.returncode is None:
                    with suppress(httpx2.TransportError):
                        await http.get(f"http://127.0.0.1:{port}/")
                        return
                    await asyncio.sleep(0.1)
    raise RuntimeError(f"a server did not start: {_end_of(log)}")


def _end_of(log: Path) -> str:
    return f"{log} ends with {log.read_text(errors='replace')[-300:]!r}"


async def _stop(process: asyncio.subprocess.Process) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
                return


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def session_megabytes(pid: int) -> float:
    """Resident memory of a server and all that it has started."""
    return sum(_resident(one) for one in _processes() if _stat(one)[3] == str(pid)) / _MEGABYTE


def children_megabytes(name: str) -> float:
    """Resident memory of the processes of that name that this one has started."""
    mine = str(os.getpid())
    return sum(_resident(one) for one in _processes() if _name(one) == name and _stat(one)[1] == mine) / _MEGABYTE


def _processes() -> list[Path]:
    return [one for one in Path("/proc").iterdir() if one.name.isdigit()]


def _name(process: Path) -> str:
    with suppress(OSError):
        return (process / "comm").read_text().strip()
    return ""


def _stat(process: Path) -> list[str]:
    """From the third field of /proc/pid/stat: state, parent, group, session."""
    with suppress(OSError):
        return (process / "stat").read_text().rpartition(")")[2].split()
    return [""] * 4


def _resident(process: Path) -> int:
    with suppress(OSError):
        return int((process / "statm").read_text().split()[1]) * _PAGE
    return 0
