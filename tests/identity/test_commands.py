"""An operator opens a server to others: makes the first key, starts it, and takes the key back."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx2
import pytest
from tests.identity.issuer import SECRET
from tests.identity.sockets import follow, known, retitled
from tests.identity.world import WHO, Server, bearer
from tests.live.server import ROOT, serving

from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Database

APP: Final = "tests.live.apps:app"


async def weft(env: Mapping[str, str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, output, and what was said beside it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "weft", *arguments,
        cwd=ROOT, env={"PATH": os.environ["PATH"]} | dict(env),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(60):
        printed, said = await process.communicate()
    assert process.returncode is not None
    return process.returncode, printed.decode(), said.decode()


@pytest.fixture
def env(mongod: EmbeddedMongo, db: Database) -> dict[str, str]:
    return {"WEFT_MONGODB_URI": mongod.uri, "WEFT_DATABASE": db.name}


async def test_the_first_key_is_made_on_the_command_line_and_opens_a_server_that_others_can_reach(
    env: dict[str, str], tmp_path: Path
) -> None:
    code, printed, said = await weft(env, "keys", "issue", APP, "--name", "ops", "--scope", "admin", "--days", "30")
    secret = printed.strip()
    assert code == 0, said
    assert secret.startswith("weft_")
    assert secret not in said
    assert "WEFT_AUTH=on" in said
    opened = env | {"WEFT_AUTH": "on", "WEFT_HOST": "0.0.0.0"}
    async with serving(opened, tmp_path / "log") as server, httpx2.AsyncClient(timeout=20) as http:
        url = f"{server.base.replace('0.0.0.0', '127.0.0.1')}/graphql"
        assert (await http.post(url, json={"query": WHO})).status_code == 401
        answer = await http.post(url, json={"query": WHO}, headers=bearer(secret))
        assert answer.json()["data"]["viewer"]["scopes"] == ["admin"]
        elsewhere = bearer(secret) | {"host": "chat.example.com"}
        assert (await http.post(url, json={"query": WHO}, headers=elsewhere)).status_code == 200
    assert secret not in (tmp_path / "log").read_text()
    listed = (await weft(env, "keys", "list", APP))[1]
    assert listed.startswith("key_")
    assert all(word in listed for word in ("admin", "name ops", "expires ", "last used "))
    assert secret.rpartition("_")[2] not in listed


async def test_a_key_is_taken_back_on_the_command_line_and_its_sockets_close(
    server: Server, mongod: EmbeddedMongo
) -> None:
    env = {"WEFT_MONGODB_URI": mongod.uri, "WEFT_DATABASE": server.app.settings.database}
    secret = await server.key(name="lent", user="ann")
    thread = await server.thread(secret)
    async with known(server, secret) as client:
        await follow(client, thread)
        await retitled(server, thread, client)
        code, printed, said = await weft(env, "keys", "revoke", "lent", APP)
        assert (code, printed.startswith("revoked: key_")) == (0, True), said
        assert await client.closed() == (4403, "Key revoked")
    code, _, said = await weft(env, "keys", "revoke", "lent", APP)
    assert (code, "key lent not found" in said) == (1, True)


async def test_a_key_that_cannot_be_made_is_not(env: dict[str, str]) -> None:
    code, printed, told = await weft(env, "keys", "issue", APP, "--days", "-1")
    assert (code, printed) == (1, "")
    assert told.endswith("weft: expiresAt must be in the future, and have a time zone\n")


async def test_an_address_that_others_can_reach_is_refused_and_the_message_says_how_to_open_it(
    env: dict[str, str],
) -> None:
    off = {"WEFT_AUTH": "off", "WEFT_JWT_SECRET": SECRET, "WEFT_HOST": "0.0.0.0"}
    code, _, said = await weft(env | off, "serve", APP)
    assert code == 1
    assert "weft keys issue" in said
    assert "WEFT_AUTH=on" in said
