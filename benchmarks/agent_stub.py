"""A provider that costs next to nothing: ready server-sent events of OpenAI's Responses API, at a given pace.

The model's name says what it answers: `tokens-<count>-<per second, 0: at once>`, with `-tool` a call of `look` first.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache

from tests.llm_script import Reply, Say, Use
from tests.llm_wires import WIRES

TOKEN = "token "
_PATH = "/v1/responses"


@cache
def _frames(count: int, calls: bool) -> Sequence[bytes]:
    """The frames of an answer: of so many tokens, or of a tool call."""
    step = Use("call_1", "look", '{"city": "Rome"}') if calls else Say(TOKEN * count)
    reply = Reply([step])
    wire = WIRES[_PATH]({}, reply)
    return [*wire.begin(), *wire.step(step), *wire.end()]


async def _answer(writer: asyncio.StreamWriter, model: str, answered: bool) -> None:
    count, rate = (int(number) for number in model.split("-")[1:3])
    frames = _frames(count, calls=model.endswith("-tool") and not answered)
    size = sum(map(len, frames))
    writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {size}\r\n\r\n".encode())
    if rate == 0:
        writer.write(b"".join(frames))
    else:
        await _paced(writer, frames, rate)
    await writer.drain()


async def _paced(writer: asyncio.StreamWriter, frames: Sequence[bytes], rate: int) -> None:
    clock = asyncio.get_running_loop().time
    start = clock()
    for number, frame in enumerate(frames):
        await asyncio.sleep(start + number / rate - clock())
        writer.write(frame)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            body = json.loads(await reader.readexactly(length))
            answered = any(item.get("type") == "function_call_output" for item in body["input"])
            await _answer(writer, body["model"], answered)
    writer.close()


@asynccontextmanager
async def stub() -> AsyncGenerator[str, None]:
    """The address that the SDK is given."""
    async with await asyncio.start_server(_serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
