"""`weft users`: everything of a user out, in, or away, for an operator."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from weft.app import WeftApp
from weft.commands.running import MaybeAppName, load, run
from weft.errors import ConfigError

users = typer.Typer(no_args_is_help=True, help="Everything of a user: out, in, or away.")

User = Annotated[str, typer.Argument(help="The user's id")]
Target = Annotated[Path | None, typer.Option(help="The file to write; without it, standard output")]
Source = Annotated[Path | None, typer.Option(help="The file to read; without it, standard input")]
Sure = Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure")]


@users.command()
def export(user_id: User, app: MaybeAppName = None, *, file: Target = None) -> None:
    """Write everything of a user as JSON Lines."""
    run(_export(load(app), user_id, file))


@users.command("import")
def import_(app: MaybeAppName = None, *, file: Source = None) -> None:
    """Store what `weft users export` wrote. What is there already is left as it is."""
    run(_import(load(app), file))


@users.command()
def erase(user_id: User, app: MaybeAppName = None, *, yes: Sure = False) -> None:
    """Remove every thread that a user owns, with everything in them, and the user's API keys; print the receipt."""
    if not yes:
        typer.confirm(f"Remove everything of user {user_id} for good?", abort=True)
    run(_erase(load(app), user_id))


async def _export(app: WeftApp, user_id: str, file: Path | None) -> None:
    target: BinaryIO = sys.stdout.buffer if file is None else _opened(file, to_write=True)
    count = -1
    async with app.opened(work=False) as weft:
        async for line in weft.users.export(user_id):
            target.write(line)
            count += 1
    target.flush()
    typer.echo(f"{count} documents of user {user_id}", err=True)


async def _import(app: WeftApp, file: Path | None) -> None:
    source: BinaryIO = sys.stdin.buffer if file is None else _opened(file, to_write=False)
    async with app.opened(work=False) as weft:
        done = await weft.users.restore(_lines(source))
    stored = ", ".join(f"{count} {name}" for name, count in done.counts.items()) or "nothing"
    left = f"; {done.left} threads were there already" if done.left else ""
    typer.echo(f"stored {stored}{left}")


async def _erase(app: WeftApp, user_id: str) -> None:
    async with app.opened(work=False) as weft:
        receipt = await weft.users.erase(user_id)
    removed = ", ".join(f"{count} {name}" for name, count in sorted(receipt.counts.items())) or "nothing there was"
    typer.echo(f"erasure {receipt.id} of {receipt.requested_at:%Y-%m-%d %H:%M:%S} UTC: {removed}")
    if receipt.finished_at is None:
        typer.echo("gone for everybody; what is left is removed by the next worker that runs")


async def _lines(source: BinaryIO) -> AsyncIterator[bytes]:
    for line in source:
        yield line


def _opened(file: Path, *, to_write: bool) -> BinaryIO:
    try:
        return file.open("wb") if to_write else file.open("rb")
    except OSError as error:
        raise ConfigError(f"cannot open {file}: {error.strerror}") from None
