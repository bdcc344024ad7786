"""What a token must be to speak for somebody. Whatever else strangers write is refused, and says nothing."""

import asyncio
import json
import logging
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import base64url_encode
from tests.identity.issuer import (
    AUDIENCE,
    EC,
    ED,
    ISSUER,
    OTHER_RSA,
    RSA,
    SECRET,
    WEAK_RSA,
    claims,
    issuing,
    published,
    raw_token,
    token,
)

from weft import Viewer
from weft.agents.identity.key_sets import KeySet
from weft.agents.identity.tokens import LONGEST, Claims, Tokens
from weft.errors import UnavailableError
from weft.threads.clock import utc_now

MINUTE = timedelta(minutes=1)
ALL = Claims((AUDIENCE,), ISSUER)


def by_secret(wanted: Claims = ALL) -> Tokens:
    return Tokens(SECRET, None, wanted)


async def test_a_token_speaks_for_its_sub_until_it_expires_and_no_longer_than_clocks_differ() -> None:
    expires = (utc_now() + MINUTE).replace(microsecond=0)
    viewer = await by_secret().viewer(token(exp=expires))
    assert viewer == Viewer("ann", ("user",), None, expires + MINUTE)


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("expired", {"exp": -2 * MINUTE}),
        ("not yet valid", {"nbf": 2 * MINUTE}),
        ("issued in the future", {"iat": 2 * MINUTE}),
        ("for somebody else", {"aud": "other"}),
        ("for nobody", {"aud": None}),
        ("of another issuer", {"iss": "https://evil.example"}),
        ("of no issuer", {"iss": None}),
        ("without sub", {"sub": None}),
        ("with an empty sub", {"sub": ""}),
        ("with a blank sub", {"sub": "  "}),
        ("with a sub that is no text", {"sub": 7}),
        ("without exp", {"exp": None}),
        ("with an exp that is no time", {"exp": "tomorrow"}),
        ("with an exp that is true", {"exp": True}),
    ],
)
async def test_a_token_is_refused_that_is(kind: str, changed: dict[str, Any]) -> None:
    now = utc_now()
    said = claims(**{name: now + wrong if isinstance(wrong, timedelta) else wrong for name, wrong in changed.items()})
    body = json.dumps(said, default=lambda moment: int(moment.timestamp())).encode()
    assert await by_secret().viewer(raw_token(body)) is None, kind


async def test_clocks_may_be_a_minute_apart() -> None:
    late = token(exp=utc_now() - MINUTE / 2)
    early = token(nbf=utc_now() + MINUTE / 2)
    assert await by_secret().viewer(late)
    assert await by_secret().viewer(early)
    assert await by_secret(Claims((AUDIENCE,), ISSUER, timedelta(0))).viewer(late) is None


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1", "[]", "{}"])
async def test_times_that_are_no_times_are_refused(number: str) -> None:
    body = f'{{"sub": "ann", "aud": "{AUDIENCE}", "iss": "{ISSUER}", "exp": {number}}}'
    assert await by_secret().viewer(raw_token(body.encode())) is None


async def test_a_token_may_be_good_for_longer_than_there_are_years() -> None:
    viewer = await by_secret().viewer(token(exp=10**18))
    assert viewer is not None
    assert viewer.expires_at is not None


async def test_a_token_that_nobody_signed_is_refused() -> None:
    assert await by_secret().viewer(jwt.encode(claims(), "", "none")) is None
    assert await by_secret().viewer(token("another secret that is long enough")) is None
    head, body, _ = token().split(".")
    assert await by_secret().viewer(f"{head}.{body}.") is None


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "é.é.é", "eyJhbGciOiJIUzI1NiJ9", "\x00", "e30.e30.e30"])
async def test_what_is_no_token_is_refused(text: str) -> None:
    assert await by_secret().viewer(text) is None


async def test_huge_tokens_are_not_looked_at() -> None:
    assert await by_secret().viewer(token(more="x" * LONGEST)) is None
    assert await by_secret().viewer("x" * 10_000_000) is None
    assert await by_secret().viewer("." * LONGEST) is None


