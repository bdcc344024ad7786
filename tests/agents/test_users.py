"""Everything of a user goes out as lines, and comes in again as it was."""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import orjson
import pytest
from tests.agents.services import Services, scripted
from tests.support import LONG_AGO

from weft.agents.saving import SaveOptions
from weft.agents.users import UserService
from weft.errors import ErrorCode, InputError
from weft.storage.store import Store
from weft.storage.types import Client, Database
from weft.threads import ids
from weft.threads.drafts import Metadata, draft
from weft.threads.vectors import Embeddings

AWKWARD: dict[str, Any] = {"$date": "2020", "$ref": "x", "\uff04own": 1, "a": [{"$oid": "no"}], "big": 2**53}
PARTS = ("messages", "searchEntries", "pendingCalls", "generations", "contextReceipts", "threads")


async def lines(given: Iterable[bytes]) -> AsyncIterator[bytes]:
    for line in given:
        yield line


async def exported(store: Store, user_id: str) -> list[bytes]:
    return [line async for line in UserService(store).export(user_id)]


async def held(database: Database, thread_ids: Sequence[str]) -> dict[str, list[Any]]:
    """All documents of these threads, by collection."""
    found: dict[str, list[Any]] = {}
    for name in PARTS:
        field = "_id" if name == "threads" else "threadId"
        found[name] = await database[name].find({field: {"$in": list(thread_ids)}}).sort("_id").to_list()
    return found


async def filled(store: Store) -> list[str]:
    """Two threads of ann's and one of bob's."""
    services = Services(store, scripted())
    made: list[str] = []
    for user_id in ("ann", "ann", "bob"):
        thread = await services.weft.threads.create(user_id=user_id, title="T", metadata=AWKWARD)
        vectors = Embeddings("e", [[0.25, -1.5], None])
        drafts = [draft(prompt="hello", metadata=Metadata(custom=AWKWARD)), draft(prompt="again")]
        await services.messages.save(thread.id, drafts, SaveOptions(embeddings=vectors))
        made.append(thread.id)
    return made


async def test_what_goes_out_comes_in_as_it_was(empty_store: Store, client: Client) -> None:
    first, second, bobs = await filled(empty_store)
    before = await held(empty_store.database, [first, second])
    given = await exported(empty_store, "ann")
    assert bobs not in b"".join(given).decode()
    other = Store(client[f"test_{ids.new_id('user')}"])
    try:
        done = await UserService(other).restore(lines(given))
        assert done.counts == {"messages": 4, "searchEntries": 4, "threads": 2}
        assert await held(other.database, [first, second]) == before
        thread = await other.threads.get(first)
        assert thread is not None
        assert thread.metadata == AWKWARD
    finally:
        await client.drop_database(other.database.name)


async def test_every_line_is_json_that_people_can_read(empty_store: Store) -> None:
    await filled(empty_store)
    about, *rest = (orjson.loads(line) for line in await exported(empty_store, "ann"))
    assert (about["weft"], about["userId"]) == (1, "ann")
    assert {line["collection"] for line in rest} == {"messages", "searchEntries", "threads"}
    (text,) = {line["document"]["content"][0]["text"] for line in rest if line["collection"] == "messages"} - {"again"}
    assert text == "hello"


async def test_restoring_again_stores_what_is_missing_and_nothing_twice(empty_store: Store) -> None:
    first, second, _ = await filled(empty_store)
    given = await exported(empty_store, "ann")
    before = await held(empty_store.database, [first, second])
    await empty_store.database["threads"].delete_one({"_id": second})
    await empty_store.database["messages"].delete_many({"threadId": second})
    done = await UserService(empty_store).restore(lines(given))
    assert (done.left, done.counts["threads"]) == (1, 1)
    assert await held(empty_store.database, [first, second]) == before
    again = await UserService(empty_store).restore(lines(given))
    assert (again.left, again.counts) == (2, {})


async def test_an_answer_that_was_under_way_has_failed_in_the_copy(empty_store: Store, client: Client) -> None:
    services = Services(empty_store, scripted())
    thread = await services.weft.threads.create(user_id="ann")
    generation = await services.asked(thread=thread)
    given = await exported(empty_store, "ann")
    other = Store(client[f"test_{ids.new_id('user')}"])
    try:
        await UserService(other).restore(lines(given))
        copy = await other.generations.get(generation.id)
        assert copy is not None
        assert (copy.status.value, copy.error) == ("failed", "it was under way when its thread was exported")
        reply = await other.messages.get(generation.reply_message_id)
        assert reply is not None
        assert reply.status.value == "failed"
    finally:
        await client.drop_database(other.database.name)


GOOD: dict[str, Any] = {"collection": "messages", "document": {"_id": "msg_1", "threadId": "thr_1"}}
WRONG: list[tuple[list[Any], str]] = [
    ([], "there is no line"),
    (["no"], "line 1: it is not a JSON object"),
    ([{"weft": 99}], "line 1: the first line"),
    ([{"weft": 1}, {"collection": "apiKeys", "document": {"_id": "a"}}], "line 2: collection is 'apiKeys'"),
    ([{"weft": 1}, {"collection": "messages", "document": 5}], "line 2: a document is an object"),
    ([{"weft": 1}, {"collection": "messages", "document": {"_id": "a"}}], "line 2: the document names no thread"),
    ([{"weft": 1}, {"collection": "messages", "document": {"_id": {"$oid": "x"}}}], "line 2: the document is not"),
]


@pytest.mark.parametrize(("given", "message"), WRONG)
async def test_what_is_no_export_is_refused_with_its_line(store: Store, given: list[Any], message: str) -> None:
    with pytest.raises(InputError) as refused:
        await UserService(store).restore(lines(map(orjson.dumps, given)))
    assert refused.value.message.startswith(message)


async def test_a_line_that_is_no_json_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match="line 2: it is not JSON"):
        await UserService(store).restore(lines([b'{"weft": 1}', b"{"]))


async def test_a_document_whose_place_is_taken_is_refused(empty_store: Store) -> None:
    thread_id, _, _ = await filled(empty_store)
    (row, *_) = await empty_store.database["messages"].find({"threadId": thread_id}).to_list()
    taken = {**row, "_id": "msg_other", "threadId": thread_id, "createdAt": str(LONG_AGO), "updatedAt": str(LONG_AGO)}
    await empty_store.database["threads"].delete_one({"_id": thread_id})
    given = [{"weft": 1}, {"collection": "messages", "document": {**taken, "metadata": None}}]
    with pytest.raises(InputError) as refused:
        await UserService(empty_store).restore(lines(map(orjson.dumps, given)))
    assert refused.value.reason is ErrorCode.CONFLICT
