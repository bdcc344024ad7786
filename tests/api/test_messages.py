"""Messages through the API: sent once however often, refused whole, read as rows and as UI messages."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.api.conftest import Api

ERRORS = "userErrors { code errorMessage path }"
UI = "id key threadId order stepOrder role status text agentName userId clientId error createdAt aiSdk"
SEND = f"""mutation($input: SendMessageInput!) {{ sendMessage(input: $input) {{
  sentMessage {{ {UI} }} generation {{ id status promptMessageId order agentName attempts }} cursor {ERRORS} }} }}"""
SHOWN = f"""query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {{ thread(id: $id) {{
  uiMessages(first: $first, after: $after, last: $last, before: $before) {{
    edges {{ cursor node {{ {UI} usage {{ totalTokens }} parts {{ __typename ... on TextPart {{ text state }}
      ... on ReasoningPart {{ text }} ... on FilePart {{ mediaType url filename }}
      ... on SourceUrlPart {{ sourceId url title }} }} }} }}
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} }}"""
ROWS = """query($id: ID!, $first: Int, $after: String, $statuses: [MessageStatus!], $upTo: ID) { thread(id: $id) {
  messages(first: $first, after: $after, statuses: $statuses, upToAndIncludingMessageId: $upTo) {
    edges { cursor node { id role status text content order stepOrder tool model provider finishReason
      usage { inputTokens outputTokens totalTokens } } }
    pageInfo { hasNextPage hasPreviousPage } } } }"""


async def shown(api: "Api", thread_id: str, **page: Any) -> list[dict[str, Any]]:
    connection = (await api(SHOWN, id=thread_id, **page))["thread"]["uiMessages"]
    return [edge["node"] for edge in connection["edges"]]


async def rows(api: "Api", thread_id: str, **arguments: Any) -> list[dict[str, Any]]:
    connection = (await api(ROWS, id=thread_id, **arguments))["thread"]["messages"]
    return [edge["node"] for edge in connection["edges"]]


async def sent(api: "Api", thread_id: str, prompt: str = "Hi", **fields: Any) -> dict[str, Any]:
    payload: dict[str, Any] = (await api(SEND, input={"threadId": thread_id, "prompt": prompt, **fields}))[
        "sendMessage"
    ]
    assert payload["userErrors"] == []
    return payload


async def test_a_message_is_answered(common: "Api") -> None:
    id_ = await common.new_thread(userId="u1")
    payload = await sent(common, id_, clientId="c1")
    prompt, generation = payload["sentMessage"], payload["generation"]
    assert (prompt["key"], prompt["role"], prompt["status"], prompt["text"]) == (f"{id_}-0-0", "USER", "SUCCESS", "Hi")
    assert (prompt["clientId"], prompt["userId"], prompt["agentName"]) == ("c1", "u1", None)
    assert prompt["aiSdk"]["parts"] == [{"type": "text", "text": "Hi", "state": "done"}]
    assert (generation["status"], generation["promptMessageId"]) == ("RUNNING", prompt["id"])
    await common.answered(id_, generation["id"])
    question, answer = await shown(common, id_)
    assert {**question, **prompt} == question
    assert (answer["key"], answer["role"], answer["status"]) == (f"{id_}-0-1", "ASSISTANT", "SUCCESS")
    assert (answer["text"], answer["agentName"], answer["error"]) == ("Hello there", "support", None)
    assert answer["parts"] == [{"__typename": "TextPart", "text": "Hello there", "state": "DONE"}]
    assert answer["usage"] == {"totalTokens": 13}


async def test_the_stored_rows_say_more(common: "Api") -> None:
    id_ = await common.new_thread()
    await common.answered(id_, (await sent(common, id_))["generation"]["id"])
    prompt, reply = await rows(common, id_)
    assert prompt["content"] == [{"type": "text", "text": "Hi"}]
    assert (reply["role"], reply["status"], reply["tool"]) == ("ASSISTANT", "SUCCESS", False)
    assert (reply["provider"], reply["model"], reply["finishReason"]) == ("scripted", "scripted", "STOP")
    assert reply["usage"] == {"inputTokens": 3, "outputTokens": 10, "totalTokens": 13}
    message = "query($id: ID!) { message(id: $id) { id threadId text } }"
    assert (await common(message, id=reply["id"]))["message"] == {
        "id": reply["id"],
        "threadId": id_,
        "text": "Hello there",
    }
    assert (await common(message, id="msg_none"))["message"] is None


async def test_a_generation_knows_its_rows(common: "Api") -> None:
    id_ = await common.new_thread()
    generation = (await sent(common, id_))["generation"]
    await common.answered(id_, generation["id"])
    document = """query($id: ID!) { generation(id: $id) {
      status error attempts usage { totalTokens } messages { text } queuedAt startedAt endedAt } }"""
    found = (await common(document, id=generation["id"]))["generation"]
    assert (found["status"], found["error"], found["attempts"]) == ("SUCCEEDED", None, 1)
    assert (found["usage"], found["messages"]) == ({"totalTokens": 13}, [{"text": "Hello there"}])
    assert found["queuedAt"] <= found["startedAt"] <= found["endedAt"]
    listed = "query($id: ID!) { thread(id: $id) { generations { edges { node { id } } pageInfo { hasNextPage } } } }"
    page = (await common(listed, id=id_))["thread"]["generations"]
    assert page == {"edges": [{"node": {"id": generation["id"]}}], "pageInfo": {"hasNextPage": False}}


async def test_the_same_client_id_is_one_message(common: "Api") -> None:
    id_ = await common.new_thread()
    first, second = [await sent(common, id_, text, clientId="c") for text in ("one", "two")]
    assert first["sentMessage"] == second["sentMessage"]
    assert first["generation"]["id"] == second["generation"]["id"]
    assert [row["role"] for row in await rows(common, id_)] == ["USER", "ASSISTANT"]


async def test_saving_can_do_without_an_answer_and_be_answered_later(common: "Api") -> None:
    id_ = await common.new_thread()
    payload = await sent(common, id_, generate=False)
    assert payload["generation"] is None
    assert len(await rows(common, id_)) == 1
    start = f"""mutation($input: StartGenerationInput!) {{
      startGeneration(input: $input) {{ generation {{ id status }} {ERRORS} }} }}"""
    given = {"agentName": "support", "threadId": id_, "promptMessageId": payload["sentMessage"]["id"]}
    started = (await common(start, input={**given, "clientId": "g"}))["startGeneration"]["generation"]
    again = (await common(start, input={**given, "clientId": "g"}))["startGeneration"]["generation"]
    assert started["id"] == again["id"]
    await common.answered(id_, started["id"])
    assert [message["text"] for message in await shown(common, id_)] == ["Hi", "Hello there"]
    for wrong, path in (({"agentName": "nobody"}, "agentName"), ({"promptMessageId": "msg_none"}, "promptMessageId")):
        assert (await common.refusal(start, input={**given, **wrong}))[:2] == ("NOT_FOUND", ["input", path])


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"prompt": "Hi", "agentName": "nobody"}, "NOT_FOUND", ["input", "agentName"]),
        ({"prompt": ""}, "INVALID", ["input", "prompt"]),
        ({"prompt": " \n"}, "INVALID", ["input", "prompt"]),
        ({}, "INVALID", ["input", "prompt"]),
        ({"prompt": "Hi", "content": [{"type": "text", "text": "Hi"}]}, "INVALID", ["input", "prompt"]),
        ({"prompt": "x" * (1024 * 1024 + 1)}, "TOO_LARGE", ["input", "prompt"]),
        ({"content": []}, "INVALID", ["input", "content"]),
        ({"content": 5}, "INVALID", ["input", "content"]),
        ({"content": [{"type": "text", "text": 5}]}, "INVALID", ["input", "content", "0", "text"]),
        ({"content": [{"type": "spell"}]}, "INVALID", ["input", "content", "0"]),
        ({"prompt": "Hi", "clientId": "c" * 201}, "TOO_LARGE", ["input", "clientId"]),
        ({"prompt": "Hi", "options": {"temperature": 3}}, "INVALID", ["input", "options", "temperature"]),
        ({"prompt": "Hi", "options": {"model": "none:x"}}, "INVALID", ["input", "options", "model"]),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_refused_message_stores_nothing(
    common: "Api", given: dict[str, Any], code: str, path: list[str]
) -> None:
    id_ = await common.new_thread()
    assert (await common.refusal(SEND, input={"threadId": id_, **given}))[:2] == (code, path)
    assert await rows(common, id_) == []
    cursor = "query($id: ID!) { thread(id: $id) { lastMessageAt generations { edges { cursor } } } }"
    assert (await common(cursor, id=id_))["thread"] == {"lastMessageAt": None, "generations": {"edges": []}}


async def test_a_thread_that_is_not_there_takes_no_message(common: "Api") -> None:
    code, path, _ = await common.refusal(SEND, input={"threadId": "thr_none", "prompt": "Hi"})
    assert (code, path) == ("NOT_FOUND", ["input", "threadId"])


async def test_a_prompt_may_have_a_mebibyte(common: "Api") -> None:
    id_ = await common.new_thread()
    await sent(common, id_, "x" * (1024 * 1024 - 2), generate=False)
    assert len((await rows(common, id_))[0]["text"]) == 1024 * 1024 - 2


async def test_content_parts_are_shown(common: "Api") -> None:
    id_ = await common.new_thread()
    content = [
        {"type": "text", "text": "Look"},
        {"type": "image", "image": "aGk=", "mediaType": "image/png"},
        {"type": "file", "data": "https://example.com/a.pdf", "mediaType": "application/pdf", "filename": "a.pdf"},
    ]
    await sent(common, id_, prompt=None, content=content, generate=False)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    (message,) = await shown(common, id_)
    assert message["parts"] == [
        {"__typename": "TextPart", "text": "Look", "state": "DONE"},
        {"__typename": "FilePart", "mediaType": "image/png", "url": "data:image/png;base64,aGk=", "filename": None},
        {
            "__typename": "FilePart",
            "mediaType": "application/pdf",
            "url": "https://example.com/a.pdf",
            "filename": "a.pdf",
        },
    ]
    assert [part["type"] for part in message["aiSdk"]["parts"]] == ["text", "file", "file"]


async def test_pages_hold_whole_turns_both_ways(common: "Api") -> None:
    id_ = await common.new_thread()
    for text in "abcd":
        await sent(common, id_, text, generate=False)
    newest = (await common(SHOWN, id=id_, last=2))["thread"]["uiMessages"]
    assert [edge["node"]["text"] for edge in newest["edges"]] == ["c", "d"]
    assert (newest["pageInfo"]["hasNextPage"], newest["pageInfo"]["hasPreviousPage"]) == (False, True)
    before = newest["pageInfo"]["startCursor"]
    older = (await common(SHOWN, id=id_, last=2, before=before))["thread"]["uiMessages"]
    assert [edge["node"]["text"] for edge in older["edges"]] == ["a", "b"]
    assert (older["pageInfo"]["hasNextPage"], older["pageInfo"]["hasPreviousPage"]) == (True, False)
    after = older["pageInfo"]["endCursor"]
    assert [message["text"] for message in await shown(common, id_, first=1, after=after)] == ["c"]
    assert [message["text"] for message in await shown(common, id_, first=1)] == ["a"]


async def test_a_page_never_cuts_a_turn(common: "Api") -> None:
    id_ = await common.new_thread()
    for _ in range(2):
        await common.answered(id_, (await sent(common, id_))["generation"]["id"])
    assert [message["key"] for message in await shown(common, id_, last=1)] == [f"{id_}-1-0", f"{id_}-1-1"]
    assert [message["key"] for message in await shown(common, id_, first=1)] == [f"{id_}-0-0", f"{id_}-0-1"]


async def test_rows_are_narrowed(common: "Api") -> None:
    id_ = await common.new_thread()
    for _ in range(2):
        await common.answered(id_, (await sent(common, id_))["generation"]["id"])
    everything = await rows(common, id_)
    assert [row["order"] for row in everything] == [0, 0, 1, 1]
    assert await rows(common, id_, statuses=["PENDING", "FAILED"]) == []
    assert await rows(common, id_, upTo=everything[0]["id"]) == everything[:2]
    page = (await common(ROWS, id=id_, first=3))["thread"]["messages"]
    assert (len(page["edges"]), page["pageInfo"]) == (3, {"hasNextPage": True, "hasPreviousPage": False})
    rest = (await common(ROWS, id=id_, first=3, after=page["edges"][-1]["cursor"]))["thread"]["messages"]
    assert (len(rest["edges"]), rest["pageInfo"]) == (1, {"hasNextPage": False, "hasPreviousPage": True})


async def test_a_foreign_message_narrows_nothing(common: "Api") -> None:
    id_, other = await common.new_thread(), await common.new_thread()
    foreign = (await sent(common, other, generate=False))["sentMessage"]["id"]
    code, _ = await common.error(ROWS, id=id_, upTo=foreign)
    assert code == "NOT_FOUND"


async def test_a_failed_answer_says_why(start: Callable[..., Any]) -> None:
    from weft.testing import Fail, ProviderError

    api: Api = await start(["Half ", Fail(ProviderError("quota used up", provider="scripted"))])
    id_ = await api.new_thread()
    generation = (await sent(api, id_))["generation"]
    await api.answered(id_, generation["id"])
    _, answer = await shown(api, id_)
    assert (answer["status"], answer["text"].strip(), answer["error"]) == ("FAILED", "Half", "quota used up")
    found = await api("query($id: ID!) { generation(id: $id) { status error } }", id=generation["id"])
    assert found["generation"] == {"status": "FAILED", "error": "quota used up"}
