"""Search by MongoDB's own indexes, on a real mongod behind a server that answers search as Atlas documents it."""

import asyncio
import math
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from tests.storage.atlas_world import SPACE, VECTORS, World, world
from tests.support import in_time, wait_until

from weft.errors import ConfigError, InputError, UnavailableError, WeftError
from weft.storage.embedded import EmbeddedMongo
from weft.storage.search.atlas.queries import MAX_CANDIDATES, fused, searchable, text_search, vector_search
from weft.storage.search.atlas.ties import untied
from weft.threads.search import Before, Reach, TextHit, fuse
from weft.threads.vectors import Space

EVERYWHERE = Reach()
OTHER = Space("test:other", 2)


@pytest_asyncio.fixture(loop_scope="session")
async def there(mongod: EmbeddedMongo, database: str) -> AsyncGenerator[World, None]:
    async with world(mongod, database) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def older(mongod: EmbeddedMongo, database: str) -> AsyncGenerator[World, None]:
    """A server without `$rankFusion`."""
    async with world(mongod, database, rank_fusion=False) as opened:
        yield opened


async def some(there: World) -> dict[str, str]:
    """Messages of three threads and two users, by a word that only one of them has."""
    first, second, third = await there.thread("ann"), await there.thread("ann"), await there.thread("bob")
    made = {
        "oak": await there.say(first, "the boat is built of oak", (1.0, 0.0, 0.0)),
        "ash": await there.say(first, "oars are made of ash", (0.8, 0.6, 0.0)),
        "sail": await there.say(second, "a boat with a red sail", (0.0, 1.0, 0.0)),
        "harbour": await there.say(third, "the boat left the harbour", (-1.0, 0.0, 0.0)),
        "silence": await there.say(third, "nothing was said of it"),
    }
    await there.indexed()
    return made | {"first": first.id, "second": second.id, "third": third.id}


# ---------------------------------------------------------------- text


async def test_messages_with_words_of_the_query_are_found_the_best_first(there: World) -> None:
    made = await some(there)
    hits = await there.search.text("red boat", EVERYWHERE, 10)
    assert next(hit.message_id for hit in hits) == made["sail"]
    assert {hit.message_id for hit in hits} == {made["sail"], made["oak"], made["harbour"]}
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert await there.search.text("red boat", EVERYWHERE, 1) == hits[:1]


async def test_words_are_found_in_other_forms_of_theirs(there: World) -> None:
    made = await some(there)
    assert [hit.message_id for hit in await there.search.text("building boats", EVERYWHERE, 1)] == [made["oak"]]


@pytest.mark.parametrize("query", ["", " \n\t", "?!", "the of a", '"', "-boat -", "zebra"])
async def test_a_query_that_has_no_word_of_any_message_finds_none_and_is_no_error(there: World, query: str) -> None:
    await some(there)
    found = await there.search.text(query, EVERYWHERE, 10)
    assert bool(found) == ("boat" in query)


async def test_a_search_is_bounded_to_a_thread_or_to_a_user(there: World) -> None:
    made = await some(there)

    async def found(reach: Reach) -> tuple[set[str], set[str]]:
        text = await there.search.text("boat ash", reach, 10)
        near = await there.search.vector((1.0, 0.0, 0.0), SPACE, reach, 10)
        return {hit.message_id for hit in text}, {hit.message_id for hit in near}

    in_first = {made["oak"], made["ash"]}
    of_bob = {made["harbour"]}
    assert await found(Reach(thread_id=made["first"])) == (in_first, in_first)
    assert await found(Reach(user_id="ann")) == (in_first | {made["sail"]}, in_first | {made["sail"]})
    assert await found(Reach(user_id="bob")) == (of_bob, of_bob)
    assert await found(Reach(thread_id=made["first"], user_id="bob")) == (set(), set())
    assert await found(Reach(user_id="nobody")) == (set(), set())


