"""What a call costs: a model's price on the day, times its tokens, each token charged once (decisions.md 33)."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final

from weft.errors import ConfigError
from weft.llm.price_table import ALWAYS, PRICES, Price
from weft.threads.clock import utc_now
from weft.threads.usage import Usage

_MILLION: Final = 1_000_000
_VERSION: Final = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8}|latest)$")
# Chat completions are OpenAI's own prices when the model is OpenAI's; a compatible server's models have other names.
_SAME_PRICES: Final = {"openai-chat": "openai"}

_Prices = dict[tuple[str, str], list[Price]]


def _by_model(prices: Sequence[Price]) -> _Prices:
    found: _Prices = {}
    for price in prices:
        found.setdefault((price.provider, price.model), []).append(price)
    return found


_known: Final = _by_model(PRICES)
_own: Final[_Prices] = {}


def cost_micros(provider: str, model: str, usage: Usage, at: datetime | None = None) -> int | None:
    """What a call costs in millionths of a dollar; None when the model has no price.

    `model` is a name as in the table, or one with the day of its version: gpt-5-mini-2025-08-07. Cached tokens and
    those written to the cache are charged at their own prices and not as input; reasoning is part of the output. The
    sum is rounded once, half up. `at` is when the call was made, by default now; a time without a zone is UTC.
    """
    return _cost(price, usage) if (price := _price(provider, model, usage.input_tokens, _day(at))) else None


def register_price(
    provider: str,
    model: str,
    *,
    input_micros: int,
    output_micros: int,
    cached_input_micros: int | None = None,
    cache_write_micros: int | None = None,
    since: date = ALWAYS,
    above: int = 0,
) -> None:
    """Sets a price for this process: of a model that Weft has none for, or in place of Weft's prices for it.

    Prices are integers: millionths of the currency for a million tokens, so 250_000 for $0.25. Call it again with
    another `since` (the first day, UTC) for a price that changes, or another `above` for one of long inputs; see
    `Price`. Caching that has no price costs as input.

    Raises:
        ConfigError: a name is empty, or a price is not an integer from 0.
    """
    price = Price(provider, model, input_micros, cached_input_micros, cache_write_micros, output_micros, since, above)
    _check(price)
    others = [known for known in _own.get((provider, model), []) if (known.since, known.above) != (since, above)]
    _own[provider, model] = [*others, price]


def _check(price: Price) -> None:
    if not price.provider.strip() or not price.model.strip():
        raise ConfigError('a price needs a provider and a model: register_price("openai", "gpt-5-mini", …)')
    for name in ("input", "output", "cached_input", "cache_write", "above"):
        amount: object = getattr(price, name)
        if amount is not None and (not isinstance(amount, int) or isinstance(amount, bool) or amount < 0):
            message = f"{name} of {price.model} is {amount!r}; give micros as an integer from 0: 250_000 for $0.25"
            raise ConfigError(message)


def _price(provider: str, model: str, input_tokens: int, day: date) -> Price | None:
    began = [price for price in _prices_of(provider, model) if price.since <= day]
    newest = max((price.since for price in began), default=None)
    fitting = [price for price in began if price.since == newest and (price.above == 0 or price.above < input_tokens)]
    return max(fitting, key=lambda price: price.above, default=None)


def _prices_of(provider: str, model: str) -> list[Price]:
    for name in (model, _VERSION.sub("", model)):
        for table in (_own, _known):
            if found := table.get((provider, name)):
                return found
    return _prices_of(_SAME_PRICES[provider], model) if provider in _SAME_PRICES else []


def _day(at: datetime | None) -> date:
    moment = at or utc_now()
    return (moment if moment.tzinfo is None else moment.astimezone(UTC)).date()


def _cost(price: Price, usage: Usage) -> int:
    cached, written = usage.cached_input_tokens, usage.cache_write_input_tokens
    fresh = max(0, usage.input_tokens - cached - written)
    micros = (
        fresh * price.input
        + cached * (price.input if price.cached_input is None else price.cached_input)
        + written * (price.input if price.cache_write is None else price.cache_write)
        + usage.output_tokens * price.output
    )
    return (micros + _MILLION // 2) // _MILLION
