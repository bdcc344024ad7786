"""What is closed has so long: a MongoDB that hangs does not hold up the end, and lets go by itself of what it keeps."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from pymongo.errors import PyMongoError

_LOG = logging.getLogger(__name__)
_SECONDS: Final = 3.0


async def closed(close: Callable[[], Awaitable[None]]) -> None:
    """Calls `close`. It fails for nobody: what is said of it is said in the log."""
    try:
        async with asyncio.timeout(_SECONDS):
            await close()
    except (TimeoutError, PyMongoError) as error:
        _LOG.warning("MongoDB was not told of an end", extra={"error": type(error).__name__})
