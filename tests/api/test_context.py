"""Contexts through the API: what a model would be sent and why, and that it is what it is sent."""

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.agents.embedders import ByThings
from tests.support import counts, wait_until

from weft.agents.context.options import ContextOptions
from weft.agents.tools.decorator import tool
from weft.errors import ProviderError
from weft.llm.scripted import Call
from weft.threads.search import SearchOptions

if TYPE_CHECKING:
    from tests.api.conftest import Api

ITEM = (
    """source role content tokens score textRank vectorRank vectorScore leftOut messageId message { id text order }"""
)
PREVIEW = f"query($input: ContextPreviewInput!) {{ contextPreview(input: $input) {{ {ITEM} }} }}"
SENT = f"""query($id: ID!, $all: Boolean) {{ generation(id: $id) {{
  context(includeLeftOut: $all) {{ {ITEM} }} contextProblems contextSearchText }} }}"""
SAVE = "mutation($input: SaveMessagesInput!) { saveMessages(input: $input) { messages { id } userErrors { code } } }"
ASK = """mutation($input: GenerateTextInput!) { generateText(input: $input) {
  generation { id } promptMessageId userErrors { code path errorMessage } } }"""
DOG = {"search": {"limit": 5, "before": 0, "after": 0}, "recentMessages": 2}


@tool
async def weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


async def preview(api: "Api", **given: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await api(PREVIEW, input={"agentName": "support", **given}))["contextPreview"]
    return items


async def refused(api: "Api", **given: Any) -> tuple[str, str]:
    return await api.error(PREVIEW, input={"agentName": "support", **given})


async def save(api: "Api", thread: str, *turns: str, **options: Any) -> list[str]:
    """Turns of a question and an answer; the ids of their rows."""
    rows: list[str] = []
    for said in turns:
        messages = [{"prompt": said}, {"role": "ASSISTANT", "content": _answer(said)}]
        saved = await api(SAVE, input={"threadId": thread, "messages": messages, **options})
        rows += [one["id"] for one in saved["saveMessages"]["messages"]]
    return rows


def _answer(said: str) -> str:
    """In other words."""
    return f"Re: {said[:3]}"


def outline(items: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (item["source"], " ".join(str(part.get("text", part["type"])) for part in item["content"])) for item in items
    ]


async def test_a_preview_says_of_each_message_why_it_is_there(common: "Api") -> None:
    thread = await common.new_thread()
    rows = await save(common, thread, "The dog Rex", "Hm.")
    items = await preview(common, threadId=thread, prompt="dog?", contextOptions=DOG)
    assert outline(items) == [
        ("SEARCH", "The dog Rex"),
        ("SEARCH_NEIGHBOUR", "Re: The"),
        ("RECENT", "Hm."),
        ("RECENT", "Re: Hm."),
        ("PROMPT", "dog?"),
    ]
    hit, neighbour, *_, prompt = items
    assert (hit["messageId"], hit["message"]) == (rows[0], {"id": rows[0], "text": "The dog Rex", "order": 0})
    assert (hit["role"], hit["textRank"], hit["vectorRank"], hit["vectorScore"]) == ("USER", 1, None, None)
    assert hit["score"] == pytest.approx(1 / 61)
    assert (neighbour["role"], neighbour["score"], neighbour["textRank"]) == ("ASSISTANT", None, None)
    assert (prompt["message"], prompt["messageId"]) == (None, None)
    assert all(item["tokens"] > 0 and item["leftOut"] is None for item in items)


async def test_a_preview_stores_nothing_and_asks_no_model(start: Callable[..., Any]) -> None:
    api: Api = await start()
    thread = await api.new_thread(userId="u1")
    await save(api, thread, "The dog Rex", "Hm.")
    before = await counts(api.weft.store)
    await preview(api, threadId=thread, prompt="dog?", contextOptions={**DOG, "searchOtherThreads": True})
    assert await counts(api.weft.store) == before
    assert api.model.requests == []


async def test_what_is_left_out_is_listed_only_when_it_is_asked_for(common: "Api") -> None:
    thread = await common.new_thread()
    await save(common, thread, "one", "two", "three")
    given: dict[str, Any] = {
        "threadId": thread,
        "prompt": "four?",
        "contextOptions": {"recentMessages": 4, "maxTokens": 20},
    }
    sent = await preview(common, **given)
    assert outline(sent) == [("RECENT", "three"), ("RECENT", "Re: thr"), ("PROMPT", "four?")]
    everything = await preview(common, **given, includeLeftOut=True)
    assert everything[: len(sent)] == sent
    out = [(item["leftOut"], *outline([item])) for item in everything[len(sent) :]]
    assert out == [
        ("WINDOW", ("RECENT", "Re: one")),
        ("BUDGET", ("RECENT", "two")),
        ("BUDGET", ("RECENT", "Re: two")),
    ]


