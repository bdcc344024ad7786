"""A provider of our own: speaks all three APIs over real HTTP, and does what the test told it, also what is wrong."""

import asyncio
import json
import socket
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send
from tests.llm_embeddings import EMBEDDINGS, embeddings_of
from tests.llm_requests import mistake_in
from tests.llm_script import Cut, Deny, End, Hold, Raw, Reply, Step
from tests.llm_wires import WIRES, Wire, error_body


class _CutError(Exception):
    """Makes uvicorn drop the connection."""


@dataclass
class Call:
    """A request that the stub got. `gone` is set when the client left before the end."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    connection: tuple[str, int]
    raw: bytes = b""
    gone: asyncio.Event = field(default_factory=asyncio.Event)


class LLMStub:
    """Gives the queued replies in turn, whichever API is asked; a request too many gets vectors, or else a 500.

    A request that the provider would refuse gets a 400, is one of `mistakes`, and fails its test in the end.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.calls: list[Call] = []
        self.mistakes: list[str] = []
        self._replies: deque[Reply | Deny] = deque()

    @property
    def env(self) -> dict[str, str]:
        """The environment that leads the SDKs here."""
        return {
            "OPENAI_BASE_URL": f"{self.url}/v1",
            "OPENAI_API_KEY": "sk-stub-openai",
            "ANTHROPIC_BASE_URL": self.url,
            "ANTHROPIC_API_KEY": "sk-stub-anthropic",
        }

    def reply(self, *steps: Step, **how: Any) -> None:
        """Queues an answer."""
        self._replies.append(Reply(steps, **how))

    def deny(self, *denials: Deny) -> None:
        """Queues HTTP errors."""
        self._replies.extend(denials)

    def reset(self) -> None:
        """Forgets everything, but not in silence that it was asked what the provider would refuse."""
        mistakes = list(self.mistakes)
        for told in (self.calls, self.mistakes, self._replies):
            told.clear()
        assert not mistakes, mistakes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await _read(receive)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        call = Call(scope["path"], headers, json.loads(body), tuple(scope["client"]), body)
        self.calls.append(call)
        reply = self._replies.popleft() if self._replies else _unscripted(call)
        if (mistake := mistake_in(call.path, call.body)) is not None:
            self.mistakes.append(mistake)
            reply = Deny(400, "invalid_request_error", mistake)
        if isinstance(reply, Deny):
            await _deny(send, call.path, reply)
        else:
            await _until_gone(_answer(send, call, reply), receive, call)


def _unscripted(call: Call) -> Deny:
    """What is answered when the script is over."""
    if call.path == EMBEDDINGS:
        return embeddings_of(call.body)
    return Deny(500, "nothing_scripted", "the stub's script is over")


async def _read(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _until_gone(answer: Coroutine[Any, Any, None], receive: Receive, call: Call) -> None:
    """Answers, unless the client leaves first."""
    answering = asyncio.create_task(answer)
    leaving = asyncio.ensure_future(receive())
    await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
    if not answering.done():
        call.gone.set()
    answering.cancel()
    leaving.cancel()
    with suppress(asyncio.CancelledError):
        await answering


async def _deny(send: Send, path: str, deny: Deny) -> None:
    body = error_body(path, deny)
    kind = b"text/html" if body.startswith(b"<") else b"application/json"
    headers = [(b"content-type", kind), *((name.encode(), value.encode()) for name, value in deny.headers)]
    await send({"type": "http.response.start", "status": deny.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _answer(send: Send, call: Call, reply: Reply) -> None:
    headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    wire = WIRES[call.path](call.body, reply)
    async for piece in _pieces(wire, reply):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _pieces(wire: Wire, reply: Reply) -> AsyncIterator[bytes]:
    for frame in () if reply.bare else wire.begin():
        yield frame
    for step in reply.steps:
        match step:
            case Hold(until):
                await until.wait()
            case Raw(data):
                yield data
            case Cut():
                raise _CutError
            case End():
                return
            case _:
                for frame in wire.step(step):
                    for piece in _sliced(frame, reply.slice):
                        yield piece
    for frame in wire.end():
        yield frame
    if reply.linger is not None:
        await reply.linger.wait()


def _sliced(frame: bytes, size: int | None) -> Iterator[bytes]:
    step = size or len(frame)
    return (frame[start : start + step] for start in range(0, len(frame), step))


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leaves the test runner's signals alone."""
        yield


@asynccontextmanager
async def serve_stub() -> AsyncGenerator[LLMStub]:
    """The stub on a free port. It listens before it runs, so that nobody has to wait for it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stub = LLMStub(f"http://127.0.0.1:{listener.getsockname()[1]}")
        config = uvicorn.Config(stub, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
        server = _Server(config)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield stub
        finally:
            server.should_exit = True
            await running