async def test_what_comes_at_or_after_a_turn_is_left_out_in_its_own_thread_only(there: World) -> None:
    made = await some(there)

    async def found(reach: Reach) -> set[str]:
        text = await there.search.text("boat ash", reach, 10)
        near = await there.search.vector((1.0, 0.0, 0.0), SPACE, reach, 10)
        assert {hit.message_id for hit in text} == {hit.message_id for hit in near}
        return {hit.message_id for hit in text}

    before = Before(made["first"], 1)
    assert await found(Reach(before=before)) == {made["oak"], made["sail"], made["harbour"]}
    assert await found(Reach(user_id="ann", before=before)) == {made["oak"], made["sail"]}
    assert await found(Reach(thread_id=made["first"], before=before)) == {made["oak"]}
    assert await found(Reach(thread_id=made["first"], before=Before(made["first"], 0))) == set()
    assert await found(Reach(thread_id=made["second"], before=before)) == {made["sail"]}


async def test_a_message_hidden_from_its_user_is_found_in_its_thread_only(there: World) -> None:
    thread = await there.thread("ann")
    hidden = await there.say(thread, "a secret boat", (1.0, 0.0, 0.0), hidden_from_user_search=True)
    await there.indexed()
    for hits in (
        await there.search.text("boat", Reach(thread_id=thread.id), 5),
        await there.search.vector((1.0, 0.0, 0.0), SPACE, Reach(thread_id=thread.id), 5),
    ):
        assert [hit.message_id for hit in hits] == [hidden]
    assert await there.search.text("boat", Reach(user_id="ann"), 5) == []
    assert await there.search.vector((1.0, 0.0, 0.0), SPACE, Reach(user_id="ann"), 5) == []


async def test_a_query_of_a_whole_book_is_searched_for(there: World) -> None:
    made = await some(there)
    book = "sail " + "of a to in word " * 30_000
    assert [hit.message_id for hit in await there.search.text(book, EVERYWHERE, 5)] == [made["sail"]]


def test_a_short_query_is_left_as_it_is_and_of_a_long_one_the_telling_words_are_asked_for() -> None:
    assert searchable("  It's\n an e-mail: a@b!  ") == "It's an e-mail: a@b!"
    words = searchable("the quick brown fox " * 500 + "invoice 20391").split()
    assert sorted(words) == ["20391", "brown", "fox", "invoice", "quick", "the"]
    assert len(searchable(" ".join(f"word{n}" for n in range(5000))).split()) == 40
    assert len(searchable("船は海を行く" * 1000).split()) <= 40


def test_a_query_is_also_asked_for_by_the_parts_of_what_lucene_takes_for_one_word() -> None:
    assert searchable("note:buy 3.14 e.g. a,b") == "note:buy 3.14 e.g. a,b note buy 3 14 e g. a b"


# ---------------------------------------------------------------- vectors


async def test_the_nearest_are_found_with_their_cosines(there: World) -> None:
    made = await some(there)
    hits = await there.search.vector((2.0, 0.0, 0.0), SPACE, EVERYWHERE, 10)
    assert [hit.message_id for hit in hits] == [made["oak"], made["ash"], made["sail"], made["harbour"]]
    for hit, cosine in zip(hits, (1.0, 0.8, 0.0, -1.0), strict=True):
        assert math.isclose(hit.score, cosine, abs_tol=1e-6)
    assert await there.search.vector((2.0, 0.0, 0.0), SPACE, EVERYWHERE, 2) == hits[:2]


async def test_equal_hits_come_in_the_order_of_age_whenever_they_were_indexed(there: World) -> None:
    thread = await there.thread()
    ids = [await there.say(thread, "the same boat", (0.0, 1.0, 0.0)) for _ in range(6)]
    await there.indexed()
    await there.store.search_entries.collection.update_one({"_id": ids[0]}, {"$set": {"touched": True}})
    await there.server.caught_up()
    text, near = await there.search.both("boat", (0.0, 1.0, 0.0), SPACE, EVERYWHERE, 10)
    assert [hit.message_id for hit in near] == [hit.message_id for hit in text] == sorted(ids)
    for limit in (1, 2, 5, 10):
        text, near = await there.search.both("boat", (0.0, 1.0, 0.0), SPACE, EVERYWHERE, limit)
        assert text == await there.search.text("boat", EVERYWHERE, limit)
        assert [hit.message_id for hit in near] == [hit.message_id for hit in text] == sorted(ids)[:limit]