async def test_messages_go_before_the_prompt_and_the_last_of_them_is_one_when_there_is_no_other(common: "Api") -> None:
    thread = await common.new_thread()
    await save(common, thread, "one")
    told = [{"prompt": "Think."}, {"role": "ASSISTANT", "content": "I do."}]
    earlier = [("RECENT", "one"), ("RECENT", "Re: one")]
    assert outline(await preview(common, threadId=thread, messages=told, prompt="two?")) == [
        *earlier,
        ("INPUT", "Think."),
        ("INPUT", "I do."),
        ("PROMPT", "two?"),
    ]
    assert outline(await preview(common, threadId=thread, messages=[told[1], told[0]])) == [
        *earlier,
        ("INPUT", "I do."),
        ("PROMPT", "Think."),
    ]


async def test_a_stored_prompt_is_shown_with_the_answer_that_there_is(common: "Api") -> None:
    thread = await common.new_thread()
    first, _, second, _, *_ = await save(common, thread, "one", "two", "three")
    assert outline(await preview(common, threadId=thread, promptMessageId=second)) == [
        ("RECENT", "one"),
        ("RECENT", "Re: one"),
        ("PROMPT", "two"),
        ("RESPONSE", "Re: two"),
    ]
    instead = await preview(common, threadId=thread, promptMessageId=first, prompt="uno")
    assert outline(instead) == [("PROMPT", "uno"), ("RESPONSE", "Re: one")]


async def test_a_target_message_is_the_newest_there_is(common: "Api") -> None:
    thread = await common.new_thread()
    rows = await save(common, thread, "The dog", "two", "The dog again")
    wanted = [("RECENT", "The dog"), ("RECENT", "Re: The"), ("PROMPT", "two")]
    assert outline(await preview(common, threadId=thread, targetMessageId=rows[2])) == wanted
    answered = [*wanted, ("RESPONSE", "Re: two")]
    assert outline(await preview(common, threadId=thread, targetMessageId=rows[3])) == answered
    both = await preview(common, threadId=thread, targetMessageId=rows[2], promptMessageId=rows[2])
    assert outline(both) == wanted
    asked = await preview(common, threadId=thread, targetMessageId=rows[2], prompt="dog?")
    assert outline(asked) == [*wanted[:2], ("RECENT", "two"), ("PROMPT", "dog?")]
    options = {**DOG, "recentMessages": 0}
    found = await preview(common, threadId=thread, targetMessageId=rows[2], prompt="dog", contextOptions=options)
    assert [said for source, said in outline(found) if source == "SEARCH"] == ["The dog"]


async def test_row_97_explicit_search_text_goes_before_the_prompt(common: "Api") -> None:
    thread = await common.new_thread()
    await save(common, thread, "The dog", "The cat")
    options = {"recentMessages": 0, "search": {"limit": 1, "before": 0, "after": 0}}
    for text, wanted in (("a cat", "The cat"), (None, "The dog")):
        items = await preview(common, threadId=thread, prompt="dog?", searchText=text, contextOptions=options)
        assert [item["message"]["order"] for item in items if item["source"] == "SEARCH"] == [
            {"The dog": 0, "The cat": 1}[wanted]
        ]
    only = await preview(common, threadId=thread, searchText="cat", contextOptions=options)
    assert {item["source"] for item in only} == {"SEARCH", "SEARCH_NEIGHBOUR"}


async def test_without_a_thread_a_users_other_threads_are_the_context(common: "Api") -> None:
    thread = await common.new_thread(userId="iris")
    await save(common, thread, "The dog Rex")
    options = {**DOG, "searchOtherThreads": True}
    items = await preview(common, userId="iris", prompt="dog?", contextOptions=options)
    assert outline(items)[0] == ("SEARCH", "The dog Rex")
    assert outline(await preview(common, userId="iris", prompt="dog?")) == [("PROMPT", "dog?")]
    assert outline(await preview(common, userId="jo", prompt="dog?", contextOptions=options)) == [("PROMPT", "dog?")]


