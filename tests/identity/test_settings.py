"""How callers are known is set by the environment, and a setting that would be unsafe is refused."""

import pytest
from tests.identity.issuer import RSA, SECRET, issuing, published

from weft import Credentials, Viewer, create_app
from weft.errors import ConfigError, UnavailableError
from weft.settings import Settings, from_environment


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WEFT_JWT_SECRET", "short and guessable", "at least 32 bytes"),
        ("WEFT_JWKS_URL", "http://issuer.example/jwks.json", "https"),
        ("WEFT_JWKS_URL", "issuer.example", "https"),
        ("WEFT_JWKS_URL", "file:///etc/passwd", "https"),
        ("WEFT_JWT_LEEWAY", "3600", "less than or equal to 600"),
        ("WEFT_AUTH", "perhaps", "'on' or 'off'"),
    ],
)
def test_an_unsafe_setting_is_refused_and_its_value_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as refused:
        from_environment()
    assert refused.value.message.startswith(f"{name} is not usable: ")
    assert said in refused.value.message
    assert value not in refused.value.message


def nobody(_: Credentials) -> Viewer | None:
    return None


def test_callers_are_asked_as_soon_as_there_is_a_way_to_know_them() -> None:
    secret = {"jwt_secret": SECRET}
    key_set = {"jwks_url": "https://issuer.example/jwks.json"}
    assert create_app([], settings=Settings()).authentication is None
    assert create_app([], settings=Settings(auth="on")).authentication is not None
    assert create_app([], settings=Settings.model_validate(secret)).authentication is not None
    assert create_app([], settings=Settings.model_validate(key_set)).authentication is not None
    assert create_app([], settings=Settings(), authenticate=nobody).authentication is not None
    assert create_app([], settings=Settings.model_validate(secret | {"auth": "off"})).authentication is None


def test_tokens_and_a_function_are_not_both_given() -> None:
    with pytest.raises(ConfigError, match="give one of them"):
        create_app([], settings=Settings.model_validate({"jwt_secret": SECRET}), authenticate=nobody)


def test_no_repr_shows_a_secret() -> None:
    settings = Settings.model_validate({"jwt_secret": SECRET})
    given = Credentials.of({"authorization": "Bearer abc", "cookie": "c=1", "x-api-key": "k2"}, {"token": "t3"})
    assert SECRET not in repr(settings)
    assert repr(given) == "Credentials()"


def test_what_a_socket_says_goes_before_its_headers() -> None:
    headers = {"authorization": "Bearer h", "x-api-key": "hk"}
    told = Credentials.of(headers, {"apiKey": "p"})
    assert (told.token, told.api_key) == (None, "p")
    told = Credentials.of(headers, {"other": 1})
    assert (told.token, told.api_key) == ("h", "hk")


async def test_an_operator_is_told_what_callers_are_known_by_and_whether_their_tokens_can_be_checked() -> None:
    async with issuing(published(RSA, "one")) as issuer:
        settings = Settings.model_validate({"jwks_url": issuer.url})
        good = create_app([], settings=settings)
        assert good.authentication is not None
        assert good.authentication.by == "API keys, tokens"
        await good.authentication.check()
        issuer.status = 500
        bad = create_app([], settings=settings)
        assert bad.authentication is not None
        with pytest.raises(UnavailableError):
            await bad.authentication.check()
    own = create_app([], settings=Settings(), authenticate=nobody).authentication
    assert own is not None
    assert own.by == "API keys, the app's own function"
    await own.check()
