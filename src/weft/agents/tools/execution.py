"""A call of a tool is run: whatever the tool does, the call ends in time with one output; nothing else is harmed."""

import asyncio
import logging
from collections.abc import AsyncIterable, Callable, Generator
from contextlib import AsyncExitStack
from inspect import isawaitable, isgenerator
from typing import Any, Final, TypeVar, cast

from weft.agents.tools.calling import is_async
from weft.agents.tools.context import ToolContext
from weft.agents.tools.definition import Tool
from weft.agents.tools.inputs import ToolInputError, checked_input
from weft.agents.tools.outputs import error_output, failure_output, output_of, shaped_output
from weft.agents.tools.own_threads import threads
from weft.agents.tools.preliminary import OnPreliminary, Preliminary
from weft.agents.tools.values import json_value
from weft.threads.messages import Part

__all__ = ["ToolInputError", "checked_input", "needs_approval_of", "run_tool"]

T = TypeVar("T")
_Values = Generator[Any, None, Any]

APPROVAL_SECONDS: Final = 30.0
GRACE_SECONDS: Final = 1.0
_SMALL: Final = 4096
_LOG: Final = logging.getLogger(__name__)
_left: Final[set["asyncio.Task[Part]"]] = set()


async def run_tool(tool: Tool, context: ToolContext, value: Any, on_preliminary: OnPreliminary) -> Part:
    """The output of a call with a checked input, in the form in which it is stored. Raises nothing of the tool's.

    A failure, no end within the tool's time limit and an output that cannot be stored are `error-text` outputs.
    `on_preliminary` is given the JSON values that a generator yields, the latest at most ten times a second.
    Cancelled, it sets `context.cancelled` and cancels the tool.
    """
    if tool.execute is None:
        return error_output(f"{tool.name} is answered by a person or the client, not run")
    async with AsyncExitStack() as stack:
        apart = not is_async(tool.execute)
        if apart:
            await stack.enter_async_context(threads.place())
        call = _Call(tool, tool.execute, context, value, apart)
        return await _in_time(asyncio.create_task(call.output(on_preliminary), name=f"weft-tool-{tool.name}"), call)


async def needs_approval_of(tool: Tool, context: ToolContext, value: Any) -> bool:
    """Whether a person must allow this call. A function that fails, takes over 30 s or says nothing means yes."""
    decide = tool.needs_approval
    if isinstance(decide, bool):
        return decide
    try:
        async with asyncio.timeout(APPROVAL_SECONDS):
            asked = is_async(decide)
            answer: Any = decide(context, value) if asked else await threads.run(lambda: decide(context, value))
            if isawaitable(answer):
                answer = await answer
            return answer is None or bool(answer)
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        failure_output(error, tool.name, "whether a call needs approval could not be decided, so it does")
        return True


class _Call:
    def __init__(self, tool: Tool, execute: Callable[..., Any], context: ToolContext, value: Any, apart: bool) -> None:
        self.tool = tool
        self.context = context
        self._execute = execute
        self._value = value
        self._apart = apart

    async def output(self, on_preliminary: OnPreliminary) -> Part:
        """Raises nothing but CancelledError."""
        try:
            preliminary = Preliminary(on_preliminary)
            async with preliminary.shown():
                return await self._made(await self._result(preliminary))
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # SystemExit and its like would end the server
            return failure_output(error, self.tool.name)

    async def _result(self, preliminary: Preliminary) -> Any:
        if self._apart:
            result = await threads.run(lambda: self._called(preliminary))
        else:
            result = self._execute(self.context, self._value)
        if isawaitable(result):
            result = await result
        return await self._last(cast("AsyncIterable[Any]", result), preliminary) if _streams(result) else result

    def _called(self, preliminary: Preliminary) -> Any:
        result = self._execute(self.context, self._value)
        return self._drained(cast("_Values", result), preliminary) if isgenerator(result) else result

    def _drained(self, values: _Values, preliminary: Preliminary) -> Any:
        """What a generator returns, or else the last that it yields."""
        last = None
        try:
            while not self.context.cancelled.is_set():
                last = next(values)
                preliminary.put(json_value(last))
        except StopIteration as end:
            return last if end.value is None else end.value
        finally:
            values.close()
        return None

    async def _last(self, values: AsyncIterable[Any], preliminary: Preliminary) -> Any:
        last = None
        try:
            async for value in values:
                last = value
                preliminary.put(await _apart(json_value, last))
                await asyncio.sleep(0)  # a generator that never waits lets others run
        finally:
            close = getattr(values, "aclose", None)
            if close is not None:
                await close()
        return last

    async def _made(self, result: Any) -> Part:
        make = self.tool.to_model_output
        if make is None:
            return await _apart(output_of, result)
        return await threads.run(lambda: shaped_output(make, result))


async def _apart(make: Callable[[Any], T], value: Any) -> T:
    """What is made of this value: at once when it is little, else in a thread, for it may take long."""
    little = value is None or (isinstance(value, str) and len(value) < _SMALL)
    return make(value) if little else await threads.run(lambda: make(value))


async def _in_time(work: "asyncio.Task[Part]", call: _Call) -> Part:
    try:
        done, _ = await asyncio.wait({work}, timeout=call.tool.timeout)
    except asyncio.CancelledError:
        await _stop(work, call)
        raise
    if done:
        return error_output("the tool was cancelled from within") if work.cancelled() else work.result()
    await _stop(work, call)
    _LOG.warning("a tool took too long", extra={"tool": call.tool.name, "seconds": call.tool.timeout})
    return error_output(f"the tool did not end within {call.tool.timeout:g} seconds")


async def _stop(work: "asyncio.Task[Part]", call: _Call) -> None:
    """Cancels; waits a moment, for what the tool has to tidy up; leaves it when it goes on all the same."""
    call.context.cancelled.set()
    work.cancel()
    _left.add(work)
    work.add_done_callback(_left.discard)
    done, _ = await asyncio.wait({work}, timeout=GRACE_SECONDS)
    if not done:
        _LOG.warning("a tool ignores that it was cancelled", extra={"tool": call.tool.name})


def _streams(result: object) -> bool:
    return isinstance(result, AsyncIterable)
