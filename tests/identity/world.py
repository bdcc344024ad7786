"""A server that asks who comes, in the test's own event loop, and what callers send it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx2
from tests.protocol.world import address, serve
from tests.support import DEADLINE

from weft import Agent, create_app
from weft.agents.weft import Weft
from weft.app import WeftApp
from weft.settings import Settings
from weft.storage.types import Database
from weft.testing import ScriptedModel

WHO: Final = "{ viewer { userId scopes } }"
NEW_THREAD: Final = "mutation($input: CreateThreadInput!) { createThread(input: $input) { thread { id userId } } }"
EVENTS: Final = """subscription($thread: ID!, $after: String) { threadEvents(threadId: $thread, after: $after) {
  __typename ... on Event { cursor } ... on StreamAdvanced { delta { start end text } }
  ... on ThreadChanged { thread { title } } } }"""


@dataclass(frozen=True, slots=True)
class Server:
    app: WeftApp
    http: httpx2.AsyncClient
    address: str

    @property
    def weft(self) -> Weft:
        return self.app.weft

    async def key(self, *scopes: str, user: str | None = None, **more: Any) -> str:
        """The secret of a new key."""
        return (await self.weft.keys.issue(scopes=scopes or ("user",), user_id=user, **more)).secret

    async def ask(self, query: str = WHO, *, by: str | None = None, **variables: Any) -> httpx2.Response:
        headers = {} if by is None else bearer(by)
        return await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)

    async def told(self, query: str = WHO, *, by: str | None = None, **variables: Any) -> Any:
        """The data of an answer without errors."""
        response = await self.ask(query, by=by, **variables)
        assert response.status_code == 200, response.text
        body = response.json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def code(self, query: str = WHO, *, by: str | None = None, **variables: Any) -> str:
        """The code of the one error."""
        (error,) = (await self.ask(query, by=by, **variables)).json()["errors"]
        code: str = error["extensions"]["code"]
        return code

    async def thread(self, by: str, **fields: Any) -> str:
        made = await self.told(NEW_THREAD, by=by, input=fields)
        thread_id: str = made["createThread"]["thread"]["id"]
        return thread_id


def bearer(credential: str) -> dict[str, str]:
    return {"authorization": f"Bearer {credential}"}


@asynccontextmanager
async def asking(
    db: Database, *, settings: dict[str, Any] | None = None, agent: Agent | None = None, **app: Any
) -> AsyncGenerator[Server, None]:
    """A server with authentication. `settings` and `app` are further ones."""
    told: dict[str, Any] = {"database": db.name, "auth": "on"} | (settings or {})
    agents = [agent or Agent("support", model=ScriptedModel(["Hello there"], repeat=True))]
    made = create_app(agents, client=db.client, settings=Settings(**told), **app)
    async with made.router.lifespan_context(made), serve(made) as running:
        where = address(running)
        async with httpx2.AsyncClient(base_url=f"http://{where}", timeout=DEADLINE) as http:
            yield Server(made, http, where)
