"""The `weft` command as an operator meets it: it says what is wrong, how to mend it, and leaves nothing half done."""

import asyncio
import signal
import socket
import sys
from pathlib import Path
from typing import Final

import httpx2
import pytest
from tests.live.server import ROOT, START_SECONDS, ServerProcess

from weft.resolvers.sdl import SNAPSHOT
from weft.storage.embedded import EmbeddedMongo

ALONE: Final = {"PATH": "/usr/bin:/bin", "WEFT_PORT": "0"}
"""No port that another program may have."""


async def weft(env: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Exit code and all output of one command."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "weft", *arguments,
        cwd=ROOT, env=ALONE | env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(START_SECONDS):
        printed, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, printed.decode()


async def test_a_busy_port_is_named_with_the_setting_that_changes_it(env: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, printed = await weft(env | {"WEFT_PORT": port}, "dev")
    assert code == 1
    assert printed.startswith(f"weft: cannot listen on 127.0.0.1:{port}")
    assert "WEFT_PORT" in printed


@pytest.mark.parametrize("uri", ["not a uri", "mongodb://", "http://localhost:27017", "mongodb://u:secret@host:port/"])
async def test_a_broken_uri_is_refused_without_its_password(env: dict[str, str], uri: str) -> None:
    code, printed = await weft(env | {"WEFT_MONGODB_URI": uri}, "dev")
    assert code == 1
    assert printed.startswith("weft: ")
    assert "WEFT_MONGODB_URI" in printed
    assert "secret" not in printed
    assert "Traceback" not in printed


async def test_an_address_that_others_can_reach_is_refused_without_authentication(env: dict[str, str]) -> None:
    code, printed = await weft(env | {"WEFT_HOST": "0.0.0.0"}, "dev")
    assert code == 1
    assert "no authentication is configured" in printed


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing_here:app", "no module 'nothing_here'"),
        ("tests.live.apps:LONG", "is not an app"),
        ("os", "is not an app"),
        ("main.py", "give its module, as in: weft serve main:app"),
        ("./shop.py:api", "give its module, as in: weft serve shop:api"),
        ("./tests/live/apps.py:app", "give its module in the folder ./tests/live, as in: weft serve apps:app"),
    ],
)
async def test_an_app_that_is_not_there_is_named(env: dict[str, str], name: str, said: str) -> None:
    code, printed = await weft(env, "serve", name)
    assert (code, said in printed, "Traceback" in printed) == (1, True, False)


@pytest.mark.parametrize("setting", [("WEFT_PORT", "eighty"), ("WEFT_PORT", "70000")])
async def test_a_setting_of_the_wrong_kind_is_named(env: dict[str, str], setting: tuple[str, str]) -> None:
    name, value = setting
    code, printed = await weft(env | {name: value}, "dev")
    assert (code, name in printed, "Traceback" in printed) == (1, True, False)


async def test_the_schema_that_is_printed_is_the_committed_one(env: dict[str, str]) -> None:
    code, printed = await weft(env, "schema", "print")
    assert (code, printed) == (0, SNAPSHOT.read_text())


async def test_the_doctor_finds_nothing_wrong_with_a_healthy_place(env: dict[str, str]) -> None:
    code, printed = await weft(env, "doctor")
    assert (code, "WRONG" in printed) == (0, False), printed
    assert "replica set weft" in printed
    assert "indexes: all there" in printed
    assert "search: embedded" in printed


async def test_the_doctor_says_how_to_mend_a_missing_key(env: dict[str, str]) -> None:
    code, printed = await weft(env, "doctor", "tests.live.apps:app")
    assert code == 1
    assert "WRONG agent keyless: model openai:gpt-5-mini, no key" in printed
    assert "set OPENAI_API_KEY" in printed


async def test_the_doctor_says_that_mongodb_does_not_answer(env: dict[str, str]) -> None:
    code, printed = await weft(env | {"WEFT_MONGODB_URI": "mongodb://127.0.0.1:1/?replicaSet=x"}, "doctor")
    assert code == 1
    assert "WRONG MongoDB: not usable" in printed


async def test_healthz_and_readyz_tell_the_process_from_what_it_needs(env: dict[str, str], tmp_path: Path) -> None:
    """mongod goes away under a running server: it lives, is not ready, and is ready again when mongod is back."""
    async with EmbeddedMongo(tmp_path / "own") as mongod, httpx2.AsyncClient(timeout=20) as http:
        server = await ServerProcess.start(env | {"WEFT_MONGODB_URI": mongod.uri}, tmp_path / "log")
        try:
            base = (await server.ready()).base
            assert (await http.get(f"{base}/readyz")).json() == {"ready": True, "problems": []}
            mongod.mongod.process.signal(signal.SIGSTOP)
            try:
                stuck = await http.get(f"{base}/readyz")
                assert stuck.status_code == 503
                assert "MongoDB does not answer" in stuck.json()["problems"][0]
                assert (await http.get(f"{base}/healthz")).json() == {"ok": True}
            finally:
                mongod.mongod.process.signal(signal.SIGCONT)
            async with asyncio.timeout(30):
                while (await http.get(f"{base}/readyz")).status_code != 200:
                    pass
        finally:
            assert await server.stop() == 0


async def test_a_server_says_at_its_start_which_key_an_agent_lacks(server: ServerProcess) -> None:
    announced = server.process.stdout
    assert announced is not None
    async with asyncio.timeout(20):
        while (line := (await announced.readline()).decode()).strip():
            if line == "  Missing    OPENAI_API_KEY: agent keyless cannot answer without it\n":
                return
    raise AssertionError("nothing was said of it")
