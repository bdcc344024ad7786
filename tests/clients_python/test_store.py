"""The rules by which a thread here follows the thread there: what wins, what is joined, and what is not guessed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from weft_client import Message, MessageState, TextPart
from weft_client.api.fragments import PageInfo, UiMessage
from weft_client.api.read_thread import ReadThreadThread
from weft_client.api.thread_events import ThreadEvents
from weft_client.recent import Recent
from weft_client.store import Draft, ThreadStore

NOW = "2026-11-22T08:30:00.000Z"
USAGE = dict.fromkeys(
    ("inputTokens", "outputTokens", "totalTokens", "cachedInputTokens", "cacheWriteInputTokens", "reasoningTokens"), 0
) | {"costMicros": None}


def message(order: int, step: int, text: str = "", role: str = "ASSISTANT", **more: Any) -> dict[str, Any]:
    parts = [{"__typename": "TextPart", "text": text, "state": "DONE", "providerMetadata": None}] if text else []
    nothing = dict.fromkeys(("agentName", "userId", "clientId", "error", "metadata", "usage"))
    placed = {"id": f"msg_{order}{step}", "key": f"thr_1-{order}-{step}", "order": order, "stepOrder": step}
    said = {"threadId": "thr_1", "role": role, "status": "SUCCESS", "text": text, "parts": parts, "createdAt": NOW}
    return {**nothing, **placed, **said, **more}


def prompt(order: int, text: str, **more: Any) -> dict[str, Any]:
    return message(order, 0, text, "USER", **more)


def tool(state: str, **more: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("title", "input", "rawInput", "output", "errorText", "approval"))
    flags = dict.fromkeys(("dynamic", "preliminary", "providerExecuted"), False)
    named = {"__typename": "ToolPart", "toolCallId": "c1", "toolName": "look", "toolState": state}
    return {**nothing, **flags, **named, **more}


def stream(order: int, step: int, end: int = 0, id: str = "str_1") -> dict[str, Any]:
    blank = message(order, step, status="STREAMING", id=f"stream:{id}")
    return {"id": id, "end": end, "stepOrder": step, "uiMessage": blank}


def generation(id: str, status: str, order: int = 0) -> dict[str, Any]:
    nothing = dict.fromkeys(("promptMessageId", "error", "startedAt", "endedAt"))
    said = {"id": id, "threadId": "thr_1", "order": order, "agentName": "a", "status": status, "attempts": 1}
    return {**nothing, **said, "queuedAt": NOW, "usage": USAGE}


def page_info(before: str | None = None) -> dict[str, Any]:
    return {"hasNextPage": False, "hasPreviousPage": before is not None, "startCursor": before, "endCursor": None}


def page(*messages: dict[str, Any], before: str | None = None, **more: Any) -> ReadThreadThread:
    nothing = dict.fromkeys(("userId", "title", "summary", "metadata", "lastMessageAt", "branchedFrom"))
    thread = {"id": "thr_1", "status": "ACTIVE", "createdAt": NOW, "updatedAt": NOW, "cursor": "c0"}
    found = {"edges": [{"node": each} for each in messages], "pageInfo": page_info(before)}
    about = {"streams": more.get("streams", [])}
    about["generations"] = {"edges": [{"node": each} for each in more.get("generations", [])]}
    return ReadThreadThread.model_validate({**nothing, **thread, "uiMessages": found, **about})


def opened(*messages: dict[str, Any], **more: Any) -> ThreadStore:
    store = ThreadStore("thr_1")
    store.take_page(page(*messages, **more), store.begin_read())
    return store


def happen(store: ThreadStore, kind: str, **fields: Any) -> None:
    store.take_event(ThreadEvents.model_validate({"threadEvents": {"__typename": kind, "cursor": "c1", **fields}}))


def saved(store: ThreadStore, given: dict[str, Any]) -> None:
    happen(store, "MessageSaved", uiMessage=given)


def advance(store: ThreadStore, start: int, *texts: str, id: str = "str_1") -> None:
    parts: list[dict[str, Any]] = [{"type": "text-start", "id": "0"}] if start == 0 else []
    parts += [{"type": "text-delta", "id": "0", "delta": text} for text in texts]
    delta = {"streamId": id, "start": start, "end": start + len(parts), "parts": parts}
    happen(store, "StreamAdvanced", delta=delta)


def shown(store: ThreadStore) -> list[tuple[str, str]]:
    return [(each.text, each.status.value) for each in store.messages()]


def draft(client_id: str, text: str) -> Draft:
    return Draft(client_id, (TextPart(text),), datetime(2026, 11, 22, tzinfo=UTC))


def test_a_stream_is_shown_over_its_pending_message_until_that_is_saved() -> None:
    store = opened(prompt(0, "Hello"), message(0, 1, status="PENDING"))
    happen(store, "StreamStarted", stream=stream(0, 1))
    advance(store, 0, "so ", "far")
    assert shown(store)[1] == ("so far", "STREAMING")
    saved(store, message(0, 1, "so far it is"))
    assert shown(store)[1] == ("so far it is", "SUCCESS")
    happen(store, "StreamEnded", streamId="str_1", key="thr_1-0-1", state="FINISHED", abortReason=None)
    assert shown(store)[1] == ("so far it is", "SUCCESS")


def test_a_stream_that_has_ended_keeps_its_words_until_its_message_is_saved() -> None:
    store = opened(prompt(0, "Hello"), message(0, 1, status="PENDING"))
    happen(store, "StreamStarted", stream=stream(0, 1))
    advance(store, 0, "half")
    happen(store, "StreamEnded", streamId="str_1", key="thr_1-0-1", state="ABORTED", abortReason="enough")
    assert shown(store)[1] == ("half", "STREAMING")
    saved(store, message(0, 1, "half", status="FAILED", error="enough"))
    assert shown(store)[1] == ("half", "FAILED")


def test_a_decision_that_is_saved_behind_a_stream_does_not_end_it() -> None:
    store = opened(prompt(0, "Hello"), message(0, 1, status="PENDING"))
    happen(store, "StreamStarted", stream=stream(0, 1))
    advance(store, 0, "looking")
    saved(store, message(0, 1, "looking", parts=[tool("INPUT_AVAILABLE")]))
    assert shown(store)[1] == ("looking", "STREAMING")


def test_a_delta_that_comes_again_changes_nothing_and_one_too_many_asks_for_a_read() -> None:
    store = opened(prompt(0, "Hello"))
    happen(store, "StreamStarted", stream=stream(0, 1))
    advance(store, 0, "a", "b")
    advance(store, 0, "a", "b")
    assert (shown(store)[1][0], store.resync) == ("ab", None)
    advance(store, 5, "f")
    assert shown(store)[1][0] == "ab"
    assert store.resync == "stream str_1 is known up to 3, the delta starts at 5"


def test_a_delta_of_an_unknown_stream_asks_for_a_read_and_one_of_an_ended_stream_does_not() -> None:
    store = opened(prompt(0, "Hello"))
    happen(store, "StreamEnded", streamId="old", key="thr_1-0-1", state="FINISHED", abortReason=None)
    advance(store, 3, "late", id="old")
    asked = [store.resync]
    advance(store, 0, "x", id="never")
    asked.append(store.resync)
    store.take_page(page(prompt(0, "Hello")), store.begin_read())
    asked.append(store.resync)
    assert asked == [None, "a delta of the stream never, of which nothing is known", None]


def test_messages_of_one_answer_are_joined_and_others_are_not() -> None:
    store = opened(prompt(0, "a"), message(0, 1, "one"), message(0, 2, "two"), prompt(1, "b"), message(1, 1, "three"))
    assert [text for text, _ in shown(store)] == ["a", "one two", "b", "three"]
    assert store.messages()[1].key == "thr_1-0-1"


def test_a_call_that_two_messages_have_is_shown_once_with_what_either_knows() -> None:
    called = message(0, 1, parts=[tool("INPUT_AVAILABLE", input={"a": 1}, title="Look")])
    ended = message(0, 2, parts=[tool("OUTPUT_AVAILABLE", output="seen")])
    (call,) = opened(called, ended).messages()[0].tool_calls
    assert (call.state.value, call.input, call.output, call.title) == ("OUTPUT_AVAILABLE", {"a": 1}, "seen", "Look")


def test_what_did_not_change_is_the_same_object() -> None:
    store = opened(prompt(0, "a"), message(0, 1, "one"), message(0, 2, "two"), prompt(1, "b"))
    before = store.messages()
    saved(store, message(1, 1, "new"))
    saved(store, prompt(1, "b"))
    after = store.messages()
    assert len(after) == len(before) + 1
    assert all(a is b for a, b in zip(before, after, strict=False))


def test_drafts_come_last_and_leave_when_the_message_comes_by_any_way() -> None:
    store = opened(prompt(0, "a"))
    for client_id, text in (("x", "first"), ("y", "second"), ("z", "third")):
        store.add_draft(draft(client_id, text))
    assert [(each.text, each.order) for each in store.messages()] == [
        ("a", 0),
        ("first", 1),
        ("second", 2),
        ("third", 3),
    ]
    saved(store, prompt(1, "first", clientId="x"))
    store.confirm_draft("y", UiMessage.model_validate(prompt(2, "second", clientId="y")))
    store.take_page(page(prompt(0, "a"), prompt(3, "third", clientId="z")), store.begin_read())
    assert not any(each.local for each in store.messages())


def test_a_draft_that_failed_stays_through_a_read_and_may_be_sent_again() -> None:
    store = opened(prompt(0, "a"))
    store.add_draft(draft("x", "mine"))
    store.fail_draft("x", "no server")
    store.take_page(page(prompt(0, "a")), store.begin_read())
    assert shown(store)[-1] == ("mine", "FAILED")
    store.fail_draft("x", None)
    assert store.messages()[-1].status is MessageState.PENDING


def test_a_read_that_began_before_a_send_does_not_hide_it_and_one_that_began_after_may() -> None:
    store = opened()
    store.add_draft(draft("x", "mine"))
    read = store.begin_read()
    store.confirm_draft("x", UiMessage.model_validate(prompt(0, "mine", clientId="x")))
    store.take_page(page(), read)
    assert shown(store) == [("mine", "SUCCESS")]
    store.take_page(page(), store.begin_read())
    assert shown(store) == []


def test_a_confirmation_that_comes_behind_its_event_takes_nothing_back() -> None:
    store = opened()
    store.add_draft(draft("x", "mine"))
    saved(store, prompt(0, "mine, edited", clientId="x"))
    store.confirm_draft("x", UiMessage.model_validate(prompt(0, "mine", clientId="x")))
    assert shown(store) == [("mine, edited", "SUCCESS")]


def test_an_older_page_does_not_bring_back_what_happened_while_it_was_read() -> None:
    store = opened(prompt(5, "new"), before="p5")
    store.begin_older()
    saved(store, prompt(3, "three, edited"))
    happen(store, "MessageRemoved", keys=["thr_1-4-0"])
    assert shown(store) == [("new", "SUCCESS")]
    older = [UiMessage.model_validate(prompt(order, text)) for order, text in ((2, "two"), (3, "three"), (4, "four"))]
    store.take_older("p5", older, PageInfo.model_validate(page_info()))
    assert [text for text, _ in shown(store)] == ["two", "three, edited", "new"]
    assert store.has_older is False


def test_an_older_page_of_a_thread_that_was_read_anew_is_ignored() -> None:
    store = opened(prompt(5, "new"), before="p5")
    store.begin_older()
    store.take_page(page(prompt(7, "newer"), before="p7"), store.begin_read())
    store.take_older("p5", [UiMessage.model_validate(prompt(4, "four"))], PageInfo.model_validate(page_info()))
    assert ([text for text, _ in shown(store)], store.older_cursor) == (["newer"], "p7")


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "ABORTED"])
def test_late_news_of_a_generation_that_has_ended_does_not_start_it_again(status: str) -> None:
    store = opened(generations=[generation("g1", "RUNNING")])
    assert store.is_answering
    happen(store, "GenerationChanged", generation=generation("g1", status))
    happen(store, "GenerationChanged", generation=generation("g1", "RUNNING"))
    assert not store.is_answering


def test_a_generation_that_waits_is_no_answering() -> None:
    store = opened(generations=[generation("g1", "WAITING")])
    assert (store.is_answering, store.is_waiting) == (False, True)


def test_the_names_of_what_has_ended_are_bounded() -> None:
    recent = Recent()
    recent.update(str(number) for number in range(5000))
    assert "4999" in recent
    assert "0" not in recent
    recent.discard(["4999", "nothing"])
    assert "4999" not in recent


def test_a_message_is_a_value() -> None:
    store = opened(prompt(0, "a"))
    (found,) = store.messages()
    assert isinstance(found, Message)
    with pytest.raises(AttributeError):
        found.text = "changed"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
