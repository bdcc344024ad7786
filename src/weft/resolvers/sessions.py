"""What is open for somebody, a socket or a response, ends when they are nobody any more: by the time, or because
their key was revoked, wherever that was done."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, Protocol

from weft.agents.keys import KeyService
from weft.resolvers.doors import Door, Doors
from weft.threads.cancellation import heed_cancellation
from weft.threads.clock import utc_now
from weft.threads.viewers import Viewer

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS: Final = 60.0
_RETRY_SECONDS: Final = 1.0
_MOST_CHANGED: Final = 10_000

EXPIRED: Final = "Token expired"
REVOKED: Final = "Key revoked"

End = Callable[[str], None]
"""Is told why, in words for a close frame."""


class Sessions:
    """Of one server. `run` looks after keys; times need nobody."""

    def __init__(self) -> None:
        self._by_key: dict[str, set[_Session]] = {}
        self._changed: dict[str, None] = {}
        self._doubt = asyncio.Event()

    @property
    def keys(self) -> int:
        """How many keys have something open."""
        return len(self._by_key)

    def hold(self, viewer: Viewer, end: End) -> Callable[[], None]:
        """Calls `end` when the viewer is nobody any more, once, unless what is returned was called before."""
        session = _Session(self, viewer, end)
        if viewer.key is not None:
            self._by_key.setdefault(viewer.key, set()).add(session)
            if viewer.key in self._changed:  # heard of between looking the key up and now
                self._doubt.set()
        return session.release

    async def run(self, keys: KeyService) -> None:
        """Ends the sessions of keys that are revoked, as soon as that is heard of."""
        keys.listen(self._heard)
        try:
            while True:
                heed_cancellation()
                await self._look_later()
                try:
                    await self._look(keys)
                except Exception as error:
                    _LOG.warning("keys of open sessions could not be looked at", extra={"error": type(error).__name__})
                    self._doubt.set()
                    await asyncio.sleep(_RETRY_SECONDS)
        finally:
            keys.unlisten(self._heard)

    async def _look_later(self) -> None:
        """Returns when there is doubt, and now and then without."""
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                await self._doubt.wait()
        except TimeoutError:
            pass
        self._doubt.clear()

    async def _look(self, keys: KeyService) -> None:
        held = list(self._by_key)
        if not held:
            return
        good = await keys.good(held)
        for key_id in held:
            if key_id not in good:
                self._end(key_id)

    def _heard(self, key_ids: Sequence[str] | None) -> None:
        for key_id in key_ids or ():
            self._changed[key_id] = None
            if len(self._changed) > _MOST_CHANGED:
                del self._changed[next(iter(self._changed))]
        if key_ids is None or any(key_id in self._by_key for key_id in key_ids):
            self._doubt.set()

    def _end(self, key_id: str) -> None:
        for session in list(self._by_key.get(key_id, ())):
            session.end(REVOKED)

    def forget(self, session: "_Session", key_id: str) -> None:
        """It is not open any more."""
        held = self._by_key.get(key_id, set())
        held.discard(session)
        if not held:
            self._by_key.pop(key_id, None)


class _Session:
    __slots__ = ("_end", "_sessions", "_timer", "_viewer")

    def __init__(self, sessions: Sessions, viewer: Viewer, end: End) -> None:
        self._sessions = sessions
        self._viewer = viewer
        self._end: End | None = end
        self._timer: asyncio.TimerHandle | None = None
        self._wind()

    def release(self) -> None:
        self._end = None
        if self._timer is not None:
            self._timer.cancel()
        if self._viewer.key is not None:
            self._sessions.forget(self, self._viewer.key)

    def end(self, why: str) -> None:
        end = self._end
        self.release()
        if end is not None:
            end(why)

    def _wind(self) -> None:
        """Clocks jump, and machines sleep: the time is looked at once a minute at least."""
        expires_at = self._viewer.expires_at
        if expires_at is None or self._end is None:
            return
        left = (expires_at - utc_now()).total_seconds()
        act = self._wind if left > 0 else partial(self.end, EXPIRED)
        self._timer = asyncio.get_running_loop().call_later(min(max(left, 0), _LOOK_SECONDS), act)


class OpenStreams(Protocol):
    """The open responses of a server, which ends them when it stops."""

    def add(self, end: Callable[[], None]) -> None: ...

    def discard(self, end: Callable[[], None]) -> None: ...


class HeldStreams:
    """The open responses to one viewer: they end with the server, or with the session."""

    def __init__(
        self, streams: OpenStreams, sessions: Sessions, doors: Doors, viewer: Viewer, address: str | None
    ) -> None:
        self._streams = streams
        self._sessions = sessions
        self._doors = doors
        self._viewer = viewer
        self._address = address
        self._releases: dict[Callable[[], None], Callable[[], None]] = {}

    def check(self) -> None:
        """Raises RateLimitedError when the viewer has too many open already."""
        self._doors.check(Door.STREAMS, self._viewer, self._address)

    def add(self, end: Callable[[], None]) -> None:
        release = self._sessions.hold(self._viewer, lambda _: end())
        close = self._doors.open(Door.STREAMS, self._viewer, self._address)

        def undo() -> None:
            release()
            close()

        self._releases[end] = undo
        self._streams.add(end)

    def discard(self, end: Callable[[], None]) -> None:
        self._streams.discard(end)
        if (release := self._releases.pop(end, None)) is not None:
            release()
