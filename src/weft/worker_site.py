"""What `weft worker` answers over HTTP, where a port is set: whether it lives, and how it does. Counts, nothing else.

Nobody is asked who they are, so it listens on loopback unless it is told another address.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from weft.agents.weft import Weft
from weft.connections import base_of, bound, protocols
from weft.metrics import CONTENT_TYPE, Meter
from weft.resolvers.loopback import LoopbackOnly, is_loopback
from weft.settings import Settings

_BACKLOG = 64


class _Server(uvicorn.Server):
    """Ends when it is told to; signals are the worker's own to hear."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


@asynccontextmanager
async def worker_site(weft: Weft, settings: Settings) -> AsyncGenerator[str | None, None]:
    """Answers while inside; gives what its addresses begin with, None where no port is set.

    Raises:
        ConfigError: the address is taken, or none of this machine.
    """
    if settings.worker_port is None:
        yield None
        return
    meter = Meter() if settings.metrics else None
    with bound(settings.worker_host, settings.worker_port, "WEFT_WORKER_PORT") as listener:
        listener.listen(_BACKLOG)
        http, _ = protocols(settings.limits)
        config = uvicorn.Config(
            _site(weft, meter, only_here=is_loopback(settings.worker_host)),
            http=http,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve([listener]), name="weft-worker-site")
        measuring = None if meter is None else asyncio.create_task(meter.run(), name="weft-meter")
        try:
            yield base_of(listener)
        finally:
            server.should_exit = True
            if measuring is not None:
                measuring.cancel()
            await asyncio.gather(serving, *([] if measuring is None else [measuring]), return_exceptions=True)


def _site(weft: Weft, meter: Meter | None, *, only_here: bool) -> Starlette:
    async def healthz(_: Request) -> Response:
        return JSONResponse({"ok": True})

    async def readyz(_: Request) -> Response:
        problems = await weft.ready()
        return JSONResponse({"ready": not problems, "problems": problems}, status_code=503 if problems else 200)

    async def metrics(_: Request) -> Response:
        assert meter is not None
        return Response(await meter.text(weft, 0), headers={"content-type": CONTENT_TYPE, "cache-control": "no-store"})

    routes = [Route("/healthz", healthz), Route("/readyz", readyz)]
    if meter is not None:
        routes.append(Route("/metrics", metrics))
    return Starlette(routes=routes, middleware=[Middleware(LoopbackOnly)] if only_here else [])
