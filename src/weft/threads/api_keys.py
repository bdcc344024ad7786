"""API keys: `weft_<id>_<secret>`. The secret is 256 random bits, shown once; what is kept is its SHA-256."""

import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from weft.threads import ids
from weft.threads.viewers import Viewer

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_WRITTEN: Final = re.compile(r"weft_([0-9a-z]{26})_([0-9a-z]{52})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """`name` is held by one key at a time, until that is revoked. `digest` is of the secret."""

    id: str
    name: str | None
    scopes: tuple[str, ...]
    user_id: str | None
    created_at: datetime
    digest: bytes = field(repr=False)
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def good(self, now: datetime) -> bool:
        """Whether it opens anything now."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def viewer(self) -> Viewer:
        return Viewer(self.user_id, self.scopes, self.id, self.expires_at)


@dataclass(frozen=True, slots=True)
class Secret:
    """What the holder of a key has. `text` is all of it."""

    text: str = field(repr=False)
    key_id: str

    def fits(self, key: ApiKey) -> bool:
        """In a time that says nothing about where a wrong secret differs."""
        return hmac.compare_digest(self.digest, key.digest)

    @property
    def digest(self) -> bytes:
        return sha256(self.text.encode()).digest()


def new_secret() -> Secret:
    """With the id of a key that is to be made."""
    key_id = ids.new_id(ids.API_KEY)
    number = secrets.randbits(256)
    random = "".join(_ALPHABET[number >> shift & 31] for shift in range(255, -1, -5))
    return Secret(f"weft_{key_id.removeprefix(f'{ids.API_KEY}_')}_{random}", key_id)


def read_secret(text: str) -> Secret | None:
    """None: this was never a key of Weft."""
    written = _WRITTEN.fullmatch(text)
    return None if written is None else Secret(text, f"{ids.API_KEY}_{written[1]}")
