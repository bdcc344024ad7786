"""The SDK clients: one for each provider, address and key in an event loop, so that connections are reused."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

log = logging.getLogger(__name__)

_LAST_BYTES = 0.25


class _Client(Protocol):
    async def close(self) -> None: ...


C = TypeVar("C", bound=_Client)
_Slot = tuple[type[Any], str, str]
_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[_Slot, _Client]] = WeakKeyDictionary()


def shared_client(kind: type[C], base_url: str, api_key: str, make: Callable[[], C]) -> C:
    """The running loop's client of this kind for this address and key; made when there is none."""
    for loop in [loop for loop in _pools if loop.is_closed()]:
        del _pools[loop]
    pool = _pools.setdefault(asyncio.get_running_loop(), {})
    slot = (kind, base_url, api_key)
    client = pool.get(slot)
    if not isinstance(client, kind):
        client = pool[slot] = make()
    return client


async def close_models() -> None:
    """Closes the running loop's clients; a later call makes new ones."""
    pool = _pools.pop(asyncio.get_running_loop(), {})
    for outcome in await asyncio.gather(*(client.close() for client in pool.values()), return_exceptions=True):
        if isinstance(outcome, BaseException):
            log.warning("a provider client did not close", extra={"error": type(outcome).__name__})


async def drain(events: AsyncIterator[object]) -> None:
    """Reads what follows the last event, usually nothing: only a response read to its end frees its connection."""
    with suppress(Exception):
        async with asyncio.timeout(_LAST_BYTES):
            async for _ in events:
                pass
