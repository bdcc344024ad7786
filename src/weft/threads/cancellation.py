"""A task that was cancelled ends, whatever it was waiting for.

asyncio.wait_for of Python 3.11 swallows a cancellation that comes together with the result (python/cpython#86296), and
the driver waits by it: a loop that never ends by itself would go on for ever, and whoever ends it would wait for it.
"""

import asyncio


def heed_cancellation() -> None:
    """Ends the current task if it has been told to end. For each turn of a loop that has no other end."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
