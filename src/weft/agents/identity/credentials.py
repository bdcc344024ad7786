"""What a request or a connection brings to say who asks. Nothing of it shows in a repr, and so in no log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from weft.threads.json_values import string

_NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class Credentials:
    """`headers` have lower-case names. `params` are the payload of a socket's `connection_init`.

    `token` is what came as a bearer token, `api_key` what came as an API key; what a socket says in its params goes
    before what its handshake said in headers, which browsers cannot set.
    """

    headers: Mapping[str, str] = field(repr=False)
    params: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    token: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)

    @staticmethod
    def of(headers: Mapping[str, str], params: Mapping[str, Any] = _NOTHING) -> "Credentials":
        """The headers `Authorization: Bearer …` and `X-API-Key`; the params `authorization`, `token` and `apiKey`."""
        said = _of_params(params)
        token, api_key = said if any(said) else (_bearer(headers.get("authorization")), headers.get("x-api-key"))
        return Credentials(headers, params, token or None, api_key or None)


def _of_params(params: Mapping[str, Any]) -> tuple[str | None, str | None]:
    given = dict(params)
    authorization = string(given, "authorization") or string(given, "Authorization")
    return _bearer(authorization) or string(given, "token"), string(given, "apiKey")


def _bearer(authorization: str | None) -> str | None:
    scheme, _, token = (authorization or "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
