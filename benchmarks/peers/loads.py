"""The loads, each the same for all: what one round of a peer measures."""

import asyncio
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from benchmarks.figures import Round, percentile
from benchmarks.http_client import hammer
from benchmarks.peers.follower import Follower, close, follow
from benchmarks.peers.peer import Peer, prompt

LATE_SECONDS = 20.0
"""After an answer should have ended, what has not come is missing."""
TURNS = 25
"""Of the thread that is listed: 50 messages."""
GENERATED = 100
"""Texts of the answer whose pace is measured."""
PAUSE_SECONDS = 0.05
STORED_SECONDS, ASK_SECONDS = 8.0, 0.25
"""That a run may take to go on by itself and to be stored, and how often it is looked for."""
FIRST_SECONDS = 6.0
"""For a round of answers; a peer that is slow to begin gives fewer."""

_STORED = re.compile(rb"@(\d{16})@")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of each load."""

    answers: int = 40
    viewers: int = 50
    paced: int = 100
    flood: int = 1000
    list_seconds: float = 2.5
    clients: int = 8


async def start(peer: Peer, thread: str, asked: str) -> tuple[str, float]:
    """Begins an answer that goes on by itself; the run's id, and when it was asked for."""
    reader, writer = await asyncio.open_connection("127.0.0.1", peer.port)
    began = time.time()
    writer.write(peer.said(thread, asked))
    told = b""
    async with asyncio.timeout(LATE_SECONDS):
        while (found := peer.run.search(told)) is None:
            more = await reader.read(65536)
            if not more:
                raise RuntimeError(f"{peer.name} refused: {told.decode(errors='replace')[:500]}")
            told += more
    writer.close()
    return found[1].decode(), began


async def watching(peer: Peer, thread: str, run: str, viewers: int, expected: int) -> list[Follower]:
    """Viewers that all follow. `subscribe` has no answer in some protocols, so they get a moment more."""
    followers = [Follower(peer.watch(thread, run), expected) for _ in range(viewers)]
    await follow(peer.port, followers)
    if peer.early:
        async with asyncio.timeout(LATE_SECONDS):
            await asyncio.gather(*(one.ready.wait() for one in followers))
        await asyncio.sleep(PAUSE_SECONDS + 0.005 * viewers)
    return followers


async def ended(followers: Sequence[Follower], seconds: float) -> None:
    """All have all, or it is late."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds + LATE_SECONDS):
            await asyncio.gather(*(one.done.wait() for one in followers))


# -------------------------------------------------------------------- the first delta


async def first_delta(peer: Peer, sizes: Sizes) -> Round:
    """From the request to the first delta at the client, and from the model's first text to it."""
    asked, model = list[float](), list[float]()
    until = time.time() + FIRST_SECONDS
    for _ in range(sizes.answers):
        request_ms, model_ms = await _one_answer(peer)
        asked.append(request_ms)
        model.append(model_ms)
        if time.time() > until:
            break
    shares = (("p50", 0.5), ("p99", 0.99))
    found = {f"request_{name}_ms": percentile(asked, share) for name, share in shares}
    return found | {f"model_{name}_ms": percentile(model, share) for name, share in shares} | {"answers": len(asked)}


async def _one_answer(peer: Peer) -> tuple[float, float]:
    """In a new thread, to one viewer: five texts, so that the first is not the end, too."""
    thread, asked = await peer.thread(), prompt(5, 10)
    line = peer.ask(thread, asked)
    if line is None:
        (follower,) = await watching(peer, thread, "", 1, 5)
        _, began = await start(peer, thread, asked)
    else:
        follower = Follower(line, 5)
        await follow(peer.port, [follower])
        began = follower.sent_at
    await ended([follower], 0)
    follower.close()
    assert follower.stamps, f"{peer.name} has not answered"
    await asyncio.sleep(PAUSE_SECONDS)
    return (follower.first_at - began) * 1000, follower.lags[0]


# -------------------------------------------------------------------- many viewers


async def paced(peer: Peer, sizes: Sizes) -> Round:
    """50 deltas a second to all viewers."""
    return await shown(peer, sizes.viewers, sizes.paced, 20)


async def flood(peer: Peer, sizes: Sizes) -> Round:
    """As fast as the model is read."""
    return await shown(peer, sizes.viewers, sizes.flood, 0)


