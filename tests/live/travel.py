"""Agents whose every step the test controls: runs of three steps with tools, one with an approval; bad tools."""

from collections.abc import AsyncIterator, Sequence
from itertools import takewhile

from tests.live.desk import report, report_from_thread

from weft import Agent, tool
from weft.testing import (
    Call,
    Finish,
    FinishReason,
    ModelEvent,
    ModelRequest,
    TextDelta,
    ToolCalled,
    ToolInputDelta,
    ToolInputStarted,
    Usage,
    UsageReported,
)
from weft.threads.messages import MessageRole

Plan = Sequence[Sequence[Call]]
"""The calls of each step; after the last step there is nothing but text."""

FLOOD_BYTES = 5 * 1024 * 1024


def used(step: int, *, all_of_it: bool = True) -> Usage:
    """What the step's model call uses in all, or until it has begun to speak: sums tell which calls were counted."""
    given, made = 10**step, 2 * 10**step if all_of_it else 1
    return Usage(input_tokens=given, output_tokens=made, total_tokens=given + made)


class Planned:
    """Reports `model <step>` before its first word and `model <step> speaks` after it, then makes the planned calls."""

    provider = "planned"
    name = "planned"

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        step = 1 + _answers(request)
        calls = self._plan[step - 1] if step <= len(self._plan) else ()
        await report(f"model {step}")
        yield TextDelta(f"Step {step}: ")
        yield UsageReported(used(step, all_of_it=False))
        await report(f"model {step} speaks")
        yield TextDelta(f"after {_results(request)} results.")
        for call in calls:
            assert call.id is not None
            yield ToolInputStarted(call.id, call.name)
            yield ToolInputDelta(call.id, call.text)
            yield ToolCalled(call.id, call.name, call.text)
        yield Finish(FinishReason.TOOL_CALLS if calls else FinishReason.STOP, used(step))


def _answers(request: ModelRequest) -> int:
    """How many messages of the assistant follow the newest prompt."""
    newest = takewhile(lambda message: message.role is not MessageRole.USER, reversed(request.messages))
    return sum(message.role is MessageRole.ASSISTANT for message in newest)


def _results(request: ModelRequest) -> int:
    return sum(part["type"] == "tool-result" for message in request.messages for part in message.content)


@tool
async def look(city: str) -> str:
    """How the weather is."""
    await report(f"look {city}")
    return f"sunny in {city}"


@tool
async def book(city: str) -> str:
    """Books a journey."""
    await report(f"book {city}")
    return f"booked {city}"


@tool(needs_approval=True)
async def pay(amount: int) -> str:
    """Pays."""
    await report(f"pay {amount}")
    return f"paid {amount}"


@tool(timeout=2)
async def hang() -> str:
    """Stands at the desk longer than it may."""
    await report("hang")
    return "too late"


@tool(timeout=2)
def block() -> str:
    """Holds its thread for longer than it may."""
    report_from_thread("block")
    return "too late"


@tool
async def flood() -> str:
    """Gives too much."""
    await report("flood")
    return "x" * FLOOD_BYTES


@tool
async def leave() -> str:
    """Raises what ends a process."""
    await report("leave")
    raise SystemExit(3)


@tool
def interrupt() -> str:
    """Raises what ends a process, in a thread."""
    report_from_thread("interrupt")
    raise KeyboardInterrupt


LOOK = Call("look", {"city": "Rome"}, id="rome")
LOOK_TOO = Call("look", {"city": "Oslo"}, id="oslo")
BOOK = Call("book", {"city": "Rome"}, id="book")
PAY = Call("pay", {"amount": 9}, id="pay")
BAD = [hang, block, flood, leave, interrupt]

travel_agents = [
    Agent("travel", model=Planned([[LOOK, LOOK_TOO], [BOOK]]), tools=[look, book]),
    Agent("careful", model=Planned([[LOOK, PAY], [BOOK]]), tools=[look, book, pay]),
    *(Agent(bad.name, model=Planned([[Call(bad.name, id="bad")]]), tools=[bad]) for bad in BAD),
]
