"""Waiting for a generation to end, or to wait for somebody itself. The feed is the doorbell, the store the truth."""

import asyncio
from typing import Final

from weft.errors import UnavailableError, not_found
from weft.storage.store import Store
from weft.threads.events import EventKind, StoredEvent
from weft.threads.generations import Generation, GenerationStatus

_UNDER_WAY: Final = (GenerationStatus.QUEUED, GenerationStatus.RUNNING)


class Waiters:
    """Those who wait, by generation. The feed calls `hear` and `wake`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._bells: dict[str, set[asyncio.Event]] = {}

    def hear(self, event: StoredEvent) -> None:
        """Takes an event of the feed."""
        if event.kind is EventKind.GENERATION_CHANGED:
            self._ring(event.refs["generationId"])
        elif event.kind is EventKind.THREAD_DELETED:
            self.wake()

    def wake(self) -> None:
        """The feed may have missed something: everybody looks."""
        for generation_id in list(self._bells):
            self._ring(generation_id)

    def _ring(self, generation_id: str) -> None:
        for bell in self._bells.get(generation_id, ()):
            bell.set()

    async def settled(self, generation_id: str, timeout: float) -> Generation:
        """The generation once it neither is queued nor runs.

        Raises:
            InputError: it is deleted. UnavailableError: it goes on for longer than `timeout` seconds.
        """
        bell = asyncio.Event()
        self._bells.setdefault(generation_id, set()).add(bell)
        try:
            async with asyncio.timeout(timeout):
                while True:
                    bell.clear()
                    found = await self._store.generations.get(generation_id)
                    if found is None:
                        raise not_found("generation", generation_id)
                    if found.status not in _UNDER_WAY:
                        return found
                    await bell.wait()
        except TimeoutError:
            message = f"generation {generation_id} is not done after {timeout:g} s; it goes on, ask for it later"
            raise UnavailableError(message) from None
        finally:
            self._bells[generation_id].discard(bell)
            if not self._bells[generation_id]:
                del self._bells[generation_id]
