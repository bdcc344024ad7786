"""One mongod process: started, made the primary of its one-node replica set, and ended.

Everything here works on any mongod that serves the data, whoever started it."""

import fcntl
import logging
import random
import signal
import socket
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pymongo import AsyncMongoClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

from weft.errors import UnavailableError
from weft.storage.mongod_binary import ADDRESS_IN_USE, Exit
from weft.storage.processes import ProcessId, until
from weft.storage.types import Client

REPLICA_SET = "weft"
START_DEADLINE = 60.0
"""Seconds a mongod has to answer, replay of its journal after a crash included."""
STOP_DEADLINE = 10.0
"""Seconds for each of the ways to end it, the gentle one first."""
HOST = "127.0.0.1"
# Below every system's range for outgoing connections: nothing takes the port while mongod is away.
_PORTS = range(20000, 32000)

_log = logging.getLogger(__name__)


class PortTakenError(Exception):
    """Something else listens on the port."""


@dataclass(frozen=True, slots=True)
class Mongod:
    """A running mongod that is primary and takes writes."""

    process: ProcessId
    port: int
    version: str

    @property
    def uri(self) -> str:
        """Where drivers connect. Names the set, so that they wait for its primary while it restarts."""
        return f"mongodb://{HOST}:{self.port}/?replicaSet={REPLICA_SET}"


async def stop(data: Path, port: int) -> None:
    """End the mongod that has the data open, if any: by command, else by signal, else by force."""
    process = _serving(data)
    if process is None:
        return
    if await _serves(port, data):
        async with _direct(port) as client:
            with suppress(PyMongoError):
                await client.admin.command({"shutdown": 1, "force": True, "timeoutSecs": 0})
    else:
        process.signal(signal.SIGTERM)
    await end(process)


async def end(process: ProcessId) -> None:
    """Wait for a process that was told to end, and tell it louder when it does not."""
    for louder in (signal.SIGTERM, signal.SIGKILL):
        if await process.gone(STOP_DEADLINE):
            return
        _log.warning("mongod does not end, sending a signal", extra={"pid": process.pid, "signal": louder.name})
        process.signal(louder)
    await process.gone(STOP_DEADLINE)


def _serving(data: Path) -> ProcessId | None:
    pid = (data / "mongod.lock").read_text().strip() if in_use(data) else ""
    return ProcessId.of(int(pid)) if pid else None


