"""A lease that is taken while its taker is cancelled is given back, and not left to end by itself."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from weft.errors import UnavailableError

T = TypeVar("T")


async def taken(take: Coroutine[Any, Any, T], give_back: Callable[[T], Awaitable[object]]) -> T:
    """What `take` takes. When the caller is cancelled meanwhile, it is given back before that goes on."""
    taking = asyncio.create_task(take, name="weft-taking")
    try:
        return await asyncio.shield(taking)
    except asyncio.CancelledError:
        with suppress(UnavailableError):  # it ends by itself then
            await give_back(await taking)
        raise
