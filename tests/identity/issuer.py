"""An issuer of tokens: keys, tokens signed by them, and the address where it publishes the public halves."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from tests.protocol.world import address, serve

from weft.threads.clock import utc_now

SECRET: Final = "a secret that nobody could ever guess"
AUDIENCE: Final = "weft"
ISSUER: Final = "https://issuer.example"

RSA: Final = rsa.generate_private_key(65537, 2048)
OTHER_RSA: Final = rsa.generate_private_key(65537, 2048)
WEAK_RSA: Final = rsa.generate_private_key(65537, 1024)
EC: Final = ec.generate_private_key(ec.SECP256R1())
ED: Final = ed25519.Ed25519PrivateKey.generate()


def claims(**changed: Any) -> dict[str, Any]:
    """Those of a good token of user ann; None leaves one out."""
    now = utc_now()
    good = {"sub": "ann", "exp": now + timedelta(hours=1), "iat": now, "aud": AUDIENCE, "iss": ISSUER}
    return {name: value for name, value in (good | changed).items() if value is not None}


def token(key: Any = SECRET, algorithm: str = "HS256", kid: str | None = None, **changed: Any) -> str:
    """A token of user ann."""
    return jwt.encode(claims(**changed), key, algorithm, None if kid is None else {"kid": kid})


def raw_token(payload: bytes, key: Any = SECRET, algorithm: str = "HS256", **header: Any) -> str:
    """A token that says just this."""
    return jwt.PyJWS().encode(payload, key, algorithm, header)


def published(key: Any, kid: str | None, **more: Any) -> dict[str, Any]:
    """A public key as a key set has it."""
    public = key.public_key()
    kind = {rsa.RSAPrivateKey: RSAAlgorithm, ec.EllipticCurvePrivateKey: ECAlgorithm}
    algorithm: Any = next((found for type_, found in kind.items() if isinstance(key, type_)), OKPAlgorithm)
    written: dict[str, Any] = json.loads(algorithm.to_jwk(public))
    return written | ({} if kid is None else {"kid": kid}) | more


class Issuer:
    """`answer` is what its address says; `asked` how often that was read."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = []
        self.status = 200
        self.body: bytes | None = None
        self.asked = 0
        self.url = ""

    async def publish(self, _: Request) -> Response:
        self.asked += 1
        body = json.dumps({"keys": self.keys}).encode() if self.body is None else self.body
        return Response(body, self.status, {"location": self.url} if self.status == 302 else None)


@asynccontextmanager
async def issuing(*keys: dict[str, Any]) -> AsyncGenerator[Issuer, None]:
    issuer = Issuer()
    issuer.keys = list(keys)
    async with serve(Starlette(routes=[Route("/jwks.json", issuer.publish)])) as running:
        issuer.url = f"http://{address(running)}/jwks.json"
        yield issuer