async def test_a_thread_of_nobody_may_be_previewed_for_somebody(common: "Api") -> None:
    theirs, nobodys = await common.new_thread(userId="kim"), await common.new_thread(userId=None)
    await save(common, theirs, "The dog Rex")
    options = {**DOG, "searchOtherThreads": True}
    for user, count in (("kim", 1), (None, 0)):
        items = await preview(common, threadId=nobodys, userId=user, prompt="dog?", contextOptions=options)
        assert [source for source, _ in outline(items)].count("SEARCH") == count


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        ({"agentName": "nobody", "userId": "u", "prompt": "Hi"}, "NOT_FOUND", "there is no agent 'nobody'"),
        ({"prompt": "Hi"}, "BAD_USER_INPUT", "Specify userId or threadId"),
        ({"userId": "u"}, "BAD_USER_INPUT", "there is nothing to answer"),
        ({"userId": "u", "prompt": " "}, "BAD_USER_INPUT", "the prompt is empty"),
        ({"userId": "u", "prompt": "Hi", "promptMessageId": "msg_1"}, "BAD_USER_INPUT", "give threadId too"),
        ({"userId": "u", "targetMessageId": "msg_1"}, "BAD_USER_INPUT", "give threadId too"),
        ({"threadId": "thr_none", "prompt": "Hi"}, "NOT_FOUND", "thread thr_none not found"),
        ({"userId": "u", "messages": [{"role": "USER"}]}, "BAD_USER_INPUT", "give prompt, or role with content"),
        ({"userId": "u", "prompt": "Hi", "searchText": "x" * 10_001}, "BAD_USER_INPUT", "the limit is 10000"),
        (
            {"userId": "u", "prompt": "Hi", "searchText": "  ", "contextOptions": DOG},
            "BAD_USER_INPUT",
            "No text to search",
        ),
        ({"userId": "u", "prompt": "x" * 1_100_000}, "BAD_USER_INPUT", "the limit is 1048576"),
    ],
)
async def test_what_cannot_be_previewed_is_refused(common: "Api", given: dict[str, Any], code: str, says: str) -> None:
    found, message = await refused(common, **given)
    assert found == code
    assert says in message


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"recentMessages": -1}, "recentMessages must be between 0 and 10000, not -1"),
        ({"maxTokens": 0}, "maxTokens must be 1 or more, not 0"),
        ({"search": {"limit": 101}}, "limit must be between 0 and 100, not 101"),
        ({"search": {"limit": -1}}, "limit must be between 0 and 100, not -1"),
        ({"search": {"limit": 1, "before": 51}}, "before must be between 0 and 50, not 51"),
        ({"search": {"limit": 1, "after": -1}}, "after must be between 0 and 50, not -1"),
        (
            {"search": {"limit": 1, "vectorScoreThreshold": 1.5}},
            "vectorScoreThreshold must be between -1 and 1, not 1.5",
        ),
        (
            {"search": {"limit": 1, "textSearch": False, "vectorSearch": False}},
            "look for text, for vectors or for both",
        ),
        ({"search": {"limit": 1, "textSearch": False}}, "agent support cannot search by meaning"),
        ({"search": {"limit": 1, "vectorSearch": True}}, "search by meaning needs an embedding model"),
    ],
)
async def test_options_out_of_their_range_are_refused(common: "Api", options: dict[str, Any], says: str) -> None:
    code, message = await refused(common, userId="u", prompt="Hi", contextOptions=options)
    assert code == "BAD_USER_INPUT"
    assert says in message


async def test_messages_of_other_threads_are_refused(common: "Api") -> None:
    thread, other = await common.new_thread(), await common.new_thread()
    first, second, third, _ = await save(common, thread, "one", "two")
    for name in ("promptMessageId", "targetMessageId"):
        assert await refused(common, threadId=other, **{name: first}) == ("NOT_FOUND", f"message {first} not found")
        assert (await refused(common, threadId=thread, **{name: "msg_none"}))[0] == "NOT_FOUND"
    code, message = await refused(common, threadId=thread, promptMessageId=third, targetMessageId=second)
    assert (code, "is not part of the answer to promptMessageId" in message) == ("BAD_USER_INPUT", True)


async def test_a_prompt_without_words_is_refused_only_where_a_search_is_asked_for(start: Callable[..., Any]) -> None:
    api: Api = await start(context=ContextOptions(search=SearchOptions()))
    thread = await api.new_thread()
    await save(api, thread, "The dog")
    image = [{"role": "USER", "content": [{"type": "image", "image": "https://example.com/dog.png"}]}]
    assert outline(await preview(api, threadId=thread, messages=image))[-1] == ("PROMPT", "image")
    given: dict[str, Any] = {"threadId": thread, "messages": image, "contextOptions": DOG}
    assert await refused(api, **given) == ("BAD_USER_INPUT", "No text to search")
    off = {"search": {"limit": 0}}
    assert outline(await preview(api, threadId=thread, messages=image, searchText="dog", contextOptions=off))


