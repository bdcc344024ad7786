"""Decisions about waiting calls, on turns written by hand (behaviour.md rows 79–88, decisions.md 15–17)."""

import asyncio
from collections.abc import Awaitable

import pytest
from tests.agents.waiting import Asked, waits
from tests.support import counts, new_thread, row

from weft.agents.approval.decisions import Decision
from weft.agents.approval.service import MAX_OUTPUT_BYTES, ApprovalService
from weft.errors import ErrorCode, InputError
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads.generations import GenerationStatus
from weft.threads.messages import MessageRole
from weft.threads.tool_parts import ToolState

ASSISTANT = ["tool-call", "tool-approval-request"]


async def refusal(work: Awaitable[object]) -> InputError:
    """The error that a decision raised."""
    with pytest.raises(InputError) as raised:
        await work
    return raised.value


async def test_82_a_call_that_waits_is_found_with_its_input_and_its_question(store: Store) -> None:
    waiting = await waits(store, Asked("mail"))
    (part,) = await ApprovalService(store).pending(waiting.thread.id)
    assert (part.tool_name, part.input, part.state) == ("mail", {"to": "mail"}, ToolState.APPROVAL_REQUESTED)
    assert part.approval is not None
    assert (part.approval.id, part.approval.approved) == (waiting.approvals[0], None)
    assert part.approval.signature == waiting.calls[0].fingerprint


async def test_83_an_approval_is_a_tool_row_at_the_requests_turn_with_who_decided(store: Store) -> None:
    waiting = await waits(store, Asked("mail"))
    decision = await ApprovalService(store).approve(waiting.thread.id, waiting.approvals[0], "fine", "ann")
    _, _, response, _ = await waiting.rows()
    assert response.id == decision.message_id
    assert (response.role, response.step_order, response.agent_name, response.tool) == (
        MessageRole.TOOL, 2, "helper", True,
    )  # fmt: skip
    assert response.content == [
        {
            "type": "tool-approval-response",
            "approvalId": waiting.approvals[0],
            "approved": True,
            "reason": "fine",
            "providerMetadata": {"weft": {"decidedBy": "ann"}},
        }
    ]
    part = (await waiting.parts())["mail"]
    assert part.state is ToolState.APPROVAL_RESPONDED
    assert part.approval is not None
    assert (part.approval.approved, part.approval.reason, part.approval.decided_by) == (True, "fine", "ann")
    async with store.database.client.start_session() as session:
        (call,) = await store.pending_calls.of_message(session, waiting.step.id)
    assert (call.open, call.approved, call.reason, call.decided_by) == (False, True, "fine", "ann")


@pytest.mark.parametrize("approved", [True, False])
async def test_84_the_last_decision_queues_the_generation_with_a_row_for_the_results(
    store: Store, approved: bool
) -> None:
    waiting = await waits(store, Asked("mail"))
    service = ApprovalService(store)
    decide = service.approve if approved else service.deny
    decision = await decide(waiting.thread.id, waiting.approvals[0])
    assert await waiting.outline() == [
        ("user", "success", ["text"]),
        ("assistant", "success", ASSISTANT),
        ("tool", "success", ["tool-approval-response"]),
        ("tool", "pending", []),
    ]
    job = await waiting.job()
    assert decision == Decision((await waiting.rows())[2].id, 0, job)
    assert (job.status, job.reply_message_id) == (GenerationStatus.QUEUED, (await waiting.rows())[3].id)
    assert await service.pending(waiting.thread.id) == []


async def test_85_a_decision_of_a_mixed_step_follows_the_results_of_those_that_ran_at_once(store: Store) -> None:
    waiting = await waits(store, Asked("look", "ran"), Asked("mail"))
    await ApprovalService(store).approve(waiting.thread.id, waiting.approvals[0])
    assert [outline for outline in await waiting.outline() if outline[0] == "tool"] == [
        ("tool", "success", ["tool-result"]),
        ("tool", "success", ["tool-approval-response"]),
        ("tool", "pending", []),
    ]


async def test_83_several_decisions_of_a_step_are_one_row_and_count_down(store: Store) -> None:
    waiting = await waits(store, Asked("mail"), Asked("pay"), Asked("look", "ran"), Asked("ask", "result"))
    service, thread_id = ApprovalService(store), waiting.thread.id
    first = await service.approve(thread_id, waiting.approvals[0])
    second = await service.submit(thread_id, "call-ask", {"answer": 42})
    assert (await waiting.job()).status is GenerationStatus.WAITING
    third = await service.deny(thread_id, waiting.approvals[1], "too much")
    assert [first.still_pending, second.still_pending, third.still_pending] == [2, 1, 0]
    assert {first.message_id, second.message_id} == {third.message_id}
    decided = next(row for row in await waiting.rows() if row.id == third.message_id)
    kinds = [part["type"] for part in decided.content]
    assert kinds == ["tool-approval-response", "tool-result", "tool-approval-response"]
    assert (await waiting.job()).status is GenerationStatus.QUEUED
    states = {name: part.state for name, part in (await waiting.parts()).items()}
    assert states == {
        "mail": ToolState.APPROVAL_RESPONDED,
        "pay": ToolState.OUTPUT_DENIED,
        "look": ToolState.OUTPUT_AVAILABLE,
        "ask": ToolState.OUTPUT_AVAILABLE,
    }


