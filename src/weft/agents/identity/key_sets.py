"""The public keys of an issuer, read from its address (JWKS) and kept.

A key that is not known makes us read again, at most every 30 s; until the first reading every 2 s. While the address
does not answer, what was read last holds, and the log says so.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx2
import orjson
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from weft.errors import UnavailableError
from weft.threads.json_values import is_list, is_object

_LOG = logging.getLogger(__name__)
_DEADLINE_SECONDS: Final = 5.0
_AGAIN_SECONDS: Final = 30.0
_FIRST_SECONDS: Final = 2.0
_FRESH_SECONDS: Final = 600.0
_MOST_BYTES: Final = 256 * 1024
_MOST_KEYS: Final = 100
_MOST_TRIED: Final = 10
_SHORTEST_RSA: Final = 2048


@dataclass(frozen=True, slots=True)
class PublicKey:
    """`algorithm` is the only one that it is used with."""

    id: str | None
    algorithm: str
    key: Any


class KeySet:
    """The keys at an address. Many may ask at once: they wait for one reading."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: Sequence[PublicKey] = ()
        self._read_at: float | None = None
        self._tried_at: float | None = None
        self._reading: asyncio.Task[None] | None = None

    async def find(self, key_id: str | None, algorithm: str) -> Sequence[PublicKey]:
        """The keys that a token may be signed with; several when it names none.

        Raises:
            UnavailableError: the keys have never been read, and cannot be now.
        """
        found = self._fitting(key_id, algorithm)
        if not found and self._may_try():
            await asyncio.shield(self._read_again())
            found = self._fitting(key_id, algorithm)
        elif self._old() and self._may_try():
            _ = self._read_again()
        elif self._reading is not None and not found:
            await asyncio.shield(self._reading)
            found = self._fitting(key_id, algorithm)
        if self._read_at is None:
            raise UnavailableError("the keys that tokens are checked with cannot be read now; try again")
        return found

    async def settled(self) -> None:
        """Returns when nothing is being read."""
        if self._reading is not None:
            await asyncio.shield(self._reading)

    async def aclose(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    def _fitting(self, key_id: str | None, algorithm: str) -> Sequence[PublicKey]:
        fitting = [key for key in self._keys if key.algorithm == algorithm and key_id in (None, key.id)]
        return fitting[:_MOST_TRIED]

    def _may_try(self) -> bool:
        pause = _FIRST_SECONDS if self._read_at is None else _AGAIN_SECONDS
        return self._reading is None and (self._tried_at is None or _now() - self._tried_at >= pause)

    def _old(self) -> bool:
        return self._read_at is not None and _now() - self._read_at >= _FRESH_SECONDS

    def _read_again(self) -> "asyncio.Task[None]":
        self._tried_at = _now()
        self._reading = asyncio.create_task(self._read(), name="weft-key-set")
        return self._reading

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(_DEADLINE_SECONDS):
                keys = _keys_of(await _fetched(self._url))
        except Exception as error:
            kept = "those read before go on being used" if self._read_at is not None else "no token can be checked"
            _LOG.warning(
                f"the keys at WEFT_JWKS_URL could not be read; {kept}",
                extra={"error": type(error).__name__, "told": str(error)[:200]},
            )
        else:
            self._keys, self._read_at = keys, _now()
            if not keys:
                _LOG.warning("there is no usable key at WEFT_JWKS_URL: RSA from 2048 bits, P-256 or Ed25519")
        finally:
            self._reading = None


class _Odd(Exception):
    """The answer is not a key set."""


async def _fetched(url: str) -> object:
    async with (
        httpx2.AsyncClient(timeout=_DEADLINE_SECONDS, trust_env=False) as http,
        http.stream("GET", url, headers={"accept": "application/json"}) as response,
    ):
        if response.status_code != 200:
            raise _Odd(f"its status is {response.status_code}")
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > _MOST_BYTES:
                raise _Odd(f"it is larger than {_MOST_BYTES} bytes")
    return orjson.loads(body)


def _keys_of(answer: object) -> Sequence[PublicKey]:
    given = answer.get("keys") if is_object(answer) else None
    if not is_list(given):
        raise _Odd("it has no list `keys`")
    read = (_key_of(each) for each in given[:_MOST_KEYS] if is_object(each))
    return [key for key in read if key is not None]


def _key_of(given: Mapping[str, Any]) -> PublicKey | None:
    """None: not for signatures, private, or of a kind that is not taken here."""
    if given.get("use", "sig") != "sig" or given.get("kty") not in ("RSA", "EC", "OKP") or "d" in given:
        return None
    try:
        key: Any = PyJWK(dict(given)).key
    except (PyJWTError, ValueError, TypeError, KeyError):
        return None
    algorithm = _algorithm_of(key)
    if algorithm is None or given.get("alg", algorithm) not in (algorithm, "Ed25519"):
        return None
    key_id = given.get("kid")
    return PublicKey(key_id if isinstance(key_id, str) else None, algorithm, key)


def _algorithm_of(key: Any) -> str | None:
    match key:
        case RSAPublicKey() if key.key_size >= _SHORTEST_RSA:
            return "RS256"
        case EllipticCurvePublicKey() if isinstance(key.curve, SECP256R1):
            return "ES256"
        case Ed25519PublicKey():
            return "EdDSA"
        case _:
            return None


def _now() -> float:
    return asyncio.get_running_loop().time()
