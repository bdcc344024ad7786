"""How this server knows who asks: by its settings and the application."""

from datetime import timedelta

from weft.agents.identity.authentication import Authenticate, Authentication
from weft.agents.identity.key_sets import KeySet
from weft.agents.identity.tokens import Claims, Tokens
from weft.errors import ConfigError
from weft.settings import Settings


def authentication_of(settings: Settings, own: Authenticate | None = None) -> Authentication | None:
    """None: it does not ask, and so must be reached from its own machine only.

    Raises:
        ConfigError: both tokens and a function are to say who asks.
    """
    tokens = _tokens_of(settings)
    if tokens is not None and own is not None:
        raise ConfigError(
            "create_app has an authenticate function and there is WEFT_JWT_SECRET or WEFT_JWKS_URL: give one of them"
        )
    wanted = settings.auth or ("off" if tokens is None and own is None else "on")
    return Authentication(tokens, own) if wanted == "on" else None


def _tokens_of(settings: Settings) -> Tokens | None:
    secret, url = settings.jwt_secret, settings.jwks_url
    if secret is None and url is None:
        return None
    audience = [each.strip() for each in (settings.jwt_audience or "").split(",") if each.strip()]
    leeway = timedelta(seconds=settings.jwt_leeway)
    claims = Claims(audience, settings.jwt_issuer, leeway, settings.jwt_scopes_claim)
    key_set = None if url is None else KeySet(url)
    return Tokens(None if secret is None else secret.get_secret_value(), key_set, claims)
