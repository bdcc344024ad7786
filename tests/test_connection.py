"""Connecting: what Weft refuses, how it says so, and what it sets on its client."""

import datetime
import subprocess
import traceback
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymongo import WriteConcern

from weft.errors import ConfigError, UnavailableError, WeftError
from weft.storage.connection import check, connect, inspect, require_version
from weft.storage.embedded import EmbeddedMongo
from weft.storage.mongod_binary import find_binary
from weft.storage.mongod_process import pick_port
from weft.storage.types import Client, Database

SECRET = "s3cr3t"


@contextmanager
def bare_mongod(data: Path, *options: str) -> Generator[str, None, None]:
    """A mongod that nobody initiates; its address."""
    port = pick_port()
    address = f"127.0.0.1:{port}"
    command = [
        str(find_binary()),
        "--dbpath",
        str(data),
        "--port",
        str(port),
        "--bind_ip",
        "127.0.0.1",
        "--nounixsocket",
    ]
    with subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL) as process:
        try:
            yield address
        finally:
            process.kill()


async def test_transactions_and_change_streams_work(db: Database) -> None:
    await db.create_collection("things")
    async with await db.watch() as stream:
        async with db.client.start_session() as session, await session.start_transaction():
            await db["things"].insert_one({"number": 1}, session=session)
        assert (await stream.next())["fullDocument"]["number"] == 1


async def test_the_client_reads_aware_times_and_uuids_and_writes_for_good(db: Database) -> None:
    now = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    key = uuid.uuid4()
    await db["things"].insert_one({"_id": key, "at": now})
    assert await db["things"].find_one() == {"_id": key, "at": now}
    assert db["things"].write_concern == WriteConcern(w="majority", j=True)
    assert db.client.options.retry_writes


async def test_what_the_uri_says_of_waiting_and_naming_wins(mongod: EmbeddedMongo) -> None:
    db = await connect(f"{mongod.uri}&serverSelectionTimeoutMS=1234&socketTimeoutMS=4321&appName=mine", database="weft")
    try:
        assert db.name == "weft"
        assert db.client.options.server_selection_timeout == 1.234
        assert db.client.options.pool_options.socket_timeout == 4.321
        assert db.client.options.pool_options.appname == "mine"
    finally:
        await db.client.close()


async def test_a_report_tells_what_is_there(mongod: EmbeddedMongo, client: Client) -> None:
    report = await check(mongod.uri)
    address = f"127.0.0.1:{mongod.mongod.port}"
    assert (report.hosts, report.primary, report.replica_set) == ((address,), address, "weft")
    assert report.version == mongod.mongod.version
    assert not report.sharded
    assert report.latency_ms > 0
    assert (await inspect(client)).hosts == report.hosts


@pytest.mark.parametrize("query", ["", "?directConnection=true", "?replicaSet=rs0"])
async def test_a_standalone_is_refused(tmp_path: Path, query: str) -> None:
    with (
        bare_mongod(tmp_path) as address,
        pytest.raises(ConfigError, match=rf"{address} is a standalone.*need a replica set.*rs.initiate"),
    ):
        await connect(f"mongodb://{address}/{query}", database="weft", timeout=3)


async def test_a_replica_set_that_was_never_initiated_is_refused(tmp_path: Path) -> None:
    with (
        bare_mongod(tmp_path, "--replSet", "rs0") as address,
        pytest.raises(ConfigError, match=rf"{address} was started with --replSet but .* not initiated.*rs.initiate"),
    ):
        await connect(f"mongodb://{address}", database="weft", timeout=3)


async def test_the_wrong_name_of_a_replica_set_is_told(mongod: EmbeddedMongo) -> None:
    uri = mongod.uri.replace("replicaSet=weft", "replicaSet=other")
    with pytest.raises(ConfigError, match=r"is 'weft'; WEFT_MONGODB_URI says replicaSet=other"):
        await connect(uri, database="weft", timeout=0.5)


def test_an_old_server_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"at db:27017 has version 5.0.9; Weft needs 6.0 or newer"):
        require_version({"version": "5.0.9", "versionArray": [5, 0, 9, 0]}, "db:27017")


async def test_a_server_that_does_not_answer_is_named_by_host_only() -> None:
    port = pick_port()
    uri = f"mongodb://user:{SECRET}@127.0.0.1:{port}/?replicaSet=rs0"
    with pytest.raises(
        UnavailableError, match=rf"MongoDB at 127.0.0.1:{port} does not answer \(tried for 0.5 s"
    ) as caught:
        await connect(uri, database="weft", timeout=0.5)
    assert caught.value.data == {"hosts": [f"127.0.0.1:{port}"]}
    assert_keeps_secret(caught.value)


async def test_a_wrong_password_is_told_and_not_shown(mongod: EmbeddedMongo) -> None:
    uri = mongod.uri.replace("mongodb://", f"mongodb://user:{SECRET}@")
    with pytest.raises(ConfigError, match="does not accept the user or password in WEFT_MONGODB_URI") as caught:
        await connect(uri, database="weft")
    assert_keeps_secret(caught.value)


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("", "must begin with 'mongodb://'"),
        (f"http://user:{SECRET}@host", ""),
        (f"user:{SECRET}@host:27017", ""),
        (f"mongodb://user:{SECRET}", ""),
        (f"mongodb://user:{SECRET}@", ""),
        (f"mongodb://user:{SECRET}/@host", ""),
        (f"mongodb://user:x@{SECRET}@host", "must be escaped"),
        (f"mongodb://user:{SECRET}@host:99999", "Port must be"),
        (f"mongodb://user:{SECRET}@host/?tls=perhaps", "tls must be"),
        (f"mongodb://user:{SECRET}@host/?w=majority&nonsense=1", "nonsense"),
        (f"mongodb+srv://user:{SECRET}@host:1/", ""),
    ],
)
async def test_a_broken_uri_is_told_without_its_password(uri: str, says: str) -> None:
    with pytest.raises(WeftError, match="WEFT_MONGODB_URI") as caught:
        await connect(uri, database="weft", timeout=2)
    assert says in caught.value.message
    assert_keeps_secret(caught.value)


@pytest.mark.parametrize("name", ["", "a b", "a.b", "a/b", "x" * 64])
async def test_an_impossible_name_of_a_database_is_refused(mongod: EmbeddedMongo, name: str) -> None:
    with pytest.raises(ConfigError, match="set WEFT_DATABASE to"):
        await connect(mongod.uri, database=name)


def assert_keeps_secret(error: WeftError) -> None:
    assert SECRET not in f"{error.message} {error.data}"
    shown = "".join(traceback.format_exception(error))
    assert SECRET not in "".join(line for line in shown.splitlines() if "SECRET" not in line)
