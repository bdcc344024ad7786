"""The app: agents, MongoDB and the routes put together. Any ASGI server can run it; `weft serve` does it best."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from weft.adapters.ai_sdk.chats import Caller
from weft.adapters.ai_sdk.event_stream import SERVER_SEND
from weft.adapters.ai_sdk.routes import ai_sdk_routes
from weft.agents.agent import Agent
from weft.agents.demo_tools import DEMO_TOOLS
from weft.agents.weft import Weft
from weft.pages import page_routes
from weft.resolvers.engine import Engine
from weft.resolvers.http_stream import OpenStreams
from weft.resolvers.outgoing import DirectSend
from weft.resolvers.root import schema
from weft.resolvers.routes import graphql_routes
from weft.schema.context import Context
from weft.settings import Settings, from_environment
from weft.storage.connection import connect
from weft.storage.embedded import EmbeddedMongo
from weft.storage.foreign_clients import adopted
from weft.storage.search.embedded import EmbeddedOptions
from weft.storage.store import Store
from weft.storage.types import Database
from weft.threads import viewers

LOCAL_OPERATOR: Final = viewers.Viewer(scopes=(viewers.Scope.ADMIN,))
"""Whoever reaches a server without authentication: it listens on loopback only."""

DEMO_AGENT: Final = Agent("demo", model="demo", instructions="Show what Weft does.", tools=DEMO_TOOLS)


class WeftApp(Starlette):
    """An ASGI app; `weft` is there while it runs."""

    weft: Weft

    def __init__(self, agents: Iterable[Agent], *, client: object | None, settings: Settings, work: bool) -> None:
        self.agents = tuple(agents)
        self.settings = settings
        self.work = work
        self._client = client
        self.open_streams = OpenStreams()
        routes = [
            *graphql_routes(Engine(schema), self._context, page="/graphiql", open_streams=self.open_streams),
            *ai_sdk_routes(self._caller, open_streams=self.open_streams),
            Route("/healthz", _healthz),
            Route("/readyz", self._readyz),
            *page_routes(),
        ]
        super().__init__(routes=routes, middleware=[Middleware(DirectSend)], lifespan=WeftApp._lifespan)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[SERVER_SEND] = send
        await super().__call__(scope, receive, send)

    @asynccontextmanager
    async def opened(self, *, work: bool | None = None) -> AsyncGenerator[Weft, None]:
        """Weft with this app's agents and database, without the server.

        Raises:
            ConfigError: a setting is wrong. UnavailableError: MongoDB does not answer.
        """
        works = self.work if work is None else work
        async with self._database() as database, self._weft(Store(database), work=works) as weft:
            yield weft

    def _weft(self, store: Store, *, work: bool) -> Weft:
        settings = self.settings
        return Weft(
            store,
            self.agents,
            work=work,
            stream_timeout=timedelta(seconds=settings.stream_timeout),
            search=settings.search,
            embedded=EmbeddedOptions(settings.search_language, settings.search_memory_mb),
        )

    @asynccontextmanager
    async def _database(self) -> AsyncGenerator[Database, None]:
        name, uri = self.settings.database, self.settings.mongodb_uri
        if self._client is not None:
            async with adopted(self._client, database=name) as database:
                yield database
        elif uri is not None:
            async with _connected(uri.get_secret_value(), name) as database:
                yield database
        else:
            async with EmbeddedMongo(self.settings.data_dir) as server, _connected(server.uri, name) as database:
                yield database

    @asynccontextmanager
    async def _lifespan(self) -> AsyncGenerator[None, None]:
        async with self.opened() as self.weft:
            yield

    async def _context(self, _: HTTPConnection) -> Context:
        return Context(self.weft, LOCAL_OPERATOR)

    async def _caller(self, _: HTTPConnection) -> Caller:
        return Caller(self.weft, LOCAL_OPERATOR.user_id)

    async def _readyz(self, _: Request) -> Response:
        problems = await self.weft.ready()
        return JSONResponse({"ready": not problems, "problems": problems}, status_code=503 if problems else 200)


@asynccontextmanager
async def _connected(uri: str, name: str) -> AsyncGenerator[Database, None]:
    database = await connect(uri, database=name)
    try:
        yield database
    finally:
        await database.client.close()


async def _healthz(_: Request) -> Response:
    return JSONResponse({"ok": True})


def create_app(
    agents: Iterable[Agent] | None = None,
    *,
    client: object | None = None,
    settings: Settings | None = None,
    work: bool = True,
) -> WeftApp:
    """An ASGI app that serves these agents: `uvicorn module:app`, or better `weft serve module:app`.

    Args:
        agents: Who answers. Without it, the built-in demo agent, which needs no key.
        client: A MongoDB client of yours, PyMongo's `AsyncMongoClient` or Motor's; it stays open when the app ends.
            Without it `WEFT_MONGODB_URI` is used, and without that an embedded MongoDB is started.
        settings: Instead of those from the environment.
        work: False leaves answering to `weft worker` processes.

    Raises:
        ConfigError: two agents have one name.
    """
    chosen = (DEMO_AGENT,) if agents is None else agents
    return WeftApp(chosen, client=client, settings=settings or from_environment(), work=work)
