"""The embedded MongoDB, with real processes that share it, leave it and are killed."""

import asyncio
import fcntl
import json
import logging
import os
import shutil
import signal
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio

from weft.errors import ConfigError, UnavailableError
from weft.storage import mongod_process
from weft.storage.connection import connect
from weft.storage.embedded import EmbeddedMongo
from weft.storage.mongod_binary import find_binary
from weft.storage.processes import ProcessId, until

SCRIPT = Path(__file__).with_name("embedded_user.py")
DEADLINE = 30.0


class User:
    """Another Weft process on the data directory."""

    def __init__(self, process: Process) -> None:
        self.process = process

    async def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), DEADLINE)
        return cast("dict[str, Any]", json.loads(line))

    async def leave(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return await asyncio.wait_for(self.process.wait(), DEADLINE)

    async def kill(self) -> None:
        self.process.kill()
        await asyncio.wait_for(self.process.wait(), DEADLINE)


@pytest_asyncio.fixture(loop_scope="session")
async def users() -> AsyncGenerator[list[User], None]:
    started: list[User] = []
    yield started
    for user in started:
        with suppress(ProcessLookupError):
            await user.kill()


@pytest.fixture
def data_dir(tmp_path: Path) -> Generator[Path, None, None]:
    """A data directory of its own. A mongod that a test leaves behind is ended."""
    path = tmp_path / "data"
    yield path
    for lock in tmp_path.glob("*/mongo/mongod.lock"):
        if mongod_process.in_use(lock.parent):
            os.kill(int(lock.read_text()), signal.SIGKILL)


async def start(users: list[User], data_dir: Path, **options: Any) -> User:
    user = User(
        await asyncio.create_subprocess_exec(sys.executable, SCRIPT, data_dir, stdin=PIPE, stdout=PIPE, **options)
    )
    users.append(user)
    return user


async def count(uri: str) -> int:
    """Write one more document, journaled, and count them all."""
    db = await connect(uri, database="test")
    try:
        await db["things"].insert_one({})
        return await db["things"].count_documents({})
    finally:
        await db.client.close()


def died_by_hand(pid: int) -> ProcessId:
    process = ProcessId.of(pid)
    assert process is not None
    process.signal(signal.SIGKILL)
    return process


@asynccontextmanager
async def listener(port: int) -> AsyncGenerator[None, None]:
    """Another program on the port; it hangs up on everybody."""
    async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port):
        yield


async def test_the_last_user_stops_it_and_a_killed_one_does_not_count(users: list[User], data_dir: Path) -> None:
    first = await start(users, data_dir)
    started = await first.answer()
    async with EmbeddedMongo(data_dir) as server:
        assert (server.uri, server.mongod.process.pid) == (started["uri"], started["mongod"])
        third = await start(users, data_dir)
        assert await third.answer() == started
        await first.kill()
        assert await third.leave() == 0
        assert await count(server.uri) == 1
    assert not server.mongod.process.alive()
    assert '"msg":"Shutting down","attr":{"exitCode":0}' in (data_dir / "mongo/mongod.log").read_text()


async def test_processes_that_start_together_share_one(users: list[User], data_dir: Path) -> None:
    together = await asyncio.gather(*[start(users, data_dir) for _ in range(3)])
    answers = [await user.answer() for user in together]
    assert answers == [answers[0]] * 3
    assert [await user.leave() for user in together] == [0, 0, 0]
    assert not mongod_process.in_use(data_dir / "mongo")


async def test_is_adopted_when_all_its_users_were_killed(users: list[User], data_dir: Path) -> None:
    user = await start(users, data_dir)
    started = await user.answer()
    assert await count(started["uri"]) == 1
    await user.kill()
    async with EmbeddedMongo(data_dir) as server:
        assert server.mongod.process.pid == started["mongod"]
        assert await count(server.uri) == 2
    assert not server.mongod.process.alive()


async def test_is_adopted_when_weft_was_killed_while_starting_it(users: list[User], data_dir: Path) -> None:
    user = await start(users, data_dir)
    assert await until(lambda: mongod_process.in_use(data_dir / "mongo"), DEADLINE)
    await user.kill()
    async with EmbeddedMongo(data_dir) as server:
        assert await count(server.uri) == 1


async def test_recovers_after_weft_and_mongod_were_killed(users: list[User], data_dir: Path) -> None:
    user = await start(users, data_dir)
    started = await user.answer()
    assert await count(started["uri"]) == 1
    await user.kill()
    assert await died_by_hand(started["mongod"]).gone(DEADLINE)
    async with EmbeddedMongo(data_dir) as server:
        assert server.uri == started["uri"]
        assert server.mongod.process.pid != started["mongod"]
        assert await count(server.uri) == 2


async def test_a_mongod_that_dies_is_started_again_once_and_clients_go_on(users: list[User], data_dir: Path) -> None:
    other = await start(users, data_dir)
    started = await other.answer()
    async with EmbeddedMongo(data_dir) as server:
        db = await connect(server.uri, database="test")
        dead = died_by_hand(started["mongod"])
        assert await dead.gone(DEADLINE)
        await db["things"].insert_one({})
        await db.client.close()
        assert await until(lambda: server.mongod.process != dead, DEADLINE)
        assert server.uri == started["uri"]
        restarted = server.mongod.process
        assert await other.leave() == 0
        assert restarted.alive()
    assert not restarted.alive()


