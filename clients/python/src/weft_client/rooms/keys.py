"""API keys. Every call needs a key with the scope `admin`."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime

from weft_client.api.client import Api
from weft_client.api.input_types import IssueApiKeyInput, RevokeApiKeyInput
from weft_client.api.issue_api_key import IssueApiKeyIssueApiKey as IssuedKey
from weft_client.api.list_api_keys import ListApiKeysApiKeysEdgesNode as ApiKey
from weft_client.given import lean
from weft_client.page import Page, every, page_of


class Keys:
    def __init__(self, api: Api) -> None:
        self._api = api

    async def issue(
        self,
        name: str | None = None,
        *,
        scopes: Sequence[str] = ("user",),
        user_id: str | None = None,
        expires_at: datetime | None = None,
    ) -> IssuedKey:
        """A new key; `secret` is shown this once. One that has its name is revoked in the same moment."""
        input = IssueApiKeyInput(name=name, scopes=[*scopes], user_id=user_id, expires_at=expires_at)
        return await self._api.issue_api_key(lean(input))

    def all(self) -> AsyncGenerator[ApiKey, None]:
        """The newest first; revoked ones for three months more."""

        async def read(after: str | None) -> Page[ApiKey]:
            found = await self._api.list_api_keys(100, after)
            return page_of((edge.node for edge in found.edges), found.page_info)

        return every(read)

    async def revoke(self, *, key_id: str | None = None, name: str | None = None) -> list[str]:
        """By id or by name; the keys that this call ended."""
        return (await self._api.revoke_api_key(lean(RevokeApiKeyInput(key_id=key_id, name=name)))).revoked_ids
