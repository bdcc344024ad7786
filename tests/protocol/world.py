"""A small schema whose resolvers wait for the test, served by a real uvicorn in the test's own event loop."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection

from weft.errors import ErrorCode, InputError, UnavailableError
from weft.resolvers.engine import Engine
from weft.resolvers.http_stream import OpenStreams, StreamLimits
from weft.resolvers.live import LiveSource
from weft.resolvers.outgoing import DirectSend
from weft.resolvers.routes import graphql_routes
from weft.resolvers.websocket import SocketLimits
from weft.subscriptions.reader import Reader, Seen
from weft.subscriptions.topic import Topic
from weft.threads.events import Item, LiveEvent, MessageRemoved, ResyncRequired, StreamAdvanced, ThreadDeleted
from weft.threads.streams import Delta


@dataclass
class World:
    """What a test steers and sees of the server's inside."""

    topic: Topic = field(default_factory=Topic)
    missed: list[Item] = field(default_factory=list[Item])
    catching_up: asyncio.Event = field(default_factory=asyncio.Event)
    renders: int = 0
    slow_reads: int = 0
    readers: int = 0
    somebody_reads: asyncio.Event = field(default_factory=asyncio.Event)
    nobody_reads: asyncio.Event = field(default_factory=asyncio.Event)
    steps: asyncio.Queue[int | Exception | None] = field(default_factory=asyncio.Queue[int | Exception | None])
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    bumps: int = 0
    seen: Seen = field(default_factory=Seen)
    viewers: list[str] = field(default_factory=list[str])
    afters: list[str | None] = field(default_factory=list[str | None])
    open_streams: OpenStreams = field(default_factory=OpenStreams)

    def happen(self, *events: LiveEvent) -> None:
        """Events after each other, in one step of the topic."""
        start = self.topic.head
        self.topic.append(Item(event, f"c{start + n}", start + n) for n, event in enumerate(events))

    def delta(self, start: int, text: str = "x") -> StreamAdvanced:
        return advanced(start, text)


def advanced(start: int, text: str = "x", stream_id: str = "str_1") -> StreamAdvanced:
    parts = [{"type": "text-delta", "id": "t", "delta": text}]
    return StreamAdvanced(Delta(stream_id, "thr_1", start, start + 1, parts))


@dataclass(frozen=True, slots=True)
class Context:
    world: World
    viewer: str
    connection: HTTPConnection


Info = strawberry.Info[Context, None]


@strawberry.type
class Removed:
    cursor: str
    keys: list[str]

    @strawberry.field
    async def slow(self, info: Info) -> str:
        """Makes every execution of an event wait."""
        info.context.world.slow_reads += 1
        await info.context.world.gate.wait()
        return "slow"

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError("the secret of this resolver")


@strawberry.type
class Advanced:
    cursor: str
    start: int
    end: int
    text: str

    @strawberry.field
    def echo(self, value: str | None) -> str | None:
        return value


@strawberry.type
class Resync:
    cursor: str
    reason: str


@strawberry.type
class Deleted:
    cursor: str
    thread_id: strawberry.ID


Event = Annotated[Removed | Advanced | Resync | Deleted, strawberry.union("Event")]


def render_in(world: World) -> Callable[[Item], Event]:
    def render(item: Item) -> Event:
        world.renders += 1
        match item.event:
            case StreamAdvanced(delta):
                return Advanced(cursor=item.cursor, start=delta.start, end=delta.end, text=delta.text)
            case MessageRemoved(keys):
                return Removed(cursor=item.cursor, keys=list(keys))
            case ResyncRequired(reason):
                return Resync(cursor=item.cursor, reason=reason)
            case ThreadDeleted(thread_id):
                return Deleted(cursor=item.cursor, thread_id=strawberry.ID(thread_id))
            case other:
                raise AssertionError(other)

    return render


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "world") -> str:
        return f"hello {name}"

    @strawberry.field
    def viewer(self, info: Info) -> str:
        return info.context.viewer

    @strawberry.field
    def params(self, info: Info) -> strawberry.scalars.JSON:
        params: dict[str, Any] = info.context.connection.state.connection_params
        return strawberry.scalars.JSON(params)

    @strawberry.field
    async def waits(self, info: Info) -> str:
        info.context.world.started.set()
        try:
            await info.context.world.gate.wait()
        finally:
            info.context.world.stopped.set()
        return "done"

    @strawberry.field
    def fails(self) -> str | None:
        raise RuntimeError("the secret of this resolver")

    @strawberry.field
    def missing(self) -> str | None:
        raise InputError("thread thr_0 not found", reason=ErrorCode.NOT_FOUND, path=("id",))

    @strawberry.field
    def unavailable(self) -> str | None:
        raise UnavailableError("MongoDB does not answer")

    @strawberry.field
    def echo(self, value: strawberry.scalars.JSON) -> strawberry.scalars.JSON:
        return value

    @strawberry.field
    def self(self) -> "Query":
        return Query()

    @strawberry.field
    def big(self, size: int) -> str:
        return "x" * size


