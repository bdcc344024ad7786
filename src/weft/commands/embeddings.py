"""`weft embeddings`: how it stands with vectors, and from one embedding model to another, for an operator.

The work is done by servers and workers that run: a command only begins it, and may wait for its end.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

import typer

from weft.agents.embedding.migrating import MigrationStatus
from weft.agents.embedding.service import EmbeddingService
from weft.app import WeftApp
from weft.commands.running import AppName, MaybeAppName, load, run
from weft.threads.embeddings import Migration, MigrationState

embeddings = typer.Typer(no_args_is_help=True, help="Vectors of messages, and from one embedding model to another.")

FromModel = Annotated[
    str, typer.Argument(help="The old model, as agents are configured: openai:text-embedding-3-small")
]
ToModel = Annotated[str, typer.Argument(help="The new model")]
Model = Annotated[str, typer.Argument(help="The model, as `weft embeddings status` names it")]
Wait = Annotated[bool, typer.Option(help="Show progress until it is done; a server or worker must be running")]
Step = Callable[[EmbeddingService], Awaitable[Migration]]

_LOOK_SECONDS: Final = 0.5
_NEXT: Final = {
    MigrationState.RUNNING: "goes on in servers and workers; see: weft embeddings status",
    MigrationState.READY: "next: weft embeddings switch",
    MigrationState.SWITCHED: "agents search with the new model; next: weft embeddings delete, or migrate back",
    MigrationState.DELETING: "the old vectors are being removed; see: weft embeddings status",
    MigrationState.DONE: "configure your agents with the new model",
    MigrationState.CANCELLED: "the old model stays",
}


@embeddings.command()
def status(app: MaybeAppName = None) -> None:
    """Show each model's vectors, those that wait and those that were given up, and each migration."""
    run(_status(load(app)))


@embeddings.command()
def migrate(app: AppName, from_model: FromModel, to_model: ToModel, *, wait: Wait = False) -> None:
    """Begin to make vectors of a new model beside the old one's. Searches stay as they are."""
    until = MigrationState.READY if wait else None
    run(_step(load(app), lambda service: service.migrate(from_model, to_model), until))


@embeddings.command()
def switch(app: AppName, from_model: FromModel, to_model: ToModel) -> None:
    """Let agents that are configured with the old model use the new one."""
    run(_step(load(app), lambda service: service.switch(from_model, to_model), None))


@embeddings.command()
def delete(app: AppName, from_model: FromModel, to_model: ToModel, *, wait: Wait = False) -> None:
    """Remove the old model's vectors, after the switch."""
    until = MigrationState.DONE if wait else None
    run(_step(load(app), lambda service: service.delete_old(from_model, to_model), until))


@embeddings.command()
def cancel(app: AppName, from_model: FromModel, to_model: ToModel) -> None:
    """Make no more vectors of the new model, before the switch."""
    run(_step(load(app), lambda service: service.cancel(from_model, to_model), None))


@embeddings.command()
def retry(
    app: AppName, model: Annotated[str, typer.Argument(help="The model, as in `weft embeddings status`")]
) -> None:
    """Ask again for the vectors of a model that were given up."""
    run(_retry(load(app), model))


async def _status(app: WeftApp) -> None:
    async with app.opened(work=False) as weft:
        for each in await weft.embeddings.status():
            failed = f", {each.failed} given up ({', '.join(each.errors)})" if each.failed else ""
            typer.echo(f"{each.model}: {each.stored} stored, {each.waiting} wait{failed}")
        for way in await weft.embeddings.migrations():
            typer.echo(_line(way))


async def _step(app: WeftApp, step: Step, until: MigrationState | None) -> None:
    async with app.opened(work=False) as weft:
        made = await step(weft.embeddings)
        shown = ""
        while True:
            [found] = [each for each in await weft.embeddings.migrations() if each.migration.id == made.id]
            if (line := _line(found)) != shown:
                typer.echo(line)
                shown = line
            state = found.migration.state
            if until is None or state is until or state not in (MigrationState.RUNNING, MigrationState.DELETING):
                break
            await asyncio.sleep(_LOOK_SECONDS)
        typer.echo(_NEXT[state])


async def _retry(app: WeftApp, model: str) -> None:
    async with app.opened(work=False) as weft:
        typer.echo(f"{model}: {await weft.embeddings.retry(model)} are asked for again")


def _line(status: MigrationStatus) -> str:
    way = status.migration
    failed = f", {status.failed} given up" if status.failed else ""
    told = f"{status.done} of {way.total}{failed}"
    if way.state in (MigrationState.DELETING, MigrationState.DONE):
        told = f"{way.removed} old vectors removed"
    return f"{way.from_model} -> {way.to_model}: {way.state.value}, {told}"