async def shown(peer: Peer, viewers: int, count: int, delay_ms: int) -> Round:
    """One answer in a new thread with so many viewers."""
    thread, asked = await peer.thread(), prompt(count, delay_ms)
    if peer.early:
        followers = await watching(peer, thread, "", viewers, count)
        await start(peer, thread, asked)
    else:
        run, _ = await start(peer, thread, asked)
        followers = await watching(peer, thread, run, viewers, count)
    await ended(followers, count * delay_ms / 1000)
    close(followers)
    await asyncio.sleep(0.3)
    return _seen(followers, count)


def _seen(followers: Sequence[Follower], count: int) -> Round:
    lags = sorted(lag for one in followers for lag in one.lags)
    first = min(min(one.stamps) for one in followers) / 1e6
    last = max(max(one.stamps) for one in followers) / 1e6
    seconds = max(one.last_at for one in followers) - first
    delivered = sum(len(set(one.stamps)) for one in followers)
    one = followers[0]
    return {
        "seconds": seconds,
        "deliveries_per_s": delivered / seconds,
        "p50_ms": percentile(lags, 0.5),
        "p95_ms": percentile(lags, 0.95),
        "emitted_per_s": (count - 1) / (last - first),
        "bytes_per_delta": (one.places[-1] - one.places[0]) / (len(one.places) - 1),
        "missing": count * len(followers) - delivered,
        "repeated": len(lags) - delivered,
    }


# -------------------------------------------------------------------- the newest 50 messages


async def fill(peer: Peer) -> str:
    """A thread of 50 messages: 25 short answers."""
    thread = await peer.thread()
    for _ in range(TURNS):
        asked = prompt(10, 0)
        line = peer.ask(thread, asked)
        if line is None:
            (follower,) = await watching(peer, thread, "", 1, 10)
            await start(peer, thread, asked)
        else:
            follower = Follower(line, 10)
            await follow(peer.port, [follower])
        await ended([follower], 0)
        await asyncio.sleep(PAUSE_SECONDS)
        follower.close()
    return thread


async def listed(peer: Peer, thread: str, sizes: Sizes) -> Round:
    """Requests a second of 8 clients, each asking again as soon as it is answered."""
    message = peer.listing(thread)
    await hammer(peer.port, message, sizes.clients, 0.3)
    answers = await hammer(peer.port, message, sizes.clients, sizes.list_seconds)
    return {
        "requests_per_s": len(answers.seconds) / sizes.list_seconds,
        "p50_ms": percentile(answers.seconds, 0.5) * 1000,
        "p99_ms": percentile(answers.seconds, 0.99) * 1000,
        "answer_bytes": max(answers.sizes),
    }


# -------------------------------------------------------------------- the model's pace


async def generated(peer: Peer, viewers: int) -> Round:
    """Texts a second by a model that waits 20 ms before each, by the stored answer: it needs no viewer."""
    thread, asked = await peer.thread(), prompt(GENERATED, 20)
    followers = await watching(peer, thread, "", viewers, GENERATED) if peer.early else []
    run, _ = await start(peer, thread, asked)
    if not peer.early:
        followers = await watching(peer, thread, run, viewers, GENERATED)
    await ended(followers, 0)
    close(followers)
    stamps = await stored_all(peer, thread, GENERATED)
    assert len(stamps) == GENERATED, f"{peer.name} has stored {len(stamps)} texts of {GENERATED}"
    return {"emitted_per_s": (GENERATED - 1) / (max(stamps) - min(stamps)) * 1e6}


async def stored_all(peer: Peer, thread: str, count: int) -> set[int]:
    """The stamps of an answer once so many are stored, or those that are when the time is up: no API tells that."""
    until = time.time() + STORED_SECONDS
    for _ in range(int(STORED_SECONDS / ASK_SECONDS)):
        stamps = await stored(peer, thread)
        if len(stamps) >= count or time.time() > until:
            return stamps
        await asyncio.sleep(ASK_SECONDS)
    return await stored(peer, thread)


async def stored(peer: Peer, thread: str) -> set[int]:
    """The stamps among the newest messages."""
    reader, writer = await asyncio.open_connection("127.0.0.1", peer.port)
    writer.write(peer.listing(thread).replace(b"HTTP/1.1\r\n", b"HTTP/1.1\r\nconnection: close\r\n", 1))
    told = await reader.read()
    writer.close()
    return {int(stamp) for stamp in _STORED.findall(told)}