async def test_a_token_that_asks_for_what_is_not_known_here_is_refused() -> None:
    body = json.dumps(claims(exp=2**33, iat=0)).encode()
    assert await by_secret().viewer(raw_token(body))
    assert await by_secret().viewer(raw_token(body, crit=["exp"])) is None


async def test_claims_that_are_no_object_are_refused() -> None:
    for body in (b"[]", b'"ann"', b"null", b"{", b"\xff", b"[" * 4000):
        assert await by_secret().viewer(raw_token(body)) is None


async def test_the_public_key_is_no_secret() -> None:
    """A token that is signed by HMAC with the published key as the secret."""
    pem = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = json.dumps(claims(exp=2**33, iat=0)).encode()
    mac = jwt.get_algorithm_by_name("HS256")
    head = base64url_encode(b'{"alg":"HS256","typ":"JWT","kid":"one"}')
    signed = head + b"." + base64url_encode(body)
    forged = (signed + b"." + base64url_encode(mac.sign(signed, pem))).decode()
    async with issuing(published(RSA, "one")) as issuer:
        assert await Tokens(None, KeySet(issuer.url), ALL).viewer(forged) is None
        assert await Tokens(SECRET, KeySet(issuer.url), ALL).viewer(forged) is None


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS256"), (EC, "ES256"), (ED, "EdDSA")])
async def test_the_keys_of_an_issuer_sign_each_with_its_own_algorithm(key: Any, algorithm: str) -> None:
    async with issuing(published(RSA, "RS256"), published(EC, "ES256"), published(ED, "EdDSA")) as issuer:
        tokens = Tokens(None, KeySet(issuer.url), ALL)
        viewer = await tokens.viewer(token(key, algorithm, algorithm))
        assert viewer is not None
        assert viewer.user_id == "ann"
        assert await tokens.viewer(token(key, algorithm)) is not None  # without a key's id all fitting are tried
        others = {"RS256", "ES256", "EdDSA"} - {algorithm}
        assert [await tokens.viewer(token(key, algorithm, other)) for other in others] == [None, None]
        assert await tokens.viewer(token()) is None  # HS256, where no secret is set


async def test_an_algorithm_that_a_key_could_do_but_is_not_for_is_refused() -> None:
    async with issuing(published(RSA, "one")) as issuer:
        tokens = Tokens(None, KeySet(issuer.url), ALL)
        assert await tokens.viewer(token(RSA, "RS512", "one")) is None
        assert await tokens.viewer(token(RSA, "PS256", "one")) is None


async def test_keys_that_are_weak_private_for_encryption_or_unreadable_are_passed_over() -> None:
    private = published(OTHER_RSA, "private") | {"d": "AQAB"}
    odd: list[Any] = [7, None, {}, {"kty": "RSA"}, {"kty": "oct", "k": "AAAA", "kid": "oct"}]
    bad = [published(WEAK_RSA, "weak"), published(OTHER_RSA, "enc", use="enc"), private, *odd]
    async with issuing(*bad, published(RSA, "one")) as issuer:
        tokens = Tokens(None, KeySet(issuer.url), ALL)
        assert await tokens.viewer(token(RSA, "RS256", "one"))
        for key, kid in ((WEAK_RSA, "weak"), (OTHER_RSA, "enc"), (OTHER_RSA, "private")):
            assert await tokens.viewer(token(key, "RS256", kid)) is None


async def test_a_token_for_an_audience_is_not_for_a_server_that_has_none() -> None:
    assert await by_secret(Claims()).viewer(token()) is None
    assert await by_secret(Claims()).viewer(token(aud=None))
    assert await by_secret(Claims(("other", AUDIENCE))).viewer(token())


async def test_tokens_are_for_users_unless_a_setting_names_the_claim_that_says_more() -> None:
    async def scopes(wanted: str | None, **said: Any) -> tuple[str, ...]:
        viewer = await by_secret(Claims((AUDIENCE,), ISSUER, scopes=wanted)).viewer(token(**said))
        assert viewer is not None
        return viewer.scopes

    assert await scopes(None, scope="admin", scopes=["admin"]) == ("user",)
    assert await scopes("scope", scope="openid admin email") == ("admin",)
    assert await scopes("https://x/roles", **{"https://x/roles": ["user", "service"]}) == ("service", "user")
    for nothing in ("", [], "owner", {"admin": True}, 7, ["Admin"], [["admin"]], None):
        assert await scopes("scope", scope=nothing) == ("user",)


