"""Generations through the API: answering again, the options of an answer, and what they may not be."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.api.conftest import Api

ERRORS = "userErrors { code errorMessage path }"
SEND = f"""mutation($input: SendMessageInput!) {{ sendMessage(input: $input) {{
  sentMessage {{ id }} generation {{ id }} {ERRORS} }} }}"""
START = (
    f"mutation($input: StartGenerationInput!) {{ startGeneration(input: $input) {{ generation {{ id }} {ERRORS} }} }}"
)
AGAIN = f"""mutation($input: RegenerateInput!) {{ regenerate(input: $input) {{
  generation {{ id order agentName promptMessageId status }} {ERRORS} }} }}"""
ROWS = "query($id: ID!) { thread(id: $id) { messages { edges { node { id role status text } } } } }"


async def answered(api: "Api", **options: Any) -> tuple[str, str]:
    """A thread with one answered message: its id and the message's."""
    thread_id = await api.new_thread()
    payload = (await api(SEND, input={"threadId": thread_id, "prompt": "Hi", "options": options}))["sendMessage"]
    assert payload["userErrors"] == []
    await api.answered(thread_id, payload["generation"]["id"])
    return thread_id, payload["sentMessage"]["id"]


async def again(api: "Api", thread_id: str, message_id: str, **given: Any) -> dict[str, Any]:
    """The generation that answers a message again, after its end."""
    payload = (await api(AGAIN, input={"messageId": message_id, **given}))["regenerate"]
    assert payload["userErrors"] == []
    generation: dict[str, Any] = payload["generation"]
    await api.answered(thread_id, generation["id"])
    return generation


async def rows(api: "Api", thread_id: str) -> list[dict[str, Any]]:
    edges = (await api(ROWS, id=thread_id))["thread"]["messages"]["edges"]
    return [edge["node"] for edge in edges]


@pytest.mark.parametrize("named", [0, 1], ids=["prompt", "answer"])
async def test_an_answer_is_made_again_in_place_of_the_first(start: Callable[..., Any], named: int) -> None:
    api: Api = await start("First", "Second")
    thread_id, prompt_id = await answered(api)
    before = await rows(api, thread_id)
    generation = await again(api, thread_id, before[named]["id"])
    assert (generation["order"], generation["agentName"]) == (0, "support")
    assert (generation["promptMessageId"], generation["status"]) == (prompt_id, "QUEUED")
    after = await rows(api, thread_id)
    assert [row["text"] for row in after] == ["Hi", "Second"]
    assert after[0] == before[0]


async def test_the_prompt_is_replaced_before_it_is_answered_again(start: Callable[..., Any]) -> None:
    api: Api = await start("First", "Second")
    thread_id, prompt_id = await answered(api)
    await again(api, thread_id, prompt_id, prompt="Hello", options={"instructions": "Be short"})
    assert [row["text"] for row in await rows(api, thread_id)] == ["Hello", "Second"]
    request = api.model.requests[-1]
    assert request.instructions == "Be short"
    assert [part["text"] for message in request.messages for part in message.content] == ["Hello"]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"messageId": "msg_none"}, "NOT_FOUND", ["messageId"]),
        ({"agentName": "nobody"}, "NOT_FOUND", ["agentName"]),
        ({"prompt": ""}, "INVALID", ["prompt"]),
        ({"prompt": "x" * 1_100_000}, "TOO_LARGE", ["prompt"]),
        ({"agentName": "support", "options": {"tools": ["cook"]}}, "INVALID", ["options", "tools", "0"]),
        ({"options": {"toolChoice": "cook"}}, "INVALID", ["options", "toolChoice"]),
        ({"options": {"maxSteps": 0}}, "INVALID", ["options", "maxSteps"]),
    ],
)
async def test_what_cannot_be_answered_again_stays_as_it_was(
    common: "Api", given: dict[str, Any], code: str, path: list[str]
) -> None:
    thread_id, prompt_id = await answered(common)
    before = await rows(common, thread_id)
    (found, where, _) = await common.refusal(AGAIN, input={"messageId": prompt_id, **given})
    assert (found, where) == (code, ["input", *path])
    assert await rows(common, thread_id) == before


