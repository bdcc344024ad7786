"""The `weft` command."""

import asyncio
import signal
import sys
from typing import Annotated

import typer

from weft.agents.shortcomings import shortcomings
from weft.app import WeftApp
from weft.commands.embeddings import embeddings
from weft.commands.keys import keys
from weft.commands.running import AppName, MaybeAppName, load, run
from weft.commands.search import search
from weft.commands.users import users
from weft.doctor import examine
from weft.resolvers.sdl import print_schema
from weft.server import serve as serve_app
from weft.worker_site import worker_site

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="The backend of AI chat and agent products.")
schema = typer.Typer(no_args_is_help=True, help="The GraphQL schema.")
cli.add_typer(schema, name="schema")
cli.add_typer(search, name="search")
cli.add_typer(embeddings, name="embeddings")
cli.add_typer(users, name="users")
cli.add_typer(keys, name="keys")


@cli.command()
def dev(app: MaybeAppName = None) -> None:
    """Serve on this machine, with the demo agent unless an app is named."""
    run(serve_app(load(app), dev=True))


@cli.command()
def serve(
    app: AppName, *, worker: Annotated[bool, typer.Option(help="Also work on answers in this process")] = True
) -> None:
    """Serve an app."""
    loaded = load(app)
    loaded.work = loaded.work and worker
    run(serve_app(loaded, dev=False))


@cli.command()
def worker(app: AppName) -> None:
    """Work on answers without serving; as many of these as you like, on as many machines."""
    run(_work(load(app)))


@cli.command()
def doctor(app: MaybeAppName = None) -> None:
    """Check MongoDB, search, keys and pages, and say how to mend what is wrong."""
    run(_examine(load(app)))


@schema.command("print")
def print_() -> None:
    """Print the schema as SDL."""
    sys.stdout.write(print_schema())


def main() -> None:
    """Entry point of the `weft` command."""
    cli()


async def _work(app: WeftApp) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with app.opened(work=True) as weft, worker_site(weft, app.settings) as base:
        typer.echo(f"Weft works on answers of: {', '.join(agent.name for agent in app.agents) or 'nobody'}")
        for each in shortcomings(app.agents):
            typer.echo(f"  Missing: {each}")
        if base is not None:
            typer.echo(f"  Watched at {base}")
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
