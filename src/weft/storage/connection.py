"""Connecting to MongoDB: a client comes out of here only when the server can do what Weft relies on.

No message or log line of this file holds the user name or the password of the URI."""

import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pymongo
from pymongo import AsyncMongoClient
from pymongo.errors import ConfigurationError, OperationFailure, PyMongoError
from pymongo.uri_parser import parse_uri

from weft.errors import ConfigError, UnavailableError, WeftError
from weft.storage.pool_counts import PoolCounts
from weft.storage.types import Client, Database

OLDEST_VERSION = (6, 0)
SELECTION_SECONDS = 15.0
"""How long an operation waits for a primary: longer than a failover or a restart of the embedded server takes."""
CONNECT_SECONDS = 5.0
"""How long a start waits before it says that MongoDB does not answer."""
_AUTHENTICATION_FAILED = {18, 8000}
_UNAUTHORIZED = 13

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """What was found out about a usable MongoDB. `replica_set` and `primary` are None behind a mongos."""

    hosts: tuple[str, ...]
    version: str
    replica_set: str | None
    primary: str | None
    sharded: bool
    latency_ms: float
    """The fastest of three round trips, in milliseconds."""


async def connect(uri: str, *, database: str, timeout: float = CONNECT_SECONDS) -> Database:
    """The database, on a client of its own (`database.client`, to be closed by the caller) that is known to work.

    Raises ConfigError (URI, name, kind or version of the server) or UnavailableError (no answer in `timeout` s)."""
    _require_name(database)
    client = _client(uri)
    try:
        report = await inspect(client, uri=uri, timeout=timeout)
    except BaseException:
        await client.close()
        raise
    _log.info("Connected to MongoDB", extra={"hosts": report.hosts, "version": report.version})
    return client[database]


async def check(uri: str, *, timeout: float = CONNECT_SECONDS) -> Report:
    """Connect, look and close. Raises what `connect` raises; the messages say how to mend it."""
    client = _client(uri)
    try:
        return await inspect(client, uri=uri, timeout=timeout)
    finally:
        await client.close()


async def inspect(client: Client, *, uri: str = "", timeout: float = CONNECT_SECONDS) -> Report:
    """What is behind a client. Its `uri` makes the reason of a failure clearer. Raises what `connect` raises."""
    try:
        with pymongo.timeout(timeout):
            hello = await client.admin.command("hello")
            build = await client.admin.command("buildInfo")
            latency = min([await _round_trip(client) for _ in range(3)])
    except PyMongoError as error:
        raise await _explain(error, client, uri, timeout) from None
    hosts = tuple(f"{host}:{port}" for host, port in sorted(client.nodes))
    require_replica_set(hello, ", ".join(hosts))
    require_version(build, ", ".join(hosts))
    sharded = hello.get("msg") == "isdbgrid"
    return Report(hosts, str(build["version"]), hello.get("setName"), hello.get("primary"), sharded, latency)


def _require_name(database: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,63}", database):
        raise ConfigError(
            f"{database!r} cannot be the name of a database: set WEFT_DATABASE to 1-63 letters, digits, '_' or '-'."
        )


def _client(uri: str) -> Client:
    named = {option.lower() for option in re.findall(r"[?&;]([A-Za-z]+)=", uri)}
    # No socketTimeoutMS: with one the driver waits by asyncio.wait_for, which in Python 3.11 swallows cancellations.
    defaults: dict[str, Any] = {"appname": "weft", "serverSelectionTimeoutMS": SELECTION_SECONDS * 1000}
    try:
        _parse(uri)  # the client only warns of an option it cannot read
        return AsyncMongoClient(
            uri,
            tz_aware=True,
            uuidRepresentation="standard",
            retryWrites=True,
            w="majority",
            journal=True,
            event_listeners=[PoolCounts()],
            **{name: value for name, value in defaults.items() if name.lower() not in named},
        )
    except (PyMongoError, ValueError, TypeError) as error:
        # Without the cause: its text and its frames may hold the password.
        raise _bad_uri(uri, error) from None


async def _round_trip(client: Client) -> float:
    before = time.perf_counter()
    await client.admin.command("ping")
    return (time.perf_counter() - before) * 1000


