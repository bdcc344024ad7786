"""The newest 50 UI messages over HTTP, from MongoDB, with the typed union of parts: requests a second on one core."""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

from benchmarks.figures import Round, percentile, report
from benchmarks.http_client import hammer, request
from benchmarks.machine import cpu_seconds
from benchmarks.servers import Server, floor, mongo, weft
from benchmarks.yoga.serve import install, yoga

TURNS = 100
"""Of a prompt and an answer each: 200 messages."""
SEED_SECONDS = 60.0

LIST = """
query List($id: ID!) {
  thread(id: $id) {
    uiMessages(last: 50) {
      pageInfo { hasPreviousPage startCursor }
      edges {
        cursor
        node {
          id key threadId order stepOrder role status text agentName userId clientId error createdAt
          usage { inputTokens outputTokens totalTokens }
          parts {
            __typename
            ... on TextPart { text state }
            ... on ReasoningPart { text state }
            ... on FilePart { mediaType filename url }
            ... on SourceUrlPart { sourceId url title }
            ... on SourceDocumentPart { sourceId mediaType documentTitle: title filename }
          }
        }
      }
    }
  }
}"""
CREATE = "mutation { createThread(input: {}) { thread { id } } }"
SEND = """
mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) { generation { id } userErrors { errorMessage } }
}"""
STATUSES = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Generation { status } } }"


async def run(clients: Sequence[int], rounds: int, seconds: float, *, beside_yoga: bool = False) -> None:
    """Weft, Weft with operations left to graphql-core, and the floor: the same find, and its documents as JSON.

    `beside_yoga`: also graphql-yoga, which must give the very same answer.
    """
    if beside_yoga:
        install()
    async with AsyncExitStack() as stack:
        uri = await stack.enter_async_context(mongo())
        server, lowest = [await stack.enter_async_context(each) for each in (weft(uri), floor(uri))]
        thread = await _seed(server)
        await _check(server, thread)
        body = json.dumps({"query": LIST, "variables": {"id": thread}}).encode()
        query = request("POST", "/graphql", body)
        uncompiled = await stack.enter_async_context(weft(uri, WEFT_COMPILED_OPERATIONS="0"))
        subjects = {
            "weft": (server, query),
            "weft_uncompiled": (uncompiled, query),
            "floor": (lowest, request("GET", f"/list/{thread}")),
        }
        if beside_yoga:
            other = await stack.enter_async_context(yoga(uri))
            assert await other.call(LIST, id=thread) == await server.call(LIST, id=thread)
            subjects["yoga"] = (other, query)
        for number in clients:
            measured: dict[str, list[Round]] = {name: [] for name in subjects}
            for _ in range(rounds):
                for name, (subject, message) in subjects.items():
                    measured[name].append(await _round(subject, message, number, seconds))
            report("list50", {"clients": number}, measured, by="requests_per_s")


async def _round(server: Server, message: bytes, clients: int, seconds: float) -> Round:
    await hammer(server.port, message, clients, 0.3)
    cpu, start = cpu_seconds(server.pid), time.perf_counter()
    answers = await hammer(server.port, message, clients, seconds)
    cpu, span = cpu_seconds(server.pid) - cpu, time.perf_counter() - start
    (size,) = answers.sizes
    count = len(answers.seconds)
    return {
        "requests_per_s": count / span,
        "p50_ms": percentile(answers.seconds, 0.5) * 1000,
        "p99_ms": percentile(answers.seconds, 0.99) * 1000,
        "cpu_us_per_request": cpu / count * 1e6,
        "core": cpu / span,
        "answer_bytes": size,
    }


async def _seed(server: Server) -> str:
    """A thread with real turns, written by the agent."""
    thread = str((await server.call(CREATE))["createThread"]["thread"]["id"])
    ids: list[str] = []
    for turn in range(TURNS):
        prompt = f"thread number {turn}, how it is woven, and why it holds when the warp is under tension"
        sending = {"threadId": thread, "agentName": "essay", "prompt": prompt, "options": {"throttleMs": 0}}
        sent = (await server.call(SEND, input=sending))["sendMessage"]
        assert not sent["userErrors"], sent
        ids.append(sent["generation"]["id"])
    async with asyncio.timeout(SEED_SECONDS):
        await _succeeded(server, ids)
    return thread


async def _succeeded(server: Server, generations: Sequence[str]) -> None:
    while True:
        nodes = (await server.call(STATUSES, ids=list(generations)))["nodes"]
        if all(node["status"] == "SUCCEEDED" for node in nodes):
            return
        await asyncio.sleep(0.2)


async def _check(server: Server, thread: str) -> None:
    """What is measured is the real answer."""
    edges = (await server.call(LIST, id=thread))["thread"]["uiMessages"]["edges"]
    kinds = [[part["__typename"] for part in edge["node"]["parts"]] for edge in edges]
    assert kinds == [["TextPart"], ["ReasoningPart", "TextPart", "SourceUrlPart"]] * 25, kinds
