"""Messages sent and saved over HTTP, each answered when it is on disk, beside the same transaction by bare driver."""

import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pymongo import AsyncMongoClient

from benchmarks.figures import Round, percentile, report
from benchmarks.http_client import hammer_with, request
from benchmarks.machine import cpu_seconds
from benchmarks.servers import DATABASE, Server, floor, mongo, weft
from benchmarks.threads import new_thread
from weft.storage.store import Store

FLOOR_DATABASE = "floor"
WARM_SECONDS = 0.1
FINER = 3
"""One client has so many times more rounds, so many times shorter: whatever else the machine does hits all alike."""
ONE_THREAD = 16
"""Clients that all write into the same thread."""
VARYING = {"_id", "threadId", "messageId", "createdAt", "updatedAt", "lastMessageAt", "activeAt", "at"}

SEND = """
mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) {
    sentMessage { id key threadId order stepOrder role status parts { __typename ... on TextPart { text } } createdAt }
    cursor
    userErrors { errorMessage }
  }
}"""
SAVE = """
mutation Save($input: SaveMessagesInput!) {
  saveMessages(input: $input) {
    messages { id threadId order stepOrder role status content createdAt }
    userErrors { errorMessage }
  }
}"""
TEXT = "How is the thread woven, and why does it hold when the warp is under tension?"
SENT = [{"role": "user", "text": TEXT}]
SAVED = [{"role": role, "text": TEXT} for role in ("user", "assistant") * 5]

Ask = Callable[[str], bytes]
"""The request that writes into a thread."""


def send(thread: str) -> bytes:
    """One user message that nobody is to answer."""
    return graphql(SEND, input={"threadId": thread, "prompt": TEXT, "generate": False})


def save(thread: str) -> bytes:
    """Ten messages, five turns."""
    messages = [{"role": said["role"].upper(), "content": said["text"]} for said in SAVED]
    return graphql(SAVE, input={"threadId": thread, "messages": messages})


def graphql(query: str, **variables: Any) -> bytes:
    """A whole request for an operation."""
    return request("POST", "/graphql", json.dumps({"query": query, "variables": variables}).encode())


def bare(messages: Sequence[dict[str, str]]) -> Ask:
    """The request to the floor for the same."""
    return lambda thread: request("POST", "/write", json.dumps({"threadId": thread, "messages": messages}).encode())


@dataclass(frozen=True, slots=True)
class Subject:
    """A server, the database it writes to, and how it is asked to write `size` messages."""

    server: Server
    store: Store
    ask: Ask
    size: int

    async def play(self, threads: Sequence[str], seconds: float) -> Round:
        """A client for each thread. What is answered is stored, or the figure is void."""
        requests = [self.ask(thread) for thread in threads]
        before = await self.stored()
        warm = await hammer_with(self.server.port, requests, WARM_SECONDS)
        cpu = cpu_seconds(self.server.pid)
        answers = await hammer_with(self.server.port, requests, seconds)
        cpu = cpu_seconds(self.server.pid) - cpu
        count = len(answers.seconds)
        stored = await self.stored() - before
        assert stored == (count + len(warm.seconds)) * self.size, (stored, count, self.size)
        return {
            "p50_ms": percentile(answers.seconds, 0.5) * 1000,
            "p99_ms": percentile(answers.seconds, 0.99) * 1000,
            "writes_per_s": count / seconds,
            "cpu_us_per_write": cpu / count * 1e6,
        }

    async def stored(self) -> int:
        """Messages in its database, by its own count of them."""
        return await self.store.messages.collection.estimated_document_count()


@asynccontextmanager
async def stores(uri: str, *databases: str) -> AsyncGenerator[list[Store], None]:
    """The collections of databases, with Weft's indexes."""
    async with AsyncMongoClient[dict[str, Any]](uri) as client:
        opened = [Store(client[name]) for name in databases]
        for store in opened:
            await store.create_indexes()
        yield opened


async def run(clients: Sequence[int], rounds: int, seconds: float) -> None:
    """Each client in a thread of its own, then all in one; sending, then saving."""
    async with (
        mongo() as uri,
        stores(uri, DATABASE, FLOOR_DATABASE) as (ours, theirs),
        weft(uri) as server,
        floor(uri, "benchmarks.floor_write", WEFT_DATABASE=FLOOR_DATABASE) as lowest,
    ):
        loads = [(number, number) for number in clients] + [(ONE_THREAD, 1)]
        for name, ask, messages in (("sendMessage", send, SENT), ("saveMessages", save, SAVED)):
            size = len(messages)
            subjects = {
                "weft": Subject(server, ours, ask, size),
                "floor": Subject(lowest, theirs, bare(messages), size),
            }
            await _check_alike(subjects["weft"], subjects["floor"])
            for number, threads in loads:
                measured = await _measure(subjects, number, threads, rounds, seconds)
                about = {"operation": name, "messages": size, "clients": number, "threads": threads}
                report("write", about, measured, by="p50_ms")


async def _measure(
    subjects: dict[str, Subject], clients: int, threads: int, rounds: int, seconds: float
) -> dict[str, list[Round]]:
    """Rounds of the subjects in turn."""
    if clients == 1:
        rounds, seconds = rounds * FINER, seconds / FINER
    made = {name: [await new_thread(subject.store) for _ in range(threads)] for name, subject in subjects.items()}
    measured: dict[str, list[Round]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, subject in subjects.items():
            measured[name].append(await subject.play(made[name] * (clients // threads), seconds))
    return measured


async def _check_alike(one: Subject, other: Subject) -> None:
    """Both write messages and events of the same fields at the same numbers, or there is nothing to compare."""
    written = [await _written(subject) for subject in (one, other)]
    assert written[0] == written[1], written


async def _written(subject: Subject) -> list[dict[str, object]]:
    """What two writes leave in a new thread, but for ids and times."""
    thread = await new_thread(subject.store)
    for _ in range(2):
        await hammer_with(subject.server.port, [subject.ask(thread)], 0)
    rows = await subject.store.messages.collection.find({"threadId": thread}).sort("order").to_list()
    events = await subject.store.events.collection.find({"threadId": thread}).sort("seq").to_list()
    kept = await subject.store.threads.collection.find_one({"_id": thread})
    return [_bare(doc) for doc in (*rows, *events, kept or {})]


def _bare(doc: Mapping[str, Any]) -> dict[str, object]:
    return {name: _bare(value) if name == "refs" else value for name, value in doc.items() if name not in VARYING}
