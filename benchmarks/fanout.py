"""One producer, many viewers: delivered of what was offered, how late, and for how much of the server's core."""

import asyncio
import gc
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from benchmarks.figures import Round, percentile, report
from benchmarks.machine import cpu_seconds
from benchmarks.servers import Server, floor, mongo, weft
from benchmarks.sockets import Tally, Viewer, connect, graphql_messages

RATE = 50
"""Deltas a second."""
TEXT_BYTES = 195
"""Of a delta's text, so that a frame has about 290 bytes."""
LATE_SECONDS = 15.0
"""How long to wait, after the last delta was due, before the rest counts as missing."""

EVENTS = """
subscription %s($id: ID!) {
  e: threadEvents(threadId: $id) {
    ... on Event { c: cursor }
    ... on StreamAdvanced { d: delta { n: streamNumber s: start t: text } }
    ... on ThreadChanged { thread { title } }
  }
}"""
"""What a reader of texts needs and no more, in words as short as GraphQL lets a client choose them: where it is, which
stream goes on, from where, and the text. The place where a delta ends is the start of the next."""
CREATE = "mutation { createThread(input: {}) { thread { id } } }"
RENAME = "mutation ($input: UpdateThreadInput!) { updateThread(input: $input) { userErrors { errorMessage } } }"
SEND = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { userErrors { errorMessage } } }"
BELL = "all here"


class Subject(Protocol):
    """What broadcasts: Weft, or its floor."""

    server: Server
    viewers: list[Viewer]

    async def start(self, count: int, rate: int, text_bytes: int) -> None:
        """Begins to send; returns before the end."""
        ...


S = TypeVar("S", bound=Subject)


@dataclass(slots=True)
class WeftFanout:
    """A thread whose agent answers at the given pace, one delta a text."""

    server: Server
    thread: str
    viewers: list[Viewer]

    @classmethod
    async def open(cls, server: Server, viewers: int, groups: int) -> "WeftFanout":
        """With all viewers following a new thread. They share an execution if they send the same document."""
        thread = str((await server.call(CREATE))["createThread"]["thread"]["id"])
        signal = BELL.encode()
        documents = [graphql_messages(EVENTS % f"Events{number}", id=thread) for number in range(groups)]
        made = [Viewer("/graphql", documents[number % groups], signal) for number in range(viewers)]
        await connect(server.port, made)
        await cls._all_follow(server, thread, made)
        return cls(server, thread, made)

    @staticmethod
    async def _all_follow(server: Server, thread: str, viewers: Sequence[Viewer]) -> None:
        """`subscribe` has no answer: an event that they see tells that they follow."""
        async with asyncio.timeout(120):
            while not all(viewer.ready.is_set() for viewer in viewers):
                await server.call(RENAME, input={"threadId": thread, "title": BELL})
                await asyncio.sleep(0.2)

    async def start(self, count: int, rate: int, text_bytes: int) -> None:
        prompt = f"{count} {rate} {text_bytes}"
        options = {"throttleMs": 0}
        data = await self.server.call(
            SEND, input={"threadId": self.thread, "agentName": "pulse", "prompt": prompt, "options": options}
        )
        assert not data["sendMessage"]["userErrors"], data


@dataclass(slots=True)
class FloorFanout:
    """Starlette sends ready text to each socket in turn; a durable one sends what a change stream says is stored."""

    server: Server
    viewers: list[Viewer]
    durable: bool

    @classmethod
    async def open(cls, server: Server, viewers: int, *, durable: bool = False) -> "FloorFanout":
        made = [Viewer("/socket", [], None) for _ in range(viewers)]
        await connect(server.port, made)
        await asyncio.gather(*(viewer.ready.wait() for viewer in made))
        return cls(server, made, durable)

    async def start(self, count: int, rate: int, text_bytes: int) -> None:
        asked = {"count": count, "rate": rate, "size": text_bytes, "durable": self.durable}
        await self.server.post("/broadcast", asked)


@asynccontextmanager
async def opened(opening: Awaitable[S]) -> AsyncGenerator[S, None]:
    """A subject whose viewers leave at the end."""
    subject = await opening
    try:
        yield subject
    finally:
        for viewer in subject.viewers:
            viewer.close()


async def play(subject: Subject, count: int, rate: int, text_bytes: int) -> Round:
    """One round: `count` deltas to every viewer."""
    offered = count * len(subject.viewers)
    tally = Tally(offered)
    for viewer in subject.viewers:
        viewer.tally, viewer.seen = tally, 0
    gc.collect()
    gc.disable()
    await subject.start(count, rate, text_bytes)
    await _within(10.0, tally.first.wait)
    cpu = cpu_seconds(subject.server.pid)
    await _within(count / rate + LATE_SECONDS, tally.done.wait)
    cpu = cpu_seconds(subject.server.pid) - cpu
    gc.enable()
    return _measured(tally, cpu)


async def _within(seconds: float, wait: Callable[[], Awaitable[object]]) -> None:
    try:
        async with asyncio.timeout(seconds):
            await wait()
    except TimeoutError:
        return


def _measured(tally: Tally, cpu: float) -> Round:
    lags = sorted(tally.lags)
    delivered = len(lags)
    first, last = min(tally.emitted.values()), max(tally.emitted.values())
    span, emitting = (tally.last_at - first) / 1e9, (last - first) / 1e9
    return {
        "delivered_per_s": delivered / span,
        "missing": tally.expected - delivered,
        "repeated": tally.repeated,
        "p50_ms": percentile(lags, 0.5) / 1e6,
        "p99_ms": percentile(lags, 0.99) / 1e6,
        "cpu_us_per_delivery": cpu / delivered * 1e6,
        "core": cpu / span,
        "emitted_per_s": (len(tally.emitted) - 1) / emitting,
        "frames_per_delivery": tally.frames / delivered,
        "frame_bytes": tally.smallest,
        "bytes_per_delivery": tally.bytes / delivered,
    }


async def measure(servers: tuple[Server, Server], viewers: int, groups: int, rounds: int, seconds: float) -> None:
    """Rounds of Weft and of the floors in turn; the floors' frames are as large as Weft's with one delta."""
    count = int(RATE * seconds)
    measured: dict[str, list[Round]] = {"weft": [], "durable_floor": [], "floor": []}
    async with (
        opened(WeftFanout.open(servers[0], viewers, groups)) as subject,
        opened(FloorFanout.open(servers[1], viewers)) as lowest,
    ):
        durable = replace(lowest, durable=True)
        for _ in range(rounds):
            measured["weft"].append(await play(subject, count, RATE, TEXT_BYTES))
            frame = int(measured["weft"][0]["frame_bytes"])
            measured["durable_floor"].append(await play(durable, count, RATE, frame))
            measured["floor"].append(await play(lowest, count, RATE, frame))
    about = {"viewers": viewers, "groups": groups, "offered_per_s": RATE * viewers}
    report("fanout", about, measured, by="cpu_us_per_delivery")


async def run(viewers: Sequence[int], apart: Sequence[int], rounds: int, seconds: float) -> None:
    """`viewers` share one document; those of `apart` have each their own, so that nothing is shared."""
    async with mongo() as uri, weft(uri) as server, floor(uri) as lowest:
        for number in viewers:
            await measure((server, lowest), number, 1, rounds, seconds)
        for number in apart:
            await measure((server, lowest), number, number, rounds, seconds)
