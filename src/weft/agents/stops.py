"""When a run of several steps ends although the model could go on (behaviour.md rows 51 and 52)."""

from collections.abc import Awaitable, Callable, Sequence
from inspect import isawaitable

from weft.threads.steps import Step

StopCondition = Callable[[Sequence[Step]], bool | Awaitable[bool]]
"""Asked after each step that called tools, with the steps so far; True ends the run."""


def step_count_is(count: int) -> StopCondition:
    """Stops after so many steps."""

    def reached(steps: Sequence[Step]) -> bool:
        return len(steps) >= count

    return reached


def has_tool_call(name: str) -> StopCondition:
    """Stops after a step with a successful call of this tool; calls that failed do not count."""

    def called(steps: Sequence[Step]) -> bool:
        return bool(steps) and any(call.name == name and call.succeeded for call in steps[-1].calls)

    return called


async def any_holds(conditions: Sequence[StopCondition], steps: Sequence[Step]) -> bool:
    """Whether one of the conditions says so."""
    for condition in conditions:
        answer = condition(steps)
        if (await answer) if isawaitable(answer) else answer:
            return True
    return False
