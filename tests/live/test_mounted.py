"""Weft inside another ASGI app, one of FastAPI for example. ASGI tells only the outer app of its start and its end."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx2
import websockets
from starlette.applications import Starlette
from starlette.routing import Mount
from tests.protocol.world import address, serve
from tests.support import DEADLINE, helper

from weft import create_app
from weft.app import WeftApp
from weft.settings import Settings
from weft.storage.types import Database

ASK = """mutation ($input: GenerateTextInput!) {
  generateText(input: $input) { text userErrors { code errorMessage } }
}"""


def weft_app(db: Database) -> WeftApp:
    return create_app(agents=[helper("Three of them.")], client=db.client, settings=Settings(database=db.name))


@asynccontextmanager
async def served(app: Starlette) -> AsyncGenerator[httpx2.AsyncClient, None]:
    async with (
        app.router.lifespan_context(app),
        serve(app) as running,
        httpx2.AsyncClient(base_url=f"http://{address(running)}", timeout=DEADLINE) as http,
    ):
        yield http


async def test_an_app_that_opens_the_weft_it_mounts_has_its_answers_and_its_live_updates(db: Database) -> None:
    inner = weft_app(db)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None, None]:
        async with inner.running() as weft:
            assert inner.weft is weft
            yield

    async with served(Starlette(routes=[Mount("/weft", inner)], lifespan=lifespan)) as http:
        variables = {"input": {"agentName": "helper", "userId": "ann", "prompt": "How many?"}}
        answer = await http.post("/weft/graphql", json={"query": ASK, "variables": variables})
        assert answer.json()["data"]["generateText"] == {"text": "Three of them.", "userErrors": []}
        assert (await http.get("/weft/readyz")).json() == {"ready": True, "problems": []}
        url = str(http.base_url).replace("http", "ws", 1) + "/weft/graphql"
        async with websockets.connect(url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as line:
            await line.send('{"type": "connection_init"}')
            assert json.loads(await line.recv())["type"] == "connection_ack"


async def test_a_mounted_weft_that_nobody_opened_says_what_to_do(db: Database) -> None:
    async with served(Starlette(routes=[Mount("/weft", weft_app(db))])) as http:
        asked = (await http.post("/weft/graphql", json={"query": "{ agents { name } }"})).json()
        [error] = asked["errors"]
        assert error["extensions"]["code"] == "UNAVAILABLE"
        assert "opens `async with weft_app.running():` in its own lifespan" in error["message"]
        ready = await http.get("/weft/readyz")
        assert (ready.status_code, ready.json()["problems"]) == (503, [error["message"]])
        chat = await http.get("/weft/ai/chat/one")
        assert (chat.status_code, chat.json()["error"]["message"]) == (503, error["message"])
