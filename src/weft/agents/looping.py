"""How work that never ends goes on: work, rest until there may be more, and again, until it is cancelled.

While MongoDB does not answer this is said, and tried again every second.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, NoReturn

from weft.errors import UnavailableError
from weft.threads.cancellation import heed_cancellation

PAUSE_SECONDS: Final = 1.0


async def repeat(
    work: Callable[[], Awaitable[object]],
    rest: Callable[[], Awaitable[object]],
    *,
    log: logging.Logger,
    failing: str,
    wake: asyncio.Event | None = None,
) -> NoReturn:
    """`wake` is cleared before each turn, so that whatever rings it meanwhile is looked at in the next one.

    `failing`: what the log says, with the reason, when either raises UnavailableError. Other errors end it.
    """
    while True:
        if wake is not None:
            wake.clear()
        try:
            await work()
            heed_cancellation()
            await rest()
            heed_cancellation()
        except UnavailableError as error:
            log.warning(failing, extra={"error": error.message})
            await asyncio.sleep(PAUSE_SECONDS)


async def woken(wake: asyncio.Event, seconds: float) -> bool:
    """Waits until woken, or for so long; whether it was woken."""
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return False
    return True
