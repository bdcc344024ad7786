"""Calls and results that lost each other are left out of what a model is told (behaviour.md row 94)."""

from collections import Counter
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import text

from weft.threads.messages import MessageRole, Part
from weft.threads.orphans import Said, without_orphans

USER, ASSISTANT, TOOL = MessageRole.USER, MessageRole.ASSISTANT, MessageRole.TOOL

HI: Final = (USER, text("Hi"))


def call(id: str = "c1", **more: Any) -> Part:
    return {"type": "tool-call", "toolCallId": id, "toolName": "look", "input": {}, **more}


def result(id: str = "c1") -> Part:
    return {"type": "tool-result", "toolCallId": id, "toolName": "look", "output": {"type": "text", "value": "x"}}


def request(approval: str = "a1", id: str = "c1") -> Part:
    return {"type": "tool-approval-request", "approvalId": approval, "toolCallId": id}


def response(approval: str = "a1") -> Part:
    return {"type": "tool-approval-response", "approvalId": approval, "approved": True}


def test_row_94_a_call_with_its_result_stays() -> None:
    told = [HI, (ASSISTANT, [*text("Let me look."), call()]), (TOOL, [result()]), (ASSISTANT, text("Yes."))]
    assert without_orphans(told) == told


def test_row_94_a_call_without_its_result_goes_and_the_words_around_it_stay() -> None:
    told = [HI, (ASSISTANT, [*text("Let me look."), call("c1"), call("c2")]), (TOOL, [result("c2")])]
    kept = [HI, (ASSISTANT, [*text("Let me look."), call("c2")]), (TOOL, [result("c2")])]
    assert without_orphans(told) == kept


def test_row_94_a_result_without_its_call_goes() -> None:
    assert without_orphans([HI, (TOOL, [result()]), (ASSISTANT, text("Yes."))]) == [HI, (ASSISTANT, text("Yes."))]


def test_row_94_a_message_that_is_emptied_disappears() -> None:
    assert without_orphans([HI, (ASSISTANT, [call()]), HI]) == [HI, HI]
    assert without_orphans([(ASSISTANT, []), HI]) == [HI]


def test_row_94_a_result_before_its_call_is_none() -> None:
    assert without_orphans([HI, (TOOL, [result()]), (ASSISTANT, [call()])]) == [HI]


def test_row_94_a_second_result_of_a_call_goes() -> None:
    told = [(ASSISTANT, [call()]), (TOOL, [result()]), (TOOL, [result()])]
    assert without_orphans(told) == told[:2]


def test_row_94_an_id_that_is_used_again_is_another_call() -> None:
    first = [(ASSISTANT, [call()]), (TOOL, [result()])]
    assert without_orphans([*first, HI, *first]) == [*first, HI, *first]
    assert without_orphans([*first, HI, (ASSISTANT, [call()])]) == [*first, HI]
    assert without_orphans([(ASSISTANT, [call()]), HI, *first]) == [HI, *first]


def test_row_94_a_call_that_its_provider_ran_stays_as_it_is() -> None:
    told = [HI, (ASSISTANT, [call(providerExecuted=True), *text("Found it.")])]
    assert without_orphans(told) == told
    answered = [HI, (ASSISTANT, [call(providerExecuted=True), result(), *text("Found it.")])]
    assert without_orphans(answered) == answered


def test_row_94_approvals_stay_with_their_call() -> None:
    told = [(ASSISTANT, [call(), request()]), (TOOL, [response(), result()])]
    assert without_orphans(told) == told
    apart = [(ASSISTANT, [call(), request()]), (TOOL, [response()]), (TOOL, [result()])]
    assert without_orphans(apart) == apart


def test_row_94_approvals_go_with_their_call() -> None:
    assert without_orphans([HI, (ASSISTANT, [call(), request()]), (TOOL, [response()])]) == [HI]
    assert without_orphans([HI, (ASSISTANT, [request()]), (TOOL, [response("a2")])]) == [HI]
    early = [(ASSISTANT, [request(), call()]), (TOOL, [result(), response()])]
    assert without_orphans(early) == [(ASSISTANT, [call()]), (TOOL, [result()])]


_ids = st.sampled_from(["c1", "c2"])
_approvals = st.sampled_from(["a1", "a2"])
_parts = st.one_of(
    st.builds(call, _ids),
    st.just(call("p1", providerExecuted=True)),
    st.builds(result, _ids | st.just("p1")),
    st.builds(request, _approvals, _ids),
    st.builds(response, _approvals),
    st.just(text("x")[0]),
)
_messages = st.lists(st.tuples(st.sampled_from([USER, ASSISTANT, TOOL]), st.lists(_parts, max_size=4)), max_size=6)


def parts_of(messages: list[Said]) -> list[Part]:
    return [part for _, parts in messages for part in parts]


@settings(deadline=None, max_examples=200)
@given(_messages)
def test_row_94_whatever_was_told_each_call_has_its_result_and_each_result_its_call(messages: list[Said]) -> None:
    waiting: Counter[str] = Counter()
    for part in parts_of(without_orphans(messages)):
        if part["type"] == "tool-call" and "providerExecuted" not in part:
            assert waiting[part["toolCallId"]] == 0
            waiting[part["toolCallId"]] += 1
        elif part["type"] == "tool-result" and part["toolCallId"] != "p1":
            waiting[part["toolCallId"]] -= 1
            assert waiting[part["toolCallId"]] == 0
    assert not any(waiting.values())


@settings(deadline=None, max_examples=200)
@given(_messages)
def test_row_94_what_is_no_orphan_stays_in_its_place_and_again_changes_nothing(messages: list[Said]) -> None:
    kept = without_orphans(messages)
    assert all(parts for _, parts in kept)
    assert [part for part in parts_of(kept) if part["type"] == "text"] == [
        part for part in parts_of(messages) if part["type"] == "text"
    ]
    assert without_orphans(kept) == kept
