"""A server that asks nobody who they are answers only to its own machine, and only by a name of it: a page of another
site that has its own name lead to this machine (DNS rebinding) is refused."""

import ipaddress
from collections.abc import Collection
from functools import lru_cache
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from weft.resolvers.engine import Result
from weft.resolvers.errors import Code, refusal

_KEPT: Final = 256
"""Names and addresses whose parsing is remembered: a server has few neighbours, and strangers may not fill memory."""
_LONGEST_NAME: Final = 255

HOW_TO_CHANGE: Final = (
    "make a key with `weft keys issue` and set WEFT_AUTH=on, or have callers bring tokens (WEFT_JWT_SECRET or "
    "WEFT_JWKS_URL), or give create_app an authenticate function"
)
_REFUSED: Final = (
    "This server has no authentication, and so answers only on its own machine, as localhost or 127.0.0.1. To change "
    f"that, {HOW_TO_CHANGE}"
)


@lru_cache(maxsize=_KEPT)
def is_loopback(host: str) -> bool:
    """Whether a name or an address, without a port, is one of this machine for itself alone."""
    if host.lower() == "localhost" or host.lower().endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


class LoopbackOnly:
    """Middleware. `open_paths` are answered to anybody: those that say only whether the server lives."""

    def __init__(self, app: ASGIApp, open_paths: Collection[str] = ()) -> None:
        self._app = app
        self._open_paths = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] in self._open_paths or _is_local(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4403, "reason": "Only from this machine"})
        else:
            body = Result.refused(refusal(_REFUSED, Code.FORBIDDEN)).encoded()
            headers = {"content-type": "application/json; charset=utf-8"}
            await Response(body, 403, headers)(scope, receive, send)


def _is_local(scope: Scope) -> bool:
    hosts = Headers(scope=scope).getlist("host")
    host = hosts[0] if len(hosts) == 1 else ""
    name = host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]
    client = scope.get("client")
    here = None if client is None else _is_here(client[0])
    if client is not None and here is None:  # no network at all: Starlette's TestClient
        return True
    return here is not False and len(name) <= _LONGEST_NAME and is_loopback(name)


@lru_cache(maxsize=_KEPT)
def _is_here(peer: str) -> bool | None:
    """Whether a peer's address is this machine's; None for what is no address."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return None
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
