"""Runs an app under uvicorn with the settings that live feeds need, and turns start failures into clear errors."""

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn

from weft.agents.shortcomings import shortcomings
from weft.app import WeftApp
from weft.connections import base_of, bound, not_the_peers_fault, protocols
from weft.errors import ConfigError
from weft.resolvers.loopback import HOW_TO_CHANGE, is_loopback

_DRAIN_SECONDS = 5
_BACKLOG = 2048
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _Server(uvicorn.Server):
    """Ends on a signal and returns; uvicorn's own would kill the process before the app has let go of its things."""

    def __init__(self, config: uvicorn.Config, app: WeftApp) -> None:
        super().__init__(config)
        self._app = app

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Sockets are told to come back, then answers are handed over, while open requests have time to end."""
        self._app.open_streams.end_all()
        handing_over = asyncio.create_task(self._app.weft.stop_working(), name="weft-hand-over")
        await super().shutdown(sockets)
        await handing_over


async def serve(app: WeftApp, *, dev: bool) -> None:
    """Serves until SIGINT or SIGTERM.

    Raises:
        ConfigError: the address is taken or not allowed. UnavailableError: MongoDB does not answer.
    """
    with _listening(app) as listener:
        async with app.router.lifespan_context(app):
            _keep_what_is_there()
            listener.listen(_BACKLOG)
            _announce(app, listener, dev=dev)
            logging.getLogger("uvicorn.error").addFilter(not_the_peers_fault)
            http, ws = protocols(app.settings.limits)
            config = uvicorn.Config(
                app,
                lifespan="off",
                http=http,
                ws=ws,
                ws_per_message_deflate=False,
                ws_max_size=app.settings.limits.frame_bytes,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_DRAIN_SECONDS,
            )
            await _Server(config, app).serve(sockets=[listener])


def _keep_what_is_there() -> None:
    """The schema and all else that a start leaves behind stay: looking through them for garbage, again and again, takes
    a tenth of the time of a busy server."""
    gc.collect()
    gc.freeze()


def _listening(app: WeftApp) -> socket.socket:
    host, port = app.settings.host, app.settings.port
    if app.authentication is None:
        _require_loopback(host)
    return bound(host, port, "WEFT_PORT")


def _require_loopback(host: str) -> None:
    """Without authentication nobody but this machine may come in (decisions.md 31)."""
    if not is_loopback(host):
        raise ConfigError(
            f"WEFT_HOST is {host}, but no authentication is configured: anybody could read and write everything. "
            f"To open it, {HOW_TO_CHANGE}. Or use 127.0.0.1"
        )


def _announce(app: WeftApp, listener: socket.socket, *, dev: bool) -> None:
    base = base_of(listener)
    agents = ", ".join(f"{agent.name} ({agent.model_name})" for agent in app.agents) or "none"
    callers = "anybody on this machine, as operator" if app.authentication is None else app.authentication.by
    lines = [
        f"  Chat       {base}/",
        *([f"  GraphiQL   {base}/graphiql"] if app.graphiql else []),
        f"  GraphQL    {base}/graphql",
        f"  Agents     {agents}",
        f"  Callers    {callers}",
        *(f"  Missing    {each}" for each in shortcomings(app.agents)),
    ]
    print("\nWeft is running" + (", for development" if dev else ""), *lines, "", sep="\n", flush=True)  # noqa: T201