async def test_a_restart_waits_for_its_port(data_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with EmbeddedMongo(data_dir) as server:
        dead = server.mongod.process
        with (data_dir / "mongo.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            dead.signal(signal.SIGKILL)
            assert await dead.gone(DEADLINE)
            with caplog.at_level(logging.ERROR, "weft.storage.embedded"):
                async with listener(server.mongod.port):
                    fcntl.flock(lock, fcntl.LOCK_UN)
                    assert await until(lambda: "did not start again" in caplog.text, DEADLINE)
        assert await until(lambda: server.mongod.process != dead, DEADLINE)
        assert await count(server.uri) == 1


async def test_ctrl_c_in_the_terminal_ends_weft_and_not_mongod(users: list[User], data_dir: Path) -> None:
    user = await start(users, data_dir, start_new_session=True)
    started = await user.answer()
    async with EmbeddedMongo(data_dir) as server:
        os.killpg(user.process.pid, signal.SIGINT)
        assert await asyncio.wait_for(user.process.wait(), DEADLINE) == 130
        assert server.mongod.process.pid == started["mongod"]
        assert server.mongod.process.alive()


async def test_moves_with_its_data_when_its_port_is_taken(data_dir: Path) -> None:
    async with EmbeddedMongo(data_dir) as server:
        before = server.mongod.port
        assert await count(server.uri) == 1
    async with listener(before), EmbeddedMongo(data_dir) as server:
        after = server.mongod.port
        assert after != before
        assert await count(server.uri) == 2
    async with EmbeddedMongo(data_dir) as server:
        assert server.mongod.port == after


async def test_a_copied_data_directory_is_another_database(data_dir: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    async with EmbeddedMongo(data_dir):
        pass
    shutil.copytree(data_dir, copy)
    async with EmbeddedMongo(data_dir) as server, EmbeddedMongo(copy) as other:
        assert other.mongod.port != server.mongod.port
        assert await count(other.uri) == 1
        assert await count(other.uri) == 2
        assert await count(server.uri) == 1


async def test_a_later_process_with_the_pid_of_a_user_does_not_count(data_dir: Path) -> None:
    register = data_dir / "mongo.json"
    async with EmbeddedMongo(data_dir) as server:
        stored = json.loads(register.read_text())
        stored["users"].append({"process": {"pid": os.getpid(), "started": "long ago"}, "token": "x"})
        register.write_text(json.dumps(stored))
    assert not server.mongod.process.alive()


async def test_a_torn_register_is_begun_anew(data_dir: Path) -> None:
    (data_dir / "mongo").mkdir(parents=True)
    (data_dir / "mongo.json").write_text('{"port": 2')
    async with EmbeddedMongo(data_dir) as server:
        assert await count(server.uri) == 1


async def test_stops_when_its_data_directory_is_deleted_under_it(data_dir: Path) -> None:
    async with EmbeddedMongo(data_dir) as server:
        doomed = data_dir.rename(data_dir.with_name("doomed"))  # at once: mongod goes on making files in it
        shutil.rmtree(doomed, ignore_errors=True)
    assert not server.mongod.process.alive()


async def test_one_that_does_not_answer_is_ended_by_force(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mongod_process, "STOP_DEADLINE", 0.2)
    async with EmbeddedMongo(data_dir) as server:
        server.mongod.process.signal(signal.SIGSTOP)
    assert await server.mongod.process.gone(DEADLINE)


async def test_one_that_does_not_answer_is_not_joined(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with EmbeddedMongo(data_dir) as server:
        pid = server.mongod.process.pid
        server.mongod.process.signal(signal.SIGSTOP)
        monkeypatch.setattr(mongod_process, "START_DEADLINE", 0.2)
        with pytest.raises(UnavailableError, match=rf"pid {pid}.*does not answer on 127.0.0.1.*kill {pid}"):
            await EmbeddedMongo(data_dir).__aenter__()
        server.mongod.process.signal(signal.SIGCONT)


async def test_data_of_a_newer_mongod_is_refused_and_left_alone(data_dir: Path) -> None:
    async with EmbeddedMongo(data_dir):
        pass
    for journal in (data_dir / "mongo/journal").iterdir():
        with journal.open("r+b") as file:
            file.seek(file.read(64).index(struct.pack("<I", 0x101064)) + 4)
            file.write(struct.pack("<H", 99))
    with pytest.raises(ConfigError, match=r"another version of MongoDB wrote it \(last used with 6.*WEFT_DATA_DIR"):
        await EmbeddedMongo(data_dir).__aenter__()
    assert not mongod_process.in_use(data_dir / "mongo")


async def test_a_mongod_that_weft_did_not_start_is_named(data_dir: Path) -> None:
    async with EmbeddedMongo(data_dir) as server:
        stored = (data_dir / "mongo.json").read_text()
        (data_dir / "mongo.json").unlink()
        with pytest.raises(UnavailableError, match="Weft did not start uses the data in"):
            await EmbeddedMongo(data_dir).__aenter__()
        (data_dir / "mongo.json").write_text(stored)
    assert not server.mongod.process.alive()


async def test_two_cannot_have_one_port_or_one_data(data_dir: Path, tmp_path: Path) -> None:
    async with EmbeddedMongo(data_dir) as server:
        (tmp_path / "other").mkdir()
        binary = find_binary()
        with pytest.raises(mongod_process.PortTakenError):
            await mongod_process.launch(binary, tmp_path / "other", server.mongod.port, cache_gb=0.5, wrote=None)
        free = mongod_process.pick_port()
        with pytest.raises(UnavailableError, match="Another mongod that Weft cannot reach uses the data"):
            await mongod_process.launch(binary, server.data, free, cache_gb=0.5, wrote=None)


@pytest.mark.parametrize("where", ["/dev/null/data", "/proc/data"])
async def test_a_data_directory_that_cannot_be_written_is_named(where: str) -> None:
    with pytest.raises(ConfigError, match=rf"cannot write to its data directory {where}: .*WEFT_DATA_DIR"):
        await EmbeddedMongo(where).__aenter__()
