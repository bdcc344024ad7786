"""Waiting calls that nobody decides: denied by a new generation, closed with their own, expired, or deleted."""

import asyncio
import logging
from datetime import timedelta

import pytest
from tests.agents.waiting import Asked, Waiting, waits
from tests.support import LONG_AGO, text

from weft.agents.approval.closing import close_open
from weft.agents.approval.denials import NEW_GENERATION, deny_open
from weft.agents.approval.expiry import expire
from weft.agents.approval.service import ApprovalService
from weft.agents.messages import MessageService
from weft.agents.threads import ThreadService
from weft.errors import ErrorCode, InputError
from weft.storage.store import Store
from weft.threads.clock import utc_now
from weft.threads.generations import GenerationStatus
from weft.threads.tool_parts import ToolState

RESPONSE, RESULT = "tool-approval-response", "tool-result"


async def denied(waiting: Waiting, order: int | None = None) -> None:
    await waiting.change(lambda change: deny_open(waiting.store, change, NEW_GENERATION, order))


async def closed(waiting: Waiting, reason: str = "enough") -> None:
    await waiting.change(lambda change: close_open(waiting.store, change, waiting.generation, reason))


async def tool_rows(waiting: Waiting) -> list[list[str]]:
    return [kinds for role, _, kinds in await waiting.outline() if role == "tool"]


