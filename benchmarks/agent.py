"""An agent's answers: how long until the model is called, what a token costs, and many at once on one worker."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.agent_stub import stub
from benchmarks.fanout import SEND, TEXT_BYTES, FloorFanout, WeftFanout, opened
from benchmarks.figures import Round, percentile, report
from benchmarks.machine import first_core
from benchmarks.servers import DATABASE, ROOT, Server, floor, mongo, weft
from benchmarks.sockets import Tally
from benchmarks.stored import Stored, following
from benchmarks.threads import new_thread
from benchmarks.write import FLOOR_DATABASE, TEXT, bare, graphql, stores

ANSWERS = 40
"""In a round of latencies."""
TOKENS = 2000
"""Of the answer that tells what a token costs."""
SPOKEN, RATE = 100, 20
"""Tokens of each of many answers at once, and how many come a second."""
TIMEOUT_SECONDS = 20.0
PAUSE_SECONDS = 0.02
"""Between two answers: the end of one is not part of the next measurement."""

_ROWS = [{"role": role, "text": TEXT} for role in ("user", "assistant")]


async def run(at_once: list[int], rounds: int) -> None:
    """All figures."""
    await latency(rounds)
    async with mongo() as uri, stub() as address, _subject(uri, address) as subject:
        for model in ("scripted", f"tokens-{TOKENS}-0"):
            await _per_token(subject, model, rounds)
        for number in at_once:
            for tools in ("", "-tool"):
                await _many(subject, f"tokens-{SPOKEN}-{RATE}{tools}", number, rounds)


# -------------------------------------------------------------------- one answer through the server


async def latency(rounds: int) -> None:
    """From the request to the model's call, and from its first token to the stored delta and to a viewer."""
    async with (
        mongo() as uri,
        stores(uri, DATABASE, FLOOR_DATABASE) as (_, theirs),
        weft(uri) as server,
        floor(uri) as lowest,
        floor(uri, "benchmarks.floor_write", WEFT_DATABASE=FLOOR_DATABASE) as writer,
        opened(WeftFanout.open(server, 1, 1)) as ours,
        opened(FloorFanout.open(lowest, 1, durable=True)) as least,
        following(uri, DATABASE) as stored,
    ):
        thread = await new_thread(theirs)
        measured: dict[str, list[Round]] = {"weft": [], "floor": []}
        for _ in range(rounds):
            measured["weft"].append(_summary([await _answer(ours, stored) for _ in range(ANSWERS)]))
            measured["floor"].append(_summary([await _bare(least, stored, writer, thread) for _ in range(ANSWERS)]))
    report("agent_latency", {"answers": ANSWERS}, measured, by="called_p50_ms")


@dataclass(frozen=True, slots=True)
class Lag:
    """Nanoseconds from the request to its answer and to the model's call, and from the first token to its delta stored
    and shown."""

    accepted: int
    called: int
    stored: int
    shown: int


async def _answer(ours: WeftFanout, stored: Stored) -> Lag:
    """An answer of one token by the model `pulse`, which emits it as soon as it is called."""
    tally = _watch(ours)
    asked = {"threadId": ours.thread, "agentName": "pulse", "prompt": f"1 1 {TEXT_BYTES}", "options": {"throttleMs": 0}}
    began, answered = await _posted(ours.server, graphql(SEND, input=asked))
    await _done(tally)
    return Lag(answered - began, tally.emitted[0] - began, await stored.lag(tally.emitted[0]), tally.lags[0])


async def _bare(least: FloorFanout, stored: Stored, writer: Server, thread: str) -> Lag:
    """A transaction of the same rows that is answered when it is through; a text inserted and sent on."""
    tally = _watch(least)
    began, answered = await _posted(writer, bare(_ROWS)(thread))
    await least.start(1, 1, TEXT_BYTES)
    await _done(tally)
    return Lag(answered - began, answered - began, await stored.lag(tally.emitted[0]), tally.lags[0])


def _watch(subject: WeftFanout | FloorFanout) -> Tally:
    tally = Tally(1)
    (viewer,) = subject.viewers
    viewer.tally, viewer.seen = tally, 0
    return tally


async def _done(tally: Tally) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await tally.done.wait()
    await asyncio.sleep(PAUSE_SECONDS)


async def _posted(server: Server, message: bytes) -> tuple[int, int]:
    """When a request was sent, and when its answer had been read."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    began = time.time_ns()
    writer.write(message)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    assert head.startswith(b"http/1.1 200"), head
    answer = await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
    answered = time.time_ns()
    assert b'"userErrors":[{' not in answer, answer
    writer.close()
    return began, answered


def _summary(lags: list[Lag]) -> Round:
    after = [max(0, lag.called - lag.accepted) / 1e6 for lag in lags]
    names = ("accepted", "called", "stored", "shown")
    return {"called_after_p50_ms": percentile(after, 0.5), "called_after_p99_ms": percentile(after, 0.99)} | {
        f"{name}_p{share}_ms": percentile([getattr(lag, name) / 1e6 for lag in lags], share / 100)
        for name in names
        for share in (50, 99)
    }


# -------------------------------------------------------------------- answers in one process, without a server


class Subject:
    """`benchmarks.agent_subject` as a process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def line(self) -> str:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        assert line, "the subject ended"
        return line.decode()

    async def play(self, way: str, model: str, tokens: int, at_once: int) -> dict[str, Any]:
        """What it measured."""
        assert self._process.stdin is not None
        command = {"way": way, "model": model, "tokens": tokens, "at_once": at_once}
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        return dict(json.loads(await self.line()))


@asynccontextmanager
async def _subject(uri: str, address: str) -> AsyncGenerator[Subject, None]:
    env = os.environ | {"WEFT_MONGODB_URI": uri, "WEFT_DATABASE": DATABASE}
    env |= {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": "none"}
    with first_core():
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.agent_subject", str(TOKENS), cwd=ROOT, env=env,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1024 * 1024,
        )  # fmt: skip
    subject = Subject(process)
    try:
        assert await subject.line() == "ready\n"
        yield subject
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def _per_token(subject: Subject, model: str, rounds: int) -> None:
    """An answer whose tokens come as fast as they are read."""
    measured: dict[str, list[Round]] = {"weft": [], "floor": []}
    for number in range(rounds + 1):
        for way, found in measured.items():
            told = await subject.play(way, model, TOKENS, 1)
            assert not told["lost"], told
            if number:  # the first is not counted: it opens connections
                micros = {name: told[f"{name}seconds"] / TOKENS * 1e6 for name in ("", "cpu_")}
                found.append({"us_per_token": micros[""], "cpu_us_per_token": micros["cpu_"]})
    report("agent_token", {"model": model, "tokens": TOKENS}, measured, by="us_per_token")


async def _many(subject: Subject, model: str, at_once: int, rounds: int) -> None:
    """Answers that all begin at once. `missing` are those that did not end, or not with all their tokens."""
    measured: dict[str, list[Round]] = {"weft": [], "floor": []}
    for _ in range(rounds):
        for way, found in measured.items():
            told = await subject.play(way, model, SPOKEN, at_once)
            found.append(
                {
                    "missing": told["lost"],
                    "seconds": told["seconds"],
                    "finish_p50_ms": percentile(told["finish_ms"], 0.5),
                    "finish_p99_ms": percentile(told["finish_ms"], 0.99),
                    "cpu_ms_per_answer": told["cpu_seconds"] / at_once * 1000,
                }
            )
    report("agent_many", {"model": model, "at_once": at_once}, measured, by="finish_p99_ms")
