"""How much one viewer has open on this server: sockets, and HTTP responses that go on. Who is trusted has no limit."""

from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from weft.errors import RateLimitedError
from weft.threads.viewers import Viewer

_RETRY_SECONDS: Final = 1.0


class Door(StrEnum):
    """What can be open."""

    SOCKETS = "sockets"
    STREAMS = "streams"


class Doors:
    """The limits are counts for one viewer; 0: as many as they like."""

    def __init__(self, *, sockets: int = 0, streams: int = 0) -> None:
        self._limits = {Door.SOCKETS: sockets, Door.STREAMS: streams}
        self._open: Counter[tuple[Door, str]] = Counter()

    def __len__(self) -> int:
        """How many viewers have something open."""
        return len(self._open)

    def check(self, door: Door, viewer: Viewer, address: str | None) -> None:
        """Raises RateLimitedError for one that has the most open already. Open it before anything else can happen."""
        limit, who = self._limits[door], _who(viewer, address)
        if limit and who is not None and self._open[door, who] >= limit:
            raise RateLimitedError(
                f"At most {limit} {door} at once for one viewer; close one, or try again later",
                name=door.value,
                retry_after=_RETRY_SECONDS,
            )

    def open(self, door: Door, viewer: Viewer, address: str | None) -> Callable[[], None]:
        """Counts one more, until what is returned is called, once or more often."""
        who = _who(viewer, address)
        if who is None:
            return _nothing
        held = [(door, who)]
        self._open[door, who] += 1

        def close() -> None:
            for key in held:
                self._open[key] -= 1
                if not self._open[key]:
                    del self._open[key]
            held.clear()

        return close


def _nothing() -> None:
    """Nothing was counted."""


def _who(viewer: Viewer, address: str | None) -> str | None:
    """Whose things they are: a user's, whatever key or token they came with; else a key's, else those of an address."""
    if viewer.trusted:
        return None
    if viewer.user_id is not None:
        return f"user {viewer.user_id}"
    return f"address {address}" if viewer.key is None else f"key {viewer.key}"
