"""A stranger walks the whole API with the ids of somebody else: every answer is the one for ids that name nothing,
nothing of the other's is in any of them, and nothing of the other's has changed. What is new in the schema is walked
at once; a field whose arguments the walk does not know fails it.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
import pytest
import pytest_asyncio
from tests.api.walk import document, roots
from tests.support import wait_until

from weft import Agent, tool
from weft.agents.access.seen import seen_by
from weft.agents.saving import SaveOptions
from weft.agents.weft import Weft
from weft.resolvers.engine import Engine, Request
from weft.resolvers.errors import RequestError, formatted
from weft.resolvers.limits import Limits
from weft.resolvers.root import schema
from weft.schema.context import Context
from weft.storage.store import Store
from weft.storage.types import Client, Database
from weft.testing import Call, ScriptedModel
from weft.threads import ids
from weft.threads.drafts import draft
from weft.threads.generations import GenerationStatus
from weft.threads.vectors import Embeddings
from weft.threads.viewers import Scope, Viewer

UNLIMITED: Final = Limits(characters=10**7, tokens=10**6, depth=50, aliases=10**5, fields=10**6)
MARK: Final = "secretofann"
ANN: Final = Viewer("ann", (Scope.USER,))
STRANGERS: Final = {
    "another user": Viewer("bob", (Scope.USER,)),
    "a key without a user": Viewer(None, (Scope.USER,), "key_other"),
    "nobody": Viewer(),
    "a user without scopes": Viewer("bob"),
}


@tool(needs_approval=True)
async def wipe(what: str) -> str:
    """Wipes something."""
    return what


@dataclass(frozen=True, slots=True)
class World:
    weft: Weft
    database: Database
    known: Mapping[str, Any]
    """Ids of what is ann's, by the names of the arguments that take them."""

    async def ask(self, viewer: Viewer, text: str) -> Any:
        """The answer to a query or mutation, errors and all; of a subscription its first event or its refusal."""
        engine, context = Engine(schema, limits=UNLIMITED), Context(seen_by(self.weft, viewer), viewer)
        operation = engine.prepare(Request(text, None, {}))
        if not operation.is_subscription:
            return (await engine.execute(operation, context)).body()
        try:
            started = await engine.subscribe(operation, context)
        except RequestError as refused:
            return {"errors": formatted(refused.errors)}
        source: Any = started.source
        await source.aclose()
        return {"data": "following"}

    async def held(self) -> dict[str, Any]:
        """Everything in the database that is ann's."""
        found: dict[str, Any] = {}
        for name in sorted(await self.database.list_collection_names()):
            docs = await self.database[name].find().sort("_id").to_list()
            mine = [
                doc for doc in docs if MARK in repr(doc) or any(str(id_) in repr(doc) for id_ in self.known.values())
            ]
            found[name] = [_lasting(doc) for doc in mine]
        return found


def _lasting(doc: Mapping[str, Any]) -> dict[str, Any]:
    """Without what a running worker renews by itself."""
    return {
        name: value for name, value in doc.items() if not name.startswith(("lease", "embed", "heartbeat", "lastBeat"))
    }


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(client: Client) -> AsyncGenerator[World, None]:
    database = client[f"test_{ids.new_id('walk')}"]
    model = ScriptedModel([[Call("wipe", {"what": MARK}, id="call_of_ann")]], repeat=True)
    agent = Agent("helper", model=model, tools=[wipe], instructions="be kind")
    async with Weft(Store(database), [agent]) as weft:
        yield World(weft, database, await _anns(weft))
    await client.drop_database(database)


async def _anns(weft: Weft) -> dict[str, Any]:
    """A thread of ann's with one of everything in it."""
    thread = await weft.threads.create(user_id="ann", title=MARK, metadata={"a": MARK}, client_id="mine")
    vectors = Embeddings("openai:small", [[1.0, 2.0]])
    (row,) = await weft.messages.save(thread.id, [draft(prompt=MARK)], SaveOptions(embeddings=vectors))
    sent = await weft.messages.send(thread.id, agent_name="helper", prompt=MARK, client_id="sent")
    assert sent.generation is not None
    generation_id = sent.generation.id

    async def waits() -> bool:
        found = await weft.generations.get(generation_id)
        return found is not None and found.status is GenerationStatus.WAITING

    await wait_until(waits)
    (asked,) = await weft.approvals.pending(thread.id)
    assert asked.approval is not None
    stream = await weft.streams.create(thread.id, agent_name=MARK)
    await weft.streams.append(
        stream.id, 0, [{"type": "text-start", "id": "1"}, {"type": "text-delta", "id": "1", "delta": MARK}]
    )
    return {
        "threadId": thread.id,
        "messageId": row.id,
        "promptMessageId": row.id,
        "targetMessageId": row.id,
        "upToAndIncludingMessageId": row.id,
        "messageIds": [row.id],
        "generationId": generation_id,
        "streamId": stream.id,
        "approvalId": asked.approval.id,
        "toolCallId": asked.tool_call_id,
    }