async def test_the_order_among_more_equal_hits_than_anybody_reads_is_the_servers() -> None:
    asked: list[int] = []

    async def ask(limit: int) -> list[TextHit]:
        asked.append(limit)
        return [TextHit(f"msg_{9999 - number}", 1.0) for number in range(limit)]

    hits = await untied(ask, 10)
    assert asked == [11, 44, 176, 704, 2000]
    assert [hit.message_id for hit in hits] == [f"msg_{8000 + number}" for number in range(10)]
    assert len(await untied(ask, MAX_CANDIDATES)) == MAX_CANDIDATES


def test_within_a_thread_all_vectors_are_compared_and_else_enough_of_them() -> None:
    (stage,) = vector_search((1.0,), OTHER, Reach(thread_id="thr_1"), 10)
    assert stage["$vectorSearch"]["exact"] is True
    assert "numCandidates" not in stage["$vectorSearch"]
    for limit, candidates in ((1, 200), (40, 800), (1000, MAX_CANDIDATES), (MAX_CANDIDATES, MAX_CANDIDATES)):
        (stage,) = vector_search((1.0,), OTHER, Reach(user_id="ann"), limit)
        assert stage["$vectorSearch"]["numCandidates"] == candidates
        assert "exact" not in stage["$vectorSearch"]


async def test_spaces_are_searched_apart_from_each_other(there: World) -> None:
    thread = await there.thread()
    three = await there.say(thread, "three numbers", (1.0, 0.0, 0.0))
    two = await there.say(thread, "two numbers", (1.0, 0.0), OTHER)
    await there.indexed()
    assert [hit.message_id for hit in await there.search.vector((1.0, 0.0), OTHER, EVERYWHERE, 5)] == [two]
    assert [hit.message_id for hit in await there.search.vector((1.0, 0.0, 0.0), SPACE, EVERYWHERE, 5)] == [three]


@pytest.mark.parametrize(
    ("vector", "limit", "said"),
    [
        ((1.0, 0.0), 5, "the vector has 2 numbers; those of test:three have 3"),
        ((), 5, "0 numbers"),
        ((0.0, 0.0, 0.0), 5, "no direction"),
        ((1.0, math.nan, 0.0), 5, "must be finite"),
        ((1.0, 1e39, 0.0), 5, "must be finite"),
        ((1.0, 0.0, 0.0), 0, "cannot give 0 hits; ask for 1 to 10000"),
        ((1.0, 0.0, 0.0), -1, "cannot give -1 hits"),
        ((1.0, 0.0, 0.0), 10_001, "cannot give 10001 hits"),
    ],
)
async def test_what_cannot_be_searched_for_is_refused(
    there: World, vector: tuple[float, ...], limit: int, said: str
) -> None:
    for asked in (
        there.search.vector(vector, SPACE, EVERYWHERE, limit),
        there.search.both("boat", vector, SPACE, EVERYWHERE, limit),
    ):
        with pytest.raises(InputError, match=said):
            await asked
    if not 1 <= limit <= MAX_CANDIDATES:
        with pytest.raises(InputError, match=said):
            await there.search.text("boat", EVERYWHERE, limit)


# ---------------------------------------------------------------- both


async def test_both_are_found_with_one_question_and_are_what_each_alone_finds(there: World) -> None:
    await some(there)
    query, vector = "red boat", (0.6, 0.8, 0.0)
    await there.search.both(query, vector, SPACE, EVERYWHERE, 3)
    for reach in (EVERYWHERE, Reach(user_id="ann"), Reach(user_id="nobody")):
        with there.recorder.listening() as sent:
            text, near = await there.search.both(query, vector, SPACE, reach, 3)
        assert len(sent) == 1
        assert text == await there.search.text(query, reach, 3)
        assert near == await there.search.vector(vector, SPACE, reach, 3)


