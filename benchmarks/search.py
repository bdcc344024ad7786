"""Search by Weft itself: words, vectors and both, of one user and of everybody; memory; how soon a message is found.

The floor of vectors is numpy over a ready matrix of all of them, which takes 16 to 32 times the memory.
"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pymongo import AsyncMongoClient

from benchmarks.figures import Round, percentile, report
from benchmarks.said import USER, Floats, Said, message_id
from benchmarks.servers import DATABASE, mongo
from benchmarks.threads import new_thread, row_of
from weft.storage.change_feed import MongoChangeFeed
from weft.storage.search.embedded.search import EmbeddedSearch
from weft.storage.store import Store
from weft.threads import ids
from weft.threads.messages import MessageRole
from weft.threads.search import Reach, fuse
from weft.threads.threads import Thread
from weft.threads.vectors import Embeddings, Space

SPACE = Space("benchmark:vectors", 1536)
LIMIT = 40
"""What a search for ten messages asks of each list."""
REACHES = {"user": Reach(user_id=USER), "everybody": Reach()}
READY_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Searcher:
    """Search as in a process of Weft, on a client of its own."""

    store: Store
    strategy: EmbeddedSearch


async def run(sizes: Sequence[int], rounds: int, queries: int) -> None:
    """Messages are added until there are as many as the next size says."""
    said = Said(SPACE)
    async with mongo() as uri, searcher(uri) as ours, searcher(uri) as theirs:
        vectors = np.empty((0, SPACE.dimension), np.float32)
        for size in sorted(sizes):
            vectors = np.concatenate([vectors, await _said(ours, said, len(vectors), size)])
            for name, reach in REACHES.items():
                await _ready(ours, said, reach, size)
                await _figures(ours, said, vectors, name, reach, rounds, queries)
            _memory(ours, size)
            await _delays(ours, theirs, said, size, queries)


@asynccontextmanager
async def searcher(uri: str) -> AsyncGenerator[Searcher, None]:
    """Its change feed and its memory of vectors run."""
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        store = Store(client[DATABASE])
        await store.create_indexes()
        strategy = EmbeddedSearch(store.database, store.own_writes)
        feed = MongoChangeFeed(store.database)
        strategy.news.follow(feed)
        tasks = [asyncio.create_task(_follow(feed)), asyncio.create_task(strategy.run())]
        await feed.opened()
        try:
            yield Searcher(store, strategy)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _said(one: Searcher, said: Said, start: int, end: int) -> Floats:
    """Stores more messages. The indexes of search are made when they are there, which is quicker."""
    entries = one.store.search_entries.collection
    if "text" in await entries.index_information():
        await entries.drop_index("text")
    vectors = await said.store(one.store, start, end)
    await one.strategy.prepare([SPACE])
    return vectors


async def _follow(feed: MongoChangeFeed) -> None:
    async for _ in feed.follow():
        pass


async def _ready(one: Searcher, said: Said, reach: Reach, size: int) -> None:
    """The first search reads what it needs into memory; it is not what is measured."""
    query = said.vectors(-1 % (1 << 31), (-1 % (1 << 31)) + 1)[0].tolist()
    async with asyncio.timeout(READY_SECONDS):
        while True:
            await one.strategy.vector(query, SPACE, reach, 1)
            memory = one.strategy.vectors.memory
            codes = memory.codes(SPACE)
            if memory.table(SPACE, reach) is not None or (codes is not None and codes.count >= size):
                return
            await asyncio.sleep(0.2)


async def _figures(
    one: Searcher, said: Said, vectors: Floats, name: str, reach: Reach, rounds: int, queries: int
) -> None:
    wanted = said.vectors(1 << 30, (1 << 30) + queries)
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    lists: list[list[float]] = wanted.tolist()

    async def vector(number: int) -> None:
        await one.strategy.vector(lists[number], SPACE, reach, LIMIT)

    async def text(number: int) -> None:
        await one.strategy.text(said.query(number), reach, LIMIT)

    async def hybrid(number: int) -> None:
        found = await one.strategy.both(said.query(number), lists[number], SPACE, reach, LIMIT)
        fuse(*found, 10)

    async def floor(number: int) -> None:
        await asyncio.to_thread(_nearest, units, wanted[number], LIMIT)

    subjects: dict[str, Callable[[int], Awaitable[None]]] = {
        "vector": vector, "text": text, "hybrid": hybrid, "floor": floor
    }  # fmt: skip
    measured: dict[str, list[Round]] = {subject: [] for subject in subjects}
    for _ in range(rounds):
        for subject, search in subjects.items():
            measured[subject].append(await _round(search, queries))
    recall = await _recall(one, units, wanted, reach)
    about = {"messages": len(vectors), "of": name, "recall_at_10": recall}
    report("search", about, measured, by="p50_ms")


async def _round(search: Callable[[int], Awaitable[None]], queries: int) -> Round:
    seconds: list[float] = []
    for number in range(queries):
        start = time.perf_counter()
        await search(number)
        seconds.append(time.perf_counter() - start)
    return {"p50_ms": percentile(seconds, 0.5) * 1000, "p99_ms": percentile(seconds, 0.99) * 1000}


async def _recall(one: Searcher, units: Floats, wanted: Floats, reach: Reach) -> float:
    right = 0
    for query in wanted:
        hits = await one.strategy.vector(query.tolist(), SPACE, reach, 10)
        right += len({hit.message_id for hit in hits} & {message_id(row) for row in _nearest(units, query, 10)})
    return round(right / (10 * len(wanted)), 4)


def _nearest(units: Floats, query: Floats, limit: int) -> list[int]:
    cosines = np.vecdot(units, query)
    rows = np.argpartition(-cosines, limit)[:limit]
    nearest: list[int] = rows[np.argsort(-cosines[rows])].tolist()
    return nearest


def _memory(one: Searcher, size: int) -> None:
    memory = one.strategy.vectors.memory
    codes, floats = memory.codes(SPACE), 4 * SPACE.dimension * size
    held = {"codes_bytes": 0 if codes is None else codes.bytes, "held_bytes": memory.bytes, "vectors_bytes": floats}
    share = {} if codes is None else {"codes_to_vectors": round(codes.bytes / floats, 4)}
    print(json.dumps({"figure": "search_memory", "messages": size, **held, **share}), flush=True)


async def _delays(ours: Searcher, theirs: Searcher, said: Said, size: int, queries: int) -> None:
    """From the end of a save to the end of the search that finds it, here and in another process."""
    thread = await ours.store.threads.get(await new_thread(ours.store))
    assert thread is not None
    here: list[float] = []
    there: list[float] = []
    for number, vector in enumerate(said.vectors(1 << 29, (1 << 29) + min(queries, 30)).tolist()):
        message = await _saved(ours.store, thread, number, vector)
        saved = time.perf_counter()
        for one, seconds in ((ours, here), (theirs, there)):
            await _found(one, vector, thread.id, message)
            seconds.append(time.perf_counter() - saved)
    await ours.store.search_entries.collection.delete_many({"threadId": thread.id})
    delay = {"own_p50_ms": percentile(here, 0.5) * 1000, "other_p50_ms": percentile(there, 0.5) * 1000}
    worst = {"own_p99_ms": percentile(here, 0.99) * 1000, "other_p99_ms": percentile(there, 0.99) * 1000}
    rounded = {name: round(value, 2) for name, value in (delay | worst).items()}
    print(json.dumps({"figure": "search_delay", "messages": size, **rounded}), flush=True)


async def _saved(store: Store, thread: Thread, number: int, vector: list[float]) -> str:
    row = replace(row_of(thread, MessageRole.USER), id=ids.new_id(ids.MESSAGE), order=number)
    given = Embeddings(SPACE.model, [vector])
    await store.change(thread.id, lambda change: change.insert_messages(row, embeddings=given))
    return row.id


async def _found(one: Searcher, vector: list[float], thread: str, message: str) -> None:
    async with asyncio.timeout(READY_SECONDS):
        while True:
            hits = await one.strategy.vector(vector, SPACE, Reach(thread_id=thread), 1)
            if hits and hits[0].message_id == message:
                return
