"""Deleting and branching through the API, and what those who watch are told."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from weft.testing import Gate

if TYPE_CHECKING:
    from tests.api.conftest import Api

ERRORS = "userErrors { code errorMessage path }"
DELETE = f"mutation($input: DeleteThreadInput!) {{ deleteThread(input: $input) {{ done {ERRORS} }} }}"
DELETE_USER = f"mutation($input: DeleteUserDataInput!) {{ deleteUserData(input: $input) {{ done {ERRORS} }} }}"
DELETE_MESSAGES = f"""mutation($input: DeleteMessagesInput!) {{
  deleteMessages(input: $input) {{ deletedIds {ERRORS} }} }}"""
DELETE_RANGE = f"""mutation($input: DeleteMessageRangeInput!) {{
  deleteMessageRange(input: $input) {{ done lastOrder lastStepOrder {ERRORS} }} }}"""
BRANCH = f"""mutation($input: BranchThreadInput!) {{ branchThread(input: $input) {{ {ERRORS}
  thread {{ id title userId branchedFrom {{ threadId order stepOrder }}
    messages {{ edges {{ node {{ id order stepOrder text }} }} }} }} }} }}"""
SAVE = """mutation($id: ID!, $prompts: [MessageInput!]!) {
  saveMessages(input: { threadId: $id, messages: $prompts }) { messages { id order } userErrors { code } } }"""
SEND = """mutation($id: ID!) { sendMessage(input: { threadId: $id, prompt: "Hi" }) {
  generation { id } userErrors { code } } }"""
EVENTS = """subscription($id: ID!, $after: String) { threadEvents(threadId: $id, after: $after) { __typename
  ... on Event { cursor } ... on MessageSaved { uiMessage { key text } } ... on MessageRemoved { keys }
  ... on GenerationChanged { generation { status error } } ... on ThreadDeleted { threadId }
  ... on ThreadChanged { thread { title lastMessageAt } } } }"""
LIST = """subscription($user: String) { threadListEvents(userId: $user) { __typename
  ... on ThreadChanged { thread { id title lastMessageAt } } ... on ThreadDeleted { threadId } } }"""
THREAD = "query($id: ID!) { thread(id: $id) { id cursor messages { edges { node { id } } } } }"
USERS = """query($first: Int, $after: String) { users(first: $first, after: $after) {
  edges { cursor node } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""

Start = Callable[..., Any]


async def saved(api: "Api", thread_id: str, *texts: str) -> list[str]:
    prompts = [{"prompt": text} for text in texts]
    payload = (await api(SAVE, id=thread_id, prompts=prompts))["saveMessages"]
    return [message["id"] for message in payload["messages"]]


async def test_a_deleted_thread_is_gone_for_everybody_and_those_who_watch_are_told_last(api: "Api") -> None:
    id_ = await api.new_thread(userId="u1", title="T")
    async with api.follow(EVENTS, id=id_) as thread, api.follow(LIST, user="u1") as sidebar:
        await saved(api, id_, "one")
        assert (await api(DELETE, input={"threadId": id_}))["deleteThread"] == {"done": True, "userErrors": []}
        told = await api.until(thread, "ThreadDeleted")
        assert told[-1]["threadId"] == id_
        with pytest.raises(StopAsyncIteration):
            await thread()
        listed = await api.until(sidebar, "ThreadDeleted")
        assert listed[-1] == {"__typename": "ThreadDeleted", "threadId": id_}
    assert (await api(THREAD, id=id_))["thread"] is None
    assert (await api(SEND, id=id_))["sendMessage"]["userErrors"] == [{"code": "NOT_FOUND"}]
    assert (await api(DELETE, input={"threadId": id_}))["deleteThread"]["done"]


async def test_an_answer_in_a_deleted_thread_stops_at_once(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate()
    api: Api = await start(["One two ", gate, "three"])
    id_ = await api.new_thread()
    async with api.follow(EVENTS, id=id_) as following:
        await api(SEND, id=id_)
        await gate.reached()
        await api(DELETE, input={"threadId": id_})
        await api.until(following, "ThreadDeleted")
    while not api.model.cancelled:
        await api(THREAD, id=id_)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_an_id_of_another_type_is_refused(common: "Api") -> None:
    code, path, _ = await common.refusal(DELETE, input={"threadId": "msg_1"})
    assert (code, path) == ("INVALID", ["input", "threadId"])
    code, path, _ = await common.refusal(DELETE_MESSAGES, input={"messageIds": ["msg_1", "gen_1"]})
    assert (code, path) == ("INVALID", ["input", "messageIds", "1"])


async def test_the_data_of_a_user_goes_and_that_of_others_stays(api: "Api") -> None:
    mine = [await api.new_thread(userId="u1") for _ in range(3)]
    other = await api.new_thread(userId="u2")
    assert (await api(DELETE_USER, input={"userId": "u1"}))["deleteUserData"] == {"done": True, "userErrors": []}
    assert [(await api(THREAD, id=id_))["thread"] for id_ in mine] == [None] * 3
    assert (await api(THREAD, id=other))["thread"]
    assert (await api(DELETE_USER, input={"userId": "u1"}))["deleteUserData"]["done"]


async def test_deleted_messages_are_removed_for_those_who_watch(api: "Api") -> None:
    id_ = await api.new_thread(userId="u1")
    first, second, third = [(await saved(api, id_, text))[0] for text in ("one", "two", "three")]
    cursor = (await api(THREAD, id=id_))["thread"]["cursor"]
    async with api.follow(EVENTS, id=id_, after=cursor) as following, api.follow(LIST, user="u1") as sidebar:
        payload = (await api(DELETE_MESSAGES, input={"messageIds": [third, "msg_none", first]}))["deleteMessages"]
        assert payload == {"deletedIds": [third, first], "userErrors": []}
        (removed,) = await api.until(following, "MessageRemoved")
        assert removed["keys"] == [f"{id_}-0-0", f"{id_}-2-0"]
        assert (await api.until(following, "ThreadChanged"))[-1]["thread"]["lastMessageAt"]
        assert (await api.until(sidebar, "ThreadChanged"))[-1]["thread"]["id"] == id_
    rows = (await api(THREAD, id=id_))["thread"]["messages"]["edges"]
    assert [edge["node"]["id"] for edge in rows] == [second]


async def test_deleting_the_reply_that_is_being_written_aborts_the_answer(start: Start) -> None:
    gate = Gate()
    api: Api = await start(["One two ", gate, "three"])
    id_ = await api.new_thread()
    await api(SEND, id=id_)
    await gate.reached()
    reply = (await api(THREAD, id=id_))["thread"]["messages"]["edges"][1]["node"]["id"]
    cursor = (await api(THREAD, id=id_))["thread"]["cursor"]
    async with api.follow(EVENTS, id=id_, after=cursor) as following:
        await api(DELETE_MESSAGES, input={"messageIds": [reply]})
        told = await api.until(following, "MessageRemoved")
    kinds = [event["__typename"] for event in told if event["__typename"] != "StreamAdvanced"]
    assert kinds == ["StreamEnded", "GenerationChanged", "ThreadChanged", "MessageRemoved"]
    assert told[-3]["generation"] == {"status": "ABORTED", "error": "its message was deleted"}


async def test_a_range_is_deleted(api: "Api") -> None:
    id_ = await api.new_thread()
    await saved(api, id_, "one", "two", "three", "four")
    given = {"threadId": id_, "startOrder": 1, "endOrder": 3}
    deleted: dict[str, Any] = {"done": True, "lastOrder": 2, "lastStepOrder": 0, "userErrors": []}
    assert (await api(DELETE_RANGE, input=given))["deleteMessageRange"] == deleted
    nothing = deleted | {"lastOrder": None, "lastStepOrder": None}
    assert (await api(DELETE_RANGE, input=given))["deleteMessageRange"] == nothing
    code, path, _ = await api.refusal(DELETE_RANGE, input=given | {"endOrder": 0})
    assert (code, path) == ("INVALID", ["input", "endOrder"])
    code, path, _ = await api.refusal(DELETE_RANGE, input=given | {"startStepOrder": -1})
    assert (code, path) == ("INVALID", ["input", "startStepOrder"])
    code, path, _ = await api.refusal(DELETE_RANGE, input=given | {"threadId": "thr_none"})
    assert (code, path) == ("NOT_FOUND", ["input", "threadId"])


async def test_a_branch_appears_complete_in_the_list_of_its_owner(api: "Api") -> None:
    id_ = await api.new_thread(userId="u1", title="T")
    _, second, _ = await saved(api, id_, "one", "two", "three")
    async with api.follow(LIST, user="u1") as sidebar:
        given = {"threadId": id_, "upToAndIncludingMessageId": second, "title": "Branch"}
        made = (await api(BRANCH, input=given))["branchThread"]["thread"]
        told = await sidebar()
        while told["thread"]["id"] != made["id"]:
            told = await sidebar()
        assert told["thread"]["title"] == "Branch"
        assert told["thread"]["lastMessageAt"]
    assert (made["title"], made["userId"]) == ("Branch", "u1")
    assert made["branchedFrom"] == {"threadId": id_, "order": 1, "stepOrder": 0}
    rows = [edge["node"] for edge in made["messages"]["edges"]]
    assert [(row["order"], row["stepOrder"], row["text"]) for row in rows] == [(0, 0, "one"), (1, 0, "two")]
    code, path, _ = await api.refusal(BRANCH, input={"threadId": made["id"], "upToAndIncludingMessageId": second})
    assert (code, path) == ("NOT_FOUND", ["input", "upToAndIncludingMessageId"])


async def test_users_that_own_threads_are_listed_in_pages(api: "Api") -> None:
    for owner in ("bob", "ann", None, "bob", "eve"):
        await api.new_thread(userId=owner)
    first = (await api(USERS, first=2))["users"]
    assert [edge["node"] for edge in first["edges"]] == ["ann", "bob"]
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (True, False)
    last = (await api(USERS, first=2, after=first["pageInfo"]["endCursor"]))["users"]
    assert [edge["node"] for edge in last["edges"]] == ["eve"]
    assert (last["pageInfo"]["hasNextPage"], last["pageInfo"]["hasPreviousPage"]) == (False, True)
    assert (await api.error(USERS, first=0))[0] == "BAD_USER_INPUT"


async def test_threads_are_found_by_the_words_of_their_title(api: "Api") -> None:
    document = 'query($title: String) { threads(filter: { userId: "u1", title: $title }) { edges { node { title } } } }'

    async def found(title: str) -> list[str]:
        return [edge["node"]["title"] for edge in (await api(document, title=title))["threads"]["edges"]]

    id_ = await api.new_thread(userId="u1", title="Große Reise nach Oslo")
    await api.new_thread(userId="u1", title="oslo")
    await api.new_thread(userId="u2", title="Oslo")
    assert await found("OSLO") == ["oslo", "Große Reise nach Oslo"]
    assert await found("oslo, GROSSE!") == ["Große Reise nach Oslo"]
    assert await found("Os") == []
    assert len(await found("")) == 2
    await api(
        'mutation($id: ID!) { updateThread(input: { threadId: $id, title: "Bergen" }) { userErrors { code } } }', id=id_
    )
    assert await found("oslo") == ["oslo"]
    assert await found("bergen") == ["Bergen"]
