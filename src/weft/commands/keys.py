"""`weft keys`: API keys, for whoever may reach the database; so the first one is made."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from weft.app import WeftApp
from weft.commands.running import MaybeAppName, load, run
from weft.threads.api_keys import ApiKey
from weft.threads.clock import utc_now
from weft.threads.ids import API_KEY, prefix_of
from weft.threads.paging import PageRequest
from weft.threads.viewers import Scope

keys = typer.Typer(no_args_is_help=True, help="API keys: who may come in without a token.")

_MOST_DAYS = 36_500

Name = Annotated[str | None, typer.Option(help="For people; the key that has this name now is revoked")]
Scopes = Annotated[
    list[Scope] | None,
    typer.Option(help="admin: everything; service: every thread, for any user; user: one user's. May be repeated"),
]
User = Annotated[str | None, typer.Option(help="The user that the key speaks for")]
Days = Annotated[float | None, typer.Option(help="Days that it is good; without this until revoked", max=_MOST_DAYS)]
Which = Annotated[str, typer.Argument(help="The id or the name of the key", metavar="KEY")]


@keys.command()
def issue(
    app: MaybeAppName = None,
    *,
    name: Name = None,
    scope: Scopes = None,
    user: User = None,
    days: Days = None,
) -> None:
    """Make a key and print it, once: only its hash is kept. Without a scope it is a user's."""
    run(_issue(load(app), name, scope or [Scope.USER], user, days))


@keys.command("list")
def list_(app: MaybeAppName = None) -> None:
    """Show all keys, the newest first, without their secrets."""
    run(_list(load(app)))


@keys.command()
def revoke(key: Which, app: MaybeAppName = None) -> None:
    """End a key. What it has open is closed within seconds."""
    run(_revoke(load(app), key))


async def _issue(app: WeftApp, name: str | None, scopes: list[Scope], user: str | None, days: float | None) -> None:
    expires_at = None if days is None else utc_now() + timedelta(days=days)
    async with app.opened(work=False) as weft:
        issued = await weft.keys.issue(name=name, scopes=scopes, user_id=user, expires_at=expires_at)
    typer.echo(f"{_line(issued.key)}; this is the only time that it is shown:", err=True)
    typer.echo(issued.secret)
    if issued.revoked is not None:
        typer.echo(f"{issued.revoked}, which had the name, is revoked", err=True)
    if app.authentication is None:
        typer.echo("it will be asked for once the server is started with WEFT_AUTH=on", err=True)


async def _list(app: WeftApp) -> None:
    request: PageRequest | None = PageRequest.of(first=100)
    async with app.opened(work=False) as weft:
        while request is not None:
            page = await weft.keys.page(request)
            for key in page.nodes:
                typer.echo(_line(key))
            request = PageRequest.of(first=100, after=page.edges[-1].cursor) if page.has_next else None


async def _revoke(app: WeftApp, key: str) -> None:
    async with app.opened(work=False) as weft:
        by_id = prefix_of(key) == API_KEY and await weft.keys.find(key) is not None
        revoked = await (weft.keys.revoke(key_id=key) if by_id else weft.keys.revoke(name=key))
    typer.echo(f"revoked: {', '.join(revoked)}" if revoked else "it had been revoked before")


def _line(key: ApiKey) -> str:
    told = {
        "name": key.name,
        "user": key.user_id,
        "issued": _time(key.created_at),
        "expires": _time(key.expires_at),
        "last used": _time(key.last_used_at),
        "revoked": _time(key.revoked_at),
    }
    known = (f"{name} {value}" for name, value in told.items() if value is not None)
    return "  ".join((key.id, ",".join(key.scopes), *known))


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="minutes").replace("+00:00", "Z")
