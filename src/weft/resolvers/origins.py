"""Pages of which sites may speak to this server: its own, and those that the settings name. Browsers say where a
request comes from; whatever is no browser says nothing, and brings its own credentials."""

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

_METHODS: Final = ("GET", "POST")
_SHOWN: Final = ("retry-after", "www-authenticate", "x-weft-thread-id", "x-weft-generation-id", "x-weft-before")
_REMEMBERED_SECONDS: Final = 600


class Origins:
    """`allowed` are exact ones besides our own: "https://app.example.com"."""

    def __init__(self, allowed: Collection[str] = ()) -> None:
        self.allowed = frozenset(allowed)

    def welcome(self, headers: Headers) -> bool:
        """Whether a socket may be opened: browsers send cookies along with any handshake."""
        origin = headers.get("origin")
        return origin is None or origin in self.allowed or urlsplit(origin).netloc == headers.get("host")

    def foreign(self, headers: Headers) -> bool:
        """Whether a page of another site asks, in the name of its visitor."""
        if headers.get("origin") in self.allowed:
            return False
        site = headers.get("sec-fetch-site")
        return not self.welcome(headers) if site is None else site not in ("none", "same-origin")

    def cors(self) -> list[Middleware]:
        """What lets the pages of allowed sites read answers. Without one no page of another site can."""
        if not self.allowed:
            return []
        return [
            Middleware(
                CORSMiddleware,
                allow_origins=sorted(self.allowed),
                allow_methods=_METHODS,
                allow_headers=["*"],
                allow_credentials=True,
                expose_headers=_SHOWN,
                max_age=_REMEMBERED_SECONDS,
            )
        ]
