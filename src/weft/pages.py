"""The pages that come with Weft: the chat page at `/`, GraphiQL at `/graphiql`. They load nothing from elsewhere."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

WEB: Final = Path(__file__).parent / "web"
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; worker-src 'self' blob:; connect-src 'self' ws: wss:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def page_routes(*, graphiql: bool = True) -> list[BaseRoute]:
    """A page that was not built answers with the command that builds it. `graphiql`: whether that page is there."""
    chat = [
        Route("/", _page("playground")),
        Mount("/assets", StaticFiles(directory=WEB / "playground" / "assets", check_dir=False)),
    ]
    explorer = [
        Route("/graphiql", _page("graphiql")),
        Mount("/graphiql/assets", StaticFiles(directory=WEB / "graphiql" / "assets", check_dir=False)),
    ]
    return [*chat, *explorer] if graphiql else chat


def _page(name: str) -> Callable[[Request], Awaitable[Response]]:
    index = WEB / name / "index.html"

    async def page(_: Request) -> Response:
        if not index.is_file():
            return PlainTextResponse("This page is not built. Run: make web\n", status_code=503)
        return FileResponse(index, headers=_HEADERS)

    return page