LEGAL: dict[str, Any] = {
    "instructions": "Be short",
    "model": "demo",
    "contextOptions": {"excludeToolMessages": False, "recentMessages": 0},
    "saveMessages": "ALL",
    "maxSteps": 100,
    "toolChoice": "auto",
    "tools": [],
    "maxOutputTokens": 1,
    "temperature": 2.0,
    "topP": 0.0,
    "seed": -1,
    "stopSequences": ["END"],
    "maxRetries": 0,
    "providerOptions": {"openai": {"store": False}},
    "stream": False,
    "chunking": "LINE",
    "throttleMs": 0,
}


async def test_every_option_is_taken_with_the_message(common: "Api") -> None:
    thread_id, _ = await answered(common, **LEGAL)
    (doc,) = await common.weft.store.database["generations"].find({"threadId": thread_id}).to_list()
    stored = await common.weft.generations.get(doc["_id"])
    assert stored is not None
    options = stored.options
    assert (options.max_steps, options.tools, options.tool_choice, options.stream) == (100, (), "auto", False)
    assert (options.context.recent_messages, options.context.exclude_tool_messages) == (0, False)
    assert options.chunking is not None
    assert (options.chunking.name, options.seed) == ("LINE", -1)


async def test_no_options_are_as_good_as_null_for_each(common: "Api") -> None:
    thread_id, _ = await answered(common, **dict.fromkeys(LEGAL))
    assert [row["text"] for row in await rows(common, thread_id)] == ["Hi", "Hello there"]


BAD: list[tuple[dict[str, Any], list[str]]] = [
    ({"model": "nobody:nothing"}, ["model"]),
    ({"contextOptions": {"recentMessages": -1}}, ["contextOptions", "recentMessages"]),
    ({"contextOptions": {"recentMessages": 10_001}}, ["contextOptions", "recentMessages"]),
    ({"maxSteps": 0}, ["maxSteps"]),
    ({"maxSteps": 101}, ["maxSteps"]),
    ({"toolChoice": "cook"}, ["toolChoice"]),
    ({"toolChoice": "required"}, ["toolChoice"]),
    ({"tools": ["cook"]}, ["tools", "0"]),
    ({"maxOutputTokens": 0}, ["maxOutputTokens"]),
    ({"temperature": 2.1}, ["temperature"]),
    ({"topP": -0.1}, ["topP"]),
    ({"stopSequences": ["a", ""]}, ["stopSequences", "1"]),
    ({"maxRetries": 11}, ["maxRetries"]),
    ({"providerOptions": {"openai": 1}}, ["providerOptions"]),
    ({"throttleMs": 10_001}, ["throttleMs"]),
]


@pytest.mark.parametrize(("options", "path"), BAD)
async def test_options_out_of_range_are_refused_and_nothing_is_stored(
    common: "Api", options: dict[str, Any], path: list[str]
) -> None:
    thread_id = await common.new_thread()
    given = {"threadId": thread_id, "prompt": "Hi", "options": options}
    code, where, _ = await common.refusal(SEND, input=given)
    assert (code, where) == ("INVALID", ["input", "options", *path])
    assert await rows(common, thread_id) == []
    stored = (await common(SEND, input={"threadId": thread_id, "prompt": "Hi", "generate": False}))["sendMessage"]
    prompt = {"agentName": "support", "threadId": thread_id, "promptMessageId": stored["sentMessage"]["id"]}
    assert (await common.refusal(START, input={**prompt, "options": options}))[:2] == (code, where)


async def test_a_saved_message_without_an_answer_is_answered_by_regenerating(common: "Api") -> None:
    thread_id = await common.new_thread()
    sent = (await common(SEND, input={"threadId": thread_id, "prompt": "Hi", "generate": False}))["sendMessage"]
    await again(common, thread_id, sent["sentMessage"]["id"])
    assert [row["text"] for row in await rows(common, thread_id)] == ["Hi", "Hello there"]
