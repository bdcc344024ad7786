"""Words of a query that very many entries have are left out where that is quicker and tells nothing (decision 17)."""

from collections.abc import Mapping, Sequence

import pytest
import pytest_asyncio
from pymongo import AsyncMongoClient
from tests.storage.explain import Recorder, explain

from weft.storage.embedded import EmbeddedMongo
from weft.storage.search.embedded import word_counts
from weft.storage.search.embedded.pockets import pocket_of
from weft.storage.search.embedded.text_search import TextSearch
from weft.storage.search.embedded.words import MOST_WORDS
from weft.storage.store import Store
from weft.storage.types import Client, Doc
from weft.threads.search import Before, Reach

ANN, EVERYBODY = Reach(user_id="ann"), Reach()
COMMON = "river mountain garden window"
RECORDER = Recorder()


def entries(words: Mapping[str, int], user: str = "ann", thread: str = "thr_a") -> list[Doc]:
    """As many entries that say just this as the number says."""
    placed: Doc = {"threadId": thread, "userId": user, "pocket": pocket_of(user, "")}
    texts = [text for text, count in words.items() for _ in range(count)]
    return [
        {"_id": f"msg_{user}_{number:06}", "text": text, "order": number, **placed} for number, text in enumerate(texts)
    ]


async def said(search: TextSearch, empty_store: Store, query: str, reach: Reach = ANN) -> set[str]:
    """The texts that are found."""
    hits = await search.find(query, reach, 1000)
    return set((await empty_store.search_entries.texts([hit.message_id for hit in hits])).values())


