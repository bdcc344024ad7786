"""Turns that wait for a person, written by hand: a step with calls, and the job that waits for them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tests.support import generation_at, new_thread, row

from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads import ids
from weft.threads.generations import Generation, GenerationStatus
from weft.threads.messages import Message, MessageRole, Part
from weft.threads.pending_calls import PendingCall, PendingKind, fingerprint
from weft.threads.threads import Thread
from weft.threads.tool_parts import ToolPart
from weft.threads.ui_messages import ui_messages


@dataclass(frozen=True, slots=True)
class Asked:
    """A call of tool `tool` with an id that says what it does: `ran` at once, or waits for `leave` or a `result`."""

    tool: str
    does: str = "leave"
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A turn that waits. `calls` are its waiting calls, in the order of the step."""

    store: Store
    thread: Thread
    generation: Generation
    step: Message
    calls: tuple[PendingCall, ...]

    @property
    def approvals(self) -> list[str]:
        return [call.id for call in self.calls if call.kind is PendingKind.APPROVAL]

    async def rows(self) -> list[Message]:
        """The rows of its turn as they are now."""
        return await self.store.messages.turns(self.thread.id, [self.generation.order])

    async def outline(self) -> list[tuple[str, str, list[str]]]:
        """The role, the status and the kinds of the parts of each row."""
        rows = await self.rows()
        return [(row.role.value, row.status.value, [part["type"] for part in row.content]) for row in rows]

    async def job(self) -> Generation:
        found = await self.store.generations.get(self.generation.id)
        assert found is not None
        return found

    async def open(self) -> list[str]:
        """The tools that still wait, by name."""
        return sorted(call.tool_name for call in await self.store.pending_calls.open_of_thread(self.thread.id))

    async def parts(self) -> dict[str, ToolPart]:
        """Its calls as a screen shows them, by tool."""
        parts = [part for message in ui_messages(await self.rows()) for part in message.parts]
        return {part.tool_name: part for part in parts if isinstance(part, ToolPart)}

    async def change(self, work: Callable[[Change], Awaitable[object]]) -> None:
        """Does something in a change of its thread."""
        await self.store.change(self.thread.id, work)


async def waits(
    store: Store,
    *asked: Asked,
    thread: Thread | None = None,
    status: GenerationStatus = GenerationStatus.WAITING,
) -> Waiting:
    """A turn whose step made these calls; those that ran at once have their results in the row after it."""
    thread = await new_thread(store) if thread is None else thread

    async def work(change: Change) -> Waiting:
        order = change.next_order()
        placed: dict[str, Any] = {"thread_id": change.thread.id, "user_id": change.thread.user_id}
        prompt = row(MessageRole.USER, order, 0, **placed)
        generation = generation_at(order, thread_id=change.thread.id, prompt_message_id=prompt.id, status=status)
        step = row(MessageRole.ASSISTANT, order, 1, [], agent_name="helper", model="m1", provider="p1", **placed)
        calls = tuple(_call(change, each, step, generation) for each in asked if each.does != "ran")
        step = _with(step, [part for each in asked for part in _parts(each, calls)])
        results = [_result(each) for each in asked if each.does == "ran"]
        ran = [row(MessageRole.TOOL, order, 2, results, agent_name="helper", **placed)] if results else []
        generation = replace(generation, reply_message_id=(ran or [step])[-1].id)
        await change.insert_messages(prompt, step, *ran, generation_id=generation.id)
        await change.insert_generation(generation)
        await change.insert_pending_calls(calls)
        assert thread is not None
        return Waiting(store, thread, generation, step, calls)

    return await store.change(thread.id, work)


def _call(change: Change, asked: Asked, step: Message, generation: Generation) -> PendingCall:
    return PendingCall(
        id=ids.new_id(ids.APPROVAL),
        thread_id=step.thread_id,
        order=step.order,
        message_id=step.id,
        generation_id=generation.id,
        tool_call_id=f"call-{asked.tool}",
        tool_name=asked.tool,
        kind=PendingKind.APPROVAL if asked.does == "leave" else PendingKind.RESULT,
        fingerprint=fingerprint(asked.tool, {"to": asked.tool}),
        expires_at=asked.expires_at,
        created_at=change.now,
    )


def _parts(asked: Asked, calls: tuple[PendingCall, ...]) -> list[Part]:
    named = {"toolCallId": f"call-{asked.tool}", "toolName": asked.tool}
    parts: list[Part] = [{"type": "tool-call", **named, "input": {"to": asked.tool}}]
    for call in calls:
        if call.tool_name == asked.tool and call.kind is PendingKind.APPROVAL:
            request = {"approvalId": call.id, "toolCallId": call.tool_call_id, "signature": call.fingerprint}
            parts.append({"type": "tool-approval-request", **request})
    return parts


def _result(asked: Asked) -> Part:
    named = {"toolCallId": f"call-{asked.tool}", "toolName": asked.tool}
    return {"type": "tool-result", **named, "output": {"type": "text", "value": "done"}}


def _with(step: Message, content: list[Part]) -> Message:
    return replace(step, content=content, tool=True, text=None)