async def test_a_search_that_fails_is_an_error_of_the_preview_and_a_problem_of_the_answer(
    start: Callable[..., Any],
) -> None:
    model = ByThings()
    context = ContextOptions(0, search=SearchOptions(before=0, after=0))
    api: Api = await start(context=context, embedding_model=model, embed_messages=False)
    thread = await api.new_thread()
    await save(api, thread, "The dog Rex")
    model.failure = ProviderError("overloaded", provider="test")
    assert await refused(api, threadId=thread, prompt="dog?") == ("UNAVAILABLE", "overloaded")
    asked = (await api(ASK, input={"agentName": "support", "threadId": thread, "prompt": "dog?"}))["generateText"]
    found = (await api(SENT, id=asked["generation"]["id"], all=True))["generation"]
    assert outline(found["context"])[0] == ("SEARCH", "The dog Rex")
    assert found["contextProblems"] == ["the search by meaning failed, words were searched for: overloaded"]
    assert found["contextSearchText"] == "dog?"


async def test_a_generation_shows_what_its_model_was_sent_until_it_is_deleted(start: Callable[..., Any]) -> None:
    api: Api = await start()
    thread = await api.new_thread()
    rows = await save(api, thread, "one", "two")
    asked = (await api(ASK, input={"agentName": "support", "threadId": thread, "prompt": "three?"}))["generateText"]
    id_ = asked["generation"]["id"]
    sent = (await api(SENT, id=id_, all=False))["generation"]["context"]
    assert outline(sent) == [
        ("RECENT", "one"), ("RECENT", "Re: one"), ("RECENT", "two"), ("RECENT", "Re: two"), ("PROMPT", "three?"),
    ]  # fmt: skip
    assert sent[-1]["messageId"] == asked["promptMessageId"]
    delete = "mutation($ids: [ID!]!) { deleteMessages(input: { messageIds: $ids }) { deletedIds } }"
    await api(delete, ids=[rows[0]])
    first = (await api(SENT, id=id_, all=False))["generation"]["context"][0]
    assert (first["messageId"], first["message"], first["content"]) == (rows[0], None, [])
    assert first["tokens"] == sent[0]["tokens"]


async def random_history(api: "Api", chance: random.Random, thread: str) -> list[str]:
    """Turns with and without tools, some of them failed; the ids of the prompts."""
    things = ["dog", "bike", "password", "Rome", "invoice", "and", "my"]
    prompts: list[str] = []
    for number in range(chance.randint(2, 9)):
        said = " ".join(chance.choices(things, k=chance.randint(1, 5)))
        turn: list[dict[str, Any]] = [{"prompt": said}]
        if chance.random() < 0.3:
            call = {"type": "tool-call", "toolCallId": f"c{number}", "toolName": "weather", "input": {"city": "Rome"}}
            result = {**call, "type": "tool-result", "output": {"type": "text", "value": "sunny"}}
            turn.append({"role": "ASSISTANT", "content": [{"type": "text", "text": "Let me look."}, call]})
            del result["input"]
            if chance.random() < 0.8:
                turn.append({"role": "TOOL", "content": [result]})
        status = "FAILED" if chance.random() < 0.2 else "SUCCESS"
        turn.append({"role": "ASSISTANT", "content": f"Of {said}.", "metadata": {"status": status}})
        saved = await api(SAVE, input={"threadId": thread, "messages": turn})
        prompts.append(saved["saveMessages"]["messages"][0]["id"])
    return prompts


def random_options(chance: random.Random) -> dict[str, Any]:
    options: dict[str, Any] = {
        "recentMessages": chance.choice([0, 1, 3, 6, 100]),
        "excludeToolMessages": chance.random() < 0.5,
        "searchOtherThreads": chance.random() < 0.5,
    }
    if chance.random() < 0.8:
        text = chance.random() < 0.7
        options["search"] = {
            "limit": chance.randint(1, 6),
            "before": chance.randint(0, 2),
            "after": chance.randint(0, 2),
            "textSearch": text,
            "vectorSearch": not text or chance.random() < 0.7,
            "vectorScoreThreshold": chance.choice([-1.0, 0.0, 0.7]),
        }
    if chance.random() < 0.4:
        options["maxTokens"] = chance.choice([10, 40, 80, 200])
    return options


