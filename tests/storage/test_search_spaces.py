"""The registry of vector spaces: what the indexes and the migration of vectors go by."""

import asyncio

from tests.support import LONG_AGO, new_thread, row

from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads.messages import MessageRole
from weft.threads.vectors import Embeddings, Space

SMALL = Space("openai:small", 2)
LARGE = Space("openai:small", 3)
OTHER = Space("local:other", 2)


async def test_a_space_is_noted_once_whoever_notes_it(empty_store: Store) -> None:
    heard: list[Space] = []
    other = Store(empty_store.database)
    for store in (empty_store, other):
        store.search_spaces.listen(heard.append)
    await asyncio.gather(*(store.search_spaces.note(SMALL) for store in (empty_store, other) for _ in range(5)))
    assert heard == [SMALL]
    assert await empty_store.search_spaces.all() == [SMALL]
    doc = await empty_store.search_spaces.collection.find_one({"_id": SMALL.key})
    assert doc is not None
    assert (doc["model"], doc["dimension"]) == ("openai:small", 2)
    assert doc["createdAt"] > LONG_AGO


async def test_spaces_are_listed_by_model_the_smallest_dimension_first(empty_store: Store) -> None:
    for space in (LARGE, OTHER, SMALL):
        await empty_store.search_spaces.note(space)
    assert set(await empty_store.search_spaces.all()) == {LARGE, OTHER, SMALL}
    assert await empty_store.search_spaces.of_model("openai:small") == [SMALL, LARGE]
    assert await empty_store.search_spaces.of_model("openai:none") == []


async def test_a_space_that_was_forgotten_can_be_noted_again(empty_store: Store) -> None:
    await empty_store.search_spaces.note(SMALL)
    await empty_store.search_spaces.forget(SMALL)
    assert await empty_store.search_spaces.all() == []
    await empty_store.search_spaces.note(SMALL)
    assert await empty_store.search_spaces.all() == [SMALL]


async def test_the_first_vector_of_a_space_notes_it_whichever_way_it_is_stored(empty_store: Store) -> None:
    thread = await new_thread(empty_store)
    message = row(MessageRole.USER, 0, 0, thread_id=thread.id)

    async def insert(change: Change) -> None:
        await change.insert_messages(message, embeddings=Embeddings(SMALL.model, [(0.0, 1.0)]))

    async def replace(change: Change) -> None:
        await change.replace_message(message, embeddings=Embeddings(LARGE.model, [(0.0, 1.0, 0.0)]))

    await empty_store.change(thread.id, insert)
    assert await empty_store.search_spaces.all() == [SMALL]
    await empty_store.change(thread.id, replace)
    await empty_store.search_entries.set_vectors({message.id: (1.0, 0.0)}, OTHER.model)
    assert set(await empty_store.search_spaces.all()) == {SMALL, LARGE, OTHER}
    entry = await empty_store.search_entries.collection.find_one({"_id": message.id})
    assert entry is not None
    assert set(entry["spaces"]) == {space.key for space in (SMALL, LARGE, OTHER)}


async def test_a_change_that_is_refused_may_note_a_space_and_the_next_still_finds_it_noted(empty_store: Store) -> None:
    thread = await new_thread(empty_store)
    message = row(MessageRole.USER, 0, 0, thread_id=thread.id)

    async def fail(change: Change) -> None:
        await change.insert_messages(message, embeddings=Embeddings(SMALL.model, [(0.0, 1.0)]))
        raise LookupError

    outcome = (await asyncio.gather(empty_store.change(thread.id, fail), return_exceptions=True))[0]
    assert isinstance(outcome, LookupError)
    assert await empty_store.search_spaces.all() == [SMALL]
    assert await empty_store.search_entries.collection.find_one({}) is None
