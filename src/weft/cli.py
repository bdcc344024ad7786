"""The `weft` command."""

import asyncio
import importlib
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Annotated, Any

import typer

from weft.app import WeftApp, create_app
from weft.doctor import examine
from weft.errors import ConfigError, WeftError
from weft.logs import log_to_stderr
from weft.resolvers.sdl import print_schema
from weft.server import serve as serve_app

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="The backend of AI chat and agent products.")
schema = typer.Typer(no_args_is_help=True, help="The GraphQL schema.")
cli.add_typer(schema, name="schema")

AppName = Annotated[str, typer.Argument(help="Where the app is: module:variable", metavar="MODULE:APP")]
MaybeAppName = Annotated[str | None, typer.Argument(help="Without it, the built-in demo agent", metavar="MODULE:APP")]


@cli.command()
def dev(app: MaybeAppName = None) -> None:
    """Serve on this machine, with the demo agent unless an app is named."""
    _run(serve_app(_load(app), dev=True))


@cli.command()
def serve(
    app: AppName, *, worker: Annotated[bool, typer.Option(help="Also work on answers in this process")] = True
) -> None:
    """Serve an app."""
    loaded = _load(app)
    loaded.work = loaded.work and worker
    _run(serve_app(loaded, dev=False))


@cli.command()
def worker(app: AppName) -> None:
    """Work on answers without serving; as many of these as you like, on as many machines."""
    _run(_work(_load(app)))


@cli.command()
def doctor(app: MaybeAppName = None) -> None:
    """Check MongoDB, keys and pages, and say how to mend what is wrong."""
    _run(_examine(_load(app)))


@schema.command("print")
def print_() -> None:
    """Print the schema as SDL."""
    sys.stdout.write(print_schema())


def main() -> None:
    """Entry point of the `weft` command."""
    cli()


def event_loop() -> asyncio.AbstractEventLoop:
    """uvloop's where there is one: it moves bytes for less."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def _load(name: str | None) -> WeftApp:
    try:
        return create_app() if name is None else _imported(name)
    except WeftError as error:
        raise _failure(error) from None


def _imported(name: str) -> WeftApp:
    module_name, _, variable = name.partition(":")
    sys.path.insert(0, os.getcwd())
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not module_name.startswith(error.name):
            raise
        raise ConfigError(
            f"there is no module {module_name!r} here; give module:app, as in: weft serve main:app"
        ) from None
    app = getattr(module, variable or "app", None)
    if not isinstance(app, WeftApp):
        raise ConfigError(f"{module_name}:{variable or 'app'} is not an app; make it with create_app(agents=[...])")
    return app


async def _work(app: WeftApp) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with app.opened(work=True):
        typer.echo(f"Weft works on answers of: {', '.join(agent.name for agent in app.agents) or 'nobody'}")
        await stopped.wait()


async def _examine(app: WeftApp) -> None:
    sick = False
    async for finding in examine(app):
        sick = sick or finding.mend is not None
        typer.echo(f"{'WRONG' if finding.mend else 'ok':6}{finding.subject}: {finding.found}")
        if finding.mend:
            typer.echo(f"      {finding.mend}")
    if sick:
        raise typer.Exit(1)


def _run(work: Coroutine[Any, Any, None]) -> None:
    log_to_stderr()
    try:
        with asyncio.Runner(loop_factory=event_loop) as runner:
            runner.run(work)
    except WeftError as error:
        raise _failure(error) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _failure(error: WeftError) -> typer.Exit:
    typer.echo(f"weft: {error.message}", err=True)
    return typer.Exit(1)
