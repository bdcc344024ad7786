"""The steps of an answer, as its rows have them."""

from typing import Any

from hypothesis import given
from tests.support import row, text
from tests.threads.histories import ASSISTANT, TOOL, USER, histories, some

from weft.threads.messages import FinishReason, Message, MessageStatus, Part
from weft.threads.steps import Call, steps_of
from weft.threads.usage import NO_USAGE, Usage

SUNNY: Part = {"type": "text", "value": "sunny"}


def call(id: str, name: str = "look", **more: Any) -> Part:
    return {"type": "tool-call", "toolCallId": id, "toolName": name, "input": {"city": id}, **more}


def result(id: str, output: Any = SUNNY) -> Part:
    return {"type": "tool-result", "toolCallId": id, "toolName": "look", "output": output}


def request(approval: str, id: str) -> Part:
    return {"type": "tool-approval-request", "approvalId": approval, "toolCallId": id}


def response(approval: str, approved: bool, **more: Any) -> Part:
    return {"type": "tool-approval-response", "approvalId": approval, "approved": approved, **more}


def test_a_step_is_an_assistant_row_and_the_tool_rows_after_it() -> None:
    rows = [
        row(USER, 0, 0),
        row(ASSISTANT, 0, 1, [*text("Let me look."), call("c1")], finish_reason=FinishReason.TOOL_CALLS),
        row(TOOL, 0, 2, [result("c1")]),
        row(ASSISTANT, 0, 3, text("Yes."), finish_reason=FinishReason.STOP, usage=Usage(1, 2, 3)),
    ]
    first, last = steps_of(rows)
    assert (first.row, first.text, first.finish_reason) == (rows[1], "Let me look.", FinishReason.TOOL_CALLS)
    assert list(first.calls) == [Call("c1", "look", {"city": "c1"}, output=SUNNY)]
    assert (last.text, last.finish_reason, last.calls) == ("Yes.", FinishReason.STOP, [])
    assert (first.usage, last.usage) == (NO_USAGE, Usage(1, 2, 3))


def test_the_calls_without_a_result_are_open() -> None:
    rows = [row(ASSISTANT, 0, 1, [call("c1"), call("c2"), call("c3")]), row(TOOL, 0, 2, [result("c2")])]
    (step,) = steps_of(rows)
    assert [each.id for each in step.open_calls] == ["c1", "c3"]


def test_results_of_a_row_that_is_still_written_count() -> None:
    rows = [row(ASSISTANT, 0, 1, [call("c1")]), row(TOOL, 0, 2, [result("c1")], status=MessageStatus.PENDING)]
    assert steps_of(rows)[0].open_calls == []


def test_failed_and_pending_answers_are_no_steps() -> None:
    rows = [
        row(ASSISTANT, 0, 1, text("half"), status=MessageStatus.FAILED),
        row(ASSISTANT, 0, 2, [], status=MessageStatus.PENDING),
    ]
    assert steps_of(rows) == []


def test_a_call_that_its_provider_ran_is_not_open() -> None:
    (step,) = steps_of([row(ASSISTANT, 0, 1, [call("c1", providerExecuted=True)])])
    assert step.open_calls == []
    assert step.calls[0].provider_executed


def test_a_result_in_the_row_of_its_call_counts() -> None:
    (step,) = steps_of([row(ASSISTANT, 0, 1, [call("c1"), result("c1")])])
    assert (step.calls[0].output, step.open_calls) == (SUNNY, [])


def test_an_allowed_call_is_open_until_it_has_run() -> None:
    asked = [row(ASSISTANT, 0, 1, [call("c1"), request("a1", "c1"), call("c2"), request("a2", "c2")])]
    (step,) = steps_of(asked)
    assert [(each.approval_id, each.approved) for each in step.calls] == [("a1", None), ("a2", None)]
    decided = [*asked, row(TOOL, 0, 2, [response("a1", True), response("a2", False, reason="too dear")])]
    (step,) = steps_of(decided)
    assert [(each.id, each.approved, each.reason) for each in step.open_calls] == [
        ("c1", True, None),
        ("c2", False, "too dear"),
    ]
    done = [*decided, row(TOOL, 0, 3, [result("c1"), result("c2", {"type": "execution-denied"})])]
    (step,) = steps_of(done)
    assert (step.open_calls, [each.succeeded for each in step.calls]) == ([], [True, False])


def test_errors_and_refusals_are_no_success() -> None:
    kinds = ["text", "json", "content", "error-text", "error-json", "execution-denied"]
    rows = [row(ASSISTANT, 0, 1, [call(kind) for kind in kinds])]
    assert not any(each.succeeded for each in steps_of(rows)[0].calls)
    rows.append(row(TOOL, 0, 2, [result(kind, {"type": kind, "value": 1}) for kind in kinds]))
    assert [each.succeeded for each in steps_of(rows)[0].calls] == [True, True, True, False, False, False]


def test_an_id_that_is_used_again_is_another_call() -> None:
    rows = [
        row(ASSISTANT, 0, 1, [call("c1")]),
        row(TOOL, 0, 2, [result("c1")]),
        row(ASSISTANT, 0, 3, [call("c1")]),
    ]
    first, second = steps_of(rows)
    assert (first.open_calls, [each.id for each in second.open_calls]) == ([], ["c1"])


def test_an_output_that_has_no_form_is_json() -> None:
    rows = [row(ASSISTANT, 0, 1, [call("c1")]), row(TOOL, 0, 2, [result("c1", 7)])]
    assert steps_of(rows)[0].calls[0].output == {"type": "json", "value": 7}


@some
@given(histories() | histories(junk=True))
def test_whatever_is_stored_has_as_many_steps_as_complete_answers(rows: list[Message]) -> None:
    steps = steps_of(rows)
    answers = [each for each in rows if each.role is ASSISTANT and each.status is MessageStatus.SUCCESS]
    assert [step.row for step in steps] == answers
    for step in steps:
        assert len({each.id for each in step.calls}) == len(step.calls)
        assert all(not each.succeeded for each in step.open_calls)


@some
@given(histories())
def test_a_turn_that_grows_takes_no_result_away(rows: list[Message]) -> None:
    for count in range(len(rows)):
        for before, after in zip(steps_of(rows[:count]), steps_of(rows), strict=False):
            assert {each.id for each in after.open_calls} <= {each.id for each in before.open_calls}
