"""`weft search`: the search indexes of MongoDB's own, for an operator. Where Weft searches by itself there are none."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Annotated

import typer

from weft.agents.weft import Weft
from weft.app import WeftApp
from weft.commands.running import MaybeAppName, load, run
from weft.errors import UnavailableError
from weft.storage.search.atlas.index_upkeep import IndexState, IndexUpkeep
from weft.storage.search.detection import Ability, detect

search = typer.Typer(no_args_is_help=True, help="Search indexes of MongoDB's own: Atlas, or a mongot beside it.")

_MOST_SECONDS = 86_400

Seconds = Annotated[float, typer.Option(help="Seconds that it may take", min=1, max=_MOST_SECONDS)]
Unused = Annotated[bool, typer.Option(help="Only those of vectors of which there are none any more")]


@search.command("create-indexes")
def create_indexes(app: MaybeAppName = None, *, timeout: Seconds = 600) -> None:
    """Create what is missing, change what is outdated, and wait until all of it can be searched."""
    run(_create(load(app), timeout))


@search.command()
def status(app: MaybeAppName = None) -> None:
    """Show each index, its state and how many entries there are for it; fails when one is not ready."""
    run(_status(load(app)))


@search.command("drop-indexes")
def drop_indexes(app: MaybeAppName = None, *, unused: Unused = False) -> None:
    """Drop Weft's search indexes. Those that are used are made again by a server that runs, or at its next start."""
    run(_drop(load(app), unused=unused))


async def _create(app: WeftApp, timeout: float) -> None:
    async with _upkeep(app) as (weft, indexes):
        if indexes is None:
            return
        spaces = await weft.store.search_spaces.all()
        for name in await indexes.ensure(spaces):
            typer.echo(f"{name}: asked for")
        states: list[IndexState] = []
        try:
            async with asyncio.timeout(timeout):
                async for now in indexes.building(spaces):
                    for line in sorted({_line(state) for state in now} - {_line(state) for state in states}):
                        typer.echo(line)
                    states = now
        except TimeoutError:
            late = ", ".join(state.name for state in states if not state.ready)
            raise UnavailableError(
                f"{late or 'the server'} was not ready within {timeout:g} s. MongoDB goes on by itself: "
                "look with `weft search status`, or run this again to wait"
            ) from None
        typer.echo("all can be searched")


async def _status(app: WeftApp) -> None:
    async with _upkeep(app) as (weft, indexes):
        if indexes is None:
            return
        states = await indexes.states(await weft.store.search_spaces.all())
        for state in states:
            typer.echo(_line(state))
    if not _all_ready(states):
        raise typer.Exit(1)


async def _drop(app: WeftApp, *, unused: bool) -> None:
    async with _upkeep(app) as (weft, indexes):
        if indexes is None:
            return
        states = await indexes.states(await weft.store.search_spaces.all())
        names = [state.name for state in states if not (unused and state.wanted)]
        dropped = await indexes.drop(names)
        typer.echo(f"dropped: {', '.join(dropped) or 'nothing'}")


@asynccontextmanager
async def _upkeep(app: WeftApp) -> AsyncGenerator[tuple[Weft, IndexUpkeep | None], None]:
    """None, and said so, where there are no search indexes."""
    async with app.opened(work=False) as weft:
        found = await detect(weft.store.database)
        if found.ability is Ability.NONE:
            typer.echo("this MongoDB has no search indexes of its own: Weft searches by itself, nothing is to be done")
            yield weft, None
        else:
            yield weft, IndexUpkeep(weft.store.database, app.settings.search_language)


def _line(state: IndexState) -> str:
    word = "can be searched" if state.queryable else "cannot be searched"
    return f"{state.name}: {state.status}, {word}, {state.entries} entries{'' if state.fits else ', outdated'}" + (
        "" if state.wanted else ", not used"
    )


def _all_ready(states: Iterable[IndexState]) -> bool:
    return all(state.ready for state in states if state.wanted)
