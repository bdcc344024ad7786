"""What all commands do alike: find the app, run, and say in one line what failed."""

import asyncio
import importlib
import os
import sys
from collections.abc import Coroutine
from typing import Annotated, Any, TypeAlias

import typer

from weft.app import WeftApp, create_app
from weft.errors import ConfigError, WeftError
from weft.logs import log_to_stderr
from weft.settings import log_settings

AppName: TypeAlias = Annotated[str, typer.Argument(help="Where the app is: module:variable", metavar="MODULE:APP")]
MaybeAppName: TypeAlias = Annotated[
    str | None, typer.Argument(help="Without it, the built-in demo agent", metavar="MODULE:APP")
]


def load(name: str | None) -> WeftApp:
    """The app of that name, or the demo. Ends the command when there is none."""
    try:
        return create_app() if name is None else _imported(name)
    except WeftError as error:
        raise _failure(error) from None


def run(work: Coroutine[Any, Any, None]) -> None:
    """Runs a command to its end. Ends it with 1 when it fails in a way that Weft knows."""
    try:
        log_to_stderr(log_settings())
        with asyncio.Runner(loop_factory=event_loop) as runner:
            runner.run(work)
    except WeftError as error:
        work.close()
        raise _failure(error) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def event_loop() -> asyncio.AbstractEventLoop:
    """uvloop's where there is one: it moves bytes for less."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def _as_module(file: str, variable: str) -> str:
    """How a file is named in place of its path."""
    folder, _, last = file.rpartition("/")
    there = "" if folder in ("", ".") else f" in the folder {folder}"
    return f"give its module{there}, as in: weft serve {last.removesuffix('.py') or 'main'}:{variable or 'app'}"


def _imported(name: str) -> WeftApp:
    module_name, _, variable = name.partition(":")
    if "/" in module_name or module_name.startswith(".") or module_name.endswith(".py"):
        raise ConfigError(f"{module_name!r} is a file; {_as_module(module_name, variable)}")
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


def _failure(error: WeftError) -> typer.Exit:
    typer.echo(f"weft: {error.message}", err=True)
    return typer.Exit(1)