OTHERS: Final[Mapping[str, Any]] = {
    # what a stranger would give besides ids
    "userId": "ann",
    "clientId": "mine",
    "agentName": "helper",
    "prompt": "hello",
    "query": MARK,
    "searchText": MARK,
    "filter": {"title": MARK},
    "title": "taken",
    "reason": "because",
    "rating": 1,
    "comment": "mine now",
    "status": "ARCHIVED",
    "startOrder": 0,
    "endOrder": 100,
    "start": 2,
    "parts": [{"type": "text-delta", "id": "1", "delta": "mine now"}],
    "output": {"taken": True},
    "content": "taken",
    "limit": 10,
    "first": 10,
    "messages": [{"prompt": "mine now"}],
    "schema": {"type": "object"},
    "fileIds": [],
    "name": "taken",
    "keyId": "key_ann",
    "scopes": ["admin"],
}
WALKS: Final[Mapping[str, Collection[str]]] = {
    "with everything": (),
    "without what may itself be refused": ("userId", "clientId", "filter", "status", "content", "scopes", "messages"),
    "without another thread": ("threadId", "userId", "messageId", "promptMessageId", "targetMessageId"),
}
"""What is left out where it may be."""


def _nothing(known: Mapping[str, Any]) -> dict[str, Any]:
    """Ids as good as those, that name nothing."""
    other = {id_: ids.new_id(ids.prefix_of(id_) or "x") for id_ in _flat(known)}
    return {name: other[value] if value in _flat({name: value}) else [other[value[0]]] for name, value in known.items()}


def _flat(known: Mapping[str, Any]) -> list[str]:
    return [str(value) if name != "messageIds" else str(value[0]) for name, value in known.items()]


def _normal(answer: Any, known: Mapping[str, Any]) -> str:
    """The answer without the ids that were asked for, and without times and places in time."""
    text = orjson.dumps(answer, default=str).decode()
    for id_ in _flat(known):
        text = text.replace(id_, "ID")
    text = re.sub(r'[cC]ursor":"[^"]*"', 'cursor":"PLACE"', text)
    text = re.sub(r"\b(thr|msg|gen|str|apr|key|x)_[0-9a-z]{26}\b", "ID", text)
    return re.sub(r"\d{4}-\d\d-\d\dT[^\"]*", "TIME", text)


def _asked(kind: str, name: str, known: Mapping[str, Any], without: Collection[str]) -> str:
    some = [each for each in known.values() if isinstance(each, str)]
    return document(kind, name, {**OTHERS, **known, "id": _id_of(name, known), "ids": some}, without=without)


def _id_of(name: str, known: Mapping[str, Any]) -> Any:
    return known.get(f"{name}Id", known["messageId"])


FIELDS: Final = [
    (kind, name)
    for kind, type_ in (("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription"))
    for name in roots(type_)
]
NOT_ANSWERED: Final = {"generateText", "generateObject"}
"""Where a stranger asks without a thread they are answered, and wait for it; in ann's they are refused at once."""


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize(("kind", "name"), FIELDS)
async def test_a_stranger_is_told_what_is_told_of_ids_that_name_nothing(
    world: World, who: str, kind: str, name: str
) -> None:
    viewer, nothing = STRANGERS[who], _nothing(world.known)
    before = await world.held()
    for without in WALKS.values():
        if name in NOT_ANSWERED and "threadId" in without:
            continue
        async with asyncio.timeout(20):
            anns = await world.ask(viewer, _asked(kind, name, world.known, without))
            nobodys = await world.ask(viewer, _asked(kind, name, nothing, without))
        told = _normal(anns, world.known)
        assert told == _normal(nobodys, nothing)
        assert MARK not in told.replace(f'"searchText":"{MARK}"', "")
        assert not [code for code in _codes(anns) if code in ("INTERNAL", "GRAPHQL_VALIDATION_FAILED")], anns
    assert await world.held() == before


@pytest.mark.parametrize("prefix", ["threadId", "messageId", "generationId", "streamId"])
@pytest.mark.parametrize("who", STRANGERS)
async def test_a_stranger_finds_nothing_under_any_id(world: World, who: str, prefix: str) -> None:
    text = f'{{ node(id: "{world.known[prefix]}") {{ __typename id }} nodes(ids: ["{world.known[prefix]}"]) {{ id }} }}'
    assert await world.ask(STRANGERS[who], text) == {"data": {"node": None, "nodes": [None]}}
    assert (await world.ask(ANN, text))["data"]["node"]["id"] == world.known[prefix]


def _codes(answer: Mapping[str, Any]) -> list[Any]:
    return [error["extensions"]["code"] for error in answer.get("errors", ())]