async def test_88_open_approvals_are_denied_and_stored_so_in_one_row_a_step(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = await waits(store, Asked("mail"), Asked("pay"))
    with caplog.at_level(logging.WARNING):
        await denied(waiting)
    assert await tool_rows(waiting) == [[RESPONSE, RESPONSE, RESULT, RESULT]]
    rows = await waiting.rows()
    assert rows[2].content[0] == {
        "type": RESPONSE, "approvalId": waiting.approvals[0], "approved": False, "reason": NEW_GENERATION,
    }  # fmt: skip
    assert rows[2].content[3]["output"] == {"type": "execution-denied", "reason": NEW_GENERATION}
    for part in (await waiting.parts()).values():
        assert (part.state, part.approval and part.approval.reason) == (ToolState.OUTPUT_DENIED, NEW_GENERATION)
    assert {record.__dict__["approval"] for record in caplog.records} == set(waiting.approvals)
    job = await waiting.job()
    assert (job.status, job.error) == (GenerationStatus.ABORTED, NEW_GENERATION)


async def test_88_a_decision_after_the_denial_is_too_late(store: Store) -> None:
    waiting = await waits(store, Asked("mail"))
    await denied(waiting)
    before = await waiting.rows()
    with pytest.raises(InputError) as raised:
        await ApprovalService(store).approve(waiting.thread.id, waiting.approvals[0])
    assert raised.value.reason is ErrorCode.ALREADY_HANDLED
    assert await waiting.rows() == before


async def test_88_of_a_step_that_was_half_decided_no_call_is_left_without_a_result(store: Store) -> None:
    waiting = await waits(store, Asked("mail"), Asked("pay"), Asked("call"))
    service = ApprovalService(store)
    await service.approve(waiting.thread.id, waiting.approvals[0])
    await service.deny(waiting.thread.id, waiting.approvals[1], "no money")
    await denied(waiting)
    parts = await waiting.parts()
    assert (parts["mail"].state, parts["mail"].error_text) == (ToolState.OUTPUT_ERROR, f"Aborted: {NEW_GENERATION}")
    approvals = [parts[name].approval for name in ("pay", "call")]
    assert [approval and approval.reason for approval in approvals] == ["no money", NEW_GENERATION]
    results = [part["toolCallId"] for row in await waiting.rows() for part in row.content if part["type"] == RESULT]
    assert sorted(results) == ["call-call", "call-mail", "call-pay"]


async def test_15_calls_that_wait_for_an_answer_stay_open_and_so_does_their_generation(store: Store) -> None:
    waiting = await waits(store, Asked("mail"), Asked("ask", "result"))
    await denied(waiting)
    assert await waiting.open() == ["ask"]
    assert (await waiting.job()).status is GenerationStatus.WAITING
    decision = await ApprovalService(store).submit(waiting.thread.id, "call-ask", "yes")
    assert decision.still_pending == 0
    assert await tool_rows(waiting) == [[RESPONSE, RESULT], [RESULT]]
    assert (await waiting.job()).status is GenerationStatus.QUEUED


async def test_only_the_approvals_of_one_turn_are_denied_when_it_is_named(store: Store) -> None:
    older = await waits(store, Asked("mail"))
    newer = await waits(store, Asked("pay"), thread=older.thread)
    await denied(newer, newer.generation.order)
    assert await older.open() == ["mail"]
    assert (await older.job()).status is GenerationStatus.WAITING
    assert (await newer.job()).status is GenerationStatus.ABORTED
    await denied(older)
    assert (await older.job()).status is GenerationStatus.ABORTED


async def test_a_generation_whose_other_tools_run_goes_on_with_the_denial(store: Store) -> None:
    waiting = await waits(store, Asked("mail"), status=GenerationStatus.RUNNING)
    await denied(waiting)
    assert await waiting.job() == waiting.generation
    assert await tool_rows(waiting) == [[RESPONSE, RESULT]]


async def test_what_waits_is_closed_with_its_generation(store: Store) -> None:
    waiting = await waits(store, Asked("mail"), Asked("pay"), Asked("ask", "result"), Asked("look", "ran"))
    await ApprovalService(store).approve(waiting.thread.id, waiting.approvals[0])
    await closed(waiting)
    assert await waiting.open() == []
    parts = await waiting.parts()
    assert {name: (part.state, part.error_text) for name, part in parts.items()} == {
        "mail": (ToolState.OUTPUT_ERROR, "Aborted: enough"),
        "pay": (ToolState.OUTPUT_DENIED, None),
        "ask": (ToolState.OUTPUT_ERROR, "Aborted: enough"),
        "look": (ToolState.OUTPUT_AVAILABLE, None),
    }
    before = await waiting.rows()
    await closed(waiting)
    assert await waiting.rows() == before


async def test_a_decision_and_a_new_generation_at_once_end_a_call_once(store: Store, other_store: Store) -> None:
    waiting = await waits(store, Asked("mail"))
    other = ApprovalService(other_store)
    approved, _ = await asyncio.gather(
        other.approve(waiting.thread.id, waiting.approvals[0]), denied(waiting), return_exceptions=True
    )
    job = await waiting.job()
    if isinstance(approved, InputError):
        assert job.status is GenerationStatus.ABORTED
        assert await tool_rows(waiting) == [[RESPONSE, RESULT]]
    else:
        assert job.status is GenerationStatus.QUEUED
        assert await tool_rows(waiting) == [[RESPONSE], []]


async def test_what_has_expired_is_denied_and_its_generation_goes_on(empty_store: Store) -> None:
    store = empty_store
    later = utc_now() + timedelta(hours=1)
    waiting = await waits(store, Asked("mail", expires_at=LONG_AGO), Asked("ask", "result", LONG_AGO))
    other = await waits(store, Asked("pay", expires_at=later), Asked("call"))
    left = await expire(store)
    assert left is not None
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    parts = await waiting.parts()
    approval = parts["mail"].approval
    assert approval is not None
    assert (approval.approved, approval.reason, approval.decided_by) == (False, "expired", None)
    assert (parts["ask"].state, parts["ask"].error_text) == (ToolState.OUTPUT_ERROR, "expired")
    assert (await waiting.job()).status is GenerationStatus.QUEUED
    assert await other.open() == ["call", "pay"]


async def test_a_call_expires_once_whoever_notices(empty_store: Store) -> None:
    store, other = empty_store, Store(empty_store.database)
    waiting = await waits(store, Asked("mail", expires_at=LONG_AGO))
    assert set(await asyncio.gather(expire(store), expire(other))) == {None}
    assert await tool_rows(waiting) == [[RESPONSE], []]
    assert await expire(store) is None


async def test_nothing_expires_where_nothing_waits(empty_store: Store) -> None:
    assert await expire(empty_store) is None


async def test_what_waits_goes_with_its_row_and_its_thread(store: Store) -> None:
    kept = await waits(store, Asked("call"))
    first = await waits(store, Asked("mail"))
    await MessageService(store, {}).delete([first.step.id])
    assert await first.open() == []
    assert (await first.job()).status is GenerationStatus.ABORTED
    second = await waits(store, Asked("pay"))
    await ThreadService(store).delete(second.thread.id)
    assert await second.open() == []
    assert await kept.open() == ["call"]


async def test_a_call_that_was_edited_is_still_bound_to_what_was_shown(store: Store) -> None:
    waiting = await waits(store, Asked("mail"))
    content = [dict(part) for part in waiting.step.content]
    content[0]["input"] = {"to": "somebody else"}
    await MessageService(store, {}).update(waiting.step.id, {"content": [*content, *text("!")]})
    await ApprovalService(store).approve(waiting.thread.id, waiting.approvals[0])
    async with store.database.client.start_session() as session:
        (call,) = await store.pending_calls.of_message(session, waiting.step.id)
    assert call.fingerprint == waiting.calls[0].fingerprint
