"""API keys as an admin makes and ends them, and as whoever has one is known by it.

A key that was looked up is remembered only while the change stream tells of its end; its use is noted later.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from weft.agents.limits import MAX_CLIENT_ID, MAX_TEXT, check_text
from weft.errors import ErrorCode, InputError, WeftError, not_found
from weft.storage.api_keys import LOST_ITS_POWER
from weft.storage.change_feed import MongoChangeFeed
from weft.storage.store import Store
from weft.threads.api_keys import ApiKey, new_secret, read_secret
from weft.threads.clock import utc_now
from weft.threads.paging import Page, PageRequest
from weft.threads.viewers import Scope, Viewer

_LOG = logging.getLogger(__name__)
_REMEMBERED: Final = 10_000
_NOTE_SECONDS: Final = 60.0
_CLOSING_SECONDS: Final = 2.0
_SCOPES: Final = [scope.value for scope in Scope]

Ended = Callable[[Sequence[str] | None], None]
"""Is told the ids of keys that may have ended; None: it is not known which."""


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """`secret` is never to be had again. `revoked` is the key that had the name before."""

    key: ApiKey
    secret: str = field(repr=False)
    revoked: str | None = None


class KeyService:
    """`weft.keys`."""

    def __init__(self, store: Store, feed: MongoChangeFeed) -> None:
        self._store = store
        self._feed = feed
        self._known: OrderedDict[str, ApiKey] = OrderedDict()
        self._forgotten = 0
        self._used: dict[str, datetime] = {}
        self._listeners: list[Ended] = []
        feed.listen("apiKeys", LOST_ITS_POWER, self.changed, self.missed)

    async def issue(
        self,
        *,
        name: str | None = None,
        scopes: Sequence[str] = (Scope.USER,),
        user_id: str | None = None,
        expires_at: datetime | None = None,
    ) -> IssuedKey:
        """A new key. The one that has the `name` now is revoked in the same moment.

        Args:
            name: For people, and to issue the key anew by.
            scopes: Of `admin`, `service`, `user`.
            user_id: Whose threads a key with the scope `user` opens; without one only those it makes itself.
            expires_at: With a time zone. None: it is good until it is revoked.

        Raises:
            InputError: an unknown scope, a time that is past, a name that is empty or too long.
        """
        _check(name, user_id)
        now, secret = utc_now(), new_secret()
        key = ApiKey(secret.key_id, name, _scopes(scopes), user_id, now, secret.digest, _future(expires_at, now))
        former = await self._store.issue_key(key)
        if former is not None:
            self.changed(former.id)
        return IssuedKey(key, secret.text, None if former is None else former.id)

    async def revoke(self, *, key_id: str | None = None, name: str | None = None) -> list[str]:
        """Ends a key: what it has opened is closed within seconds, wherever. The ids revoked; none the second time.

        Raises:
            InputError: neither id nor name, no such key, or the key with this id has another name.
        """
        if key_id is None and name is None:
            raise InputError("give keyId or name", path=("input",))
        key = await self._store.api_keys.named(name or "") if key_id is None else await self.find(key_id)
        if key is None:
            path = "name" if key_id is None else "keyId"
            raise not_found("key", f"{name if key_id is None else key_id:.80}", "input", path)
        if name is not None and key.name != name:
            raise InputError("the key has another name", reason=ErrorCode.CONFLICT, path=("input", "name"))
        revoked = await self._store.revoke_key(key.id)
        self.changed(key.id)
        return [key.id] if revoked else []

    async def find(self, key_id: str) -> ApiKey | None:
        """A key by its id, also one that is good no longer."""
        return await self._store.api_keys.get(key_id)

    async def page(self, request: PageRequest) -> Page[ApiKey]:
        """All keys, newest first; revoked ones for three months more."""
        return await self._store.api_keys.page(request)

    async def viewer(self, text: str) -> Viewer | None:
        """Who has this key; None when it is not good. Raises UnavailableError when MongoDB does not answer."""
        secret = read_secret(text)
        key = None if secret is None else await self._look_up(secret.key_id)
        if secret is None or key is None or not secret.fits(key) or not key.good(now := utc_now()):
            return None
        if len(self._used) < _REMEMBERED or key.id in self._used:
            self._used[key.id] = now
        return key.viewer()

    async def good(self, key_ids: Sequence[str]) -> set[str]:
        """Which of these still open something, once all changes are heard of again."""
        await self._feed.opened()
        return await self._store.api_keys.good(key_ids, utc_now())

    def listen(self, ended: Ended) -> None:
        """Hears of every key that may have ended, wherever that was done. Must not wait, must not raise."""
        self._listeners.append(ended)

    def unlisten(self, ended: Ended) -> None:
        self._listeners.remove(ended)

    async def note_use(self) -> None:
        """Writes down when keys were last used; what cannot be written now is, the next time."""
        used, self._used = self._used, {}
        try:
            if used:
                await self._store.api_keys.note_use(used)
        except WeftError as error:
            self._used = used | self._used
            _LOG.warning("the use of API keys could not be noted", extra={"error": type(error).__name__})

    async def run(self) -> None:
        """Notes uses, once a minute."""
        while True:
            await asyncio.sleep(_NOTE_SECONDS)
            await self.note_use()

    async def aclose(self) -> None:
        try:
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self.note_use()
        except TimeoutError:
            _LOG.warning("the use of API keys could not be noted", extra={"error": "TimeoutError"})

    def changed(self, key_id: str) -> None:
        """The feed has told of a change of this key."""
        self._forgotten += 1
        self._known.pop(key_id, None)
        for ended in self._listeners:
            ended([key_id])

    def missed(self) -> None:
        """Some changes will never be told of."""
        self._forgotten += 1
        self._known.clear()
        for ended in self._listeners:
            ended(None)

    async def _look_up(self, key_id: str) -> ApiKey | None:
        if self._feed.healthy and (known := self._known.get(key_id)) is not None:
            self._known.move_to_end(key_id)
            return known
        before = self._forgotten
        key = await self._store.api_keys.get(key_id)
        # Between the two something may have been heard of the key that the answer does not have yet.
        if key is not None and key.revoked_at is None and before == self._forgotten and self._feed.healthy:
            self._known[key_id] = key
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return key


def _check(name: str | None, user_id: str | None) -> None:
    for value, limit, field_ in ((name, MAX_CLIENT_ID, "name"), (user_id, MAX_TEXT, "userId")):
        check_text(value, limit, "input", field_)
        if value is not None and not value.strip():
            raise InputError(f"{field_} must not be empty; leave it out instead", path=("input", field_))


def _scopes(given: Sequence[str]) -> tuple[str, ...]:
    """In one order, each once."""
    if not given or not set(given) <= set(_SCOPES):
        raise InputError(f"scopes are one or more of {', '.join(_SCOPES)}", path=("input", "scopes"))
    return tuple(scope for scope in _SCOPES if scope in given)


def _future(at: datetime | None, now: datetime) -> datetime | None:
    if at is None:
        return None
    if at.tzinfo is None or at - now <= timedelta(0):
        raise InputError("expiresAt must be in the future, and have a time zone", path=("input", "expiresAt"))
    return at
