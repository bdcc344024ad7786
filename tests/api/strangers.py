"""Two who know nothing of each other: ann, who has one of everything, and whoever asks with her ids."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from tests.api.walk import document
from tests.support import wait_until

from weft import tool
from weft.agents.access.seen import seen_by
from weft.agents.saving import SaveOptions
from weft.agents.weft import Weft
from weft.resolvers.engine import Engine, Request
from weft.resolvers.errors import RequestError, formatted
from weft.resolvers.limits import Limits
from weft.resolvers.root import schema
from weft.schema.context import Context
from weft.storage.types import Database
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

    async def held(self, *words: str) -> dict[str, Any]:
        """Everything in the database that has one of ann's ids in it, or one of these words."""
        sought = [*_flat(self.known), *words]
        found: dict[str, Any] = {}
        for name in sorted(await self.database.list_collection_names()):
            docs = await self.database[name].find().sort("_id").to_list()
            mine = [doc for doc in docs if any(each in repr(doc) for each in sought)]
            found[name] = [_lasting(doc) for doc in mine]
        return found


def _lasting(doc: Mapping[str, Any]) -> dict[str, Any]:
    """Without what a running worker renews by itself."""
    return {
        name: value for name, value in doc.items() if not name.startswith(("lease", "embed", "heartbeat", "lastBeat"))
    }


async def anns(weft: Weft, agent_name: str = "helper") -> dict[str, Any]:
    """A thread of ann's with one of everything in it."""
    thread = await weft.threads.create(user_id="ann", title=MARK, metadata={"a": MARK}, client_id="mine")
    vectors = Embeddings("openai:small", [[1.0, 2.0]])
    (row,) = await weft.messages.save(thread.id, [draft(prompt=MARK)], SaveOptions(embeddings=vectors))
    sent = await weft.messages.send(thread.id, agent_name=agent_name, prompt=MARK, client_id="sent")
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
    "everyone": True,
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


def names_of_nothing(known: Mapping[str, Any]) -> dict[str, Any]:
    """Ids as good as those, that name nothing."""
    other = {id_: ids.new_id(ids.prefix_of(id_) or "x") for id_ in _flat(known)}
    return {name: other[value] if value in _flat({name: value}) else [other[value[0]]] for name, value in known.items()}


def _flat(known: Mapping[str, Any]) -> list[str]:
    return [str(value) if name != "messageIds" else str(value[0]) for name, value in known.items()]


def normal(answer: Any, known: Mapping[str, Any]) -> str:
    """The answer without the ids that were asked for, and without times and places in time."""
    text = orjson.dumps(answer, default=str).decode()
    for id_ in _flat(known):
        text = text.replace(id_, "ID")
    text = re.sub(r'[cC]ursor":"[^"]*"', 'cursor":"PLACE"', text)
    text = re.sub(r"\b(thr|msg|gen|str|apr|key|x)_[0-9a-z]{26}\b", "ID", text)
    return re.sub(r"\d{4}-\d\d-\d\dT[^\"]*", "TIME", text)


def asked_of(kind: str, name: str, known: Mapping[str, Any], without: Collection[str]) -> str:
    some = [each for each in known.values() if isinstance(each, str)]
    return document(kind, name, {**OTHERS, **known, "id": _id_of(name, known), "ids": some}, without=without)


def _id_of(name: str, known: Mapping[str, Any]) -> Any:
    return known.get(f"{name}Id", known["messageId"])


def codes_of(answer: Mapping[str, Any]) -> list[Any]:
    return [error["extensions"]["code"] for error in answer.get("errors", ())]
