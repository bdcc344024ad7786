"""A task that was cancelled ends, whatever it was waiting for.

asyncio.wait_for of Python 3.11 swallows a cancellation that comes together with the result (python/cpython#86296), and
the driver waits by it: a loop that never ends by itself would go on for ever, and whoever ends it would wait for it.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def heed_cancellation() -> None:
    """Ends the current task if it has been told to end. For each turn of a loop that has no other end."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Runs what must not be broken off halfway: whoever is cancelled waits until it is through, whatever comes out."""
    task = asyncio.create_task(work)
    task.add_done_callback(_seen)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _seen(task: "asyncio.Task[Any]") -> None:
    """Its failure is nobody's when whoever waited was cancelled."""
    if not task.cancelled():
        task.exception()
