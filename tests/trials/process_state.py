"""What the system shows of a server process: its connections, open files and memory. And what its log must not have."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from tests.live.server import ServerProcess
from tests.support import wait_until

FILES_MORE: Final = 110
"""Connections that the driver's pool may open to MongoDB while it is asked more at once."""
MEGABYTES_MORE: Final = 150
"""What caches, pools and the interpreter keep after the first thousands of cases; a leak goes on."""
_LISTEN: Final = "0A"
_TIME_WAIT: Final = "06"
_PAGE_KIB: Final = 4


@dataclass(frozen=True, slots=True)
class ProcessState:
    """Of one moment."""

    connections: int
    files: int
    megabytes: float

    @classmethod
    def of(cls, server: ServerProcess) -> Self:
        proc = Path("/proc") / str(server.process.pid)
        resident = int((proc / "statm").read_text().split()[1]) * _PAGE_KIB / 1024
        return cls(_connections(server), len(list((proc / "fd").iterdir())), round(resident, 1))

    async def is_back(self, server: ServerProcess) -> None:
        """Returns when the server holds no more than it did; fails when it goes on to."""
        await wait_until(lambda: _connections(server) <= self.connections)
        await wait_until(lambda: ProcessState.of(server).files <= self.files + FILES_MORE)
        after = ProcessState.of(server)
        assert after.megabytes <= self.megabytes + MEGABYTES_MORE, (self, after)


def _connections(server: ServerProcess) -> int:
    """Of clients to the server, as the system sees them from the server's side."""
    port = urlsplit(server.base).port
    assert port is not None
    inodes = set(_sockets_of(server.process.pid))
    count = 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].split(":")[1], 16) == port and fields[3] not in (_LISTEN, _TIME_WAIT):
            count += fields[9] in inodes
    return count


def _sockets_of(pid: int) -> Iterator[str]:
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(entry.readlink())
        except FileNotFoundError:  # closed meanwhile
            continue
        if target.startswith("socket:["):
            yield target[8:-1]


_BAD = ("Traceback", "ERROR", '"level":"error"', '"level":"critical"', "INTERNAL")


def require_clean(log: Path) -> None:
    """No traceback, and no error that somebody would have to look into."""
    said = log.read_text()
    found = [line for line in said.splitlines() if any(each in line for each in _BAD)]
    assert not found, f"{len(found)} lines, the first: {found[0]}\n{said[-3000:]}"