async def all_embedded(api: "Api") -> bool:
    """Whether every message has its vector: one that comes between a preview and its answer is found by the answer."""
    waiting = {"embedAt": {"$exists": True}}
    return await api.weft.store.search_entries.collection.count_documents(waiting) == 0


async def test_a_preview_is_what_a_generation_is_sent_whatever_the_history_and_the_options(
    start: Callable[..., Any],
) -> None:
    api: Api = await start(embedding_model=ByThings(), tools=[weather])
    chance = random.Random(20)
    threads = [await api.new_thread(userId=chance.choice(["u1", "u2"])) for _ in range(4)]
    prompts = {thread: await random_history(api, chance, thread) for thread in threads}
    for round_ in range(18):
        thread, options = chance.choice(threads), random_options(chance)
        given: dict[str, Any] = {"threadId": thread, "agentName": "support"}
        if chance.random() < 0.5:
            given["messages"] = [{"prompt": "Think of it."}, {"role": "ASSISTANT", "content": "I do."}]
        if stored := chance.random() < 0.5:
            given["promptMessageId"] = chance.choice(prompts[thread])
        if not stored or chance.random() < 0.3:
            given["prompt"] = "What of my dog, my bike and the invoice?"
        await wait_until(lambda: all_embedded(api))
        shown = await preview(api, **given, contextOptions=options)
        payload = (await api(ASK, input={**given, "options": {"contextOptions": options}}))["generateText"]
        assert payload["userErrors"] == []
        sent = api.model.requests[-1].messages
        as_shown = [(item["role"].lower(), item["content"]) for item in shown]
        assert as_shown == [(each.role.value, list(each.content)) for each in sent], (round_, given, options)
        kept = (await api(SENT, id=payload["generation"]["id"], all=False))["generation"]["context"]
        assert [(item["role"].lower(), item["content"]) for item in kept] == as_shown
        same = ("source", "tokens", "score", "textRank", "vectorRank", "vectorScore")
        assert [[item[name] for name in same] for item in kept] == [[item[name] for name in same] for item in shown]


async def test_the_answer_to_a_tools_result_is_previewed_as_it_is_sent(start: Callable[..., Any]) -> None:
    api: Api = await start([Call("weather", {"city": "Rome"})], "Sunny.", tools=[weather])
    thread = await api.new_thread()
    asked = (await api(ASK, input={"agentName": "support", "threadId": thread, "prompt": "Rome?"}))["generateText"]
    rows = await api.weft.messages.of_generation(await generation_of(api, asked["generation"]["id"]))
    items = await preview(api, threadId=thread, targetMessageId=rows[1].id)
    assert [(item["role"].lower(), item["content"]) for item in items] == [
        (each.role.value, list(each.content)) for each in api.model.requests[-1].messages
    ]
    assert [item["source"] for item in items] == ["PROMPT", "RESPONSE", "RESPONSE"]


async def generation_of(api: "Api", id_: str) -> Any:
    found = await api.weft.generations.get(id_)
    assert found is not None
    return found


async def test_an_answer_without_a_thread_is_sent_what_is_found_in_the_users_others(start: Callable[..., Any]) -> None:
    api: Api = await start()
    thread = await api.new_thread(userId="lea")
    await save(api, thread, "The dog Rex")
    given = {"agentName": "support", "userId": "lea", "prompt": "dog?"}
    options = {**DOG, "searchOtherThreads": True}
    shown = await preview(api, **given, contextOptions=options)
    payload = (await api(ASK, input={**given, "options": {"contextOptions": options}}))["generateText"]
    assert (payload["userErrors"], payload["generation"]) == ([], None)
    assert [item["content"] for item in shown] == [list(each.content) for each in api.model.requests[-1].messages]
    assert outline(shown)[0] == ("SEARCH", "The dog Rex")


async def test_options_that_no_search_can_have_are_refused_before_anything_is_stored(common: "Api") -> None:
    thread = await common.new_thread()
    await save(common, thread, "one")
    before = await counts(common.weft.store)
    options = {"contextOptions": {"search": {"limit": 3, "textSearch": False}}}
    given = {"agentName": "support", "threadId": thread, "prompt": "two?", "options": options}
    (error,) = (await common(ASK, input=given))["generateText"]["userErrors"]
    assert (error["code"], error["path"][:4]) == ("UNSUPPORTED", ["input", "options", "contextOptions", "search"])
    assert await counts(common.weft.store) == before