async def test_86_a_message_in_between_leaves_the_decision_at_the_requests_turn(store: Store) -> None:
    waiting = await waits(store, Asked("mail"))

    async def write(change: Change) -> None:
        await change.insert_messages(row(MessageRole.USER, change.next_order(), 0, thread_id=change.thread.id))

    await store.change(waiting.thread.id, write)
    await ApprovalService(store).approve(waiting.thread.id, waiting.approvals[0])
    assert [row.step_order for row in await waiting.rows()] == [0, 1, 2, 3]
    assert (await waiting.job()).status is GenerationStatus.QUEUED


async def test_89_a_decision_may_leave_the_generation_waiting(store: Store) -> None:
    waiting = await waits(store, Asked("mail"))
    service = ApprovalService(store)
    decision = await service.approve(waiting.thread.id, waiting.approvals[0], continue_generation=False)
    assert decision.still_pending == 0
    assert decision.generation is not None
    assert decision.generation.status is GenerationStatus.WAITING
    assert (await waiting.job()).status is GenerationStatus.WAITING
    assert [row[1] for row in await waiting.outline()] == ["success"] * 3


async def test_a_decision_while_other_tools_run_is_recorded_and_starts_nothing(store: Store) -> None:
    waiting = await waits(store, Asked("mail"), status=GenerationStatus.RUNNING)
    decision = await ApprovalService(store).approve(waiting.thread.id, waiting.approvals[0])
    assert decision.still_pending == 0
    assert await waiting.job() == waiting.generation
    assert [row[1] for row in await waiting.outline()] == ["success"] * 3


async def test_83_of_twenty_decisions_at_once_from_two_processes_one_counts(store: Store, other_store: Store) -> None:
    waiting = await waits(store, Asked("mail"))
    services = [ApprovalService(store), ApprovalService(other_store)]
    approval = waiting.approvals[0]
    calls = [
        (each.approve if number % 4 < 2 else each.deny)(waiting.thread.id, approval, str(number))
        for number in range(20)
        for each in [services[number % 2]]
    ]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, InputError)]
    assert len(refused) == 19
    assert {(error.reason, error.message) for error in refused} == {
        (ErrorCode.ALREADY_HANDLED, f"Approval {approval} was already handled")
    }
    (won,) = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, Decision)]
    _, _, response, _ = await waiting.rows()
    assert [(part["approved"], part["reason"]) for part in response.content] == [(won % 4 < 2, str(won))]


async def test_83_an_id_of_another_thread_or_of_nothing_approves_nothing(store: Store) -> None:
    waiting, service = await waits(store, Asked("mail"), Asked("ask", "result")), ApprovalService(store)
    stranger = await new_thread(store)
    question = next(call.id for call in waiting.calls if call.tool_name == "ask")
    before = await counts(store)
    for thread_id, approval in [
        (stranger.id, waiting.approvals[0]),
        (waiting.thread.id, "apr_none"),
        (waiting.thread.id, question),
        (waiting.thread.id, waiting.step.id),
    ]:
        error = await refusal(service.approve(thread_id, approval))
        assert (error.reason, error.path) == (ErrorCode.NOT_FOUND, ("input", "approvalId"))
        assert error.message == f"Approval request {approval} was not found in thread {thread_id}"
    error = await refusal(service.deny("thr_none", waiting.approvals[0]))
    assert (error.reason, error.path) == (ErrorCode.NOT_FOUND, ("input", "threadId"))
    assert await waiting.open() == ["ask", "mail"]
    assert await counts(store) == before


async def test_79_an_answer_is_the_calls_result_with_who_gave_it(store: Store) -> None:
    waiting = await waits(store, Asked("ask", "result"))
    decision = await ApprovalService(store).submit(waiting.thread.id, "call-ask", "at noon", answered_by="ann")
    rows = await waiting.rows()
    assert rows[2].id == decision.message_id
    assert rows[2].content == [
        {
            "type": "tool-result",
            "toolCallId": "call-ask",
            "toolName": "ask",
            "output": {"type": "text", "value": "at noon"},
            "providerMetadata": {"weft": {"answeredBy": "ann"}},
        }
    ]
    assert (rows[3].role, rows[3].model, rows[3].provider) == (MessageRole.ASSISTANT, "m1", "p1")
    assert (await waiting.job()).reply_message_id == rows[3].id
    assert (await waiting.parts())["ask"].output == "at noon"


