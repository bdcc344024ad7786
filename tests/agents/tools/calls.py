"""Calls of tools, as a run makes them."""

import threading
from collections.abc import Awaitable, Callable
from typing import Any, cast

from tests.support import in_time

from weft.agents.tools.context import ToolContext
from weft.agents.tools.definition import Tool
from weft.agents.tools.execution import checked_input, run_tool
from weft.threads.messages import Part


class Shown(list[Any]):
    """The preliminary values that were shown; `event` is set at each."""

    def __init__(self) -> None:
        super().__init__()
        self.event = threading.Event()

    async def show(self, value: Any) -> None:
        self.append(value)
        self.event.set()


def context_of(name: str = "tool", **fields: Any) -> ToolContext:
    """What a call is told. The tools of these tests do not ask for Weft or the agent."""
    nothing = cast("Any", None)
    return ToolContext(nothing, nothing, "call_1", name, **fields)


async def answer(tool: Tool, raw: str = "{}", context: ToolContext | None = None, shown: Shown | None = None) -> Part:
    """The output of a call with this JSON text as its input."""
    told = context_of(tool.name) if context is None else context
    show: Callable[[Any], Awaitable[None]] = (Shown() if shown is None else shown).show
    return await in_time(run_tool(tool, told, checked_input(tool, raw), show))


async def said(tool: Tool, raw: str = "{}") -> Any:
    """The value of the output."""
    return (await answer(tool, raw))["value"]
