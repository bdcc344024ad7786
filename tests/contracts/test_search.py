"""What every way to search does alike: whose messages, by which words, how near, in which order."""

import random
import uuid
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from tests.contracts.search_history import SPACE, History
from tests.contracts.search_worlds import REAL, WORLDS, SearchWorld

from weft.errors import InputError
from weft.storage.store import Store
from weft.storage.types import Client
from weft.threads.search import Before, Reach
from weft.threads.threads import Thread
from weft.threads.vectors import Space

X = (1.0, 0.0, 0.0, 0.0)
Y = (0.0, 1.0, 0.0, 0.0)
XY = (1.0, 1.0, 0.0, 0.0)
MINUS_X = (-2.0, 0.0, 0.0, 0.0)
EVERYBODY = Reach()
ALL = [pytest.param(name, marks=pytest.mark.atlas if name == REAL else ()) for name in WORLDS]


@pytest_asyncio.fixture(scope="module", params=ALL, loop_scope="session")
async def whole_world(request: pytest.FixtureRequest, client: Client) -> AsyncGenerator[SearchWorld, None]:
    store = Store(client[f"test_{uuid.uuid4().hex}"])
    await store.create_indexes()
    async with WORLDS[request.param](store) as made:
        yield made
    await client.drop_database(store.database.name)


@pytest_asyncio.fixture(loop_scope="session")
async def world(whole_world: SearchWorld) -> SearchWorld:
    """Nothing is said in it yet."""
    await whole_world.store.search_entries.collection.delete_many({})
    await whole_world.settled()
    return whole_world


@pytest.fixture
def history(world: SearchWorld) -> History:
    return History(world.store)


async def by_words(world: SearchWorld, query: str, reach: Reach = EVERYBODY, limit: int = 100) -> list[str]:
    await world.settled()
    return [hit.message_id for hit in await world.strategy.text(query, reach, limit)]


async def by_vector(
    world: SearchWorld, vector: tuple[float, ...], reach: Reach = EVERYBODY, limit: int = 100
) -> list[str]:
    await world.settled()
    return [hit.message_id for hit in await world.strategy.vector(vector, SPACE, reach, limit)]


# ---------------------------------------------------------------- words


async def test_a_message_is_found_by_a_word_of_it(world: SearchWorld, history: History) -> None:
    thread = await history.thread("ann")
    found = await history.say(thread, "The shuttle carries the weft")
    await history.say(thread, "Nothing of that kind")
    assert await by_words(world, "shuttle") == [found]


async def test_any_word_is_enough_and_more_of_them_rank_higher(world: SearchWorld, history: History) -> None:
    thread = await history.thread("ann")
    one = await history.say(thread, "alpha beta gamma delta")
    two = await history.say(thread, "alpha bravo charlie delta")
    assert await by_words(world, "alpha charlie") == [two, one]


async def test_upper_case_makes_no_difference(world: SearchWorld, history: History) -> None:
    found = await history.say(await history.thread(), "Ask MARY about it")
    assert await by_words(world, "mary") == [found]


@pytest.mark.parametrize(
    "query",
    [
        '"shuttle loom"',
        "shuttle -weft",
        "-shuttle",
        '"',
        'shuttle"',
        "shuttle\\",
        "shuttle OR",
        "+shuttle",
        "shuttle:x",
    ],
)
async def test_nothing_in_a_query_is_syntax(world: SearchWorld, history: History, query: str) -> None:
    found = await history.say(await history.thread(), "The shuttle carries the weft")
    assert await by_words(world, query) == ([found] if "shuttle" in query else [])


@pytest.mark.parametrize("query", ["", "   ", "?!… — \"'", "\u200b", "-", "''"])
async def test_a_query_without_words_finds_nothing(world: SearchWorld, history: History, query: str) -> None:
    await history.say(await history.thread(), "The shuttle - carries ' the weft")
    assert await by_words(world, query) == []


async def test_a_query_of_pages_is_searched_by_its_telling_words(world: SearchWorld, history: History) -> None:
    found = await history.say(await history.thread(), "Invoice 20391 is about the antidisestablishment loom")
    filler = " ".join(f"w{number % 97} a of it" for number in range(5000))
    assert await by_words(world, f"antidisestablishment {filler}") == [found]


