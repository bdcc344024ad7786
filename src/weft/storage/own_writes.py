"""When this process last changed a thread: a search here waits until the change feed has told of it.

Every change of a thread tells events, so the feed always reaches its time.
"""

from weakref import WeakSet

from bson.timestamp import Timestamp

from weft.storage.types import Session


class OwnWrites:
    """Of a transaction it is known only afterwards when it was."""

    def __init__(self) -> None:
        self.last: Timestamp | None = None
        self._sessions: WeakSet[Session] = WeakSet()

    def written_in(self, session: Session) -> None:
        """Its transaction changes a thread, and tells of it."""
        self._sessions.add(session)

    def committed(self, session: Session) -> None:
        """What was written in the session is visible from now on."""
        at = session.operation_time
        if session in self._sessions and at is not None and (self.last is None or at > self.last):
            self.last = at
