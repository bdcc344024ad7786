"""Runs the calls of a step side by side. Each ends with exactly one result, good or bad, which is recorded at once."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from weft.agents.approval.decided import denied_output, error_output, result_part
from weft.agents.chunker import output_chunk
from weft.agents.model_call import Show, unknown_tool
from weft.agents.telemetry import tool_span
from weft.agents.tools.context import ToolContext
from weft.agents.tools.definition import Tool
from weft.agents.tools.execution import run_tool
from weft.agents.tools.inputs import ToolInputError, checked_input
from weft.threads.messages import Part
from weft.threads.pending_calls import PendingCall, fingerprint
from weft.threads.steps import Call

MOST_AT_ONCE: Final = 32
_CHANGED: Final = "Error: the call was changed after it was approved, so it was not run"

Record = Callable[[Part], Awaitable[None]]
"""Takes a `tool-result` part; returns when it is safe, or will be."""


class ToolCalls:
    """`asked` are the calls that a person was asked about, by call id: their word counts, not what rows say of it."""

    def __init__(
        self,
        tools: Mapping[str, Tool],
        asked: Mapping[str, PendingCall],
        *,
        context_of: Callable[[str, str], ToolContext],
        show: Show,
        record: Record,
    ) -> None:
        self._tools = tools
        self._asked = asked
        self._context_of = context_of
        self._show = show
        self._record = record
        self._free = asyncio.Semaphore(MOST_AT_ONCE)

    async def run(self, calls: Sequence[Call]) -> None:
        """Returns when every call has its result. Cancelling it cancels them all."""
        tasks = [asyncio.create_task(self._answer(call), name=f"weft-tool-{call.name}") for call in calls]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, call: Call) -> None:
        async with self._free:
            with tool_span(call.name, call.id) as span:
                output = await self._output(call)
                if output.get("type") in ("error-text", "error-json"):
                    span.failed(str(output.get("value")))
        await self._show([output_chunk(call.id, output)])
        tool = self._tools.get(call.name)
        dynamic = {"dynamic": True} if tool is not None and tool.dynamic else {}
        await self._record({**result_part(call.id, call.name, output), **dynamic})

    async def _output(self, call: Call) -> Part:
        refused = self._refused(call)
        if refused is not None:
            return refused
        tool = self._tools.get(call.name)
        if tool is None:
            return error_output(unknown_tool(call.name, self._tools))
        if tool.execute is None:
            return error_output(f"Error: tool {call.name} has no function that could be run")
        try:
            value = checked_input(tool, call.input if isinstance(call.input, str) else json.dumps(call.input))
        except ToolInputError as error:
            return error_output(str(error))
        return await run_tool(tool, self._context_of(call.id, call.name), value, self._preliminary(call.id))

    def _refused(self, call: Call) -> Part | None:
        """What a call that may not run gives: one that was not approved, or is not the one that was."""
        asked = self._asked.get(call.id)
        if asked is None:
            return None if call.approval_id is None else error_output(_CHANGED)
        if asked.approved is not True:
            return denied_output(asked.reason)
        return None if asked.fingerprint == fingerprint(call.name, call.input) else error_output(_CHANGED)

    def _preliminary(self, call_id: str) -> Callable[[Any], Awaitable[None]]:
        async def show(value: Any) -> None:
            chunk = {"type": "tool-output-available", "toolCallId": call_id, "output": value, "preliminary": True}
            await self._show([chunk])

        return show
