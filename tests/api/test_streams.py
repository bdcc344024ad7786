"""Live answers through the API: seen in the middle, continued from a cursor without a gap or a repeat, stopped."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from weft.testing import Gate

if TYPE_CHECKING:
    from tests.api.conftest import Api

ERRORS = "userErrors { code errorMessage path }"
SEND = """mutation($id: ID!) { sendMessage(input: { threadId: $id, prompt: "Hi", options: { throttleMs: 0 } }) {
  generation { id } cursor userErrors { code } } }"""
MOMENT = """query($id: ID!) { thread(id: $id) { cursor
  uiMessages { edges { node { key status text } } }
  streams { id state end order stepOrder agentName uiMessage { key status text aiSdk }
    deltas { start end parts text } } } }"""
EVENTS = """subscription($id: ID!, $after: String) { threadEvents(threadId: $id, after: $after) { __typename
  ... on Event { cursor }
  ... on MessageSaved { uiMessage { key status text error } }
  ... on StreamStarted { stream { id end uiMessage { key text } } }
  ... on StreamAdvanced { delta { streamId start end text } }
  ... on StreamEnded { streamId key state abortReason }
  ... on GenerationChanged { generation { id status error } }
  ... on ThreadChanged { thread { title } } } }"""
ABORT = f"""mutation($input: AbortGenerationInput!) {{
  abortGeneration(input: $input) {{ generation {{ id status error }} {ERRORS} }} }}"""
ABORT_STREAMS = f"mutation($input: AbortStreamsInput!) {{ abortStreams(input: $input) {{ abortedIds {ERRORS} }} }}"

Start = Callable[..., Any]


async def half_way(start: Start) -> tuple["Api", Gate, str, str]:
    """An answer that stands still after "One two ": the API, the gate, the ids of thread and generation."""
    gate = Gate()
    api: Api = await start(["One two ", gate, "three"])
    id_ = await api.new_thread()
    async with api.follow(EVENTS, id=id_) as following:
        generation = (await api(SEND, id=id_))["sendMessage"]["generation"]["id"]
        await gate.reached()
        text = ""
        while text != "One two ":
            text += (await following()).get("delta", {}).get("text", "")
    return api, gate, id_, generation


def text_of(events: Sequence[Mapping[str, Any]]) -> str:
    return "".join(event["delta"]["text"] for event in events if event["__typename"] == "StreamAdvanced")


async def test_an_answer_is_seen_in_the_middle(start: Start) -> None:
    api, gate, id_, _ = await half_way(start)
    thread = (await api(MOMENT, id=id_))["thread"]
    assert [edge["node"] for edge in thread["uiMessages"]["edges"]] == [
        {"key": f"{id_}-0-0", "status": "SUCCESS", "text": "Hi"},
        {"key": f"{id_}-0-1", "status": "STREAMING", "text": "One two "},
    ]
    (stream,) = thread["streams"]
    assert (stream["state"], stream["order"], stream["stepOrder"], stream["agentName"]) == (
        "STREAMING",
        0,
        1,
        "support",
    )
    assert (stream["uiMessage"]["key"], stream["uiMessage"]["text"]) == (f"{id_}-0-1", "One two ")
    assert "".join(delta["text"] for delta in stream["deltas"]) == "One two "
    assert (stream["deltas"][0]["start"], stream["deltas"][-1]["end"]) == (0, stream["end"])
    gate.open()


async def test_a_cursor_continues_from_exactly_its_moment(start: Start) -> None:
    api, gate, id_, _ = await half_way(start)
    thread = (await api(MOMENT, id=id_))["thread"]
    async with api.follow(EVENTS, id=id_, after=thread["cursor"]) as following:
        gate.open()
        events = await api.until(following, "StreamEnded")
        changed = await following()
    assert thread["uiMessages"]["edges"][1]["node"]["text"] + text_of(events) == "One two three"
    assert events[0]["delta"]["start"] == thread["streams"][0]["end"]
    saved, ended = events[-2:]
    assert saved["uiMessage"] == {"key": f"{id_}-0-1", "status": "SUCCESS", "text": "One two three", "error": None}
    assert (ended["state"], ended["key"], ended["abortReason"]) == ("FINISHED", f"{id_}-0-1", None)
    assert (changed["__typename"], changed["generation"]["status"]) == ("GenerationChanged", "SUCCEEDED")


async def test_every_cursor_continues_where_its_event_was(start: Start) -> None:
    api, gate, id_, _ = await half_way(start)
    async with api.follow(EVENTS, id=id_) as following:
        first = await following()
        gate.open()
        live = [first, *await api.until(following, "GenerationChanged")]
    for index, event in enumerate(live[:-1]):
        async with api.follow(EVENTS, id=id_, after=event["cursor"]) as following:
            again = await api.until(following, "GenerationChanged")
        assert text_of(live[: index + 1]) + text_of(again) == "One two three"
        assert again[-3:] == live[-3:] or index > len(live) - 4


async def test_a_reader_without_a_cursor_starts_with_the_live_streams(start: Start) -> None:
    api, gate, id_, _ = await half_way(start)
    async with api.follow(EVENTS, id=id_) as following:
        first = await following()
        gate.open()
        events = await api.until(following, "StreamEnded")
    assert (first["__typename"], first["stream"]["uiMessage"]["key"]) == ("StreamStarted", f"{id_}-0-1")
    assert text_of(events) == "One two three"


async def test_an_aborted_answer_keeps_what_it_had_and_says_why(start: Start) -> None:
    api, _, id_, generation = await half_way(start)
    cursor = (await api(MOMENT, id=id_))["thread"]["cursor"]
    async with api.follow(EVENTS, id=id_, after=cursor) as following:
        payload = await api(ABORT, input={"generationId": generation, "reason": "changed my mind"})
        events = await api.until(following, "GenerationChanged")
    wanted = {"id": generation, "status": "ABORTED", "error": "changed my mind"}
    assert payload["abortGeneration"] == {"generation": wanted, "userErrors": []}
    assert events[-1]["generation"] == wanted
    (ended,) = [event for event in events if event["__typename"] == "StreamEnded"]
    assert (ended["state"], ended["abortReason"]) == ("ABORTED", "changed my mind")
    thread = (await api(MOMENT, id=id_))["thread"]
    assert thread["uiMessages"]["edges"][1]["node"] == {
        "key": f"{id_}-0-1",
        "status": "FAILED",
        "text": "One two ",
    }
    assert thread["streams"] == []
    again = (await api(ABORT, input={"generationId": generation, "reason": "once more"}))["abortGeneration"]
    assert again["generation"] == wanted


async def test_an_unknown_generation_cannot_be_aborted(start: Start) -> None:
    api: Api = await start()
    code, path, _ = await api.refusal(ABORT, input={"generationId": "gen_none"})
    assert (code, path) == ("NOT_FOUND", ["input", "generationId"])


async def test_streams_are_stopped_by_thread_turn_or_id(start: Start) -> None:
    api, _, id_, generation = await half_way(start)
    (stream,) = (await api(MOMENT, id=id_))["thread"]["streams"]
    assert (await api(ABORT_STREAMS, input={"threadId": id_, "order": 7}))["abortStreams"]["abortedIds"] == []
    for wrong, path in (({"threadId": "thr_none"}, "threadId"), ({"threadId": id_, "streamId": "str_no"}, "streamId")):
        assert (await api.refusal(ABORT_STREAMS, input=wrong))[:2] == ("NOT_FOUND", ["input", path])
    stop = {"threadId": id_, "streamId": stream["id"], "order": 0, "reason": "stop"}
    stopped = (await api(ABORT_STREAMS, input=stop))["abortStreams"]
    assert stopped == {"abortedIds": [stream["id"]], "userErrors": []}
    assert (await api(ABORT_STREAMS, input={"threadId": id_}))["abortStreams"]["abortedIds"] == []
    found = await api("query($id: ID!) { generation(id: $id) { status error } }", id=generation)
    assert found["generation"] == {"status": "ABORTED", "error": "stop"}


async def test_ended_streams_are_still_to_be_read(start: Start) -> None:
    api: Api = await start(["Hello there"])
    id_ = await api.new_thread()
    await api.answered(id_, (await api(SEND, id=id_))["sendMessage"]["generation"]["id"])
    document = """query($id: ID!, $states: [StreamState!], $from: Int) { thread(id: $id) {
      streams(states: $states, startOrder: $from) { id state end endedAt uiMessage { text status }
        deltas { end text } rest: deltas(after: 1) { start } one: deltas(limit: 1) { start } } } }"""
    (stream,) = (await api(document, id=id_, states=["FINISHED"]))["thread"]["streams"]
    assert (stream["state"], stream["uiMessage"]) == ("FINISHED", {"text": "Hello there", "status": "SUCCESS"})
    assert stream["endedAt"]
    assert "".join(delta["text"] for delta in stream["deltas"]) == "Hello there"
    assert stream["deltas"][-1]["end"] == stream["end"]
    assert all(delta["start"] >= 1 for delta in stream["rest"])
    assert stream["one"] == [{"start": 0}]
    assert (await api(document, id=id_, states=None))["thread"]["streams"] == [stream]
    assert (await api(document, id=id_, states=["FINISHED"], **{"from": 1}))["thread"]["streams"] == []
    assert (await api(document, id=id_, states=["ABORTED", "STREAMING"]))["thread"]["streams"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("after: -1", "after must be 0 or more, not -1"),
        ("limit: 0", "limit must be between 1 and 1000, not 0"),
        ("limit: 1001", "limit must be between 1 and 1000, not 1001"),
    ],
)
async def test_deltas_out_of_range_say_what_is_legal(start: Start, arguments: str, message: str) -> None:
    api, gate, id_, _ = await half_way(start)
    document = f"query($id: ID!) {{ thread(id: $id) {{ streams {{ deltas({arguments}) {{ end }} }} }} }}"
    assert await api.error(document, id=id_) == ("BAD_USER_INPUT", message)
    gate.open()


async def test_an_unknown_thread_and_a_bad_cursor_cannot_be_followed(start: Start) -> None:
    api: Api = await start()
    id_, other = await api.new_thread(), await api.new_thread()
    foreign = (await api(MOMENT, id=other))["thread"]["cursor"]
    refused = [("thr_none", None, "not found"), (id_, "x", "not a cursor"), (id_, foreign, "another thread")]
    for thread, after, reason in refused:
        with pytest.raises(Exception, match=reason):
            async with api.follow(EVENTS, id=thread, after=after):
                pass


async def test_a_thread_tells_when_it_changes(start: Start) -> None:
    api: Api = await start()
    id_ = await api.new_thread()
    async with api.follow(EVENTS, id=id_) as following:
        update = 'mutation($id: ID!) { updateThread(input: { threadId: $id, title: "T" }) { thread { id } } }'
        await api(update, id=id_)
        event = await following()
    assert (event["__typename"], event["thread"]) == ("ThreadChanged", {"title": "T"})
