"""From credentials to a viewer, by whatever this server was told to trust: its own API keys always, and either an
application's function or tokens. Whoever is not known is refused; nobody becomes an operator by bringing nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from traceback import format_tb
from typing import Final

from weft.agents.identity.credentials import Credentials
from weft.agents.identity.tokens import Tokens
from weft.agents.keys import KeyService
from weft.errors import UnauthenticatedError, UnavailableError
from weft.threads.api_keys import read_secret
from weft.threads.clock import utc_now
from weft.threads.viewers import Viewer

_LOG = logging.getLogger(__name__)
_DEADLINE_SECONDS: Final = 10.0

Authenticate = Callable[[Credentials], Viewer | Awaitable[Viewer | None] | None]
"""An application's own: who has these credentials. None: nobody that may come in."""


class Authentication:
    """One a process."""

    def __init__(
        self, tokens: Tokens | None = None, own: Authenticate | None = None, deadline: float = _DEADLINE_SECONDS
    ) -> None:
        self._tokens = tokens
        self._own = own
        self.deadline = deadline

    async def viewer(self, keys: KeyService, credentials: Credentials) -> Viewer:
        """Who asks.

        Raises:
            UnauthenticatedError: nobody known, or not any more.
            UnavailableError: it cannot be found out now.
        """
        try:
            async with asyncio.timeout(self.deadline):
                viewer = await self._known(keys, credentials)
        except TimeoutError:
            _LOG.error("who asks was not found out in time", extra={"seconds": self.deadline})
            raise UnavailableError("who you are could not be found out in time; try again") from None
        if viewer is None or (viewer.expires_at is not None and viewer.expires_at <= utc_now()):
            raise UnauthenticatedError
        return viewer

    @property
    def by(self) -> str:
        """What callers are known by, for operators."""
        other = "the app's own function" if self._own is not None else None
        return ", ".join(filter(None, ("API keys", "tokens" if self._tokens is not None else None, other)))

    async def check(self) -> None:
        """Raises UnavailableError when tokens cannot be checked now."""
        if self._tokens is not None and self._tokens.key_set is not None:
            _ = await self._tokens.key_set.find(None, "")

    async def aclose(self) -> None:
        if self._tokens is not None and self._tokens.key_set is not None:
            await self._tokens.key_set.aclose()

    async def _known(self, keys: KeyService, credentials: Credentials) -> Viewer | None:
        ours = credentials.api_key or credentials.token
        if ours is not None and read_secret(ours) is not None:
            return await keys.viewer(ours)
        if self._own is not None:
            return await self._asked(self._own, credentials)
        if self._tokens is not None and credentials.token is not None:
            return await self._tokens.viewer(credentials.token)
        return None

    async def _asked(self, own: Authenticate, credentials: Credentials) -> Viewer | None:
        """What goes wrong in the application's function is for its log: it may speak of credentials."""
        try:
            answer = own(credentials)
            viewer = await answer if isawaitable(answer) else answer
        except (UnauthenticatedError, UnavailableError):
            raise
        except Exception as error:
            where = "".join(format_tb(error.__traceback__, -3))
            _LOG.error("authenticate failed with %s\n%s", type(error).__name__, where)
            raise UnavailableError("who you are could not be found out; try again") from None
        if viewer is None:
            return None
        if not _is_usable(viewer):
            _LOG.error(
                "authenticate must return a weft.Viewer or None; its user_id is a text that is not empty, or None, and "
                "its expires_at has a time zone"
            )
            raise UnavailableError("who you are could not be found out; try again")
        return viewer


def _is_usable(answer: object) -> bool:
    """Applications are not all type-checked, and an empty text is what many have for nobody."""
    if not isinstance(answer, Viewer):
        return False
    known = answer.user_id is None or bool(_text(answer.user_id).strip())
    return known and (answer.expires_at is None or answer.expires_at.tzinfo is not None)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
