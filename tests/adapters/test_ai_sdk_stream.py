"""Events on real sockets: clients that are silent, slow, gone, or cut anywhere."""

import asyncio
import random
import socket
from collections.abc import AsyncGenerator, Sequence

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from tests.adapters.test_ai_sdk_chat import Talk, shows_what_is_stored
from tests.adapters.world import Chat, Event, Events, read
from tests.protocol.world import address, serve
from tests.support import DEADLINE, in_time, text, wait_until
from tests.threads.ai_sdk import AiSdk

from weft.adapters.ai_sdk.event_stream import SERVER_SEND, EventStream, StreamLimits
from weft.adapters.ai_sdk.following import Following
from weft.adapters.ai_sdk.frames import Frame
from weft.adapters.ai_sdk.places import Place
from weft.errors import InputError
from weft.testing import Gate
from weft.threads.drafts import Draft
from weft.threads.generations import Generation, GenerationStatus
from weft.threads.messages import MessageRole


class Source:
    """Frames of a test's making, and whether their stream was closed."""

    def __init__(self, size: int, count: int | None = None) -> None:
        self.size = size
        self.count = count
        self.sent = 0
        self.closed = asyncio.Event()
        self.wanted = asyncio.Event()

    async def batches(self) -> AsyncGenerator[Sequence[Frame], None]:
        try:
            while self.count is None or self.sent < self.count:
                self.sent += 1
                chunk = {"type": "text-delta", "id": "0", "delta": "x" * self.size}
                yield [Frame(chunk, Place("str_1", self.sent))]
            await self.wanted.wait()
        finally:
            self.closed.set()


class App(Starlette):
    def __init__(self, source: Source, limits: StreamLimits) -> None:
        async def stream(_: Request) -> Response:
            return EventStream(source.batches(), {}, limits)

        super().__init__(routes=[Route("/", stream)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[SERVER_SEND] = send
        await super().__call__(scope, receive, send)


async def connected(app: str) -> socket.socket:
    """A socket that has asked, and has room for little."""
    host, port = app.split(":")
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(sock, (host, int(port)))
    await loop.sock_sendall(sock, b"GET / HTTP/1.1\r\nHost: weft\r\n\r\n")
    return sock


async def _all_of(sock: socket.socket) -> bytes:
    """What is left to read until the connection ends, well or not."""
    taken = b""
    try:
        while piece := await asyncio.get_running_loop().sock_recv(sock, 1 << 20):
            taken += piece
    except ConnectionResetError:
        return taken
    return taken


async def test_a_client_that_takes_nothing_is_cut_and_holds_nothing() -> None:
    source = Source(size=1024 * 1024)
    async with serve(App(source, StreamLimits(patience=0.3))) as server:
        with await connected(address(server)) as sock:
            await in_time(source.closed.wait())
            taken = await in_time(_all_of(sock))
    assert b"[DONE]" not in taken[-100:]
    assert len(taken) < source.sent * source.size


async def test_a_client_that_goes_is_let_go_at_once() -> None:
    source = Source(size=10, count=1)
    async with serve(App(source, StreamLimits())) as server, httpx2.AsyncClient() as http:
        async with http.stream("GET", f"http://{address(server)}/") as response:
            await anext(response.aiter_bytes())
        await in_time(source.closed.wait())


async def test_who_asks_for_the_head_alone_does_not_wait() -> None:
    source = Source(size=10, count=1)
    async with serve(App(source, StreamLimits())) as server, httpx2.AsyncClient(timeout=DEADLINE) as http:
        response = await http.head(f"http://{address(server)}/")
    assert response.headers["x-vercel-ai-ui-message-stream"] == "v1"
    assert source.sent == 0


async def test_a_silent_stream_says_that_it_is_there() -> None:
    source = Source(size=10, count=1)
    limits = StreamLimits(heartbeat=0.02)
    async with serve(App(source, limits)) as server, httpx2.AsyncClient(timeout=DEADLINE) as http:
        beats = 0
        response = await http.send(http.build_request("GET", f"http://{address(server)}/"), stream=True)
        async for line in response.aiter_lines():
            beats += line.startswith(":")
            if beats == 3:
                source.wanted.set()
    assert beats >= 3
    assert source.closed.is_set()


@pytest.mark.parametrize("seed", range(4))
async def test_cut_anywhere_while_it_is_written_nothing_is_missing_and_nothing_twice(
    talk: Talk, ai_sdk: AiSdk, seed: int
) -> None:
    chance = random.Random(seed)
    chat = await talk(" ".join(f"word{number}" for number in range(120)))
    seen: list[Event] = []
    first = await in_time(chat.post(chat.body("Hi"), count=2))
    seen += first.all
    done = False
    while not done:
        place = seen[-1].id
        assert place is not None
        more = await in_time(chat.resume(place, count=chance.randint(1, 6)))
        seen += more.all
        done = more.done or more.status == 204
    events = Events(200, first.headers, seen, True)
    assert events.text == " ".join(f"word{number}" for number in range(120))
    await shows_what_is_stored(ai_sdk, chat, events)
    assert len({event.id for event in seen[1:]}) == len(seen) - 1


async def test_a_client_that_falls_behind_the_feed_goes_on_from_the_store(talk: Talk) -> None:
    gate = Gate()
    chat = await talk(["One ", gate, "two"])
    sent = await chat.weft.messages.send(chat.id, prompt="Hi")
    assert sent.generation is not None
    batches = Following(chat.weft, sent.generation).batches()
    frames = list(await in_time(anext(batches)))
    while not any(frame.chunk["type"] == "text-delta" for frame in frames):
        frames += await in_time(anext(batches))
    for _ in range(2):
        await chat.weft.messages.save(chat.id, [Draft(MessageRole.USER, text("Hello"))] * 1000)
    gate.open()
    await wait_until(lambda: _answered(chat, sent.generation))
    async with asyncio.timeout(DEADLINE):
        async for more in batches:
            frames += more
    told = [frame.chunk["delta"] for frame in frames if frame.chunk["type"] == "text-delta"]
    assert "".join(told) == "One two"


async def _answered(chat: Chat, generation: Generation | None) -> bool:
    found = None if generation is None else await chat.weft.generations.get(generation.id)
    return found is not None and found.status is GenerationStatus.SUCCEEDED


async def test_many_watch_one_answer(talk: Talk) -> None:
    gate = Gate()
    chat = await talk(["One ", gate, "two"])
    sending = asyncio.create_task(chat.send("Hi"))
    await gate.reached()
    request = chat.http.build_request("GET", f"/ai/chat/{chat.id}/stream")
    watching = [await in_time(chat.http.send(request, stream=True)) for _ in range(30)]
    gate.open()
    seen = await in_time(asyncio.gather(sending, *map(read, watching)))
    assert [(events.text, events.done) for events in seen] == [("One two", True)] * 31


@pytest.mark.parametrize("place", ["str_1.0", "str_1.12.3"])
def test_a_place_reads_as_it_is_written(place: str) -> None:
    assert Place.decode(place).encode() == place


@pytest.mark.parametrize("place", ["", "str_1", "str_1.", "str_1.-1", "gen_1.0", "str_1.0.0.0", "str_1.٣", "str_1.0\n"])
def test_what_is_no_place_is_refused(place: str) -> None:
    with pytest.raises(InputError):
        Place.decode(place)