async def test_the_servers_fusion_is_ours(there: World) -> None:
    await some(there)
    query, vector = "red boat", (0.6, 0.8, 0.0)
    pipeline = fused(text_search(query, EVERYWHERE, 10), vector_search(vector, SPACE, EVERYWHERE, 10))
    pipeline[-1] = {"$project": {"score": {"$meta": "score"}}}
    cursor = await there.store.search_entries.collection.aggregate(pipeline)
    server = {doc["_id"]: doc["score"] for doc in await cursor.to_list()}
    ours = fuse(*await there.search.both(query, vector, SPACE, EVERYWHERE, 10), 10)
    assert len(ours) == 4
    assert {hit.message_id: pytest.approx(hit.score, abs=1e-15) for hit in ours} == server
    assert [hit.message_id for hit in ours] == sorted(server, key=lambda one: -server[one])


async def test_an_older_server_is_asked_twice_and_for_fusion_only_once(older: World) -> None:
    await some(older)
    asked = ("red boat", (0.6, 0.8, 0.0), SPACE, EVERYWHERE, 3)
    with older.recorder.listening() as sent:
        first = await older.search.both(*asked)
        again = await older.search.both(*asked)
    stages = [next(iter(command["pipeline"][0])) for command in sent if "pipeline" in command]
    assert stages.count("$rankFusion") == 1
    assert stages.count("$search") == stages.count("$vectorSearch") == 2
    assert first == again
    assert first[0] == await older.search.text("red boat", EVERYWHERE, 3)
    assert first[1] == await older.search.vector((0.6, 0.8, 0.0), SPACE, EVERYWHERE, 3)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (40324, "Unrecognized pipeline stage name: '$rankFusion'"),
        (224, "$rankFusion is not allowed with the current configuration. You may need to enable the feature flag."),
    ],
)
async def test_a_server_that_was_set_back_is_searched_all_the_same(there: World, code: int, text: str) -> None:
    await some(there)
    asked = ("red boat", (0.6, 0.8, 0.0), SPACE, EVERYWHERE, 3)
    fused_hits = await there.search.both(*asked)
    there.server.fail("$rankFusion", code, text)
    assert await there.search.both(*asked) == fused_hits
    there.server.fail("$rankFusion", 8, "is not asked for again")
    assert await there.search.both(*asked) == fused_hits


async def test_documents_too_large_to_be_fused_are_searched_twice_this_time(there: World) -> None:
    await some(there)
    asked = ("red boat", (0.6, 0.8, 0.0), SPACE, EVERYWHERE, 3)
    fused_hits = await there.search.both(*asked)
    there.server.fail("$rankFusion", 10334, "BSONObj size: 20971520 is invalid", times=1)
    assert await there.search.both(*asked) == fused_hits
    with there.recorder.listening() as sent:
        await there.search.both(*asked)
    assert [next(iter(command["pipeline"][0])) for command in sent] == ["$rankFusion"]


async def test_without_words_or_without_vectors_both_finds_the_other(there: World) -> None:
    made = await some(there)
    text, near = await there.search.both(" ", (1.0, 0.0, 0.0), SPACE, EVERYWHERE, 1)
    assert (text, [hit.message_id for hit in near]) == ([], [made["oak"]])
    text, near = await there.search.both("harbour", (1.0, 0.0), OTHER, EVERYWHERE, 1)
    assert ([hit.message_id for hit in text], near) == ([made["harbour"]], [])


# ---------------------------------------------------------------- indexes that are not as they should be


async def test_where_nothing_is_nothing_is_found_and_nothing_is_made(there: World) -> None:
    assert await there.search.text("boat", EVERYWHERE, 5) == []
    assert await there.search.vector((1.0, 0.0, 0.0), SPACE, EVERYWHERE, 5) == []
    assert await there.search.both("boat", (1.0, 0.0, 0.0), SPACE, EVERYWHERE, 5) == ([], [])
    assert await there.search.indexes.names() == set()


