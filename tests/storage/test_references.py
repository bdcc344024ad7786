"""Callers' JSON comes back as it was, also where MongoDB's driver would see references of its own in it."""

from dataclasses import replace
from typing import Any

import pytest
from tests.support import delta, generation_at, new_thread, row, stream_at

from weft.storage.references import restored, storable
from weft.storage.store import Store
from weft.threads.messages import MessageRole

ODD: list[Any] = [
    {"$ref": "#/$defs/A", "$id": "x"},
    {"$ref": 5, "$id": 1},
    {"deep": [{"$id": 1, "$ref": "a", "$db": 7, "more": {"$ref": {"$ref": 1, "$id": 2}, "$id": None}}]},
]


@pytest.mark.parametrize("value", ODD)
async def test_messages_deltas_threads_and_generations_keep_fields_named_ref(store: Store, value: Any) -> None:
    thread = await new_thread(store, metadata=value)
    call = {"type": "tool-call", "toolCallId": "c", "toolName": "t", "input": value}
    message = row(MessageRole.ASSISTANT, 0, 0, [call], thread_id=thread.id, metadata=value)
    stream = replace(stream_at(0, 0), thread_id=thread.id)
    job = replace(generation_at(0), thread_id=thread.id, custom=value)

    async def work(change: Any) -> None:
        await change.insert_messages(message)
        await change.insert_generation(job)

    await store.change(thread.id, work)
    await store.deltas.append(delta(stream, 0, {"type": "data-x", "data": value}))
    kept, told = await store.messages.get(message.id), await store.deltas.read(stream.id, 0)
    started, found = await store.generations.get(job.id), await store.threads.get(thread.id)
    assert kept is not None
    assert started is not None
    assert found is not None
    assert (kept.content[0]["input"], kept.metadata, told[0].parts[0]["data"]) == (value, value, value)
    assert (started.custom, found.metadata) == (value, value)


def test_a_document_without_such_fields_is_stored_as_the_object_it_is() -> None:
    doc = {"_id": "1", "content": [{"type": "text", "text": "$ref"}], "usage": {"a": 1}}
    assert storable(doc) is doc
    assert restored(doc) is doc
