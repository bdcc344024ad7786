"""Where callers are asked who they are: once a request, once a socket, before anything else is looked at."""

from collections.abc import Awaitable, Callable

from starlette.requests import HTTPConnection
from starlette.types import Scope

from weft.resolvers.doors import Door, Doors
from weft.resolvers.privileges import ALL, Privileges
from weft.resolvers.sessions import End, Sessions
from weft.threads.viewers import Viewer

Recognise = Callable[[HTTPConnection], Awaitable[Viewer]]
"""Raises UnauthenticatedError for nobody known, UnavailableError when that cannot be found out now.

What a socket said in `connection_init` is in `connection.state.connection_params`.
"""


class Entrance:
    """Without `recognise` nobody is asked."""

    def __init__(
        self,
        recognise: Recognise | None = None,
        sessions: Sessions | None = None,
        doors: Doors | None = None,
        privileges: Callable[[Viewer | None], Privileges] = lambda _: ALL,
    ) -> None:
        """`privileges` are those of a viewer; of None where nobody is asked."""
        self._privileges = privileges
        self._recognise = recognise
        self.sessions = Sessions() if sessions is None else sessions
        self.doors = Doors() if doors is None else doors

    @property
    def asks(self) -> bool:
        return self._recognise is not None

    async def enter(self, scope: Scope) -> None:
        """Notes who comes. Raises as `Recognise` does."""
        if self._recognise is not None:
            viewer = await self._recognise(HTTPConnection(scope))
            scope.setdefault("state", {})["viewer"] = viewer

    def privileges(self, scope: Scope) -> Privileges:
        """What whoever came may do with the schema."""
        return self._privileges(scope["state"]["viewer"] if self.asks else None)

    def check(self, scope: Scope, door: Door) -> None:
        """Raises RateLimitedError when whoever came has too much open. `hold` it before anything else can happen."""
        if self._recognise is not None:
            self.doors.check(door, scope["state"]["viewer"], address_of(scope))

    def watch(self, scope: Scope, end: End) -> Callable[[], None]:
        """As `hold`, of a request that opens nothing and only takes long."""
        return self.sessions.hold(scope["state"]["viewer"], end)

    def hold(self, scope: Scope, door: Door, end: End) -> Callable[[], None]:
        """Calls `end` when whoever came is nobody any more; what is returned says that it is closed."""
        if self._recognise is None:
            return lambda: None
        viewer: Viewer = scope["state"]["viewer"]
        release, close = self.sessions.hold(viewer, end), self.doors.open(door, viewer, address_of(scope))

        def undo() -> None:
            release()
            close()

        return undo


def address_of(scope: Scope) -> str | None:
    """The address that a connection comes from, as far as the server knows it."""
    client = scope.get("client")
    return None if client is None else str(client[0])