async def test_an_index_that_nobody_made_is_made_by_the_first_search_which_says_so(there: World) -> None:
    thread = await there.thread()
    message = await there.say(thread, "the boat", (1.0, 0.0, 0.0))
    with pytest.raises(UnavailableError, match="starts to build the search index weft_text; try again"):
        await there.search.text("boat", EVERYWHERE, 5)
    with pytest.raises(UnavailableError, match=f"starts to build the search index {VECTORS}"):
        await there.search.vector((1.0, 0.0, 0.0), SPACE, EVERYWHERE, 5)
    await there.server.finish_building()
    assert [hit.message_id for hit in await there.search.text("boat", EVERYWHERE, 5)] == [message]
    found = await there.search.vector((1.0, 0.0, 0.0), SPACE, EVERYWHERE, 5)
    assert [hit.message_id for hit in found] == [message]


async def test_an_index_that_was_dropped_under_way_is_noticed_instead_of_finding_nothing_for_ever(
    mongod: EmbeddedMongo, database: str
) -> None:
    async with world(mongod, database, look_again=0) as there:
        await some(there)
        assert await there.search.text("boat", EVERYWHERE, 5)
        for name in ("weft_text", VECTORS):
            await there.store.search_entries.collection.drop_search_index(name)
        await there.server.finish_building()
        for asked in (
            there.search.text("boat", EVERYWHERE, 5),
            there.search.vector((1.0, 0.0, 0.0), SPACE, EVERYWHERE, 5),
        ):
            with pytest.raises(UnavailableError, match="starts to build"):
                await asked
        await there.server.finish_building()
        assert all(await there.search.both("boat", (1.0, 0.0, 0.0), SPACE, EVERYWHERE, 5))


async def test_while_an_index_is_built_every_search_says_so(there: World) -> None:
    thread = await there.thread()
    await there.say(thread, "the boat", (1.0, 0.0, 0.0))
    there.server.hold_builds()
    await there.search.prepare([SPACE])
    for asked in (
        there.search.text("boat", EVERYWHERE, 5),
        there.search.vector((1.0, 0.0, 0.0), SPACE, EVERYWHERE, 5),
        there.search.both("boat", (1.0, 0.0, 0.0), SPACE, EVERYWHERE, 5),
    ):
        with pytest.raises(UnavailableError, match=r"still builds the search index weft_.* \(state INITIAL_SYNC\)"):
            await asked


BUILDING = "PlanExecutor error during aggregation :: caused by :: cannot query vector index 5f (x) while in state {}"
MONGOT = "PlanExecutor error during aggregation :: caused by :: {}"


@pytest.mark.parametrize(
    ("code", "text", "kind", "said"),
    [
        (8, BUILDING.format("NOT_STARTED"), UnavailableError, "still builds .* NOT_STARTED"),
        (8, BUILDING.format("UNKNOWN"), UnavailableError, "still builds .* UNKNOWN"),
        (8, BUILDING.format("FAILED"), UnavailableError, "could not build .*`weft search drop-indexes`"),
        (8, MONGOT.format(f"Index {VECTORS} not initialized"), UnavailableError, "still builds"),
        (8, MONGOT.format("vectors.x is not indexed as vector"), UnavailableError, "run `weft search create-indexes`"),
        (8, MONGOT.format("Path 'order' needs to be indexed as number"), UnavailableError, "create-indexes"),
        (
            8,
            MONGOT.format("vector field is indexed with 3 dimensions but queried with 4"),
            InputError,
            "another dimension than its index: vector field is indexed with 3 dimensions but queried with 4",
        ),
        (
            8,
            MONGOT.format("Cosine similarity cannot be calculated against a zero vector."),
            InputError,
            "cannot be compared",
        ),
        (7912700, "Expected limit to be positive", InputError, "limit of the search is out of range"),
        (6, "Error connecting to localhost:27027", UnavailableError, r"\(mongot\) does not answer"),
        (125, "Error connecting to Search Index Management service.", UnavailableError, r"\(mongot\) does not answer"),
        (50, "operation exceeded time limit", UnavailableError, "try again"),
        (13, "not authorized on weft to execute command", ConfigError, "give it the role readWrite"),
        (31082, "Using $search requires additional configuration.", UnavailableError, "no search any more: restart"),
    ],
)
async def test_what_the_server_says_becomes_what_can_be_done(
    there: World, code: int, text: str, kind: type[WeftError], said: str
) -> None:
    await some(there)
    for stage in ("$vectorSearch", "$rankFusion"):
        there.server.fail(stage, code, text)
    for asked in (
        there.search.vector((1.0, 0.0, 0.0), SPACE, EVERYWHERE, 5),
        there.search.both("boat", (1.0, 0.0, 0.0), SPACE, EVERYWHERE, 5),
    ):
        with pytest.raises(kind, match=said):
            await asked
    for stage in ("$vectorSearch", "$rankFusion"):
        there.server.mend(stage)
    assert await there.search.vector((1.0, 0.0, 0.0), SPACE, EVERYWHERE, 5)


