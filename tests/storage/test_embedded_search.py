"""Search by Weft itself: what it holds in memory is true, bounded, and never needed to answer right."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import numpy as np
import pymongo
import pytest
import pytest_asyncio
from numpy.typing import NDArray
from pymongo import AsyncMongoClient
from tests.contracts.search_history import SPACE, History
from tests.contracts.search_worlds import EmbeddedWorld, embedded
from tests.storage.explain import Recorder, explain
from tests.support import in_time, wait_until

from weft.errors import InputError, UnavailableError
from weft.storage.embedded import EmbeddedMongo
from weft.storage.search.embedded.codes import Codes
from weft.storage.search.embedded.entry_news import MOST_CHANGED
from weft.storage.search.embedded.pockets import pocket_of
from weft.storage.search.embedded.search import EmbeddedOptions, EmbeddedSearch
from weft.storage.search.embedded.text_search import TextSearch
from weft.storage.search.embedded.words import MOST_WORDS, query_words, set_apart
from weft.storage.search_entries import binary
from weft.storage.store import Store
from weft.storage.types import Client, Doc
from weft.threads.search import Before, Reach
from weft.threads.vectors import Space

EVERYBODY = Reach()
X = (1.0, 0.0, 0.0, 0.0)
Y = (0.0, 1.0, 0.0, 0.0)
WIDE = Space("test:wide", 256)
RECORDER = Recorder()


def entry(number: int, vector: Sequence[float] | NDArray[np.float32], space: Space = WIDE, **fields: Any) -> Doc:
    owner = fields.get("userId", "ann")
    placed: Doc = {"threadId": f"thr_{number % 7}", "userId": owner, "pocket": pocket_of(owner, ""), "order": number}
    stored: Doc = {"vectors": {space.key: binary([float(x) for x in vector])}, "spaces": [space.key]}
    return {"_id": f"msg_{number:06}", "text": f"word{number % 50}", **placed, **stored, **fields}


def clustered(count: int, space: Space = WIDE, seed: int = 1) -> NDArray[np.float32]:
    """Vectors that are not spread evenly, around a middle that is not 0."""
    middles = np.random.default_rng(0).standard_normal((40, space.dimension))
    chance = np.random.default_rng(seed)
    made = 0.7 + middles[chance.integers(0, 40, count)] + 0.8 * chance.standard_normal((count, space.dimension))
    return made.astype(np.float32)


def exactly(vectors: NDArray[np.float32], query: NDArray[np.float32], limit: int) -> list[str]:
    exact = vectors.astype(np.float64)
    cosines = exact @ query.astype(np.float64) / np.linalg.norm(exact, axis=1)
    return [f"msg_{row:06}" for row in np.argsort(-cosines, kind="stable")[:limit]]


async def found(
    world: EmbeddedWorld, vector: Any, space: Space, reach: Reach = EVERYBODY, limit: int = 10
) -> list[str]:
    hits = await world.strategy.vector([float(x) for x in vector], space, reach, limit)
    return [hit.message_id for hit in hits]


@pytest_asyncio.fixture(loop_scope="session")
async def world(empty_store: Store) -> AsyncGenerator[EmbeddedWorld, None]:
    async with embedded(empty_store) as made:
        yield made


# ---------------------------------------------------------------- what is in memory


async def test_a_scope_that_was_searched_is_in_memory_and_stays_true(world: EmbeddedWorld) -> None:
    history, memory = History(world.store), world.strategy.vectors.memory
    thread = await history.thread("ann")
    first = await history.say(thread, "x", vector=X)
    assert await found(world, X, SPACE, Reach(user_id="ann")) == [first]
    table = memory.table(SPACE, Reach(user_id="ann"))
    assert table is not None
    second = await history.say(thread, "y", vector=Y)
    assert await found(world, X, SPACE, Reach(user_id="ann")) == [first, second]
    assert memory.table(SPACE, Reach(user_id="ann")) is table
    assert table.count == 2


async def test_a_search_finds_what_this_process_has_written_just_before(world: EmbeddedWorld) -> None:
    history = History(world.store)
    thread = await history.thread("ann")
    for number in range(50):
        said = await history.say(thread, "x", vector=(1.0, number, 0.0, 0.0))
        assert (await found(world, (1.0, number, 0.0, 0.0), SPACE, Reach(thread_id=thread.id), 1)) == [said]
        if number % 5 == 0:
            await history.take_back(said)
            assert said not in await found(world, X, SPACE, Reach(thread_id=thread.id), 100)


async def test_a_search_finds_vectors_that_this_process_has_stored_just_before(world: EmbeddedWorld) -> None:
    history = History(world.store)
    thread = await history.thread("ann")
    said = [await history.say(thread, "x", vector=Y) for _ in range(20)]
    assert await found(world, X, SPACE, Reach(thread_id=thread.id), 1) == said[:1]
    for message_id in reversed(said):
        await history.embed(message_id, X)
        assert await found(world, X, SPACE, Reach(thread_id=thread.id), 1) == [message_id]


async def test_what_another_process_writes_is_found_when_it_is_told_of(
    world: EmbeddedWorld, other_client: Client
) -> None:
    theirs = History(Store(other_client[world.store.database.name]))
    thread = await theirs.thread("ann")
    first = await theirs.say(thread, "x", vector=X)
    assert await found(world, X, SPACE) == [first]
    second = await theirs.say(thread, "y", vector=X)
    await world.settled()
    assert await found(world, X, SPACE) == [first, second]
    await theirs.move(thread, "bob")
    await world.settled()
    assert await found(world, X, SPACE, Reach(user_id="ann")) == []
    assert await found(world, X, SPACE, Reach(user_id="bob")) == [first, second]


async def test_searches_amid_writes_find_only_what_there_is_and_in_the_end_all(world: EmbeddedWorld) -> None:
    history = History(world.store)
    threads = [await history.thread("ann") for _ in range(4)]

    async def write(number: int) -> None:
        for turn in range(20):
            said = await history.say(threads[number], "x", vector=(1.0, turn, number, 0.0))
            if turn % 4 == 0:
                await history.embed(said, (1.0, -turn, number, 0.0))
            if turn % 5 == 0:
                await history.take_back(said)

    async def search() -> None:
        for _ in range(30):
            hits = await world.strategy.vector(X, SPACE, Reach(user_id="ann"), 1000)
            assert len({hit.message_id for hit in hits}) == len(hits)

    async with asyncio.TaskGroup() as tasks:
        for number in range(4):
            tasks.create_task(write(number))
            tasks.create_task(search())
    await world.settled()
    for reach in (Reach(user_id="ann"), EVERYBODY, Reach(thread_id=threads[0].id)):
        assert await found(world, X, SPACE, reach, 1000) == [hit for hit, _ in history.nearest(X, reach, 1000)]


async def test_after_missed_changes_everything_is_read_again(world: EmbeddedWorld) -> None:
    entries, memory = world.store.search_entries.collection, world.strategy.vectors.memory
    await entries.insert_one(entry(1, X, SPACE))
    await world.settled()
    assert await found(world, X, SPACE) == ["msg_000001"]
    former = memory.table(SPACE, EVERYBODY)
    world.strategy.news.missed()
    assert await found(world, X, SPACE) == ["msg_000001"]
    assert memory.table(SPACE, EVERYBODY) is not former


async def test_a_flood_of_changes_is_not_kept_but_read_again(world: EmbeddedWorld) -> None:
    news = world.strategy.news
    before = news.gaps
    for number in range(MOST_CHANGED + 2):
        news.heard(f"msg_{number}")
    assert news.gaps == before + 1
    assert len(news.changed) < MOST_CHANGED


async def test_without_a_feed_each_search_reads_what_there_is(empty_store: Store) -> None:
    strategy = EmbeddedSearch(empty_store.database)
    await strategy.prepare([])
    await empty_store.search_entries.collection.insert_one(entry(1, X, SPACE))
    assert [hit.message_id for hit in await strategy.vector(X, SPACE, EVERYBODY, 5)] == ["msg_000001"]
    await empty_store.search_entries.collection.delete_many({})
    assert await strategy.vector(X, SPACE, EVERYBODY, 5) == []
    assert strategy.vectors.memory.bytes == 0


async def test_vectors_that_cannot_be_compared_are_not_found(world: EmbeddedWorld) -> None:
    broken: list[Any] = [[0.0] * 4, [float("nan")] * 4, [float("inf"), 0, 0, 0], [1.0, 0, 0]]
    docs = [entry(number, vector, SPACE) for number, vector in enumerate(broken)]
    docs += [entry(7, X, SPACE), entry(8, X, SPACE, vectors={SPACE.key: "no vector"}), entry(9, X, SPACE, vectors={})]
    await world.store.search_entries.collection.insert_many(docs)
    await world.settled()
    assert await found(world, X, SPACE) == ["msg_000007"]


@pytest.mark.parametrize("query", [(0.0,) * 4, (float("nan"), 0, 0, 0), (float("inf"), 0, 0, 0), (), X + X])
async def test_a_query_that_has_no_direction_is_refused(world: EmbeddedWorld, query: tuple[float, ...]) -> None:
    with pytest.raises(InputError):
        await world.strategy.vector(query, SPACE, EVERYBODY, 5)


# ---------------------------------------------------------------- codes


@pytest_asyncio.fixture(loop_scope="session")
async def many(empty_store: Store) -> AsyncGenerator[tuple[EmbeddedWorld, NDArray[np.float32]], None]:
    """4,000 vectors, which are searched by codes because they are more than 1,000."""
    vectors = clustered(4000)
    await empty_store.search_spaces.note(WIDE)
    docs = [entry(number, vector, userId="ann" if number % 2 else "bob") for number, vector in enumerate(vectors)]
    await empty_store.search_entries.collection.insert_many(docs)
    async with embedded(empty_store, EmbeddedOptions(exact_most=1000)) as world:
        yield world, vectors


async def codes_of(world: EmbeddedWorld, space: Space = WIDE) -> Codes:
    await wait_until(lambda: world.strategy.vectors.memory.codes(space) is not None)
    codes = world.strategy.vectors.memory.codes(space)
    assert codes is not None
    return codes


async def test_a_search_before_the_codes_are_read_is_answered_all_the_same(
    many: tuple[EmbeddedWorld, NDArray[np.float32]],
) -> None:
    world, vectors = many
    query = clustered(1, seed=2)[0]
    assert await found(world, query, WIDE) == exactly(vectors, query, 10)


async def test_codes_find_nearly_all_of_the_nearest(many: tuple[EmbeddedWorld, NDArray[np.float32]]) -> None:
    world, vectors = many
    await codes_of(world)
    right = 0
    for query in clustered(50, seed=2):
        right += len(set(await found(world, query, WIDE)) & set(exactly(vectors, query, 10)))
    assert right >= 0.99 * 500


async def test_codes_keep_to_the_reach_and_their_scores_are_exact(
    many: tuple[EmbeddedWorld, NDArray[np.float32]],
) -> None:
    world, vectors = many
    await codes_of(world)
    query = clustered(1, seed=2)[0]
    hits = await world.strategy.vector(query.tolist(), WIDE, Reach(user_id="ann", before=Before("thr_1", 20)), 1000)
    rows = [int(hit.message_id.removeprefix("msg_")) for hit in hits]
    assert len(hits) == 1000
    assert all(row % 2 and (row % 7 != 1 or row < 20) for row in rows)
    exact = vectors[rows].astype(np.float64)
    cosines = (
        exact @ query.astype(np.float64) / np.linalg.norm(exact, axis=1) / np.linalg.norm(query.astype(np.float64))
    )
    assert [hit.score for hit in hits] == pytest.approx(cosines.tolist(), abs=1e-5)


async def test_codes_stay_true(many: tuple[EmbeddedWorld, NDArray[np.float32]]) -> None:
    world, vectors = many
    entries = world.store.search_entries.collection
    codes = await codes_of(world)
    query = clustered(1, seed=2)[0]
    await entries.insert_one(entry(5000, query))
    await entries.delete_many({"_id": {"$gte": "msg_003000", "$lt": "msg_005000"}})
    await world.settled()
    assert await found(world, query, WIDE) == ["msg_005000", *exactly(vectors[:3000], query, 9)]
    assert world.strategy.vectors.memory.codes(WIDE) is codes
    assert codes.count == 3001


async def test_of_more_equal_vectors_than_are_compared_the_oldest_are_found(empty_store: Store) -> None:
    await empty_store.search_spaces.note(WIDE)
    docs = [entry(number, [1.0] * 256) for number in reversed(range(3000))]
    await empty_store.search_entries.collection.insert_many(docs)
    async with embedded(empty_store, EmbeddedOptions(exact_most=100)) as world:
        await codes_of(world)
        assert await found(world, [1.0] * 256, WIDE) == [f"msg_{number:06}" for number in range(10)]


async def test_codes_take_a_sixteenth_of_what_vectors_take(empty_store: Store) -> None:
    space = Space("test:large", 1536)
    await empty_store.search_spaces.note(space)
    vectors = clustered(1500, space)
    docs = [
        entry(number, vector, space) | {"_id": f"msg_{uuid.uuid4().hex[:26]}"} for number, vector in enumerate(vectors)
    ]
    await empty_store.search_entries.collection.insert_many(docs)
    async with embedded(empty_store, EmbeddedOptions(exact_most=1000)) as world:
        codes = await codes_of(world, space)
        assert codes.bytes <= 1500 * 1536 * 4 / 16


# ---------------------------------------------------------------- the bound


async def test_tables_make_room_for_each_other_and_every_answer_is_right(empty_store: Store) -> None:
    vectors = clustered(3000)
    docs = [entry(number, vector, userId=f"user{number % 6}") for number, vector in enumerate(vectors)]
    await empty_store.search_entries.collection.insert_many(docs)
    async with embedded(empty_store, EmbeddedOptions(memory_mb=2)) as world:
        query = clustered(1, seed=2)[0]
        for _ in range(2):
            for number in range(6):
                hits = await found(world, query, WIDE, Reach(user_id=f"user{number}"), 5)
                mine = {f"msg_{row:06}" for row in range(number, 3000, 6)}
                assert hits == [hit for hit in exactly(vectors, query, 3000) if hit in mine][:5]
                assert 0 < world.strategy.vectors.memory.bytes <= 2 << 20


async def test_codes_that_do_not_fit_are_not_kept_and_the_answer_is_right(empty_store: Store) -> None:
    vectors = clustered(3000)
    await empty_store.search_spaces.note(WIDE)
    await empty_store.search_entries.collection.insert_many(
        [entry(number, vector) | {"_id": f"msg_{number:06}"} for number, vector in enumerate(vectors)]
    )
    async with embedded(empty_store, EmbeddedOptions(memory_mb=0, exact_most=1000)) as world:
        query = clustered(1, seed=2)[0]
        for _ in range(2):
            assert await found(world, query, WIDE) == exactly(vectors, query, 10)
        assert world.strategy.vectors.memory.bytes == 0


async def test_a_scope_is_read_once_for_all_who_ask_at_once(world: EmbeddedWorld, mongod: EmbeddedMongo) -> None:
    vectors = clustered(500)
    await world.store.search_entries.collection.insert_many([entry(number, one) for number, one in enumerate(vectors)])
    client: AsyncMongoClient[Doc] = AsyncMongoClient(mongod.uri, event_listeners=[RECORDER])
    async with embedded(Store(client[world.store.database.name])) as listened:
        with RECORDER.listening() as sent:
            query = clustered(1, seed=2)[0]
            hits = await asyncio.gather(*(found(listened, query, WIDE) for _ in range(20)))
        assert all(hit == exactly(vectors, query, 10) for hit in hits)
        assert len([command for command in sent if "find" in command]) == 1
    await client.close()


# ---------------------------------------------------------------- what MongoDB is asked


@pytest_asyncio.fixture(loop_scope="session")
async def crowd(empty_store: Store, mongod: EmbeddedMongo) -> AsyncGenerator[EmbeddedSearch, None]:
    """2,000 messages of 100 users that all hold one word, on a client that is listened to."""
    await TextSearch(empty_store.search_entries.collection, "english").prepare()
    docs = [
        entry(
            number, X, SPACE, userId=f"user{number % 100}", threadId=f"thr_{number % 500}", text="a shuttle", pocket=0
        )
        for number in range(2000)
    ]
    for doc in docs:
        doc["pocket"] = pocket_of(doc["userId"], "")
    await empty_store.search_entries.collection.insert_many(docs)
    client: AsyncMongoClient[Doc] = AsyncMongoClient(mongod.uri, event_listeners=[RECORDER])
    strategy = EmbeddedSearch(client[empty_store.database.name])
    await strategy.prepare([])
    yield strategy
    await client.close()


@pytest.mark.parametrize("reach", [Reach(user_id="user7"), Reach(thread_id="thr_7"), EVERYBODY])
@pytest.mark.parametrize("kind", ["words", "vectors"])
async def test_what_a_search_asks_for_is_found_by_an_index(
    crowd: EmbeddedSearch, empty_store: Store, reach: Reach, kind: str
) -> None:
    with RECORDER.listening() as sent:
        if kind == "words":
            assert await crowd.text("shuttle", reach, 10)
        else:
            assert await crowd.vector(X, SPACE, reach, 10)
    for command in sent:
        plan = await explain(empty_store.database, command)
        assert plan.stages & {"IXSCAN", "DISTINCT_SCAN", "TEXT_OR", "EOF"}, command
        assert "COLLSCAN" not in plan.stages, command
        assert plan.examined <= (2000 if reach == EVERYBODY else 200), (command, plan.examined)


# ---------------------------------------------------------------- the text index


async def test_the_index_of_another_language_is_made_anew(empty_store: Store) -> None:
    entries = empty_store.search_entries.collection
    await entries.insert_one(entry(1, X, SPACE, text="die Häuser"))
    english, german = TextSearch(entries, "english"), TextSearch(entries, "german")
    await english.prepare()
    assert await english.find("Haus", EVERYBODY, 5) == []
    await german.prepare()
    assert [hit.message_id for hit in await german.find("Haus", EVERYBODY, 5)] == ["msg_000001"]


async def test_an_index_of_an_older_layout_is_made_anew(empty_store: Store) -> None:
    entries = empty_store.search_entries.collection
    await entries.create_index([("text", "text"), ("threadId", 1)], name="text")
    await entries.insert_one(entry(1, X, SPACE, text="shuttle"))
    text = TextSearch(entries, "english")
    await text.prepare()
    assert len(await text.find("shuttles", EVERYBODY, 5)) == 1


async def test_processes_that_start_at_once_make_one_index(empty_store: Store, other_client: Client) -> None:
    ours = empty_store.search_entries.collection
    theirs = other_client[empty_store.database.name]["searchEntries"]
    await TextSearch(ours, "french").prepare()
    await in_time(asyncio.gather(*(TextSearch(each, "english").prepare() for each in (ours, theirs) * 4)))
    assert (await ours.index_information())["text"]["default_language"] == "english"


async def test_a_search_while_there_is_no_index_says_so(empty_store: Store) -> None:
    with pytest.raises(UnavailableError, match="being built"):
        await TextSearch(empty_store.search_entries.collection, "english").find("shuttle", EVERYBODY, 5)


@pytest.mark.parametrize("reach", [Reach(user_id="a\ud800"), Reach(thread_id="a\ud800")])
async def test_half_a_character_is_refused(world: EmbeddedWorld, reach: Reach) -> None:
    with pytest.raises(InputError):
        await world.strategy.text("shuttle", reach, 5)
    with pytest.raises(InputError):
        await world.strategy.vector(X, SPACE, reach, 5)


def test_a_query_is_cut_to_its_telling_words() -> None:
    words = query_words(
        "of the antidisestablishment 20391 " + " ".join(f"wo{a}{b}d" for a in "abcdefgh" for b in "abcdefgh") + " tiny"
    )
    assert len(words) == MOST_WORDS
    assert {"antidisestablishment", "20391"} <= set(words)
    assert not {"of", "the", "tiny"} & set(words)


@pytest.mark.parametrize(
    ("given", "apart"),
    [
        ("plain words", None),
        ("猫", "猫"),
        ("京都の", "京 都 の 京都 都の"),
        ("use Weft用 now", "Weft 用"),
        ("ｶﾀ", "カ タ カタ"),
    ],
)
def test_characters_of_scripts_without_blanks_are_set_apart(given: str, apart: str | None) -> None:
    assert set_apart(given) == apart


async def test_mongodb_gone_is_said_so(world: EmbeddedWorld) -> None:
    with pymongo.timeout(0.000001), pytest.raises(UnavailableError):
        await world.strategy.text("shuttle", Reach(user_id="ann"), 5)