async def test_why_a_token_was_refused_is_in_the_log_and_the_token_is_not(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    refused = token(exp=utc_now() - 2 * MINUTE, sub="somebody@example.org")
    assert await by_secret().viewer(refused) is None
    (entry,) = [record for record in caplog.records if record.name.startswith("weft")]
    assert vars(entry)["reason"] == "expired"
    told = repr(vars(entry))
    assert not any(piece in told for piece in [*refused.split("."), "somebody@example.org", SECRET])


# ---------------------------------------------------------------- key sets


class Time:
    """The event loop's, as a key set sees it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("weft.agents.identity.key_sets._now", lambda: self.now)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


async def test_keys_are_read_once_and_again_for_one_that_is_not_known_at_most_every_30_seconds(time: Time) -> None:
    async with issuing(published(RSA, "one")) as issuer:
        tokens = Tokens(None, KeySet(issuer.url), ALL)
        for _ in range(3):
            assert await tokens.viewer(token(RSA, "RS256", "one"))
        assert issuer.asked == 1
        issuer.keys.append(published(EC, "two"))
        for n in range(20):
            assert await tokens.viewer(token(OTHER_RSA, "RS256", f"made up {n}")) is None
        assert await tokens.viewer(token(EC, "ES256", "two")) is None
        assert issuer.asked == 1
        time.now += 30
        assert await tokens.viewer(token(EC, "ES256", "two"))
        assert issuer.asked == 2


async def test_a_key_that_is_published_no_more_is_no_longer_good_after_ten_minutes(time: Time) -> None:
    async with issuing(published(RSA, "one"), published(EC, "two")) as issuer:
        key_set = KeySet(issuer.url)
        tokens = Tokens(None, key_set, ALL)
        assert await tokens.viewer(token(RSA, "RS256", "one"))
        issuer.keys.pop(0)
        time.now += 600
        assert await tokens.viewer(token(EC, "ES256", "two"))  # nobody waits for the reading
        await key_set.settled()
        assert await tokens.viewer(token(RSA, "RS256", "one")) is None
        assert issuer.asked == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b""), (302, b""), (200, b"<html>"), (200, b"[]"), (200, b'{"keys": {}}'), (200, b" " * 300_000)],
)
async def test_while_its_address_fails_the_keys_read_last_hold_and_the_log_says_so(
    time: Time, caplog: pytest.LogCaptureFixture, status: int, body: bytes
) -> None:
    async with issuing(published(RSA, "one")) as issuer:
        key_set = KeySet(issuer.url)
        tokens = Tokens(None, key_set, ALL)
        assert await tokens.viewer(token(RSA, "RS256", "one"))
        issuer.status, issuer.body = status, body
        time.now += 3600
        assert await tokens.viewer(token(RSA, "RS256", "one"))
        await key_set.settled()
        assert "those read before go on being used" in caplog.text
        assert await tokens.viewer(token(RSA, "RS256", "one"))


async def test_without_any_keys_nobody_can_be_known_and_that_is_said_and_tried_again(
    time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    async with issuing(published(RSA, "one")) as issuer:
        issuer.status = 503
        tokens = Tokens(None, KeySet(issuer.url), ALL)
        for _ in range(3):
            with pytest.raises(UnavailableError):
                await tokens.viewer(token(RSA, "RS256", "one"))
        assert issuer.asked == 1
        assert "no token can be checked" in caplog.text
        issuer.status = 200
        time.now += 2
        assert await tokens.viewer(token(RSA, "RS256", "one"))


async def test_many_that_come_at_once_wait_for_one_reading() -> None:
    async with issuing(published(RSA, "one")) as issuer:
        tokens = Tokens(None, KeySet(issuer.url), ALL)
        found = await asyncio.gather(*(tokens.viewer(token(RSA, "RS256", "one")) for _ in range(20)))
        assert all(found)
        assert issuer.asked == 1
