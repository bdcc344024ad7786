"""The MongoDB that Weft brings along: one mongod a data directory, shared by every Weft process on it.

What the processes know of each other is a register in the data directory, only touched under its file lock. A process
that was killed leaves its line behind; the next one to look strikes it out. The last to leave stops mongod."""

import asyncio
import fcntl
import json
import logging
import signal
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from weft.errors import ConfigError, UnavailableError, WeftError
from weft.storage import mongod_process
from weft.storage.mongod_binary import find_binary
from weft.storage.mongod_process import Mongod, PortTakenError
from weft.storage.processes import ProcessId, until

CACHE_GB = 0.5
WATCH_INTERVAL = 0.25
"""Seconds after which a mongod that died is missed."""
LOCK_DEADLINE = 120.0
"""Seconds to wait for another process that starts or stops mongod."""
_PORT_ATTEMPTS = 5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _User:
    process: ProcessId
    token: str


@dataclass(frozen=True, slots=True)
class _Register:
    """What the data directory remembers: mongod's port, the version that last wrote the data, and who uses it now."""

    port: int | None = None
    version: str | None = None
    users: tuple[_User, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Self:
        """The register without the users that are gone. A missing or torn file is an empty register."""
        try:
            stored = cast("dict[str, Any]", json.loads(path.read_text()))
            users = [_User(ProcessId(**user["process"]), user["token"]) for user in stored["users"]]
            alive = tuple(user for user in users if user.process.alive())
            return cls(stored["port"], stored["version"], alive)
        except FileNotFoundError:
            return cls()
        except (ValueError, KeyError, TypeError):
            _log.warning("The register of the embedded MongoDB is unreadable, starting a new one", extra={"path": path})
            return cls()

    def write(self, path: Path) -> None:
        torn = path.with_suffix(".new")
        torn.write_text(json.dumps(asdict(self)))
        torn.replace(path)

    def without(self, token: str) -> Self:
        return replace(self, users=tuple(user for user in self.users if user.token != token))

    def serving(self, mongod: Mongod) -> Self:
        return replace(self, port=mongod.port, version=mongod.version)


class EmbeddedMongo:
    """A real mongod on loopback, its data under `data_dir`: `async with EmbeddedMongo(".weft") as server: server.uri`.

    Starts it or joins the one that another process started, restarts it on the same port when it dies, and stops it
    with its last user. Entering raises ConfigError or UnavailableError with what to do. POSIX only."""

    def __init__(self, data_dir: Path | str, *, binary: Path | None = None) -> None:
        root = Path(data_dir).expanduser().resolve()
        self.data = root / "mongo"
        self._register = root / "mongo.json"
        self._lock = root / "mongo.lock"
        self._binary = binary
        self._token = uuid.uuid4().hex
        self._mongod: Mongod | None = None
        self._watcher: asyncio.Task[None] | None = None

    @property
    def mongod(self) -> Mongod:
        """The running server."""
        if self._mongod is None:
            raise UnavailableError("The embedded MongoDB is not started.")
        return self._mongod

    @property
    def uri(self) -> str:
        """Where drivers connect. Stays the same when mongod is restarted."""
        return self.mongod.uri

    async def __aenter__(self) -> Self:
        self._make_directory()
        async with self._locked():
            register = await self._serve(_Register.read(self._register), port_may_change=True)
            me = _User(ProcessId.mine(), self._token)
            replace(register, users=(*register.users, me)).write(self._register)
        self._watcher = asyncio.create_task(self._watch(), name="weft-embedded-mongo-watcher")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
            with suppress(asyncio.CancelledError):
                await self._watcher
        if not self._lock.exists():
            # The data directory was deleted under it: nobody can join it any more.
            self.mongod.process.signal(signal.SIGTERM)
            await mongod_process.end(self.mongod.process)
            return
        async with self._locked():
            register = _Register.read(self._register).without(self._token)
            if not register.users:
                # Not simply `self.mongod`: another process may have restarted it just now.
                await mongod_process.stop(self.data, self.mongod.port)
                _log.info("Embedded MongoDB stopped", extra={"port": self.mongod.port})
            register.write(self._register)

    async def _serve(self, register: _Register, *, port_may_change: bool) -> _Register:
        """Under the lock: see to it that a mongod serves the data."""
        self._mongod = await self._adopt(register) or await self._launch(register, port_may_change=port_may_change)
        return register.serving(self._mongod)

    async def _adopt(self, register: _Register) -> Mongod | None:
        if not mongod_process.in_use(self.data):
            return None
        if register.port is None:
            raise UnavailableError(
                f"A mongod that Weft did not start uses the data in {self.data}. Stop it, or use another WEFT_DATA_DIR."
            )
        return await mongod_process.adopt(self.data, register.port)

    async def _launch(self, register: _Register, *, port_may_change: bool) -> Mongod:
        binary = self._binary or find_binary()
        port = register.port
        for _ in range(_PORT_ATTEMPTS):
            if port is None or (port_may_change and not mongod_process.is_free(port)):
                port = mongod_process.pick_port()
                if register.port is not None:
                    # mongod asks the old port whether that is itself; a program that keeps silent costs 30 s.
                    _log.warning("The port of MongoDB is taken, moving it", extra={"old": register.port, "new": port})
            # Before it starts, so that it can be found should this process be killed now.
            replace(register, port=port).write(self._register)
            try:
                mongod = await mongod_process.launch(binary, self.data, port, cache_gb=CACHE_GB, wrote=register.version)
            except PortTakenError:
                if not port_may_change:
                    break
                continue
            _log.info("Embedded MongoDB started", extra={"pid": mongod.process.pid, "port": port})
            return mongod
        raise UnavailableError(f"Port {port} for MongoDB is taken by another program.", port=port)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_INTERVAL)
            if not self.mongod.process.alive():
                _log.warning("Embedded MongoDB died, starting it again", extra={"pid": self.mongod.process.pid})
                await self._restart()

    async def _restart(self) -> None:
        try:
            async with self._locked():
                # Another process may have been first; then this finds the new one. Drivers hold the URI: no other port.
                register = await self._serve(_Register.read(self._register), port_may_change=False)
                register.write(self._register)
        except (WeftError, OSError) as error:
            _log.error("Embedded MongoDB did not start again, trying on", extra={"error": str(error)})
            await asyncio.sleep(1)

    def _make_directory(self) -> None:
        try:
            self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock.touch(mode=0o600)
            (self.data / "mongod.out").touch(mode=0o600)
        except OSError as error:
            raise ConfigError(
                f"Weft cannot write to its data directory {self.data.parent}: {error.strerror}. "
                "Make it writable for this user or set WEFT_DATA_DIR to one that is.",
                path=str(self.data.parent),
            ) from error

    @asynccontextmanager
    async def _locked(self) -> AsyncGenerator[None, None]:
        """Exclude the other processes on this data directory; the system releases the lock of one that is killed."""
        with self._lock.open("rb") as file:
            if not await until(lambda: _take(file.fileno()), LOCK_DEADLINE):
                raise UnavailableError(
                    f"Another Weft process has been starting or stopping MongoDB in {self.data} for "
                    f"{LOCK_DEADLINE:.0f} s. End it and start again."
                )
            yield


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
