"""What the system shows of a server process: connections, files, tasks and memory. And what its log must not have."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

import httpx2
from tests.live.server import ServerProcess
from tests.support import DEADLINE, wait_until

from weft.storage.processes import until

POOL_MORE: Final = 110
"""Connections that the driver's pool may open to MongoDB while it is asked more at once."""
TASKS_MORE: Final = 3
"""What the driver, the log and whoever is asking may have under way at the moment of a look."""
MEGABYTES_MORE: Final = 150
"""What caches, pools and the interpreter keep after the first thousands of cases; a leak goes on."""
MEGABYTES_AGAIN: Final = 40
"""What as many cases more may add when they are all there already."""
_LISTEN: Final = "0A"
_TIME_WAIT: Final = "06"
_PAGE_KIB: Final = 4


@dataclass(frozen=True, slots=True)
class ProcessState:
    """Of one moment. `files` are without connections, which are those of clients, and `pool`, the server's own."""

    connections: int
    pool: int
    files: int
    tasks: int
    megabytes: float

    @classmethod
    async def of(cls, server: ServerProcess, operator: str | None = None) -> Self:
        """`operator`: what one says of themselves who may read metrics."""
        await _without_clients(server, 0)
        tasks = await _tasks(server, operator)
        proc = Path("/proc") / str(server.process.pid)
        resident = int((proc / "statm").read_text().split()[1]) * _PAGE_KIB / 1024
        mine, own, files = _open(server)
        return cls(mine, own, files, tasks, round(resident, 1))

    async def is_back(
        self, server: ServerProcess, operator: str | None = None, *, most_megabytes: float = MEGABYTES_MORE
    ) -> Self:
        """The state, when the server holds no more than it did; fails with what it goes on to hold."""
        after = self

        async def so() -> bool:
            nonlocal after
            await _without_clients(server, self.connections)
            after = await type(self).of(server, operator)
            return (
                after.files <= self.files
                and after.pool <= self.pool + POOL_MORE
                and after.tasks <= self.tasks + TASKS_MORE
            )

        assert await until(so, DEADLINE), f"before: {self}, after: {after}"
        assert after.megabytes <= self.megabytes + most_megabytes, (self, after)
        return after


async def _without_clients(server: ServerProcess, connections: int) -> None:
    await wait_until(lambda: _open(server)[0] <= connections)


async def _tasks(server: ServerProcess, operator: str | None) -> int:
    headers = {"connection": "close"} | ({} if operator is None else {"authorization": operator})
    async with httpx2.AsyncClient(timeout=20) as http:
        told = (await http.get(f"{server.base}/metrics", headers=headers)).text
    found = re.search(r"^weft_tasks (\S+)$", told, re.MULTILINE)
    assert found, told[:300]
    return int(float(found[1]))


def _open(server: ServerProcess) -> tuple[int, int, int]:
    """Connections of clients, as the system sees them from the server's side; the server's own; and all other files."""
    port = urlsplit(server.base).port
    assert port is not None
    sockets, files = _files_of(server.process.pid)
    ours = theirs = 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[9] not in sockets or fields[3] in (_LISTEN, _TIME_WAIT):
            continue
        if int(fields[1].split(":")[1], 16) == port:
            theirs += 1
        else:
            ours += 1
    return theirs, ours, files + len(sockets) - ours - theirs


def _files_of(pid: int) -> tuple[set[str], int]:
    """The inodes of sockets, and how many other files are open."""
    sockets: set[str] = set()
    files = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(entry.readlink())
        except FileNotFoundError:  # closed meanwhile
            continue
        if target.startswith("socket:["):
            sockets.add(target[8:-1])
        else:
            files += 1
    return sockets, files


_BAD = ("Traceback", "ERROR", '"level":"error"', '"level":"critical"', "INTERNAL")


def require_clean(log: Path) -> None:
    """No traceback, and no error that somebody would have to look into."""
    said = log.read_text()
    found = [line for line in said.splitlines() if any(each in line for each in _BAD)]
    assert not found, f"{len(found)} lines, the first: {found[0]}\n{said[-3000:]}"
