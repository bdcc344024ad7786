"""What a model is shown of a long thread: read and put together, with and without a search, and no model asked.

The floor reads the newest 100 messages from MongoDB, bare.
"""

import time
from collections.abc import Awaitable, Callable, Sequence

from pymongo import DESCENDING, UpdateOne

from benchmarks.figures import Round, percentile, report
from benchmarks.said import Said
from benchmarks.servers import DATABASE, mongo
from benchmarks.threads import new_thread
from weft.agents.agent import Agent
from weft.agents.context.options import ContextOptions
from weft.agents.weft import Weft
from weft.llm.embeddings import EmbeddingAnswer
from weft.storage.connection import connect
from weft.storage.search.embedded.pockets import pocket_of
from weft.storage.store import Store
from weft.testing import ScriptedModel
from weft.threads.search import SearchOptions
from weft.threads.vectors import Space

SPACE = Space("benchmark:vectors", 1536)
RECENT = 100
_BATCH = 1000


class ReadyVectors:
    """An embedding model that takes no time: what is measured is Weft."""

    provider, name = "benchmark", "vectors"

    def __init__(self, said: Said) -> None:
        self._vector: list[float] = said.vectors(1 << 30, (1 << 30) + 1)[0].tolist()

    async def embed(self, texts: Sequence[str]) -> EmbeddingAnswer:
        return EmbeddingAnswer([self._vector] * len(texts))


async def run(lengths: Sequence[int], rounds: int, queries: int) -> None:
    """Of one thread of each of these even numbers of messages, some more than the newest that are shown."""
    said = Said(SPACE)
    for length in lengths:
        async with mongo() as uri:
            database = await connect(uri, database=DATABASE)
            store = Store(database)
            await store.create_indexes()
            thread_id = await _said(store, said, length)
            async with Weft(store, agents(said), work=False, search="embedded") as weft:
                await _figure(weft, said, thread_id, length, rounds, queries)
            await database.client.close()


def agents(said: Said) -> list[Agent]:
    """`recent` searches nothing, `text` for words, `hybrid` for words and meaning."""
    searches = {"recent": None, "text": SearchOptions(vector=False), "hybrid": SearchOptions()}
    return [
        Agent(
            name,
            model=ScriptedModel([]),
            embedding_model=ReadyVectors(said) if name == "hybrid" else None,
            context=ContextOptions(recent_messages=RECENT, search=search),
        )
        for name, search in searches.items()
    ]


async def _said(store: Store, said: Said, length: int) -> str:
    """A thread whose messages say different things, and what finds them."""
    thread_id = await new_thread(store, length)
    rows = store.messages.collection.find({"threadId": thread_id}, projection=["order", "stepOrder"])
    docs = await rows.sort([("order", 1), ("stepOrder", 1)]).to_list()
    await store.search_spaces.note(SPACE)
    for start in range(0, length, _BATCH):
        some = docs[start : start + _BATCH]
        vectors = said.vectors(start, start + len(some)).tolist()
        entries = [said.entry(start + number, vector) for number, vector in enumerate(vectors)]
        places = {"threadId": thread_id, "userId": None, "pocket": pocket_of(None, thread_id)}
        await store.search_entries.collection.insert_many(
            [entry | places | row for entry, row in zip(entries, some, strict=True)]
        )
        texts = [{"text": entry["text"], "content": [{"type": "text", "text": entry["text"]}]} for entry in entries]
        await store.messages.collection.bulk_write(
            [UpdateOne({"_id": row["_id"]}, {"$set": said}) for row, said in zip(some, texts, strict=True)]
        )
    return thread_id


async def _figure(weft: Weft, said: Said, thread_id: str, length: int, rounds: int, queries: int) -> None:
    async def floor(_: int) -> None:
        newest = weft.store.messages.collection.find({"threadId": thread_id})
        await newest.sort([("order", DESCENDING), ("stepOrder", DESCENDING)]).limit(RECENT).to_list()

    def shown_to(agent: str) -> Callable[[int], Awaitable[None]]:
        least = RECENT if agent == "recent" else RECENT + 1

        async def preview(number: int) -> None:
            record = await weft.contexts.preview(agent, thread_id=thread_id, prompt=said.query(number))
            if record.problems or len(record.items) <= least:
                raise RuntimeError(f"{agent} was shown {len(record.items)} messages: {record.problems}")

        return preview

    subjects = {"floor": floor} | {agent: shown_to(agent) for agent in weft.agents}
    for subject in subjects.values():
        await subject(0)  # the first search reads vectors into memory
    measured: dict[str, list[Round]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, subject in subjects.items():
            measured[name].append(await _round(subject, queries))
    report("context", {"messages": length}, measured, by="p50_ms")


async def _round(subject: Callable[[int], Awaitable[None]], queries: int) -> Round:
    seconds: list[float] = []
    for number in range(queries):
        start = time.perf_counter()
        await subject(number)
        seconds.append(time.perf_counter() - start)
    return {"p50_ms": percentile(seconds, 0.5) * 1000, "p99_ms": percentile(seconds, 0.99) * 1000}
