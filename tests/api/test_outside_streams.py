"""Live streams of writers that are no agents of the server, as they write them and as others see them."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.api.conftest import Api

STREAM = """stream { id order stepOrder state end abortReason agentName model provider uiMessage { key status text } }
  userErrors { code errorMessage path }"""
CREATE = f"mutation($input: CreateStreamInput!) {{ createStream(input: $input) {{ {STREAM} }} }}"
APPEND = f"mutation($input: AppendToStreamInput!) {{ appendToStream(input: $input) {{ {STREAM} }} }}"
FINISH = f"mutation($input: FinishStreamInput!) {{ finishStream(input: $input) {{ {STREAM} }} }}"
ABORT = "mutation($input: AbortStreamsInput!) { abortStreams(input: $input) { abortedIds userErrors { code } } }"
MOMENT = """query($id: ID!) { thread(id: $id) { cursor uiMessages { edges { node { key status text error } } }
  messages { edges { node { status content model provider agentName error } } } } }"""
EVENTS = """subscription($id: ID!, $after: String) { threadEvents(threadId: $id, after: $after) { __typename
  ... on MessageSaved { uiMessage { key status text error } }
  ... on StreamStarted { stream { id } }
  ... on StreamAdvanced { delta { start end text } }
  ... on StreamEnded { state abortReason } } }"""

HELLO: list[dict[str, Any]] = [
    {"type": "text-start", "id": "0"},
    {"type": "text-delta", "id": "0", "delta": "Hello "},
    {"type": "text-delta", "id": "0", "delta": "there"},
]


async def begun(api: "Api", **fields: Any) -> tuple[str, str]:
    """The ids of a thread and of a stream in it that says "Hello there"."""
    thread = await api.new_thread()
    created = (await api(CREATE, input={"threadId": thread, **fields}))["createStream"]
    assert created["userErrors"] == []
    stream: str = created["stream"]["id"]
    await api(APPEND, input={"streamId": stream, "start": 0, "parts": HELLO})
    return thread, stream


async def test_a_stream_is_written_seen_and_stored(common: "Api") -> None:
    thread = await common.new_thread()
    cursor = (await common(MOMENT, id=thread))["thread"]["cursor"]
    names = {"agentName": "bot", "model": "m", "provider": "p"}
    async with common.follow(EVENTS, id=thread, after=cursor) as following:
        created = (await common(CREATE, input={"threadId": thread, **names}))["createStream"]["stream"]
        key = f"{thread}-0-0"
        assert created == {
            "id": created["id"], "order": 0, "stepOrder": 0, "state": "STREAMING", "end": 0, "abortReason": None,
            **names, "uiMessage": {"key": key, "status": "STREAMING", "text": ""},
        }  # fmt: skip
        append = {"streamId": created["id"], "start": 0, "parts": HELLO}
        for _ in range(2):
            appended = (await common(APPEND, input=append))["appendToStream"]["stream"]
            assert (appended["end"], appended["uiMessage"]["text"]) == (3, "Hello there")
        (shown,) = (await common(MOMENT, id=thread))["thread"]["uiMessages"]["edges"]
        assert shown["node"] == {"key": key, "status": "STREAMING", "text": "Hello there", "error": None}
        for _ in range(2):
            finished = (await common(FINISH, input={"streamId": created["id"]}))["finishStream"]["stream"]
            assert (finished["state"], finished["end"]) == ("FINISHED", 3)
        events = await common.until(following, "StreamEnded")
    told = [event for event in events if event["__typename"] != "ThreadChanged"]
    assert [event["__typename"] for event in told] == [
        "MessageSaved", "StreamStarted", "StreamAdvanced", "MessageSaved", "StreamEnded",
    ]  # fmt: skip
    assert told[2]["delta"] == {"start": 0, "end": 3, "text": "Hello there"}
    assert told[3]["uiMessage"] == {"key": key, "status": "SUCCESS", "text": "Hello there", "error": None}
    (stored,) = (await common(MOMENT, id=thread))["thread"]["messages"]["edges"]
    assert stored["node"] == {
        "status": "SUCCESS", "content": [{"type": "text", "text": "Hello there"}], "error": None, **names,
    }  # fmt: skip


async def test_messages_may_be_given_at_the_end(common: "Api") -> None:
    thread, stream = await begun(common, model="m")
    given = [{"role": "ASSISTANT", "content": "Better.", "metadata": {"finishReason": "STOP"}}, {"prompt": "And?"}]
    finished = await common(FINISH, input={"streamId": stream, "messages": given})
    assert finished["finishStream"]["stream"]["state"] == "FINISHED"
    shown = (await common(MOMENT, id=thread))["thread"]["uiMessages"]["edges"]
    assert [(each["node"]["key"], each["node"]["text"]) for each in shown] == [
        (f"{thread}-0-0", "Better."),
        (f"{thread}-1-0", "And?"),
    ]


async def test_an_aborted_stream_says_why_to_everybody(common: "Api") -> None:
    thread, stream = await begun(common)
    aborted = await common(ABORT, input={"threadId": thread, "streamId": stream, "reason": "changed my mind"})
    assert aborted["abortStreams"] == {"abortedIds": [stream], "userErrors": []}
    (shown,) = (await common(MOMENT, id=thread))["thread"]["uiMessages"]["edges"]
    wanted = {"key": f"{thread}-0-0", "status": "FAILED", "text": "Hello there", "error": "changed my mind"}
    assert shown["node"] == wanted
    for mutation, given in ((APPEND, {"start": 3, "parts": HELLO}), (FINISH, {})):
        refusal = await common.refusal(mutation, input={"streamId": stream, **given})
        assert refusal == ("CONFLICT", ["input", "streamId"], f"stream {stream} was aborted: changed my mind")


@pytest.mark.parametrize(
    ("given", "code", "path", "message"),
    [
        ({"start": 4}, "CONFLICT", ["start"], "the stream ends at 3, not at 4: there would be a gap; append at 3"),
        ({"start": 1}, "CONFLICT", ["start"], "the stream ends at 3, not at 1: there is something else already"),
        ({"parts": [{"type": "text"}]}, "INVALID", ["parts", "0", "type"], "'text' is no type of a stream's part"),
        ({"parts": [7]}, "INVALID", ["parts", "0"], "a part of a stream is an object"),
        ({"parts": [{"type": "data-x", "data": "x" * 2**20}]}, "TOO_LARGE", ["parts"], "parts has 1048"),
        ({"parts": HELLO * 334}, "TOO_LARGE", ["parts"], "there are 1002 parts; append at most 1,000 at once"),
        ({"streamId": "str_none"}, "NOT_FOUND", ["streamId"], "stream str_none not found"),
    ],
)
async def test_a_wrong_append_says_what_is_wrong(
    common: "Api", given: dict[str, Any], code: str, path: list[str], message: str
) -> None:
    _, stream = await begun(common)
    refusal = await common.refusal(APPEND, input={"streamId": stream, "start": 3, "parts": HELLO, **given})
    assert refusal[:2] == (code, ["input", *path])
    assert refusal[2].startswith(message)


async def test_a_turn_takes_one_stream_at_a_time(common: "Api") -> None:
    thread, stream = await begun(common)
    code, path, message = await common.refusal(CREATE, input={"threadId": thread, "order": 0})
    assert (code, path) == ("CONFLICT", ["input", "order"])
    assert message == f"stream {stream} is being written in turn 0; finish or abort it first"
    assert (await common.refusal(CREATE, input={"threadId": "thr_none"}))[:2] == ("NOT_FOUND", ["input", "threadId"])
