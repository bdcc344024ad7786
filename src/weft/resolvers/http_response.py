"""One result as an HTTP response."""

from collections.abc import Mapping
from functools import lru_cache

from starlette.types import Message, Receive, Scope, Send

from weft.resolvers.engine import Result

_Headers = tuple[tuple[bytes, bytes], ...]


class ResultResponse:
    """An ASGI app that sends a result whole."""

    __slots__ = ("_body", "_headers", "_status_code")

    def __init__(self, result: Result, media: str, status_code: int, headers: Mapping[str, str] | None = None) -> None:
        self._body = result.encoded()
        self._status_code = status_code
        self._headers = [*_common(media), (b"content-length", str(len(self._body)).encode())]
        if headers:
            self._headers += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {"type": "http.response.start", "status": self._status_code, "headers": self._headers}
        await send(start)
        await send({"type": "http.response.body", "body": self._body})


@lru_cache(maxsize=8)
def _common(media: str) -> _Headers:
    return (b"vary", b"Accept"), (b"content-type", f"{media}; charset=utf-8".encode())
