"""Saving, changing and rating messages through the API; what is wrong comes back with the path to it."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.api.conftest import Api

ERRORS = "userErrors { code errorMessage path }"
ROW = """id order stepOrder role status text tool agentName model provider error usage { totalTokens } content
  feedback { rating comment userId }"""
SAVE = f"mutation($input: SaveMessagesInput!) {{ saveMessages(input: $input) {{ messages {{ {ROW} }} {ERRORS} }} }}"
UPDATE = (
    f"mutation($input: UpdateMessageInput!) {{ updateMessage(input: $input) {{ savedMessage {{ {ROW} }} {ERRORS} }} }}"
)
RATE = f"mutation($input: RateMessageInput!) {{ rateMessage(input: $input) {{ savedMessage {{ {ROW} }} {ERRORS} }} }}"

CALL = {"type": "tool-call", "toolCallId": "c1", "toolName": "weather", "input": {"city": "Oslo"}}
RESULT = {
    "type": "tool-result",
    "toolCallId": "c1",
    "toolName": "weather",
    "output": {"type": "json", "value": {"degrees": 3}},
}


async def save(api: "Api", thread_id: str, *messages: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    payload = (await api(SAVE, input={"threadId": thread_id, "messages": list(messages), **options}))["saveMessages"]
    assert payload["userErrors"] == []
    rows: list[dict[str, Any]] = payload["messages"]
    return rows


async def refused(api: "Api", document: str, **fields: Any) -> dict[str, Any]:
    """The one user error of a mutation."""
    (payload,) = (await api(document, input=fields)).values()
    (error,) = payload["userErrors"]
    return dict(error)


async def test_a_whole_turn_with_a_tool_is_saved_at_once(common: "Api") -> None:
    thread_id = await common.new_thread(userId="u1")
    rows = await save(
        common,
        thread_id,
        {"prompt": "Is it cold in Oslo?"},
        {"role": "ASSISTANT", "content": [CALL]},
        {"role": "TOOL", "content": [RESULT]},
        {"role": "ASSISTANT", "content": "Yes.", "metadata": {"model": "m", "usage": {"inputTokens": 4}}},
        agentName="weatherman",
    )
    assert [(row["order"], row["stepOrder"], row["tool"]) for row in rows] == [
        (0, 0, False), (0, 1, True), (0, 2, True), (0, 3, False),
    ]  # fmt: skip
    assert (rows[3]["text"], rows[3]["model"], rows[3]["usage"]) == ("Yes.", "m", {"totalTokens": 4})
    assert {row["agentName"] for row in rows} == {"weatherman"}


async def test_next_places_a_human_reply_into_a_turn_of_its_own(common: "Api") -> None:
    thread_id = await common.new_thread()
    await save(common, thread_id, {"prompt": "Hello?"})
    human = {"role": "ASSISTANT", "content": "Kim here.", "metadata": {"provider": "human"}}
    (row,) = await save(common, thread_id, human, placement="NEXT")
    assert (row["order"], row["stepOrder"], row["provider"]) == (1, 0, "human")


@pytest.mark.parametrize(
    ("message", "path"),
    [
        ({}, ["role"]),
        ({"role": "USER"}, ["content"]),
        ({"prompt": "x", "role": "USER"}, ["prompt"]),
        ({"role": "USER", "content": [{"type": "smell"}]}, ["content", "0"]),
        ({"role": "ASSISTANT", "content": [{"type": "tool-call", "toolCallId": "c"}]}, ["content", "0", "toolName"]),
        ({"role": "SYSTEM", "content": [CALL]}, ["content"]),
        ({"prompt": "x", "metadata": {"usage": {"inputTokens": -1}}}, ["metadata", "usage", "inputTokens"]),
    ],
)
async def test_a_wrong_message_says_which_and_where_and_nothing_is_saved(
    common: "Api", message: dict[str, Any], path: list[str]
) -> None:
    thread_id = await common.new_thread()
    error = await refused(common, SAVE, threadId=thread_id, messages=[{"prompt": "fine"}, message])
    assert error["code"] == "INVALID"
    assert error["path"][:3] == ["input", "messages", "1"]
    assert error["path"][3 : 3 + len(path)] == path
    assert await common.weft.store.database["messages"].count_documents({"threadId": thread_id}) == 0


async def test_an_unknown_thread_is_not_found(common: "Api") -> None:
    error = await refused(common, SAVE, threadId="thr_none", messages=[{"prompt": "x"}])
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "threadId"])


async def test_a_message_is_changed_and_what_derives_from_it_too(common: "Api") -> None:
    (row,) = await save(common, await common.new_thread(), {"role": "ASSISTANT", "content": "old"})
    changed = (await common(UPDATE, input={"messageId": row["id"], "content": [CALL]}))["updateMessage"]
    assert changed["userErrors"] == []
    assert (changed["savedMessage"]["text"], changed["savedMessage"]["tool"]) == (None, True)
    failed = (await common(UPDATE, input={"messageId": row["id"], "status": "FAILED", "error": "wrong"}))[
        "updateMessage"
    ]
    assert (failed["savedMessage"]["status"], failed["savedMessage"]["error"]) == ("FAILED", "wrong")


@pytest.mark.parametrize(
    ("fields", "path"),
    [({"status": None}, "status"), ({"content": None}, "content"), ({"content": [{"type": "smell"}]}, "content")],
)
async def test_a_change_that_cannot_be_is_refused(common: "Api", fields: dict[str, Any], path: str) -> None:
    (row,) = await save(common, await common.new_thread(), {"role": "ASSISTANT", "content": "old"})
    error = await refused(common, UPDATE, messageId=row["id"], **fields)
    assert (error["code"], error["path"][:2]) == ("INVALID", ["input", path])


async def test_the_applications_own_data_is_kept_shown_and_cleared(common: "Api") -> None:
    thread_id, own = await common.new_thread(), {"mood": "good"}
    shown = """query($id: ID!) { thread(id: $id) { uiMessages { edges { node { metadata aiSdk } } } } }"""
    sending = """mutation($input: SendMessageInput!) { sendMessage(input: $input) {
      sentMessage { metadata } userErrors { path } } }"""
    message = {"threadId": thread_id, "prompt": "hi", "generate": False, "metadata": own}
    assert (await common(sending, input=message))["sendMessage"]["sentMessage"]["metadata"] == own
    (row,) = await save(common, thread_id, {"role": "ASSISTANT", "content": "yo", "metadata": {"custom": own}})
    nodes = [edge["node"] for edge in (await common(shown, id=thread_id))["thread"]["uiMessages"]["edges"]]
    assert [node["metadata"] for node in nodes] == [own, own] == [node["aiSdk"]["metadata"] for node in nodes]
    await common(UPDATE, input={"messageId": row["id"], "metadata": None})
    nodes = [edge["node"] for edge in (await common(shown, id=thread_id))["thread"]["uiMessages"]["edges"]]
    assert [node["metadata"] for node in nodes] == [own, None]
    error = await refused(common, UPDATE, messageId=row["id"], metadata={"big": "x" * 17_000})
    assert (error["code"], error["path"]) == ("TOO_LARGE", ["input", "metadata"])


async def test_a_rating_is_stored_with_who_gave_it_and_taken_back(common: "Api") -> None:
    (row,) = await save(common, await common.new_thread(), {"role": "ASSISTANT", "content": "fine"})
    rated = (await common(RATE, input={"messageId": row["id"], "rating": 1, "comment": "nice"}))["rateMessage"]
    assert rated["savedMessage"]["feedback"] == {"rating": 1, "comment": "nice", "userId": "u1"}
    cleared = (await common(RATE, input={"messageId": row["id"], "rating": None}))["rateMessage"]
    assert cleared["savedMessage"]["feedback"] is None
    error = await refused(common, RATE, messageId=row["id"], rating=5)
    assert (error["code"], error["path"]) == ("INVALID", ["input", "rating"])