@strawberry.type
class Mutation:
    @strawberry.mutation
    def bump(self, info: Info) -> int:
        info.context.world.bumps += 1
        return info.context.world.bumps


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def steps(self, info: Info) -> AsyncGenerator[int, None]:
        """What the test puts in; None ends it, an exception breaks it."""
        world = info.context.world
        world.started.set()
        try:
            while (step := await world.steps.get()) is not None:
                if isinstance(step, Exception):
                    raise step
                yield step
        finally:
            world.stopped.set()

    @strawberry.subscription
    async def refused(self) -> AsyncIterator[int]:
        raise InputError("'x' is not a cursor", path=("after",))

    @strawberry.subscription
    async def broken(self) -> AsyncIterator[int]:
        raise RuntimeError("the secret of this resolver")

    @strawberry.subscription
    async def events(self, info: Info, thread_id: strawberry.ID, after: str | None = None) -> AsyncIterator[Event]:
        world = info.context.world

        async def missed() -> AsyncIterator[Item]:
            for item in list(world.missed):
                yield item
            await world.catching_up.wait()

        def release() -> None:
            world.readers -= 1
            if not world.readers:
                world.nobody_reads.set()

        world.readers += 1
        world.afters.append(after)
        world.somebody_reads.set()
        topic = world.topic
        return LiveSource(Reader(topic, topic.head, "", missed(), world.seen, release), world_render(world))


_RENDERS: dict[int, Callable[[Item], Event]] = {}


def world_render(world: World) -> Callable[[Item], Event]:
    """One function a world, as a schema has one for all subscribers."""
    return _RENDERS.setdefault(id(world), render_in(world))


schema = strawberry.Schema(Query, Mutation, Subscription)


class Stage:
    """Holds the world that the test has now: one server serves them all."""

    def __init__(self) -> None:
        self.world = World()


def make_app(
    stage: World | Stage, limits: SocketLimits | None = None, streams: StreamLimits | None = None, **engine: Any
) -> Starlette:
    async def context(connection: HTTPConnection) -> Context:
        world = stage.world if isinstance(stage, Stage) else stage
        viewer = connection.headers.get("x-viewer", "anna")
        if viewer == "nobody":
            raise UnavailableError("viewers are not known now")
        world.viewers.append(viewer)
        return Context(world, viewer, connection)

    routes = graphql_routes(
        Engine(schema, **engine),
        context,
        socket_limits=limits,
        stream_limits=streams,
        open_streams=stage.open_streams if isinstance(stage, World) else None,
    )
    return Starlette(routes=routes, middleware=[Middleware(DirectSend)])


class Server(uvicorn.Server):
    """`up` is set once it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def serve(app: Starlette) -> AsyncGenerator[Server, None]:
    """The app on a free port of 127.0.0.1, with the settings that Weft itself uses."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        log_level="warning",
        lifespan="off",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=4 * 1024 * 1024,
        timeout_graceful_shutdown=5,
    )
    server = Server(config)
    task = asyncio.create_task(server.serve([config.bind_socket()]))
    try:
        async with asyncio.timeout(40):
            await server.up.wait()
        yield server
    finally:
        server.should_exit = True
        await task


def address(server: uvicorn.Server) -> str:
    host, port = server.servers[0].sockets[0].getsockname()
    return f"{host}:{port}"
