"""Who asks, and which server answers."""

from datetime import datetime

import strawberry

from weft.schema import context


@strawberry.type(description="Whoever asks.")
class Viewer:
    user_id: str | None = strawberry.field(description="The user the request speaks for; null if it names none.")
    scopes: list[str] = strawberry.field(description="What the request may do beyond a user's own threads.")

    @classmethod
    def of(cls, value: context.Viewer) -> "Viewer":
        return cls(user_id=value.user_id, scopes=list(value.scopes))


@strawberry.type(description="The server that answers.")
class ServerInfo:
    version: str = strawberry.field(description="The version of Weft, for example `1.2.0`.")
    time: datetime = strawberry.field(description="Its clock, to measure a client's by.")
    search: str = strawberry.field(
        description="How it searches: `atlas`, by search indexes of MongoDB's own, or `embedded`, by itself."
    )