async def test_a_server_that_hangs_up_does_not_answer(there: World) -> None:
    await some(there)
    there.server.hang_up("$search")
    with pytest.raises(UnavailableError, match="does not answer"):
        await there.search.text("boat", EVERYWHERE, 5)
    there.server.mend("$search")
    assert await there.search.text("boat", EVERYWHERE, 5)


async def test_what_was_deleted_is_not_found_though_the_index_still_has_it(there: World) -> None:
    made = await some(there)
    there.server.hold()
    await there.store.search_entries.collection.delete_one({"_id": made["oak"]})
    text, near = await there.search.both("oak", (1.0, 0.0, 0.0), SPACE, EVERYWHERE, 10)
    assert text == []
    assert made["oak"] not in {hit.message_id for hit in near}
    there.server.release()


# ---------------------------------------------------------------- indexes as spaces come into being


async def running(there: World) -> "asyncio.Task[None]":
    return asyncio.create_task(there.search.run())


async def stopped(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_first_vector_of_a_space_has_its_index_made(there: World) -> None:
    task = await running(there)
    try:
        await wait_until(lambda: _has(there, "weft_text"))
        await there.say(await there.thread(), "the boat", (1.0, 0.0, 0.0))
        await wait_until(lambda: _has(there, VECTORS))
        assert not task.done()
    finally:
        await stopped(task)


async def test_a_failure_to_make_an_index_fails_no_message_and_is_said_once(
    there: World, caplog: pytest.LogCaptureFixture
) -> None:
    there.server.fail("createSearchIndexes", 125, "Error connecting to Search Index Management service.")
    task = await running(there)
    try:
        await wait_until(lambda: "not as they should be" in caplog.text)
        thread = await there.thread()
        await there.say(thread, "the boat", (1.0, 0.0, 0.0))
        there.server.mend("createSearchIndexes")
        await there.say(thread, "two numbers", (1.0, 0.0), OTHER)
        await wait_until(lambda: _has(there, f"weft_vector_{OTHER.key}"))
        assert await _has(there, VECTORS)
        assert caplog.text.count("not as they should be") == 1
    finally:
        await stopped(task)


async def _has(there: World, name: str) -> bool:
    return name in await there.search.indexes.names()


async def test_many_searches_at_once_make_an_index_once(there: World) -> None:
    await there.say(await there.thread(), "the boat", (1.0, 0.0, 0.0))
    asked: list[Any] = [there.search.vector((1.0, 0.0, 0.0), SPACE, EVERYWHERE, 5) for _ in range(20)]
    outcomes = await in_time(asyncio.gather(*asked, return_exceptions=True))
    assert all(isinstance(each, UnavailableError) or each == [] for each in outcomes)
    await there.server.finish_building()
    assert await there.search.vector((1.0, 0.0, 0.0), SPACE, EVERYWHERE, 5)