def in_use(data: Path) -> bool:
    """Whether a mongod has the data open now: it holds this lock as long as it lives."""
    try:
        with (data / "mongod.lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def is_free(port: int) -> bool:
    """Whether a mongod could listen on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen()
        except OSError:
            return False
    return True


def pick_port() -> int:
    """A free port. Raises UnavailableError when there is none."""
    for port in random.sample(_PORTS, 1000):
        if is_free(port):
            return port
    raise UnavailableError(
        f"No free port for MongoDB among {_PORTS.start}-{_PORTS.stop} on {HOST}. Set WEFT_MONGODB_URI."
    )


async def adopt(data: Path, port: int) -> Mongod | None:
    """The mongod that already serves `data` on `port`, or None when it ends before it answers.

    Raises UnavailableError when one has the data open and does not answer on the port."""

    async def settled() -> bool:
        return not in_use(data) or await _serves(port, data)

    if not await until(settled, START_DEADLINE):
        pid = (data / "mongod.lock").read_text().strip()
        raise UnavailableError(
            f"A mongod (pid {pid}) uses the data in {data} but does not answer on {HOST}:{port}. "
            f"Look into {data / 'mongod.log'}; `kill {pid}` and start again.",
            port=port,
        )
    return await _ready(port) if in_use(data) else None


async def launch(binary: Path, data: Path, port: int, *, cache_gb: float, wrote: str | None) -> Mongod:
    """Start a mongod on `data` and wait until it takes writes. The caller sees to it that no other serves `data`.

    `wrote` is the version that last used the data, for the error text. Raises PortTakenError, or ConfigError or
    UnavailableError with what to do; nothing is left running then."""
    popen = _spawn(binary, data, port, cache_gb)
    try:
        return await _started(popen, binary, data, port, wrote)
    except BaseException:
        popen.kill()
        raise


def _spawn(binary: Path, data: Path, port: int, cache_gb: float) -> subprocess.Popen[bytes]:
    log = data / "mongod.log"
    with suppress(FileNotFoundError):
        log.replace(data / "mongod.log.1")
    command = [
        *(str(binary), "--dbpath", str(data), "--logpath", str(log), "--quiet"),
        *("--bind_ip", HOST, "--port", str(port), "--nounixsocket", "--replSet", REPLICA_SET),
        *("--wiredTigerCacheSizeGB", str(cache_gb), "--oplogSize", "1024"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        # What a killed Weft left open holds its threads until then; no change of ours takes longer than 10 s.
        *("--setParameter", "transactionLifetimeLimitSeconds=12"),
        # Nothing of ours reads the past; the default of 300 keeps the files of dropped collections open that long.
        *("--setParameter", "minSnapshotHistoryWindowInSeconds=5"),
    ]
    with (data / "mongod.out").open("wb") as output:
        try:
            # Its own session: neither Ctrl-C in the terminal nor the end of this process may take it away from others.
            popen = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=data, start_new_session=True
            )
        except OSError as error:
            raise Exit(binary, data, 127, str(error), log).explain(None) from error
    # Somebody must reap it, or its pid would look alive for as long as this process lives.
    threading.Thread(target=popen.wait, name="weft-mongod-reaper", daemon=True).start()
    return popen


async def _started(popen: subprocess.Popen[bytes], binary: Path, data: Path, port: int, wrote: str | None) -> Mongod:
    async def settled() -> bool:
        return popen.poll() is not None or await _serves(port, data)

    if not await until(settled, START_DEADLINE):
        raise UnavailableError(f"MongoDB did not answer in {START_DEADLINE:.0f} s. Look into {data / 'mongod.log'}.")
    if popen.poll() is None:
        return await _ready(port)
    if popen.returncode == ADDRESS_IN_USE:
        raise PortTakenError
    output = (data / "mongod.out").read_text(errors="replace")
    raise Exit(binary, data, popen.returncode, output, data / "mongod.log").explain(wrote)


def _direct(port: int) -> Client:
    """A client of this one server, whatever state its replica set is in.

    Never handed out: a client that met the server before it was initiated would go without sessions."""
    return AsyncMongoClient(HOST, port, directConnection=True, serverSelectionTimeoutMS=2000, appname="weft-embedded")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


async def _serves(port: int, data: Path) -> bool:
    """Whether the mongod on the port serves exactly this data: a copied data directory names the port of the first."""
    if not _listens(port):
        return False
    async with _direct(port) as client:
        try:
            options = await client.admin.command("getCmdLineOpts")
        except PyMongoError:
            return False
    return bool(options["parsed"].get("storage", {}).get("dbPath") == str(data))


async def _ready(port: int) -> Mongod:
    """Bring the set of one up on this port, and wait until it takes writes."""
    where = f"{HOST}:{port}"
    refused: list[PyMongoError] = []

    async def writable() -> bool:
        try:
            if (await client.admin.command("hello"))["isWritablePrimary"]:
                return True
            await _configure(client, where)
        except (OperationFailure, AutoReconnect) as error:
            # It still reads the configuration it has, and hangs up on everybody when that is about another port.
            if not _listens(port):
                raise
            refused[:] = [error]
        return False

    async with _direct(port) as client:
        try:
            if not await until(writable, START_DEADLINE):
                raise UnavailableError(f"MongoDB on {where} did not become primary. {refused}", port=port)
            status = await client.admin.command({"serverStatus": 1, "metrics": 0, "wiredTiger": 0, "repl": 0})
        except PyMongoError as error:
            raise UnavailableError(f"MongoDB on {where} failed while starting: {error}", port=port) from error
    process = ProcessId.of(int(status["pid"]))
    if process is None:
        raise UnavailableError(f"MongoDB on {where} ended while starting.", port=port)
    return Mongod(process, port, str(status["version"]))


async def _configure(client: Client, host: str) -> None:
    # From the collection: the command has no answer yet while a starting node reads the configuration it has, and to
    # initiate it then makes it abort.
    config = await client["local"]["system.replset"].find_one()
    if config is None:
        members = [{"_id": 0, "host": host}]
        await client.admin.command({"replSetInitiate": {"_id": REPLICA_SET, "members": members}})
    elif [member["host"] for member in config["members"]] != [host]:
        # The port changed: the node does not find itself in its own set, so only force can tell it where it is.
        members = [{**config["members"][0], "host": host}]
        changed = {**config, "members": members, "version": config["version"] + 1}
        changed.pop("term", None)
        await client.admin.command({"replSetReconfig": changed, "force": True})
