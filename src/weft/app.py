"""The app: agents, MongoDB and the routes put together. Any ASGI server can run it; `weft serve` does it best."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from weft.adapters.ai_sdk.chats import Caller
from weft.adapters.ai_sdk.event_stream import SERVER_SEND
from weft.adapters.ai_sdk.routes import ai_sdk_routes
from weft.agents.access.access import Authorize
from weft.agents.access.seen import seen_by
from weft.agents.agent import Agent, listed
from weft.agents.demo_tools import DEMO_TOOLS
from weft.agents.identity.authentication import Authenticate
from weft.agents.identity.choice import authentication_of
from weft.agents.identity.credentials import Credentials
from weft.agents.weft import Weft
from weft.errors import UnavailableError
from weft.llm.embeddings import EmbeddingModel
from weft.metrics import Meter, MeteredEngine, metered
from weft.operators import metrics_route
from weft.pages import page_routes
from weft.resolvers.defaults import document_list, limits_of, privileges_of, shows_graphiql, sizes_of
from weft.resolvers.doors import Doors
from weft.resolvers.entrance import Entrance, address_of
from weft.resolvers.http_stream import OpenStreams
from weft.resolvers.loopback import LoopbackOnly
from weft.resolvers.origins import Origins
from weft.resolvers.outgoing import DirectSend
from weft.resolvers.root import schema
from weft.resolvers.routes import graphql_routes
from weft.resolvers.secure_headers import SecureHeaders
from weft.resolvers.sessions import HeldStreams, Sessions
from weft.resolvers.websocket import SocketLimits
from weft.schema.context import Context
from weft.secret_files import require_readable
from weft.settings import Settings, from_environment
from weft.storage.closing import closed
from weft.storage.connection import connect
from weft.storage.embedded import EmbeddedMongo
from weft.storage.foreign_clients import adopted
from weft.storage.search.embedded.search import EmbeddedOptions
from weft.storage.store import Store
from weft.storage.types import Database
from weft.threads import viewers

_HEALTH: Final = ("/healthz", "/readyz")
_NOT_RUNNING: Final = (
    "Weft does not run: an app that mounts it opens `async with weft_app.running():` in its own lifespan, "
    "and Starlette's TestClient starts it in a `with` block"
)

LOCAL_OPERATOR: Final = viewers.Viewer(scopes=(viewers.Scope.ADMIN,))
"""Whoever reaches a server without authentication: it listens on loopback only."""

DEMO_AGENT: Final = Agent(
    "demo", model="demo", instructions="Show what Weft does.", tools=DEMO_TOOLS, embedding_model="demo"
)


class WeftApp(Starlette):
    """An ASGI app; `weft` is there while it runs."""

    def __init__(
        self,
        agents: Iterable[Agent],
        *,
        client: object | None,
        settings: Settings,
        work: bool,
        authenticate: Authenticate | None = None,
        authorize: Authorize | None = None,
        embedding_models: Iterable[EmbeddingModel] = (),
    ) -> None:
        self.agents = listed(agents)
        self._running: Weft | None = None
        self._embedding_models = tuple(embedding_models)
        self.settings = settings
        self.work = work
        self.authentication = authentication_of(settings, authenticate)
        self._authorize = authorize
        self._client = client
        self.sessions = Sessions()
        self.open_streams = OpenStreams()
        self.meter = Meter() if settings.metrics else None
        limits = settings.limits
        self.doors = Doors(sockets=limits.sockets, streams=limits.streams)
        self.graphiql = shows_graphiql(settings, authenticates=self.authentication is not None)
        entrance = Entrance(
            None if self.authentication is None else self._recognise,
            self.sessions,
            self.doors,
            privileges_of(settings),
        )
        origins = Origins(settings.origins)
        routes = [
            *graphql_routes(
                metered(engine_of(settings), self.meter),
                self._context,
                page="/graphiql" if self.graphiql else None,
                open_streams=self.open_streams,
                entrance=entrance,
                socket_limits=SocketLimits(operations=limits.operations, message_bytes=limits.frame_bytes),
                max_body=limits.body_bytes,
                allowed_origins=origins.allowed,
            ),
            *ai_sdk_routes(
                self._caller,
                open_streams=self.open_streams,
                max_body=limits.chat_body_bytes,
                foreign=origins.foreign,
            ),
            Route(_HEALTH[0], _healthz),
            Route(_HEALTH[1], self._readyz),
            *([] if self.meter is None else [metrics_route(self._metrics, self._watcher)]),
            *page_routes(graphiql=self.graphiql, servers=settings.remote_servers),
        ]
        middleware = origins.cors()
        if self.authentication is None:
            middleware.append(Middleware(LoopbackOnly, open_paths=_HEALTH))
        super().__init__(routes=routes, middleware=middleware, lifespan=WeftApp._lifespan)

    def build_middleware_stack(self) -> ASGIApp:
        """With what must be around everything, the answer to a failure of the app itself included."""
        return DirectSend(SecureHeaders(super().build_middleware_stack()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[SERVER_SEND] = send
        if scope["type"] == "websocket" and self.meter is not None:
            with self.meter.socket():
                await super().__call__(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    @property
    def weft(self) -> Weft:
        """Weft as this app runs it.

        Raises:
            UnavailableError: it does not run.
        """
        if self._running is None:
            raise UnavailableError(_NOT_RUNNING)
        return self._running

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[Weft, None]:
        """What a server does for this app, for another app that mounts it: ASGI tells only the outer one of its start.

        Raises:
            ConfigError: a setting is wrong. UnavailableError: MongoDB does not answer.
        """
        async with self._lifespan():
            yield self.weft

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
            embedding_models=self._embedding_models,
            embedded=EmbeddedOptions(settings.search_language, settings.search_memory_mb),
            generations_per_viewer=settings.limits.generations,
            sizes=sizes_of(settings.limits),
            retention=None if settings.retention_days is None else timedelta(days=settings.retention_days),
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
        async with self.opened() as weft:
            self._running = weft
            tasks = [asyncio.create_task(self.sessions.run(weft.keys), name="weft-sessions")]
            if self.meter is not None:
                tasks.append(asyncio.create_task(self.meter.run(), name="weft-meter"))
            try:
                yield
            finally:
                self._running = None
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                if self.authentication is not None:
                    await self.authentication.aclose()

    async def _recognise(self, connection: HTTPConnection) -> viewers.Viewer:
        """Who asks. Without authentication it is the operator, for nobody else gets here."""
        if self.authentication is None:
            return LOCAL_OPERATOR
        params = connection.scope.get("state", {}).get("connection_params", {})
        return await self.authentication.viewer(self.weft.keys, Credentials.of(connection.headers, params))

    async def _context(self, connection: HTTPConnection) -> Context:
        viewer = LOCAL_OPERATOR if self.authentication is None else connection.scope["state"]["viewer"]
        return Context(seen_by(self.weft, viewer, self._authorize), viewer)

    async def _caller(self, connection: HTTPConnection) -> Caller:
        viewer = await self._recognise(connection)
        seen = seen_by(self.weft, viewer, self._authorize)
        held = HeldStreams(self.open_streams, self.sessions, self.doors, viewer, address_of(connection.scope))
        return Caller(seen, viewer.user_id, held)

    async def _watcher(self, connection: HTTPConnection) -> viewers.Viewer | None:
        """Who asks for metrics; None where nobody is asked, and only this machine gets here."""
        return None if self.authentication is None else await self._recognise(connection)

    async def _metrics(self) -> bytes:
        return b"" if self.meter is None else await self.meter.text(self.weft, len(self.open_streams))

    async def _readyz(self, _: Request) -> Response:
        problems = [_NOT_RUNNING] if self._running is None else await self._running.ready()
        return JSONResponse({"ready": not problems, "problems": problems}, status_code=503 if problems else 200)


@asynccontextmanager
async def _connected(uri: str, name: str) -> AsyncGenerator[Database, None]:
    database = await connect(uri, database=name)
    try:
        yield database
    finally:
        await closed(database.client.close)


def engine_of(settings: Settings) -> MeteredEngine:
    """What executes operations, within limits."""
    return MeteredEngine(
        schema,
        limits=limits_of(settings.limits),
        deadline=settings.limits.deadline,
        answer_deadline=settings.limits.answer_deadline,
        listed=document_list(settings),
    )


async def _healthz(_: Request) -> Response:
    return JSONResponse({"ok": True})


def create_app(
    agents: Iterable[Agent] | None = None,
    *,
    client: object | None = None,
    settings: Settings | None = None,
    work: bool = True,
    authenticate: Authenticate | None = None,
    authorize: Authorize | None = None,
    embedding_models: Iterable[EmbeddingModel] = (),
) -> WeftApp:
    """An ASGI app that serves these agents: `uvicorn module:app`, or better `weft serve module:app`.

    Args:
        agents: Who answers. Without it, the built-in demo agent, which needs no key.
        client: A MongoDB client of yours, PyMongo's `AsyncMongoClient` or Motor's; it stays open when the app ends.
            Without it `WEFT_MONGODB_URI` is used, and without that an embedded MongoDB is started.
        settings: Instead of those from the environment.
        work: False leaves answering to `weft worker` processes.
        authenticate: Says who asks: gets `Credentials`, returns a `Viewer`, or None for nobody known. Without it
            callers bring tokens or API keys, if the settings say so; else this machine may do everything, and no other
            anything.
        authorize: Says who may: gets a viewer, an action and a thread, returns True, False, or None to leave it to the
            rule that users see their own threads.
        embedding_models: Models that no agent has yet, but that vectors can be moved to: functions, and objects.

    Raises:
        ConfigError: two agents have one name, both tokens and a function are to say who asks, or a setting or a file
            with a secret is not usable.
    """
    chosen = (DEMO_AGENT,) if agents is None else agents
    require_readable()
    return WeftApp(
        chosen,
        client=client,
        settings=settings or from_environment(),
        work=work,
        authenticate=authenticate,
        authorize=authorize,
        embedding_models=embedding_models,
    )
