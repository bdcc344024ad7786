"""What is not search is the mongod's own: a command has the same answer through the server and without it."""

import asyncio
import uuid
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from pymongo import InsertOne, UpdateOne, WriteConcern
from pymongo.errors import BulkWriteError, OperationFailure
from tests.atlas.shelf import near, refusal
from tests.atlas.values import as_doc, as_list
from tests.support import in_time, wait_until

from weft.storage.types import Client, Database, Doc

BIG = "x" * 1000


@pytest_asyncio.fixture(loop_scope="session")
async def pair(through: Client, client: Client) -> AsyncGenerator[tuple[Database, Database], None]:
    """Two databases with the same documents: one through the server, one not."""
    names = [f"test_{uuid.uuid4().hex}" for _ in range(2)]
    databases = (through[names[0]], client[names[1]])
    for database in databases:
        await database["c"].insert_many([{"_id": number, "n": number % 7, "big": BIG} for number in range(300)])
    yield databases
    for database in databases:
        await database.client.drop_database(database.name)


COMMANDS: list[Doc] = [
    {"ping": 1},
    {"find": "c", "filter": {"n": 3}, "sort": {"_id": 1}, "limit": 5},
    {"find": "c", "filter": {"$bad": 1}},
    {"find": "missing"},
    {"count": "c", "query": {"n": {"$gt": 2}}},
    {"distinct": "c", "key": "n"},
    {"aggregate": "c", "pipeline": [{"$group": {"_id": "$n"}}, {"$sort": {"_id": 1}}], "cursor": {}},
    {"aggregate": "c", "pipeline": [{"$unknown": {}}], "cursor": {}},
    {"aggregate": "c", "pipeline": 5, "cursor": {}},
    {"aggregate": "c", "pipeline": [{"$match": {"text": "$search and $vectorSearch"}}], "cursor": {}},
    {"aggregate": "c", "pipeline": [{"$match": {"$text": {"$search": "x"}}}], "cursor": {}},
    {"aggregate": 1, "pipeline": [{"$documents": [{"a": 1}]}], "cursor": {}},
    {"insert": "c", "documents": [{"_id": 1000}, {"_id": 1}], "ordered": False},
    {"update": "c", "updates": [{"q": {"n": 1}, "u": {"$inc": {"m": 1}}, "multi": True}]},
    {"delete": "c", "deletes": [{"q": {"_id": 1000}, "limit": 1}]},
    {"findAndModify": "c", "query": {"_id": 5}, "update": {"$set": {"n": 9}}, "new": True},
    {"createIndexes": "c", "indexes": [{"key": {"n": 1}, "name": "n"}]},
    {"listIndexes": "c"},
    {"create": "other", "validator": {"n": {"$type": "int"}}},
    {"insert": "other", "documents": [{"_id": 1, "n": "text"}]},
    {"listCollections": 1, "nameOnly": True, "filter": {"name": "other"}},
    {"drop": "other"},
    {"dropIndexes": "c", "index": "n"},
    {"nothing": 1},
    {"getMore": 1, "collection": "c"},
    {"killCursors": "c", "cursors": [1]},
    {"explain": {"find": "c", "filter": {"_id": 1}}, "verbosity": "queryPlanner"},
    {"explain": {"aggregate": "c", "pipeline": [{"$match": {"_id": 1}}], "cursor": {}}},
]


async def told(database: Database, command: Doc) -> Any:
    """What a server says to a command, without what names the database, the time or the machine."""
    try:
        answered: Any = await database.command(command)
    except OperationFailure as error:
        answered = error.details
    return _plain(answered, database.name)


def _plain(value: Any, name: str) -> Any:
    doc, several = as_doc(value), as_list(value)
    if doc is not None:
        varying = ("$clusterTime", "operationTime", "electionId", "opTime", "serverInfo", "uuid", "info", "idIndex")
        return {key: _plain(one, name) for key, one in doc.items() if key not in varying}
    if several is not None:
        return [_plain(one, name) for one in several]
    return value.replace(name, "<database>") if isinstance(value, str) else value


