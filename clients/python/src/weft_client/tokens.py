"""Who is asking: a token or an API key, or a function that gives one that is good now."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable

Token = str | Callable[[], str | Awaitable[str]] | None
"""A token, or a function that is asked again for every request and every connection; it may be async."""


class Credentials:
    """Whatever is told of them, here or in an error, the token is not shown."""

    def __init__(self, token: Token) -> None:
        self._token = token

    @property
    def renewable(self) -> bool:
        """Whether asking again may give another token."""
        return callable(self._token)

    async def headers(self) -> dict[str, str]:
        """What a request brings, and the first message of a socket."""
        if self._token is None:
            return {}
        given = self._token() if callable(self._token) else self._token
        token = await given if isawaitable(given) else given
        return {"authorization": f"Bearer {token}"}