def require_replica_set(hello: Mapping[str, Any], hosts: str) -> None:
    """Raises ConfigError when the `hello` of `hosts` is not that of a replica set or a mongos."""
    if hello.get("setName") or hello.get("msg") == "isdbgrid":
        return
    if hello.get("isreplicaset"):
        raise ConfigError(
            f"The MongoDB at {hosts} was started with --replSet but its replica set is not initiated. "
            "Run `rs.initiate()` once in mongosh.",
        )
    raise ConfigError(
        f"The MongoDB at {hosts} is a standalone server. Transactions and change streams need a replica set; "
        "one node is enough: start mongod with `--replSet rs0` and run `rs.initiate()` once in mongosh. "
        "Or unset WEFT_MONGODB_URI: Weft then starts its own.",
    )


def require_version(build: Mapping[str, Any], hosts: str) -> None:
    """Raises ConfigError when the `buildInfo` of `hosts` is of a MongoDB that is too old."""
    if tuple(build["versionArray"][:2]) < OLDEST_VERSION:
        raise ConfigError(
            f"The MongoDB at {hosts} has version {build['version']}; Weft needs "
            f"{'.'.join(map(str, OLDEST_VERSION))} or newer. Upgrade it or name another in WEFT_MONGODB_URI.",
        )


async def _explain(error: PyMongoError, client: Client, uri: str, timeout: float) -> WeftError:
    if isinstance(error, OperationFailure):
        if error.code in _AUTHENTICATION_FAILED:
            return ConfigError("MongoDB does not accept the user or password in WEFT_MONGODB_URI.")
        if error.code == _UNAUTHORIZED:
            return ConfigError("MongoDB asks for a user: put user and password into WEFT_MONGODB_URI.")
    if isinstance(error, ConfigurationError):
        return _bad_uri(uri, error)
    servers = client.topology_description.server_descriptions()
    errors = {_short(str(server.error)) for server in servers.values() if server.error}
    seeds = _seeds(uri)
    for host, port in [] if errors else seeds:
        found = await _look_directly(host, port, uri)
        if found is not None:
            return found
    tried = [f"{host}:{port}" for host, port in servers or seeds]
    why = "; ".join(sorted(errors)) or "no primary"
    return UnavailableError(
        f"MongoDB at {', '.join(tried)} does not answer (tried for {timeout:g} s: {why}). "
        "Start it, correct WEFT_MONGODB_URI, or unset it: Weft then starts its own.",
        hosts=tried,
    )


def _short(error: str) -> str:
    return error.split(" (configured timeouts", maxsplit=1)[0]


async def _look_directly(host: str, port: int, uri: str) -> WeftError | None:
    """Why a driver that looks for a replica set finds none there: it is a standalone, or the set has another name."""
    options = _parse(uri)["options"]
    wanted = options.get("replicaSet")
    tls = {name: value for name, value in options.items() if name.lower().startswith("tls")}
    client: Client = AsyncMongoClient(host, port, directConnection=True, serverSelectionTimeoutMS=1000, **tls)
    try:
        hello = await client.admin.command("hello")
        require_replica_set(hello, f"{host}:{port}")
    except PyMongoError:
        return None
    except ConfigError as error:
        return error
    finally:
        await client.close()
    if wanted and hello.get("setName") != wanted:
        name = hello.get("setName")
        return ConfigError(f"The replica set at {host}:{port} is {name!r}; WEFT_MONGODB_URI says replicaSet={wanted}.")
    return None


def _seeds(uri: str) -> list[tuple[str, int]]:
    """The hosts the URI names; none for a mongodb+srv URI, whose hosts only the name service knows."""
    return [(host, port) for host, port in _parse(uri).get("nodelist", []) if port is not None]


def _parse(uri: str) -> dict[str, Any]:
    """Strictly parsed, except mongodb+srv, which would block on the name service; empty then."""
    return {} if uri.startswith("mongodb+srv://") else parse_uri(uri, warn=False)


def _bad_uri(uri: str, error: Exception) -> ConfigError:
    return ConfigError(
        f"WEFT_MONGODB_URI is not a usable MongoDB address{_harmless(uri, str(error))}. It looks like "
        "mongodb://user:password@host:27017/?replicaSet=rs0, with special characters in user and password "
        "percent-encoded. Unset it and Weft starts its own MongoDB.",
    )


def _harmless(uri: str, text: str) -> str:
    """The driver's reason, unless it quotes a part of the URI that may be the user name or the password."""
    rest = uri.partition("://")[2] or uri
    secret = rest.rpartition("@")[0] or re.split(r"[/?]", rest)[0].partition(":")[2]
    pieces = [piece for piece in re.split(r"[:@/?&,%\s]+", secret) if piece]
    return "" if any(piece in text for piece in pieces) else f": {text.rstrip('.')}"
