"""Headers that every HTTP response has, whoever made it: what a browser may do with it, and who may keep it."""

from collections.abc import Iterable
from typing import Final, TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_Header: TypeAlias = tuple[bytes, bytes]

_POLICY: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
_UNLESS_GIVEN: Final = (_POLICY, (b"cache-control", b"no-store"))


class SecureHeaders:
    """Middleware. A response that has a policy or a rule for caches of its own keeps it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_ours(message.get("headers", ()))}
            await send(message)

        await self._app(scope, receive, secured)


def _with_ours(headers: Iterable[_Header]) -> list[_Header]:
    given = list(headers)
    names = {name.lower() for name, _ in given}
    added = [header for header in (*_ALWAYS, *_UNLESS_GIVEN) if header[0] not in names]
    return [*given, *added]
