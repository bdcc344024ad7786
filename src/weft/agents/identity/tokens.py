"""JSON Web Tokens: signed by a secret that is shared (HS256), or by a key of a set that the issuer publishes.

A key decides which algorithm it is used with; what the token says only chooses among the keys. Times are judged by the
clock that sessions end by. Why a token was refused is logged, never told.
"""

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt

from weft.agents.identity.key_sets import KeySet, PublicKey
from weft.threads.clock import utc_now
from weft.threads.json_values import is_list, is_object
from weft.threads.viewers import Scope, Viewer

_LOG = logging.getLogger(__name__)
LONGEST: Final = 8192
"""Characters of a token. Longer ones are not looked at."""
_BY_SECRET: Final = "HS256"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token must say. `leeway`: how far clocks may be apart. `scopes` names the claim that holds scopes."""

    audience: Sequence[str] = ()
    issuer: str | None = None
    leeway: timedelta = timedelta(seconds=60)
    scopes: str | None = None


class _Refused(Exception):
    """Not good; the text is for the log, and holds nothing of the token."""


class Tokens:
    """At least one of `secret` and `key_set`."""

    def __init__(self, secret: str | None, key_set: KeySet | None, claims: Claims) -> None:
        self._secret = None if secret is None else secret.encode()
        self.key_set = key_set
        self._claims = claims

    async def viewer(self, token: str) -> Viewer | None:
        """Whom the token speaks for; None when it is not good.

        Raises:
            UnavailableError: there are no keys yet, and the server that has them does not answer.
        """
        try:
            return self._viewer_of(await self._said(token))
        except _Refused as refused:
            _LOG.info("a token was refused", extra={"reason": str(refused)})
            return None

    async def _said(self, token: str) -> Mapping[str, Any]:
        """The claims of a token that somebody signed who may. Their times are not looked at yet."""
        if len(token) > LONGEST:
            raise _Refused("longer than tokens are")
        header = _header(token)
        reasons = ["no key fits"]
        for key, algorithm in await self._keys(header):
            try:
                return self._decoded(token, key, algorithm)
            except jwt.InvalidTokenError as error:
                reasons.append(type(error).__name__)
            except Exception as error:  # of what strangers may write the library does not know everything
                reasons.append(f"unreadable: {type(error).__name__}")
        raise _Refused(reasons[-1])

    async def _keys(self, header: Mapping[str, Any]) -> list[tuple[Any, str]]:
        algorithm, key_id = header.get("alg"), header.get("kid")
        if algorithm == _BY_SECRET:
            return [] if self._secret is None else [(self._secret, _BY_SECRET)]
        if self.key_set is None or not isinstance(algorithm, str) or not isinstance(key_id, str | None):
            return []
        found: Sequence[PublicKey] = await self.key_set.find(key_id, algorithm)
        return [(each.key, each.algorithm) for each in found]

    def _decoded(self, token: str, key: Any, algorithm: str) -> Mapping[str, Any]:
        said: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=list(self._claims.audience) or None,
            issuer=self._claims.issuer,
            options={
                "require": ["exp", "sub", *(["iss"] if self._claims.issuer else [])],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
        return said

    def _viewer_of(self, said: Mapping[str, Any]) -> Viewer:
        now, leeway = utc_now(), self._claims.leeway
        user_id = said.get("sub")
        if not isinstance(user_id, str) or not user_id.strip():
            raise _Refused("no sub")
        ends = _time(said, "exp")
        if ends is None:
            raise _Refused("no exp")
        if ends + leeway <= now:
            raise _Refused("expired")
        for name in ("nbf", "iat"):
            begins = _time(said, name)
            if begins is not None and begins - leeway > now:
                raise _Refused(f"{name} is in the future")
        return Viewer(user_id, self._scopes(said), None, ends + leeway)

    def _scopes(self, said: Mapping[str, Any]) -> tuple[str, ...]:
        """Those of ours that the claim names; what is the application's own says nothing here."""
        given = None if self._claims.scopes is None else said.get(self._claims.scopes)
        named = given.split() if isinstance(given, str) else given if is_list(given) else []
        return tuple(scope.value for scope in Scope if scope.value in named) or (Scope.USER.value,)


def _header(token: str) -> Mapping[str, Any]:
    try:
        header: object = jwt.get_unverified_header(token)
    except Exception as error:
        raise _Refused(f"unreadable: {type(error).__name__}") from None
    if not is_object(header) or "crit" in header:
        raise _Refused("it asks for what is not known here")
    return header


def _time(said: Mapping[str, Any], name: str) -> datetime | None:
    """A claim that is a time; the far future is as good as any."""
    seconds = said.get(name)
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds):
        raise _Refused(f"{name} is no time")
    try:
        at = datetime.fromtimestamp(min(max(seconds, 0), 32_503_680_000), UTC)
    except (OverflowError, ValueError, OSError):
        raise _Refused(f"{name} is no time") from None
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
