"""API keys: what an admin makes, sees and ends. The secret of a key is in one payload, once."""

from datetime import datetime

import strawberry

from weft.schema.errors import UserError, user_errors_field
from weft.threads import api_keys


@strawberry.type(description="An API key, without its secret, which is not kept.")
class ApiKey:
    id: strawberry.ID = strawberry.field(description="Its id.")
    name: str | None = strawberry.field(description="Its name; null if it was given none.")
    scopes: list[str] = strawberry.field(description="What it opens: `admin`, `service`, `user`.")
    user_id: str | None = strawberry.field(description="The user that it speaks for; null if it names none.")
    created_at: datetime = strawberry.field(description="When it was issued.")
    expires_at: datetime | None = strawberry.field(description="From when on it is good no more; null for never.")
    last_used_at: datetime | None = strawberry.field(
        description="When it was last used, to the minute; null if it never was."
    )
    revoked_at: datetime | None = strawberry.field(description="When it was revoked; null if it was not.")

    @classmethod
    def of(cls, value: api_keys.ApiKey) -> "ApiKey":
        return cls(
            id=strawberry.ID(value.id),
            name=value.name,
            scopes=list(value.scopes),
            user_id=value.user_id,
            created_at=value.created_at,
            expires_at=value.expires_at,
            last_used_at=value.last_used_at,
            revoked_at=value.revoked_at,
        )


@strawberry.input(description="A new API key.")
class IssueApiKeyInput:
    name: str | None = strawberry.field(
        default=None,
        description="For people, up to 200 characters. The key that has this name now is revoked in the same moment.",
    )
    scopes: list[str] | None = strawberry.field(
        default=None,
        description="`admin`: everything. `service`: every thread, for any user, but no keys. `user`: the threads of "
        "`userId`, or without one those that the key makes. Without `scopes` it is `user`.",
    )
    user_id: str | None = strawberry.field(
        default=None, description="The user that the key speaks for, as the application names users."
    )
    expires_at: datetime | None = strawberry.field(
        default=None, description="From when on it is good no more; without it, it is good until it is revoked."
    )


@strawberry.type(description="The outcome of issuing an API key.")
class IssueApiKeyPayload:
    secret: str | None = strawberry.field(
        default=None,
        description="What its holder sends, as `Authorization: Bearer …`. Shown once: only its hash is stored.",
    )
    key_id: strawberry.ID | None = strawberry.field(default=None, description="Its id; null if there are errors.")
    user_errors: list[UserError] = user_errors_field()


@strawberry.input(description="The API key to revoke, by its id or by its name.")
class RevokeApiKeyInput:
    key_id: strawberry.ID | None = strawberry.field(default=None, description="Its id.")
    name: str | None = strawberry.field(
        default=None, description="Its name. With `keyId`, the key must have this name."
    )


@strawberry.type(description="The outcome of revoking an API key.")
class RevokeApiKeyPayload:
    revoked_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="The keys that this call ended; empty if it had been revoked before."
    )
    user_errors: list[UserError] = user_errors_field()
