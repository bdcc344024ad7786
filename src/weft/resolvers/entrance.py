"""Where callers are asked who they are: once a request, once a socket, before anything else is looked at."""

from collections.abc import Awaitable, Callable

from starlette.requests import HTTPConnection
from starlette.types import Scope

from weft.resolvers.sessions import End, Sessions
from weft.threads.viewers import Viewer

Recognise = Callable[[HTTPConnection], Awaitable[Viewer]]
"""Raises UnauthenticatedError for nobody known, UnavailableError when that cannot be found out now.

What a socket said in `connection_init` is in `connection.state.connection_params`.
"""


class Entrance:
    """Without `recognise` nobody is asked."""

    def __init__(self, recognise: Recognise | None = None, sessions: Sessions | None = None) -> None:
        self._recognise = recognise
        self.sessions = Sessions() if sessions is None else sessions

    @property
    def asks(self) -> bool:
        return self._recognise is not None

    async def enter(self, scope: Scope) -> None:
        """Notes who comes. Raises as `Recognise` does."""
        if self._recognise is not None:
            viewer = await self._recognise(HTTPConnection(scope))
            scope.setdefault("state", {})["viewer"] = viewer

    def hold(self, scope: Scope, end: End) -> Callable[[], None]:
        """Calls `end` when whoever came is nobody any more; what is returned undoes that."""
        if self._recognise is None:
            return lambda: None
        return self.sessions.hold(scope["state"]["viewer"], end)
