"""When this process last changed a thread or vectors: a search here waits until the change feed has told of it.

Every change of a thread tells events, and every vector that was stored is told, so the feed always reaches its time.
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
        if session in self._sessions:
            self.written(session)

    def written(self, session: Session) -> None:
        """The last operation of the session, and no transaction, wrote what the feed tells of."""
        at = session.operation_time
        if at is not None and (self.last is None or at > self.last):
            self.last = at
