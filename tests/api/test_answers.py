"""Answers that a caller waits for, through the API: texts, objects, and every way in which they fail."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from weft.agents.tools.decorator import tool
from weft.errors import ProviderError
from weft.llm.scripted import Call, Fail, Gate
from weft.resolvers.engine import Engine, Request
from weft.resolvers.errors import RequestError
from weft.resolvers.root import schema
from weft.schema.context import Context

if TYPE_CHECKING:
    from tests.api.conftest import Api

DEADLINE = 40.0
COMMON = """finishReason order promptMessageId usage { totalTokens } generation { id status }
  savedMessages { id order stepOrder role status text tool }
  userErrors { __typename code errorMessage path
    ... on GenerationError { providerCode httpStatus generationId } }"""
TEXT = f"mutation($input: GenerateTextInput!) {{ generateText(input: $input) {{ text warnings {COMMON} }} }}"
OBJECT = f"mutation($input: GenerateObjectInput!) {{ generateObject(input: $input) {{ object {COMMON} }} }}"
ROWS = "query($id: ID!) { thread(id: $id) { messages { edges { node { order stepOrder role status text error } } } } }"
ABORT = """mutation($id: ID!) { abortGeneration(input: { generationId: $id, reason: "enough" }) {
  generation { id } } }"""
GENERATIONS = "query($id: ID!) { thread(id: $id) { generations { edges { node { id status } } } } }"


async def text(api: "Api", **given: Any) -> dict[str, Any]:
    """The payload of a text, which has no errors."""
    payload: dict[str, Any] = (await api(TEXT, input={"agentName": "support", **given}))["generateText"]
    assert payload["userErrors"] == []
    return payload


async def made(api: "Api", **given: Any) -> dict[str, Any]:
    """The payload of an object, which has no errors."""
    payload: dict[str, Any] = (await api(OBJECT, input={"agentName": "support", **given}))["generateObject"]
    assert payload["userErrors"] == []
    return payload


async def failure(api: "Api", document: str, **given: Any) -> dict[str, Any]:
    """The one error of a payload that holds nothing else."""
    (payload,) = (await api(document, input={"agentName": "support", **given})).values()
    (error,) = payload.pop("userErrors")
    assert not any(payload.values())
    return dict(error)


async def rows(api: "Api", thread_id: str) -> list[dict[str, Any]]:
    edges = (await api(ROWS, id=thread_id))["thread"]["messages"]["edges"]
    return [edge["node"] for edge in edges]


async def generations(api: "Api", thread_id: str) -> list[dict[str, Any]]:
    edges = (await api(GENERATIONS, id=thread_id))["thread"]["generations"]["edges"]
    return [edge["node"] for edge in edges]


def shown(api: "Api", call: int = -1) -> list[str]:
    """The texts that the model was shown, oldest first."""
    messages = api.model.requests[call].messages
    return ["".join(part.get("text", "") for part in message.content) for message in messages]


async def test_a_text_in_a_thread_is_stored_with_its_prompt(common: "Api") -> None:
    thread_id = await common.new_thread(userId="u1")
    payload = await text(common, threadId=thread_id, prompt="Hi")
    prompt, answer = payload["savedMessages"]
    assert (payload["text"], payload["finishReason"], payload["order"]) == ("Hello there", "STOP", 0)
    assert (prompt["role"], prompt["text"], prompt["id"]) == ("USER", "Hi", payload["promptMessageId"])
    assert (answer["role"], answer["status"], answer["text"]) == ("ASSISTANT", "SUCCESS", "Hello there")
    assert payload["usage"] == {"totalTokens": 13}
    assert payload["generation"]["status"] == "SUCCEEDED"
    assert [row["text"] for row in await rows(common, thread_id)] == ["Hi", "Hello there"]
    used = await common("query($id: ID!) { thread(id: $id) { usage { totalTokens } } }", id=thread_id)
    assert used["thread"]["usage"] == {"totalTokens": 13}


async def test_a_text_for_a_user_without_a_thread_stores_nothing(common: "Api") -> None:
    payload = await text(common, userId="nobody", prompt="Hi")
    assert (payload["text"], payload["finishReason"], payload["order"]) == ("Hello there", "STOP", 0)
    assert (payload["savedMessages"], payload["promptMessageId"], payload["generation"]) == ([], None, None)
    assert payload["usage"] == {"totalTokens": 13}
    threads = await common('{ threads(filter: { userId: "nobody" }) { edges { node { id } } } }')
    assert threads["threads"]["edges"] == []


@pytest.mark.parametrize(
    ("mode", "stored"),
    [
        (None, ["Hi", "Hello there"]),
        ("PROMPT_AND_OUTPUT", ["Hi", "Hello there"]),
        ("ALL", ["I am Ada", "Hi", "Hello there"]),
        ("NONE", []),
    ],
)
async def test_messages_given_are_shown_and_stored_as_the_call_says(
    api: "Api", mode: str | None, stored: list[str]
) -> None:
    thread_id = await api.new_thread()
    options = {"saveMessages": mode}
    payload = await text(api, threadId=thread_id, messages=[{"prompt": "I am Ada"}], prompt="Hi", options=options)
    assert shown(api) == ["I am Ada", "Hi"]
    assert [row["text"] for row in payload["savedMessages"]] == stored
    assert [row["text"] for row in await rows(api, thread_id)] == stored


async def test_without_a_prompt_the_last_message_is_answered(api: "Api") -> None:
    thread_id = await api.new_thread()
    payload = await text(api, threadId=thread_id, messages=[{"prompt": "I am Ada"}, {"prompt": "Who am I?"}])
    assert shown(api) == ["I am Ada", "Who am I?"]
    assert [row["text"] for row in payload["savedMessages"]] == ["Who am I?", "Hello there"]
    assert payload["savedMessages"][0]["id"] == payload["promptMessageId"]


async def test_a_stored_message_is_answered_in_its_turn_and_a_prompt_goes_in_its_place(api: "Api") -> None:
    thread_id = await api.new_thread()
    first = await text(api, threadId=thread_id, prompt="Hi")
    again = await text(api, threadId=thread_id, promptMessageId=first["promptMessageId"], prompt="In French")
    assert shown(api)[0] == "In French"
    (answer,) = again["savedMessages"]
    assert (answer["order"], answer["stepOrder"], again["order"]) == (0, 2, 0)
    assert again["promptMessageId"] == first["promptMessageId"]
    assert [row["text"] for row in await rows(api, thread_id)] == ["Hi", "Hello there", "Hello there"]


@tool
def weather(city: str) -> str:
    """Says how the weather is."""
    return f"Rain in {city}"


@tool(needs_approval=True)
def refund(amount: int) -> str:
    """Pays money back."""
    return f"{amount} paid"


async def test_a_text_is_that_of_the_last_step(start: Callable[..., Any]) -> None:
    api: Api = await start(["I look.", Call("weather", {"city": "Oslo"})], "It rains.", tools=[weather])
    payload = await text(api, threadId=await api.new_thread(), prompt="Oslo?")
    assert (payload["text"], payload["finishReason"]) == ("It rains.", "STOP")
    assert payload["usage"] == {"totalTokens": 26}
    assert [(row["role"], row["tool"]) for row in payload["savedMessages"]] == [
        ("USER", False), ("ASSISTANT", True), ("TOOL", True), ("ASSISTANT", False),
    ]  # fmt: skip


async def test_options_narrow_the_tools_and_the_steps(start: Callable[..., Any]) -> None:
    api: Api = await start([Call("weather", {"city": "Oslo"})], "Done.", tools=[weather, refund])
    options = {"tools": ["weather"], "toolChoice": "weather", "maxSteps": 1}
    payload = await text(api, userId="u1", prompt="Oslo?", options=options)
    (request,) = api.model.requests
    assert ([one.name for one in request.tools], request.tool_choice) == (["weather"], "weather")
    assert (payload["finishReason"], payload["text"]) == ("TOOL_CALLS", "")


async def test_a_call_that_waits_for_a_person_ends_the_waiting_not_the_answer(start: Callable[..., Any]) -> None:
    api: Api = await start([Call("refund", {"amount": 5})], "Paid.", tools=[refund])
    payload = await text(api, threadId=await api.new_thread(), prompt="My money!")
    assert (payload["finishReason"], payload["text"]) == ("TOOL_CALLS", "")
    assert payload["generation"]["status"] == "WAITING"


async def test_a_provider_that_fails_is_an_error_with_its_code(start: Callable[..., Any]) -> None:
    broken = ProviderError("no such model", provider="openai", provider_code="model_not_found", http_status=404)
    api: Api = await start(["Well", Fail(broken)], [Fail(broken)])
    thread_id = await api.new_thread()
    error = await failure(api, TEXT, threadId=thread_id, prompt="Hi")
    (generation,) = await generations(api, thread_id)
    assert error == {
        "__typename": "GenerationError",
        "code": "PROVIDER_ERROR",
        "errorMessage": "no such model",
        "path": None,
        "providerCode": "model_not_found",
        "httpStatus": 404,
        "generationId": generation["id"],
    }
    assert generation["status"] == "FAILED"
    assert [(row["status"], row["error"]) for row in await rows(api, thread_id)] == [
        ("SUCCESS", None), ("FAILED", "no such model"),
    ]  # fmt: skip
    unstored = await failure(api, TEXT, userId="u1", prompt="Hi")
    assert unstored == {**error, "generationId": None}


async def test_an_answer_that_somebody_aborts_is_an_error_with_the_reason(start: Callable[..., Any]) -> None:
    gate = Gate()
    api: Api = await start(["Well", gate])
    thread_id = await api.new_thread()
    async with asyncio.timeout(DEADLINE):
        asking = asyncio.create_task(failure(api, TEXT, threadId=thread_id, prompt="Hi"))
        await gate.reached()
        (running,) = await generations(api, thread_id)
        await api(ABORT, id=running["id"])
        error = await asking
    assert (error["code"], error["errorMessage"], error["generationId"]) == ("ABORTED", "enough", running["id"])


async def test_an_answer_goes_on_when_its_caller_goes_away(start: Callable[..., Any]) -> None:
    gate = Gate()
    api: Api = await start(["Well", gate, " done"])
    thread_id = await api.new_thread()
    async with asyncio.timeout(DEADLINE):
        asking = asyncio.create_task(text(api, threadId=thread_id, prompt="Hi"))
        await gate.reached()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        (running,) = await generations(api, thread_id)
        gate.open()
        await api.answered(thread_id, running["id"])
    assert [row["text"] for row in await rows(api, thread_id)] == ["Hi", "Well done"]


async def test_waiting_for_a_model_takes_longer_than_other_operations_may(start: Callable[..., Any]) -> None:
    gate = Gate()
    api: Api = await start(["Well", gate, " done"], ["Well", gate, " done"])
    patient = Engine(schema, deadline=1.0)
    impatient = Engine(schema, deadline=1.0, answer_deadline=1.0)

    async def ask(engine: Engine, thread_id: str) -> Any:
        variables = {"input": {"agentName": "support", "threadId": thread_id, "prompt": "Hi"}}
        return (await engine.execute(engine.prepare(Request(TEXT, None, variables)), Context(api.weft))).body()

    first, second = await api.new_thread(), await api.new_thread()
    async with asyncio.timeout(DEADLINE):
        asking = asyncio.create_task(ask(patient, first))
        await gate.reached()
        with pytest.raises(RequestError, match="took longer than 1 s"):
            await ask(impatient, second)
        (running,) = await generations(api, second)
        gate.open()
        assert (await asking)["data"]["generateText"]["text"] == "Well done"
        await api.answered(second, running["id"])


CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


@pytest.mark.parametrize(
    ("output", "wanted", "said", "value"),
    [
        ("OBJECT", CITY, {"city": "Oslo"}, {"city": "Oslo"}),
        ("ARRAY", CITY, {"elements": [{"city": "Oslo"}]}, [{"city": "Oslo"}]),
        ("ENUM", ["rain", "sun"], {"result": "rain"}, "rain"),
        ("NO_SCHEMA", None, {"anything": [1, None]}, {"anything": [1, None]}),
    ],
)
async def test_an_object_of_each_kind_is_made(
    start: Callable[..., Any], output: str, wanted: Any, said: Any, value: Any
) -> None:
    api: Api = await start(said, said, tools=[weather])
    given = {"prompt": "Where?", "output": output, "schema": wanted}
    payload = await made(api, threadId=await api.new_thread(), **given)
    assert (payload["object"], payload["finishReason"], payload["order"]) == (value, "STOP", 0)
    assert [row["role"] for row in payload["savedMessages"]] == ["USER", "ASSISTANT"]
    assert api.model.requests[0].tools == []
    unstored = await made(api, userId="u1", **given)
    assert (unstored["object"], unstored["savedMessages"], unstored["generation"]) == (value, [], None)


async def test_a_schema_with_references_is_kept_as_it_is(start: Callable[..., Any]) -> None:
    name = {"type": "string", "pattern": "^[A-Z].*$"}
    wanted = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.com/a.b",
        "$defs": {"a.name": name},
        "type": "object",
        "properties": {"$ref": {"$ref": "#/$defs/a.name"}, "x.y": {"$ref": "#/$defs/a.name"}},
    }
    said = {"$ref": "Ada", "x.y": "Bob"}
    api: Api = await start(said)
    payload = await made(api, threadId=await api.new_thread(), prompt="Who?", schema=wanted)
    assert payload["object"] == said
    output = api.model.requests[0].output
    assert output is not None
    assert output.schema == wanted


@pytest.mark.parametrize("target", ["thread", "user"])
@pytest.mark.parametrize("said", ["Oslo, I think.", {"town": "Oslo"}])
async def test_an_answer_that_does_not_fit_the_schema_is_an_error(
    start: Callable[..., Any], said: Any, target: str
) -> None:
    api: Api = await start(said)
    where = {"threadId": await api.new_thread()} if target == "thread" else {"userId": "u1"}
    error = await failure(api, OBJECT, **where, prompt="Where?", schema=CITY)
    assert (error["__typename"], error["code"]) == ("GenerationError", "OBJECT_INVALID")
    assert error["errorMessage"].startswith("No object generated: ")


FINE = {"prompt": "a"}
LONG = {"prompt": "a", "clientId": "x" * 300}
BAD_TARGETS: list[tuple[dict[str, Any], str, str, list[str]]] = [
    ({"prompt": "Hi"}, "Specify userId or threadId", "INVALID", ["threadId"]),
    ({"userId": "u", "promptMessageId": "msg_1"}, "give threadId too", "INVALID", ["threadId"]),
    ({"userId": "u"}, "promptMessageId", "INVALID", []),
    ({"userId": "u", "messages": []}, "promptMessageId", "INVALID", []),
    ({"userId": "u", "prompt": " "}, "the prompt is empty", "INVALID", ["prompt"]),
    ({"userId": "u", "prompt": "x" * 1_100_000}, "the limit is", "TOO_LARGE", ["prompt"]),
    ({"userId": "u", "messages": [FINE, {"role": "USER"}]}, "role with", "INVALID", ["messages", "1", "content"]),
    ({"userId": "u", "messages": [FINE] * 1001}, "at most 1000", "TOO_LARGE", ["messages"]),
    ({"userId": "u", "messages": [LONG]}, "limit", "TOO_LARGE", ["messages", "0", "clientId"]),
    ({"userId": "u", "prompt": "Hi", "agentName": "nobody"}, "support", "NOT_FOUND", ["agentName"]),
    ({"threadId": "thr_none", "prompt": "Hi"}, "not found", "NOT_FOUND", ["threadId"]),
]  # fmt: skip


@pytest.mark.parametrize("document", [TEXT, OBJECT], ids=["text", "object"])
@pytest.mark.parametrize(("given", "says", "code", "path"), BAD_TARGETS)
async def test_what_cannot_be_answered_is_refused(
    common: "Api", document: str, given: dict[str, Any], says: str, code: str, path: list[str]
) -> None:
    schema = {"output": "NO_SCHEMA"} if document == OBJECT else {}
    asked = len(common.model.requests)
    error = await failure(common, document, **given, **schema)
    assert (error["__typename"], error["code"], error["path"]) == ("InputError", code, ["input", *path])
    assert says in error["errorMessage"]
    assert len(common.model.requests) == asked


async def test_a_message_of_another_thread_is_not_found(common: "Api") -> None:
    other = await text(common, threadId=await common.new_thread(), prompt="Hi")
    given = {"threadId": await common.new_thread(), "promptMessageId": other["promptMessageId"]}
    error = await failure(common, TEXT, **given)
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "promptMessageId"])


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"tools": ["cook"]}, ["tools", "0"]),
        ({"toolChoice": "cook"}, ["toolChoice"]),
        ({"toolChoice": "required"}, ["toolChoice"]),
        ({"model": "nobody:nothing"}, ["model"]),
    ],
)
async def test_tools_and_models_that_there_are_not_are_refused(
    common: "Api", options: dict[str, Any], path: list[str]
) -> None:
    error = await failure(common, TEXT, userId="u", prompt="Hi", options=options)
    assert (error["code"], error["path"]) == ("INVALID", ["input", "options", *path])


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({}, ["schema"]),
        ({"schema": {"type": "text"}}, ["schema", "type"]),
        ({"schema": {"items": 1}, "output": "ARRAY"}, ["schema", "items"]),
        ({"schema": {"enum": ["a"]}, "output": "ENUM"}, ["schema"]),
        ({"schema": {}, "output": "NO_SCHEMA"}, ["schema"]),
        ({"schema": CITY, "options": {"tools": []}}, ["options", "tools"]),
        ({"schema": CITY, "options": {"toolChoice": "auto"}}, ["options", "toolChoice"]),
    ],
)
async def test_an_object_that_cannot_be_made_is_refused(common: "Api", given: dict[str, Any], path: list[str]) -> None:
    error = await failure(common, OBJECT, userId="u", prompt="Hi", **given)
    assert (error["code"], error["path"]) == ("INVALID", ["input", *path])