async def test_ordinary_commands_have_the_same_answers(pair: tuple[Database, Database]) -> None:
    for command in COMMANDS:
        here, there = [await told(database, command) for database in pair]
        assert here == there, command


async def test_cursors_are_read_on_and_given_up(pair: tuple[Database, Database]) -> None:
    here, there = pair
    for cursor in (here["c"].find(batch_size=7), await here["c"].aggregate([{"$match": {}}], batchSize=7)):
        assert [doc async for doc in cursor] == await there["c"].find().to_list()
    cursor = here["c"].find(batch_size=2)
    await cursor.next()
    known = cursor.cursor_id
    await cursor.close()
    code, _ = await refusal(here.command({"getMore": known, "collection": "c"}))
    assert code == 43


async def test_a_message_of_many_megabytes_goes_through(pair: tuple[Database, Database]) -> None:
    here, _ = pair
    body = bytes(1_000_000)
    await here["big"].insert_many([{"_id": number, "body": body} for number in range(40)])
    assert [len(doc["body"]) async for doc in here["big"].find(batch_size=14)] == [len(body)] * 40


async def test_writes_that_are_not_acknowledged_have_no_answer_and_are_done(pair: tuple[Database, Database]) -> None:
    here, _ = pair
    unacknowledged = here["c"].with_options(write_concern=WriteConcern(0))
    await asyncio.gather(*(unacknowledged.insert_one({"_id": f"w{number}"}) for number in range(20)))

    async def all_there() -> bool:
        return await here["c"].count_documents({"_id": {"$regex": "^w"}}) == 20

    await wait_until(all_there)


async def test_bulk_writes_say_what_went_wrong(pair: tuple[Database, Database]) -> None:
    here, _ = pair
    with pytest.raises(BulkWriteError) as caught:
        await here["c"].bulk_write([InsertOne({"_id": 1}), UpdateOne({"_id": 2}, {"$set": {"x": 1}})], ordered=False)
    assert (caught.value.details["nModified"], caught.value.details["writeErrors"][0]["code"]) == (1, 11000)


async def test_transactions_are_committed_and_aborted(pair: tuple[Database, Database]) -> None:
    here, _ = pair
    async with here.client.start_session() as session:
        async with await session.start_transaction():
            await here["c"].insert_one({"_id": "kept"}, session=session)
        await session.start_transaction()
        await here["c"].insert_one({"_id": "lost"}, session=session)
        await session.abort_transaction()
    assert await here["c"].distinct("_id", {"_id": {"$in": ["kept", "lost"]}}) == ["kept"]


async def test_a_search_in_a_transaction_is_refused_and_ends_it(pair: tuple[Database, Database]) -> None:
    here, _ = pair
    text = "Stage not supported inside of a multi-document transaction: $vectorSearch"
    async with here.client.start_session() as session:
        await session.start_transaction()
        await here["c"].insert_one({"_id": "lost"}, session=session)
        assert await refusal(here["c"].aggregate([near()], session=session)) == (263, text)
        code, _ = await refusal(here["c"].insert_one({"_id": "late"}, session=session))
        assert code == 251
        await session.abort_transaction()
        await session.start_transaction()
        assert await refusal(here["c"].aggregate([near()], session=session)) == (263, text)
        await session.abort_transaction()
    assert await here["c"].distinct("_id", {"_id": {"$in": ["lost", "late"]}}) == []


async def test_a_search_in_a_session_is_answered(pair: tuple[Database, Database]) -> None:
    here, _ = pair
    async with here.client.start_session(causal_consistency=True) as session:
        await here["c"].insert_one({"_id": "new"}, session=session)
        assert await (await here["c"].aggregate([near()], session=session)).to_list() == []


async def test_a_change_stream_brings_changes_and_resumes(pair: tuple[Database, Database]) -> None:
    here, _ = pair
    async with await here["c"].watch() as stream:
        await here["c"].insert_one({"_id": "seen"})
        first = await in_time(stream.next())
        token = stream.resume_token
    await here["c"].insert_one({"_id": "later"})
    async with await here["c"].watch(resume_after=token) as stream:
        second = await in_time(stream.next())
    assert [change["documentKey"]["_id"] for change in (first, second)] == ["seen", "later"]