async def test_81_a_client_may_say_that_its_tool_failed(store: Store) -> None:
    waiting = await waits(store, Asked("ask", "result"))
    await ApprovalService(store).submit(waiting.thread.id, "call-ask", error_text="no GPS")
    part = (await waiting.parts())["ask"]
    assert (part.state, part.error_text) == (ToolState.OUTPUT_ERROR, "no GPS")


async def test_a_call_is_answered_once(store: Store, other_store: Store) -> None:
    waiting = await waits(store, Asked("ask", "result"))
    services = [ApprovalService(store), ApprovalService(other_store)]
    outcomes = await asyncio.gather(
        *(services[number % 2].submit(waiting.thread.id, "call-ask", number) for number in range(10)),
        return_exceptions=True,
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, InputError)]
    assert {(error.reason, error.message) for error in refused} == {
        (ErrorCode.ALREADY_HANDLED, "Tool call call-ask was already handled")
    }
    assert len(refused) == 9
    assert len(await waiting.rows()) == 4


async def test_an_answer_that_does_not_fit_is_refused_and_changes_nothing(store: Store) -> None:
    waiting, service = await waits(store, Asked("ask", "result"), Asked("mail")), ApprovalService(store)
    thread_id, before = waiting.thread.id, await counts(store)
    both = await refusal(service.submit(thread_id, "call-ask", 1, "x"))
    assert (both.reason, both.path) == (ErrorCode.INVALID, ("input", "output"))
    neither = await refusal(service.submit(thread_id, "call-ask"))
    assert neither.message == "give output or errorText, one of them"
    large = await refusal(service.submit(thread_id, "call-ask", "x" * MAX_OUTPUT_BYTES))
    assert (large.reason, large.path) == (ErrorCode.TOO_LARGE, ("input", "output"))
    long = await refusal(service.submit(thread_id, "call-ask", error_text="x" * MAX_OUTPUT_BYTES))
    assert (long.reason, long.path) == (ErrorCode.TOO_LARGE, ("input", "errorText"))
    unknown = await refusal(service.submit(thread_id, "call-none", 1))
    assert (unknown.reason, unknown.path) == (ErrorCode.NOT_FOUND, ("input", "toolCallId"))
    foreign = await refusal(service.submit((await new_thread(store)).id, "call-ask", 1))
    assert foreign.reason is ErrorCode.NOT_FOUND
    approval = await refusal(service.submit(thread_id, "call-mail", 1))
    assert approval.reason is ErrorCode.INVALID
    assert approval.message == "tool call call-mail waits for approval: approveToolCall or denyToolCall decide it"
    assert await waiting.open() == ["ask", "mail"]
    assert await counts(store) == before | {"threads": before["threads"] + 1, "events": before["events"] + 1}


async def test_an_answer_to_an_older_turn_continues_that_turn(store: Store) -> None:
    older = await waits(store, Asked("ask", "result"))
    newer = await waits(store, Asked("mail"), thread=older.thread)
    await ApprovalService(store).submit(older.thread.id, "call-ask", 1)
    assert (await older.job()).status is GenerationStatus.QUEUED
    assert await newer.job() == newer.generation


async def test_of_two_calls_with_one_id_the_one_that_waits_is_answered(store: Store) -> None:
    older = await waits(store, Asked("ask", "result"))
    service = ApprovalService(store)
    await service.submit(older.thread.id, "call-ask", 1)
    newer = await waits(store, Asked("ask", "result"), thread=older.thread)
    decision = await service.submit(older.thread.id, "call-ask", 2)
    assert decision.message_id == (await newer.rows())[2].id
    assert (await refusal(service.submit(older.thread.id, "call-ask", 3))).reason is ErrorCode.ALREADY_HANDLED


async def test_what_waits_is_listed_oldest_turn_first(store: Store) -> None:
    older = await waits(store, Asked("mail"), Asked("look", "ran"))
    await waits(store, Asked("ask", "result"), Asked("pay"), thread=older.thread)
    service = ApprovalService(store)
    pending = await service.pending(older.thread.id)
    assert [part.tool_name for part in pending] == ["mail", "ask", "pay"]
    assert [part.state for part in pending] == [
        ToolState.APPROVAL_REQUESTED,
        ToolState.INPUT_AVAILABLE,
        ToolState.APPROVAL_REQUESTED,
    ]
    assert await service.pending((await new_thread(store)).id) == []