async def test_words_of_scripts_without_blanks_are_found(world: SearchWorld, history: History) -> None:
    thread = await history.thread()
    japanese = await history.say(thread, "昨日は京都の織物を見ました")
    await history.say(thread, "東は海です")
    assert await by_words(world, "織物") == [japanese]


async def test_equal_scores_are_in_the_order_of_age(world: SearchWorld, history: History) -> None:
    thread = await history.thread()
    said = [await history.say(thread, "the same shuttle", order=order) for order in range(6)]
    assert await by_words(world, "shuttle") == sorted(said)
    assert await by_words(world, "shuttle", limit=2) == sorted(said)[:2]


# ---------------------------------------------------------------- reach, of both kinds


@pytest.fixture(params=["words", "vectors"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def found(world: SearchWorld, kind: str, reach: Reach) -> set[str]:
    return set(await (by_words(world, "shuttle", reach) if kind == "words" else by_vector(world, X, reach)))


async def test_a_threads_search_finds_its_messages_only_hidden_ones_too(
    world: SearchWorld, history: History, kind: str
) -> None:
    thread, other = await history.thread("ann"), await history.thread("ann")
    mine = {await history.say(thread, "shuttle", vector=X), await history.say(thread, "shuttle", vector=X, hidden=True)}
    await history.say(other, "shuttle", vector=X)
    assert await found(world, kind, Reach(thread_id=thread.id)) == mine


async def test_a_users_search_finds_all_of_the_users_but_hidden_ones(
    world: SearchWorld, history: History, kind: str
) -> None:
    mine = [await history.say(await history.thread("ann"), "shuttle", vector=X) for _ in range(3)]
    await history.say(await history.thread("ann"), "shuttle", vector=X, hidden=True)
    await history.say(await history.thread("bob"), "shuttle", vector=X)
    await history.say(await history.thread(), "shuttle", vector=X)
    assert await found(world, kind, Reach(user_id="ann")) == set(mine)
    assert await found(world, kind, Reach(user_id="stranger")) == set()


async def test_a_search_of_everybody_finds_everybodys(world: SearchWorld, history: History, kind: str) -> None:
    everybodys = {
        await history.say(await history.thread(owner), "shuttle", vector=X) for owner in ("ann", "bob", None, "cy")
    }
    everybodys.add(await history.say(await history.thread("ann"), "shuttle", vector=X, hidden=True))
    assert await found(world, kind, EVERYBODY) == everybodys


async def test_a_thread_and_a_user_are_both_asked_for(world: SearchWorld, history: History, kind: str) -> None:
    thread = await history.thread("ann")
    mine = await history.say(thread, "shuttle", vector=X)
    await history.say(thread, "shuttle", vector=X, hidden=True)
    await history.say(await history.thread("ann"), "shuttle", vector=X)
    assert await found(world, kind, Reach(thread_id=thread.id, user_id="ann")) == {mine}
    assert await found(world, kind, Reach(thread_id=thread.id, user_id="bob")) == set()


async def test_before_bounds_its_own_thread_only(world: SearchWorld, history: History, kind: str) -> None:
    thread, other = await history.thread("ann"), await history.thread("ann")
    said = [await history.say(thread, "shuttle", vector=X, order=order) for order in range(4)]
    elsewhere = await history.say(other, "shuttle", vector=X, order=9)
    before = Before(thread.id, 2)
    assert await found(world, kind, Reach(thread_id=thread.id, before=before)) == set(said[:2])
    assert await found(world, kind, Reach(user_id="ann", before=before)) == {*said[:2], elsewhere}
    assert await found(world, kind, Reach(before=before)) == {*said[:2], elsewhere}
    assert await found(world, kind, Reach(thread_id=other.id, before=before)) == {elsewhere}


async def test_what_is_taken_back_is_not_found(world: SearchWorld, history: History, kind: str) -> None:
    thread = await history.thread("ann")
    said = [await history.say(thread, "shuttle", vector=X) for _ in range(3)]
    assert await found(world, kind, Reach(user_id="ann")) == set(said)
    await history.take_back(said[1])
    for reach in (Reach(user_id="ann"), Reach(thread_id=thread.id), EVERYBODY):
        assert await found(world, kind, reach) == {said[0], said[2]}


async def test_a_thread_that_is_given_away_is_found_by_its_new_owner(
    world: SearchWorld, history: History, kind: str
) -> None:
    thread = await history.thread("ann")
    said = await history.say(thread, "shuttle", vector=X)
    hidden = await history.say(thread, "shuttle", vector=X, hidden=True)
    for owner, former in (("bob", "ann"), (None, "bob"), ("ann", "bob")):
        assert await found(world, kind, Reach(user_id=former)) == (
            {said} if (owner, former) != ("ann", "bob") else set()
        )
        await history.move(thread, owner)
        assert await found(world, kind, Reach(user_id=former)) == set()
        assert await found(world, kind, Reach(user_id=owner)) == ({said} if owner else {said, hidden})
        assert await found(world, kind, Reach(thread_id=thread.id)) == {said, hidden}


async def test_a_new_text_is_found_and_the_former_is_not(world: SearchWorld, history: History) -> None:
    thread = await history.thread("ann")
    said = await history.say(thread, "織物 shuttle", vector=X)
    assert await by_words(world, "織物") == [said]
    assert await by_vector(world, X) == [said]
    await history.reword(said, "bobbin")
    assert await by_words(world, "shuttle 織物") == []
    assert await by_words(world, "bobbin") == [said]
    assert await by_vector(world, X) == []
    await history.embed(said, Y)
    assert await by_vector(world, Y) == [said]


# ---------------------------------------------------------------- vectors


async def test_the_nearest_come_first_with_their_cosines(world: SearchWorld, history: History) -> None:
    thread = await history.thread()
    far = await history.say(thread, "far", vector=MINUS_X)
    near = await history.say(thread, "near", vector=(10.0, 0.0, 0.0, 0.0))
    between = await history.say(thread, "between", vector=XY)
    await history.say(thread, "has no vector")
    await world.settled()
    hits = await world.strategy.vector((0.5, 0.0, 0.0, 0.0), SPACE, EVERYBODY, 10)
    assert [hit.message_id for hit in hits] == [near, between, far]
    assert [hit.score for hit in hits] == pytest.approx([1.0, 2**-0.5, -1.0], abs=1e-5)


async def test_only_so_many_are_found(world: SearchWorld, history: History) -> None:
    thread = await history.thread()
    said = [await history.say(thread, "x", vector=(1.0, number / 10, 0.0, 0.0)) for number in range(8)]
    assert await by_vector(world, X, limit=3) == said[:3]
    assert await by_vector(world, X, limit=1) == said[:1]


async def test_equally_near_ones_are_in_the_order_of_age(world: SearchWorld, history: History) -> None:
    thread = await history.thread()
    said = [await history.say(thread, "x", vector=tuple(n * (number + 1) for n in XY)) for number in range(6)]
    assert await by_vector(world, X, limit=4) == sorted(said)[:4]


async def test_very_long_and_very_short_vectors_are_compared_by_direction(world: SearchWorld, history: History) -> None:
    thread = await history.thread()
    long = await history.say(thread, "long", vector=(3e38, 3e38, 0.0, 0.0))
    short = await history.say(thread, "short", vector=(1e-30, 2e-30, 0.0, 0.0))
    await world.settled()
    hits = await world.strategy.vector((1e38, 1e38, 0.0, 0.0), SPACE, EVERYBODY, 10)
    assert [hit.message_id for hit in hits] == [long, short]
    assert [hit.score for hit in hits] == pytest.approx([1.0, 3 / 10**0.5], abs=1e-5)


async def test_spaces_side_by_side_never_mix(world: SearchWorld, history: History) -> None:
    thread = await history.thread()
    both = await history.say(thread, "both", vector=X)
    await history.say(thread, "first alone", vector=X)
    history.model = "test:other"
    other = Space("test:other", 4)
    await history.embed(both, Y)
    history.model = "test:small"
    wide = Space("test:small", 6)
    await world.strategy.prepare([SPACE, other])
    await world.settled()
    hits = await world.strategy.vector(X, other, EVERYBODY, 10)
    assert [hit.message_id for hit in hits] == [both]
    assert hits[0].score == pytest.approx(0.0, abs=1e-5)
    assert len(await world.strategy.vector(X, SPACE, EVERYBODY, 10)) == 2
    assert list(await world.strategy.vector((*X, 0.0, 0.0), wide, EVERYBODY, 10)) == []


async def test_a_vector_of_another_dimension_is_refused(world: SearchWorld, history: History) -> None:
    await history.say(await history.thread(), "x", vector=X)
    await world.settled()
    with pytest.raises(InputError, match="3 numbers"):
        await world.strategy.vector((1.0, 0.0, 0.0), SPACE, EVERYBODY, 10)


async def test_both_finds_what_each_finds(world: SearchWorld, history: History) -> None:
    thread = await history.thread("ann")
    for number in range(5):
        await history.say(thread, "shuttle" if number % 2 else "loom", vector=(1.0, number, 0.0, 0.0))
    await world.settled()
    reach = Reach(user_id="ann")
    texts, vectors = await world.strategy.both("shuttle", X, SPACE, reach, 3)
    assert list(texts) == list(await world.strategy.text("shuttle", reach, 3))
    assert list(vectors) == list(await world.strategy.vector(X, SPACE, reach, 3))


# ---------------------------------------------------------------- any history


@pytest.mark.parametrize("seed", range(4))
async def test_after_any_history_every_search_finds_what_it_must(
    world: SearchWorld, history: History, seed: int
) -> None:
    chance = random.Random(seed)
    threads = [await history.thread(owner) for owner in ("ann", "ann", "bob", None)]
    for _ in range(12):
        for _ in range(8):
            await _happen(chance, history, threads)
        await world.settled()
        for _ in range(4):
            await _look(chance, world, history, threads)


def _numbers(chance: random.Random) -> tuple[float, ...]:
    """Few values, so that many are equally near."""
    return (1.0, *(float(chance.randint(-2, 2)) for _ in range(3)))


WORDS = ("shuttle", "loom", "bobbin", "heddle", "treadle")


async def _happen(chance: random.Random, history: History, threads: list[Thread]) -> None:
    words = " ".join(chance.sample(WORDS, 2))
    known = sorted(history.said)
    match chance.choice(["say"] * 5 + ["reword", "embed", "take back", "move"] if known else ["say"]):
        case "say":
            vector = _numbers(chance) if chance.random() < 0.8 else None
            hidden, order = chance.random() < 0.2, chance.randint(0, 9)
            await history.say(chance.choice(threads), words, vector=vector, order=order, hidden=hidden)
        case "reword":
            await history.reword(chance.choice(known), words)
        case "embed":
            await history.embed(chance.choice(known), _numbers(chance))
        case "take back":
            await history.take_back(chance.choice(known))
        case _:
            await history.move(chance.choice(threads), chance.choice(["ann", "bob", None]))


async def _look(chance: random.Random, world: SearchWorld, history: History, threads: list[Thread]) -> None:
    reach = Reach(
        chance.choice([None, chance.choice(threads).id]),
        chance.choice([None, "ann", "bob"]),
        chance.choice([None, Before(chance.choice(threads).id, chance.randint(0, 10))]),
    )
    words = chance.sample(WORDS, 2)
    texts = await world.strategy.text(" ".join(words), reach, 1000)
    assert {hit.message_id for hit in texts} == history.with_words(words, reach)
    vector, limit = _numbers(chance), chance.choice([1, 3, 1000])
    hits = await world.strategy.vector(vector, SPACE, reach, limit)
    wanted = history.nearest(vector, reach, limit)
    assert [hit.message_id for hit in hits] == [message_id for message_id, _ in wanted]
    assert [hit.score for hit in hits] == pytest.approx([score for _, score in wanted], abs=1e-5)
