"""The pages that come with Weft: the chat page at `/`, GraphiQL at `/graphiql`. They load nothing from elsewhere.

They speak to this server alone; the chat page also to servers that the settings name, for which it has a field."""

import re
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

WEB: Final = Path(__file__).parent / "web"
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data: blob:; "
    "media-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'{sockets}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# The editor of GraphiQL writes style elements.
_INLINE_STYLES: Final = " 'unsafe-inline'"
_HOST: Final = re.compile(r"[\w.-]+(:\d+)?|\[[\da-fA-F:.]+\](:\d+)?", re.ASCII)
_FOREVER: Final = "public, max-age=31536000, immutable"


def page_routes(*, graphiql: bool = True, servers: Iterable[str] = ()) -> list[BaseRoute]:
    """A page that was not built answers with the command that builds it. `graphiql`: whether that page is there.

    `servers` are origins besides our own that the chat page may speak to, exact ones: "https://weft.example.com".
    """
    chat: list[BaseRoute] = [
        Route("/", _page("playground", servers)),
        Mount("/assets", _Assets(directory=WEB / "playground" / "assets", check_dir=False)),
    ]
    explorer: list[BaseRoute] = [
        Route("/graphiql", _page("graphiql", styles=_INLINE_STYLES)),
        Mount("/graphiql/assets", _Assets(directory=WEB / "graphiql" / "assets", check_dir=False)),
    ]
    return [*chat, *explorer] if graphiql else chat


class _Assets(StaticFiles):
    """Files whose names change with what is in them. A worker of a page has the policy that its own file came with."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = _FOREVER
        response.headers["Content-Security-Policy"] = _POLICY.format(styles=_INLINE_STYLES, sockets="")
        return response


def _policy(request: Request, styles: str, others: str) -> str:
    """Not all browsers take 'self' to mean sockets, too."""
    host = request.headers.get("host", "")
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return _POLICY.format(styles=styles, sockets=sockets + others)


def _page(name: str, servers: Iterable[str] = (), *, styles: str = "") -> Callable[[Request], Awaitable[Response]]:
    index = WEB / name / "index.html"
    others = "".join(f" {origin} {origin.replace('http', 'ws', 1)}" for origin in servers)

    async def page(request: Request) -> Response:
        if not index.is_file():
            return PlainTextResponse("This page is not built. Run: make web\n", status_code=503)
        policy = _policy(request, styles, others)
        return FileResponse(index, headers={"Content-Security-Policy": policy, "Cache-Control": "no-cache"})

    return page