@pytest_asyncio.fixture(loop_scope="session")
async def search(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> TextSearch:
    """In which every collection is large, and 60 entries are counted for a query."""
    monkeypatch.setattr(word_counts, "_COUNTED", 60)
    made = TextSearch(empty_store.search_entries.collection, "english", large=0)
    await made.prepare()
    return made


async def store_all(empty_store: Store, *docs: Sequence[Doc]) -> None:
    await empty_store.search_entries.collection.insert_many([doc for some in docs for doc in some])


async def test_common_words_are_left_out_where_there_are_three_rare_ones(
    search: TextSearch, empty_store: Store
) -> None:
    await store_all(empty_store, entries({COMMON: 50, "zither": 2, "quokka garden": 1, "obelisk": 5}))
    assert await said(search, empty_store, f"a zither, {COMMON}; the quokkas obelisk") == {
        "zither",
        "quokka garden",
        "obelisk",
    }


async def test_the_three_rarest_words_are_looked_for_however_common(search: TextSearch, empty_store: Store) -> None:
    await store_all(empty_store, entries({"river": 50, "mountain": 50, "garden": 11, "window": 10, "zither": 1}))
    assert await said(search, empty_store, "river garden zither mountain window") == {"zither", "window", "garden"}


async def test_of_words_that_are_all_common_the_longest_three_are_looked_for(
    search: TextSearch, empty_store: Store
) -> None:
    await store_all(empty_store, entries(dict.fromkeys(("river", "mountain", "hat", "window"), 50)))
    assert await said(search, empty_store, "river mountain hat window") == {"mountain", "window", "river"}


async def test_words_that_nobody_says_are_none_of_the_three(search: TextSearch, empty_store: Store) -> None:
    """Nor those that are no words in the language, such as `the`."""
    await store_all(empty_store, entries({"river": 50, "garden": 50, "zither": 1}))
    query = "the zither of a xylophonist and his theremin is in the garden by the river"
    assert await said(search, empty_store, query) == {"zither", "garden", "river"}
    assert await said(search, empty_store, "the one that nobody has ever uttered") == set()


async def test_a_query_of_three_words_is_looked_for_as_it_is(search: TextSearch, empty_store: Store) -> None:
    await store_all(empty_store, entries({"river": 50, "garden": 50, "zither": 1}))
    assert await said(search, empty_store, "garden zither river") == {"zither", "garden", "river"}


async def test_in_a_small_collection_no_word_is_left_out(empty_store: Store, search: TextSearch) -> None:
    await store_all(empty_store, entries({"river": 50, "mountain": 50, "zither": 1, "quokka": 1, "obelisk": 1}))
    query = "river mountain zither quokka obelisk"
    small = TextSearch(empty_store.search_entries.collection, "english")
    assert await said(small, empty_store, query) == {"river", "mountain", "zither", "quokka", "obelisk"}
    assert await said(search, empty_store, query) == {"zither", "quokka", "obelisk"}


@pytest.mark.parametrize("reach", [Reach(user_id="bob"), Reach(thread_id="thr_b")])
async def test_how_common_a_word_is_depends_on_what_is_searched(
    search: TextSearch, empty_store: Store, reach: Reach
) -> None:
    """The two users' entries are in one pocket."""
    mine = {"river": 2, "mountain": 2, "zither": 1, "quokka": 30, "obelisk": 1}
    theirs = [doc | {"pocket": pocket_of("bob", "")} for doc in entries({"river": 50, "mountain": 50})]
    await store_all(empty_store, theirs, entries(mine, "bob", "thr_b"))
    query = "river mountain zither quokka obelisk"
    assert await said(search, empty_store, query, reach) == {"river", "mountain", "zither", "obelisk"}


async def test_what_comes_after_the_turn_does_not_make_a_word_common(search: TextSearch, empty_store: Store) -> None:
    await store_all(empty_store, entries({"river": 3, "zither": 1, "quokka": 1, "obelisk": 1, "river again": 50}))
    before = Reach(thread_id="thr_a", before=Before("thr_a", 6))
    found = await said(search, empty_store, "river zither quokka obelisk", before)
    assert found == {"river", "zither", "quokka", "obelisk"}


async def test_everybody_s_words_are_counted_in_some_pockets_and_what_is_in_others_is_found(
    search: TextSearch, empty_store: Store
) -> None:
    rare = {"zither": 1, "obelisk": 1, "quokka": 1}
    crowd = [entries({COMMON: 20} | rare, f"user{number}", f"thr_{number}") for number in range(12)]
    await store_all(empty_store, *crowd, entries({"theremin": 1}, "a hermit", "thr_x"))
    found = await said(search, empty_store, f"{COMMON} zither obelisk quokka theremin", EVERYBODY)
    assert found == {"zither", "obelisk", "quokka", "theremin"}


async def test_everybody_s_collection_that_is_empty_has_nothing(search: TextSearch) -> None:
    assert await search.find(f"{COMMON} zither", EVERYBODY, 10) == []


async def test_a_long_query_is_answered(search: TextSearch, empty_store: Store) -> None:
    await store_all(empty_store, entries({f"word{number}" * 2: 3 for number in range(60)}))
    query = " ".join(f"word{number}" * 2 for number in range(60))
    assert len(await said(search, empty_store, query)) == MOST_WORDS
    assert len(await said(search, empty_store, query, EVERYBODY)) == MOST_WORDS


async def test_counting_reads_no_more_entries_than_its_bound(
    search: TextSearch, empty_store: Store, mongod: EmbeddedMongo
) -> None:
    await store_all(empty_store, entries({COMMON: 500, "zither": 1}))
    client: Client = AsyncMongoClient(mongod.uri, event_listeners=[RECORDER])
    listened = TextSearch(client[empty_store.database.name]["searchEntries"], "english", large=0)
    with RECORDER.listening() as sent:
        await listened.find(f"zither {COMMON}", ANN, 10)
    counting = next(command for command in sent if {"$count": "count"} in command.get("pipeline", []))
    plan = await explain(empty_store.database, counting)
    assert plan.stages & {"IXSCAN", "TEXT_MATCH"}
    assert plan.examined <= 60
    await client.close()
