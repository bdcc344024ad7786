"""The programs of the guide to security do what it says."""

import asyncio
import os
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from graphql import build_schema, parse, validate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from tests.identity.issuer import SECRET, token
from tests.identity.world import NEW_THREAD, Server, asking
from tests.protocol.test_clients import HERE
from tests.protocol.world import address, serve

from weft import Agent
from weft.app import WeftApp
from weft.commands.keys import keys
from weft.resolvers.sdl import print_schema
from weft.settings import LimitSettings, Settings
from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Database
from weft.threads.clock import utc_now

GUIDE = (Path(__file__).parents[2] / "docs" / "security.md").read_text()


def block(language: str) -> str:
    """The one block of the guide in this language."""
    [found] = re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, flags=re.MULTILINE | re.DOTALL)
    return str(found)


async def test_the_frontends_program_follows_an_answer_for_longer_than_its_tokens_are_good(
    db: Database, tmp_path: Path
) -> None:
    given = 0

    async def fresh(_: Request) -> JSONResponse:
        nonlocal given
        given += 1
        return JSONResponse({"token": token(aud=None, exp=int(utc_now().timestamp()) + 2)})

    (tmp_path / "program.mjs").write_text(block("js"))
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    issuer = Starlette(routes=[Route("/token", fresh)])
    agent = Agent("demo", model="demo")
    settings = {"jwt_secret": SECRET, "jwt_leeway": 0}
    async with asking(db, agent=agent, settings=settings) as server, serve(issuer) as issuing:
        env = os.environ | {
            "WEFT_URL": f"http://{server.address}/graphql",
            "TOKEN_URL": f"http://{address(issuing)}/token",
        }
        process = await asyncio.create_subprocess_exec(
            "node", "program.mjs", cwd=tmp_path, env=env, stdout=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(60):
            printed, _ = await process.communicate()
        (thread,) = (await server.told("{ threads { edges { node { id } } } }", by=token(aud=None)))["threads"]["edges"]
        asked = "query($id: ID!) { thread(id: $id) { uiMessages { edges { node { text } } } } }"
        told = await server.told(asked, by=token(aud=None), id=thread["node"]["id"])
    assert printed.decode() == told["thread"]["uiMessages"]["edges"][-1]["node"]["text"]
    assert given >= 3


def cookie(session: str) -> dict[str, str]:
    return {"cookie": f"session={session}"}


async def test_the_applications_program_knows_its_cookies_and_shares_with_the_team(
    mongod: EmbeddedMongo, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEFT_MONGODB_URI", mongod.uri)
    monkeypatch.setenv("WEFT_DATABASE", db.name)
    module: dict[str, Any] = {"__name__": "security.md"}
    exec(compile(block("python"), "security.md", "exec"), module)
    app: WeftApp = module["app"]
    async with (
        app.router.lifespan_context(app),
        serve(app) as running,
        httpx2.AsyncClient(base_url=f"http://{address(running)}") as http,
    ):

        async def ask(query: str, session: str, **variables: Any) -> httpx2.Response:
            return await http.post("/graphql", json={"query": query, "variables": variables}, headers=cookie(session))

        made = await ask(NEW_THREAD, "c2Vzc2lvbg", input={"metadata": {"team": "sales"}})
        shared = made.json()["data"]["createThread"]["thread"]
        own = (await ask(NEW_THREAD, "c2Vzc2lvbg", input={})).json()["data"]["createThread"]["thread"]
        assert shared["userId"] == own["userId"] == "ann"
        asked = "query($id: ID!) { thread(id: $id) { userId } }"
        assert (await ask(asked, "Zm9yIGJvYg", id=shared["id"])).json()["data"]["thread"] == {"userId": "ann"}
        assert (await ask(asked, "Zm9yIGJvYg", id=own["id"])).json()["data"]["thread"] is None
        rename = 'mutation($id: ID!) { updateThread(input: {threadId: $id, title: "x"}) { userErrors { code } } }'
        refused = (await ask(rename, "Zm9yIGJvYg", id=shared["id"])).json()["data"]["updateThread"]
        assert refused == {"userErrors": [{"code": "NOT_FOUND"}]}
        assert (await ask(asked, "made up", id=shared["id"])).status_code == 401


async def test_the_mutation_of_the_guide_issues_a_key(server: Server) -> None:
    operation = block("graphql")
    assert validate(build_schema(print_schema()), parse(operation)) == []
    issued = (await server.told(operation, by=await server.key("admin")))["issueApiKey"]
    assert issued["userErrors"] == []
    assert (await server.told(by=issued["secret"]))["viewer"] == {"userId": "ann", "scopes": ["user"]}


def test_the_guide_names_every_setting_and_command_there_is() -> None:
    settings = [name for name in Settings.model_fields if name.startswith(("auth", "jwt", "jwks"))]
    assert all(f"`WEFT_{name.upper()}`" in GUIDE for name in settings)
    limits = [(f"WEFT_LIMIT_{name.upper()}", field.default) for name, field in LimitSettings.model_fields.items()]
    assert all(f"| `{name}` | {default} |" in GUIDE for name, default in limits)
    opened = (
        "allowed_origins",
        "playground_servers",
        "introspection",
        "graphiql",
        "documents",
        "documents_except_admins",
    )
    assert all(f"`WEFT_{name.upper()}=" in GUIDE for name in opened)
    commands = {command.name or getattr(command.callback, "__name__", "") for command in keys.registered_commands}
    assert commands == set(re.findall(r"^weft keys (\w+)", GUIDE, flags=re.MULTILINE))
