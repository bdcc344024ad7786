"""Issuing, listing and revoking API keys."""

from typing import Annotated

import strawberry

from weft.resolvers.failures import user_errors
from weft.schema.api_keys import ApiKey, IssueApiKeyInput, IssueApiKeyPayload, RevokeApiKeyInput, RevokeApiKeyPayload
from weft.schema.context import Info
from weft.schema.paging import After, Before, Connection, First, Last, connection_of
from weft.threads.paging import PageRequest
from weft.threads.viewers import Scope

Issue = Annotated[IssueApiKeyInput, strawberry.argument(description="The new key.")]
Revoke = Annotated[RevokeApiKeyInput, strawberry.argument(description="Which key.")]


@user_errors(IssueApiKeyPayload)
async def issue_api_key(info: Info, input: Issue) -> IssueApiKeyPayload:
    issued = await info.context.weft.keys.issue(
        name=input.name,
        scopes=[Scope.USER] if input.scopes is None else input.scopes,
        user_id=input.user_id,
        expires_at=input.expires_at,
    )
    return IssueApiKeyPayload(secret=issued.secret, key_id=strawberry.ID(issued.key.id))


@user_errors(RevokeApiKeyPayload)
async def revoke_api_key(info: Info, input: Revoke) -> RevokeApiKeyPayload:
    revoked = await info.context.weft.keys.revoke(key_id=input.key_id, name=input.name)
    return RevokeApiKeyPayload(revoked_ids=[strawberry.ID(key_id) for key_id in revoked])


async def api_keys(
    info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
) -> Connection[ApiKey]:
    page = await info.context.weft.keys.page(PageRequest.of(first, after, last, before))
    return connection_of(page, ApiKey.of)
