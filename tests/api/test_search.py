"""Searching messages: by their words, by their meaning, by both; and what is no search."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import AsyncMongoClient
from tests.agents.embedders import ByThings, vector_of
from tests.storage.explain import Recorder

from weft.agents.agent import Agent
from weft.errors import ProviderError
from weft.resolvers.engine import Engine
from weft.resolvers.errors import RequestError
from weft.resolvers.root import schema
from weft.storage.embedded import EmbeddedMongo
from weft.testing import ScriptedModel

if TYPE_CHECKING:
    from tests.api.conftest import Api

SEARCH = """query($input: SearchMessagesInput!) { searchMessages(input: $input) {
  message { id text order threadId } thread { id title } snippet score textRank vectorRank vectorScore } }"""
THRESHOLD = 'query { searchMessages(input: { query: "a", vectorScoreThreshold: %s }) { score } }'
SAVE = """mutation($input: SaveMessagesInput!) { saveMessages(input: $input) {
  messages { id } userErrors { errorMessage path } } }"""

RECORDER = Recorder()

TALK = (
    "I cannot log in, my password does not work.",
    "The chain of my bicycle is broken.",
    "When does the flight to Rome leave?",
    "Please send the invoice for order 4711.",
)


async def save(api: "Api", thread_id: str, *texts: str, **options: Any) -> list[str]:
    """The ids of messages of the user, with the vectors that `ByThings` makes."""
    vectors = {"model": "test:things", "vectors": [vector_of(text) for text in texts]}
    messages = [{"prompt": text} for text in texts]
    given = {"threadId": thread_id, "messages": messages, "embeddings": vectors, **options}
    saved = (await api(SAVE, input=given))["saveMessages"]
    assert saved["userErrors"] == []
    return [message["id"] for message in saved["messages"]]


async def texts(api: "Api", **given: Any) -> list[str]:
    return [hit["message"]["text"] for hit in (await api(SEARCH, input=given))["searchMessages"]]


async def talk(api: "Api", user_id: str | None = "ann", lines: Sequence[str] = TALK, **options: Any) -> str:
    """A thread in which these lines were said."""
    thread_id = await api.new_thread(userId=user_id, title="A talk")
    await save(api, thread_id, *lines, **options)
    return thread_id


# What is found


async def test_messages_are_found_by_their_words_in_any_form(api: "Api") -> None:
    thread_id = await talk(api)
    [hit] = (await api(SEARCH, input={"query": "invoices", "threadId": thread_id}))["searchMessages"]
    assert hit["message"]["text"] == TALK[3]
    assert hit["message"]["threadId"] == thread_id
    assert hit["thread"] == {"id": thread_id, "title": "A talk"}
    assert hit["snippet"] == TALK[3]
    assert (hit["textRank"], hit["vectorRank"], hit["vectorScore"]) == (1, None, None)
    assert hit["score"] == pytest.approx(1 / 61)


async def test_messages_are_found_by_their_meaning_where_an_agent_has_an_embedding_model(
    start: Callable[..., Any],
) -> None:
    api: Api = await start(embedding_model=ByThings())
    thread_id = await talk(api)
    [hit, *others] = (await api(SEARCH, input={"query": "locked out of my account", "threadId": thread_id}))[
        "searchMessages"
    ]
    assert hit["message"]["text"] == TALK[0]
    assert (hit["textRank"], hit["vectorRank"]) == (None, 1)
    assert hit["vectorScore"] == pytest.approx(1.0, abs=0.01)
    assert all(other["vectorScore"] < 0.2 for other in others)


async def test_both_searches_make_one_ranking_and_a_hit_of_both_comes_first(start: Callable[..., Any]) -> None:
    api: Api = await start(embedding_model=ByThings())
    lines = ("The wheel is flat.", "A shop for chain and brakes", "The chain of command", "We met in Rome.")
    thread_id = await talk(api, lines=lines)
    hits = (await api(SEARCH, input={"query": "shop for a bicycle with brakes", "threadId": thread_id}))[
        "searchMessages"
    ]
    assert hits[0]["message"]["text"] == "A shop for chain and brakes"
    assert (hits[0]["textRank"], hits[0]["vectorRank"]) == (1, 1)
    assert hits[0]["score"] == pytest.approx(2 / 61)
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)


async def test_either_search_can_be_left_out(start: Callable[..., Any]) -> None:
    api: Api = await start(embedding_model=ByThings())
    thread_id = await talk(api, lines=("The wheel is flat.", "A bicycle? No: the word bicycle.", "Nothing of it"))
    where = {"query": "bicycle", "threadId": thread_id}
    assert await texts(api, **where, vectorSearch=False) == ["A bicycle? No: the word bicycle."]
    by_meaning = await texts(api, **where, textSearch=False, vectorScoreThreshold=0.5)
    assert set(by_meaning) == {"The wheel is flat.", "A bicycle? No: the word bicycle."}


async def test_the_best_are_kept_not_the_oldest(api: "Api") -> None:
    """behaviour.md row 99 keeps the oldest."""
    thread_id = await talk(api, lines=("zebra " + "and more " * 30, "a zebra beside others", "zebra zebra zebra"))
    assert await texts(api, query="zebra", threadId=thread_id, limit=1) == ["zebra zebra zebra"]


async def test_only_vectors_above_the_threshold_are_hits(start: Callable[..., Any]) -> None:
    api: Api = await start(embedding_model=ByThings())
    thread_id = await talk(api)
    given = {"query": "account", "threadId": thread_id, "textSearch": False}
    assert await texts(api, **given, vectorScoreThreshold=0.5) == [TALK[0]]
    assert await texts(api, **given, vectorScoreThreshold=1) == []
    assert len(await texts(api, **given, vectorScoreThreshold=-1)) == 4


# Where it is looked for


async def test_a_search_is_for_a_thread_for_a_user_or_for_all(api: "Api") -> None:
    first, second = await talk(api, lines=["a zebra of ann"]), await talk(api, lines=["another zebra of ann"])
    await talk(api, "bob", lines=["a zebra of bob"])
    nobodys = await talk(api, None, lines=["a zebra of nobody"])
    assert await texts(api, query="zebra", threadId=first) == ["a zebra of ann"]
    assert await texts(api, query="zebra", threadId=nobodys) == ["a zebra of nobody"]
    assert set(await texts(api, query="zebra", userId="ann")) == {"a zebra of ann", "another zebra of ann"}
    assert await texts(api, query="zebra", threadId=second, userId="ann") == ["another zebra of ann"]
    assert len(await texts(api, query="zebra")) == 4
    assert await texts(api, query="zebra", userId="carl") == []


async def test_what_is_hidden_from_user_search_is_found_in_its_own_thread_only(api: "Api") -> None:
    thread_id = await talk(api, lines=["a secret zebra"], hideFromUserIdSearch=True)
    assert await texts(api, query="zebra", userId="ann") == []
    assert await texts(api, query="zebra", threadId=thread_id) == ["a secret zebra"]


async def test_the_thread_must_be_that_users_when_both_are_given(common: "Api") -> None:
    thread_id = await talk(common)
    for user_id in ("bob", ""):
        error = await common.error(SEARCH, input={"query": "zebra", "threadId": thread_id, "userId": user_id})
        assert error == ("NOT_FOUND", f"thread {thread_id} not found")


async def test_what_was_deleted_is_not_found(api: "Api") -> None:
    thread_id = await talk(api, lines=["one zebra", "two zebras"])
    other = await talk(api, lines=["three zebras"])
    [hit, _] = (await api(SEARCH, input={"query": "zebra", "threadId": thread_id}))["searchMessages"]
    await api(
        "mutation($ids: [ID!]!) { deleteMessages(input: { messageIds: $ids }) { deletedIds } }",
        ids=[hit["message"]["id"]],
    )
    assert len(await texts(api, query="zebra", threadId=thread_id)) == 1
    await api("mutation($id: ID!) { deleteThread(input: { threadId: $id }) { done } }", id=thread_id)
    assert await texts(api, query="zebra") == ["three zebras"]
    assert await texts(api, query="zebra", threadId=other) == ["three zebras"]


async def test_messages_that_go_while_they_are_searched_for_are_left_out(api: "Api") -> None:
    """An index may tell of them for a while."""
    thread_id, other = await talk(api, lines=["one zebra", "two zebras"]), await talk(api, lines=["three zebras"])
    rows = await api.weft.store.messages.turns(thread_id, [0])
    await api.weft.store.messages.collection.delete_one({"_id": rows[0].id})
    await api.weft.store.threads.collection.delete_one({"_id": other})
    assert await texts(api, query="zebra") == ["two zebras"]


# Which vectors: no worker makes those that are not there


async def test_a_space_that_nothing_is_in_gives_hits_by_words_alone(start: Callable[..., Any]) -> None:
    api: Api = await start(work=False, embedding_model=ByThings("others"))
    thread_id = await talk(api)
    [hit] = (await api(SEARCH, input={"query": "account and bicycle", "threadId": thread_id}))["searchMessages"]
    assert (hit["message"]["text"], hit["vectorRank"]) == (TALK[1], None)


async def test_vectors_of_another_dimension_are_never_compared(start: Callable[..., Any]) -> None:
    api: Api = await start(work=False, embedding_model=ByThings(more=3))
    thread_id = await talk(api)
    assert await texts(api, query="account", threadId=thread_id, textSearch=False) == []


async def test_of_several_agents_the_first_ones_model_searches_unless_another_is_named(
    start: Callable[..., Any],
) -> None:
    asked = Agent("asked", model=ScriptedModel(["yes"]), embedding_model=ByThings())
    api: Api = await start(work=False, embedding_model=ByThings("others"), tools=[asked.as_tool()])
    given = {"query": "account", "threadId": await talk(api), "textSearch": False, "vectorScoreThreshold": 0.5}
    assert await texts(api, **given) == []
    assert await texts(api, **given, embeddingModel="test:others") == []
    assert await texts(api, **given, embeddingModel="test:things") == [TALK[0]]
    code, message = await api.error(SEARCH, input={**given, "embeddingModel": "test:none"})
    assert code == "BAD_USER_INPUT"
    assert message == "no agent has the embedding model 'test:none'; there are: test:others, test:things"


@pytest.mark.parametrize("written", ["vectorSearch: true", "vectorSearch: $yes"])
async def test_a_written_wish_for_a_search_by_meaning_needs_a_model(common: "Api", written: str) -> None:
    variable = "($yes: Boolean = true)" if "$" in written else ""
    document = f'query{variable} {{ searchMessages(input: {{ query: "a", {written} }}) {{ score }} }}'
    code, message = await common.error(document)
    assert (code, message) == (
        "BAD_USER_INPUT",
        "search by meaning needs an embedding model: give the agent one, or search for text alone",
    )
    assert (await common.error(SEARCH, input={"query": "a", "vectorSearch": True})) == (code, message)
    assert (await common.error(SEARCH, input={"query": "a", "textSearch": False})) == (code, message)


@pytest.mark.parametrize(
    "document",
    [
        'query { searchMessages(input: { query: "unheard-of" }) { score } }',
        'query { searchMessages(input: { query: "unheard-of", vectorSearch: null }) { score } }',
        'query($no: Boolean) { searchMessages(input: { query: "unheard-of", vectorSearch: $no }) { score } }',
        'query($i: SearchMessagesInput! = {query: "unheard-of"}) { searchMessages(input: $i) { score } }',
    ],
)
async def test_without_a_model_a_search_that_leaves_it_open_is_for_words(common: "Api", document: str) -> None:
    assert await common(document) == {"searchMessages": []}


async def test_a_default_of_the_operation_is_written_too(common: "Api") -> None:
    document = (
        'query($i: SearchMessagesInput! = {query: "a", vectorSearch: true}) { searchMessages(input: $i) { score } }'
    )
    assert (await common.error(document))[0] == "BAD_USER_INPUT"


async def test_a_model_that_fails_is_an_error_that_says_so(start: Callable[..., Any]) -> None:
    model = ByThings()
    api: Api = await start(embedding_model=model)
    model.failure = ProviderError("over quota", provider="test", provider_code="insufficient_quota", http_status=429)
    code, message = await api.error(SEARCH, input={"query": "account"})
    assert (code, message) == ("UNAVAILABLE", "over quota")
    assert await texts(api, query="account", vectorSearch=False) == []


# What is no search


@pytest.mark.parametrize(
    ("given", "code", "message", "path"),
    [
        ({"query": ""}, "BAD_USER_INPUT", "No text to search", "query"),
        ({"query": " \n\t\u2003"}, "BAD_USER_INPUT", "No text to search", "query"),
        ({"query": "a" * 1_000_000}, "BAD_USER_INPUT", "query has 1000000 characters; the limit is 10000", "query"),
        ({"limit": 0}, "BAD_USER_INPUT", "limit must be between 1 and 100, not 0", "limit"),
        ({"limit": -1}, "BAD_USER_INPUT", "limit must be between 1 and 100, not -1", "limit"),
        ({"limit": 101}, "BAD_USER_INPUT", "limit must be between 1 and 100, not 101", "limit"),
        (
            {"vectorScoreThreshold": 1.1},
            "BAD_USER_INPUT",
            "vectorScoreThreshold must be between -1 and 1, a cosine, not 1.1",
            "vectorScoreThreshold",
        ),
        (
            {"textSearch": False, "vectorSearch": False},
            "BAD_USER_INPUT",
            "look for text, for vectors or for both; this search looks for neither",
            "textSearch",
        ),
        ({"threadId": "thr_none"}, "NOT_FOUND", "thread thr_none not found", "threadId"),
        ({"embeddingModel": "x"}, "BAD_USER_INPUT", "no agent has the embedding model 'x'; none has one", None),
    ],
)
async def test_bad_input_is_refused_with_where_and_why(
    common: "Api", given: dict[str, Any], code: str, message: str, path: str | None
) -> None:
    error = await common.whole_error(SEARCH, input={"query": "zebra", **given})
    assert (error["extensions"]["code"], error["message"]) == (code, message)
    assert error["extensions"]["path"] == ["input", path or "embeddingModel"]


@pytest.mark.parametrize("number", ["NaN", '"0.5"'])
async def test_a_threshold_that_is_no_number_is_refused(common: "Api", number: str) -> None:
    with pytest.raises(RequestError, match=r"Float|Expected Name|NaN"):
        await common(THRESHOLD % number)


async def test_a_threshold_beyond_all_numbers_is_out_of_range(common: "Api") -> None:
    message = "vectorScoreThreshold must be between -1 and 1, a cosine, not inf"
    assert await common.error(THRESHOLD % "1e400") == ("BAD_USER_INPUT", message)


@pytest.mark.parametrize(
    "query", ["-zebra", '"zebra', "zebra -unheard", "\\zebra\\", "zebra\0", "$zebra", "{zebra}", "ZEBRA!", "zebra 🦓"]
)
async def test_any_text_is_looked_for_as_words(api: "Api", query: str) -> None:
    thread_id = await talk(api, lines=["one zebra"])
    assert await texts(api, query=query, threadId=thread_id) == ["one zebra"]


@pytest.mark.parametrize("query", ["?", "🦓", "the", "-", '""', "駅"])
async def test_a_text_without_words_that_say_anything_finds_nothing(common: "Api", query: str) -> None:
    assert await texts(common, query=query) == []


# How it is read


async def test_whatever_is_asked_below_the_hits_is_read_at_once(
    start: Callable[..., Any], mongod: EmbeddedMongo, database: str
) -> None:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongod.uri, tz_aware=True, event_listeners=[RECORDER])
    api: Api = await start(work=False, on=client[database])
    thread_id = await talk(api, lines=[f"zebra {n}" for n in range(60)])
    await talk(api, lines=["zebra elsewhere"])
    with RECORDER.listening() as heard:
        hits = (await api(SEARCH, input={"query": "zebra", "limit": 100}))["searchMessages"]
    asked = [command["find"] for command in heard if command.get("find") in ("messages", "threads")]
    assert asked == ["messages", "threads"]
    assert len(hits) == 61
    assert {hit["thread"]["id"] for hit in hits} > {thread_id}


async def test_compiled_and_not_it_gives_the_same(start: Callable[..., Any]) -> None:
    api: Api = await start(embedding_model=ByThings())
    await talk(api)
    found: list[Any] = []
    for compiled in (True, False):
        other = api.executed_by(Engine(schema, compiled=compiled))
        found += [await other(SEARCH, input={"query": "the bicycle account"}) for _ in range(3)]
        assert (await other.error(SEARCH, input={"query": " "}))[1] == "No text to search"
    assert len(found[0]["searchMessages"]) == 4
    assert all(each == found[0] for each in found)
