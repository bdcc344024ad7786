"""Prices: one table with dates, and what a call costs."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.errors import ConfigError
from weft.llm.price_table import CHECKED, PRICES, Price
from weft.llm.prices import cost_micros, register_price
from weft.threads.usage import NO_USAGE, Usage

NOW = datetime(2026, 11, 22, tzinfo=UTC)
A_MILLION_IN = Usage(input_tokens=1_000_000)


def test_tokens_are_charged_per_million() -> None:
    usage = Usage(input_tokens=2_000_000, output_tokens=500_000, total_tokens=2_500_000)
    assert cost_micros("openai", "gpt-5-mini", usage, NOW) == 2 * 250_000 + 1_000_000


def test_cached_tokens_are_charged_once_at_their_own_price() -> None:
    usage = Usage(input_tokens=1_000_000, cached_input_tokens=400_000)
    assert cost_micros("openai", "gpt-5-mini", usage, NOW) == 600_000 * 250_000 // 10**6 + 400_000 * 25_000 // 10**6


def test_tokens_written_to_the_cache_are_charged_once_at_their_own_price() -> None:
    usage = Usage(input_tokens=1_000_000, cached_input_tokens=300_000, cache_write_input_tokens=200_000)
    cost = cost_micros("anthropic", "claude-sonnet-4-6", usage, NOW)
    assert cost == (500_000 * 3_000_000 + 300_000 * 300_000 + 200_000 * 3_750_000) // 10**6


def test_where_caching_has_no_price_it_costs_as_input() -> None:
    usage = Usage(input_tokens=1_000_000, cached_input_tokens=300_000, cache_write_input_tokens=200_000)
    assert cost_micros("openai", "o1-pro", usage, NOW) == 150_000_000


def test_reasoning_is_part_of_the_output() -> None:
    assert cost_micros("openai", "o3", Usage(output_tokens=10, reasoning_tokens=10), NOW) == 80


def test_the_sum_is_rounded_once_half_up() -> None:
    register_price("rounding", "r", input_micros=500_000, output_micros=400_000)
    assert cost_micros("rounding", "r", Usage(input_tokens=1)) == 1
    assert cost_micros("rounding", "r", Usage(output_tokens=1)) == 0
    assert cost_micros("rounding", "r", Usage(input_tokens=1, output_tokens=1)) == 1


def test_nothing_used_costs_nothing() -> None:
    assert cost_micros("openai", "gpt-5", NO_USAGE, NOW) == 0


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "gpt-5-mini-2025-08-07"),
        ("openai-chat", "gpt-5-mini"),
        ("openai-chat", "gpt-5-mini-2025-08-07"),
    ],
)
def test_a_version_and_the_other_api_cost_the_same(provider: str, model: str) -> None:
    assert cost_micros(provider, model, A_MILLION_IN, NOW) == 250_000


def test_a_version_of_a_claude_costs_as_the_claude() -> None:
    assert cost_micros("anthropic", "claude-haiku-4-5-20251001", A_MILLION_IN, NOW) == 1_000_000


def test_a_version_with_a_price_of_its_own_keeps_it() -> None:
    assert cost_micros("openai", "gpt-4o-2024-05-13", A_MILLION_IN, NOW) == 5_000_000
    assert cost_micros("openai", "gpt-4o-2024-08-06", A_MILLION_IN, NOW) == 2_500_000


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "gpt-5-minix"),
        ("openai", "gpt-5-mini-2025"),
        ("openai", "my-gpt-5-mini"),
        ("openai-chat", "llama-4"),
        ("anthropic", "gpt-5-mini"),
        ("demo", "demo"),
        ("openai", ""),
    ],
)
def test_an_unknown_model_has_no_cost(provider: str, model: str) -> None:
    assert cost_micros(provider, model, A_MILLION_IN, NOW) is None


def test_the_day_picks_the_price() -> None:
    changed = datetime(2026, 8, 21, tzinfo=UTC)
    small = Usage(input_tokens=100_000)
    assert cost_micros("openai", "gpt-5.6-sol", small, changed - timedelta(microseconds=1)) == 500_000
    assert cost_micros("openai", "gpt-5.6-sol", small, changed) == 400_000


def test_the_day_is_that_of_utc() -> None:
    small, zone = Usage(input_tokens=100_000), timezone(timedelta(hours=9))
    assert cost_micros("openai", "gpt-5.6-sol", small, datetime(2026, 8, 21, 8, tzinfo=zone)) == 500_000
    assert cost_micros("openai", "gpt-5.6-sol", small, datetime(2026, 8, 21)) == 400_000


def test_a_long_input_has_its_own_price_for_the_whole_call() -> None:
    assert cost_micros("openai", "gpt-5.4", Usage(input_tokens=272_000, output_tokens=1000), NOW) == 680_000 + 15_000
    assert cost_micros("openai", "gpt-5.4", Usage(input_tokens=272_001, output_tokens=1000), NOW) == 1_360_005 + 22_500


def test_a_price_for_long_inputs_ends_with_the_day_of_a_newer_one() -> None:
    long = Usage(input_tokens=300_000)
    assert cost_micros("anthropic", "claude-opus-4-6", long, datetime(2026, 3, 12, tzinfo=UTC)) == 3_000_000
    assert cost_micros("anthropic", "claude-opus-4-6", long, datetime(2026, 3, 13, tzinfo=UTC)) == 1_500_000


def test_a_price_of_ones_own_is_for_todays_calls_too() -> None:
    register_price("mine", "one", input_micros=7, output_micros=11)
    assert cost_micros("mine", "one", Usage(input_tokens=10**6, output_tokens=10**6)) == 18


def test_prices_of_ones_own_replace_wefts_for_the_model() -> None:
    register_price("openai", "gpt-4.1-nano", input_micros=1, output_micros=1)
    assert cost_micros("openai", "gpt-4.1-nano-2025-04-14", A_MILLION_IN) == 1
    assert cost_micros("openai-chat", "gpt-4.1-nano", A_MILLION_IN) == 1


def test_a_price_set_again_is_changed_and_one_of_another_day_is_added() -> None:
    register_price("mine", "two", input_micros=1, output_micros=1)
    register_price("mine", "two", input_micros=2, output_micros=2)
    register_price("mine", "two", input_micros=3, output_micros=3, since=date(2026, 6, 1))
    assert cost_micros("mine", "two", A_MILLION_IN, datetime(2026, 5, 31, tzinfo=UTC)) == 2
    assert cost_micros("mine", "two", A_MILLION_IN, datetime(2026, 6, 1, tzinfo=UTC)) == 3


def test_before_its_first_day_a_model_has_no_price() -> None:
    register_price("mine", "three", input_micros=1, output_micros=1, since=date(2026, 6, 1))
    assert cost_micros("mine", "three", A_MILLION_IN, datetime(2026, 5, 31, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    "wrong", [{"input_micros": -1}, {"output_micros": 0.5}, {"cached_input_micros": "1"}, {"above": True}]
)
def test_a_price_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    given: dict[str, Any] = {"input_micros": 1, "output_micros": 1}
    with pytest.raises(ConfigError, match="250_000"):
        register_price("mine", "four", **given | wrong)
    assert cost_micros("mine", "four", A_MILLION_IN) is None


@pytest.mark.parametrize(("provider", "model"), [("", "m"), ("p", " ")])
def test_a_price_for_nothing_is_refused(provider: str, model: str) -> None:
    with pytest.raises(ConfigError):
        register_price(provider, model, input_micros=1, output_micros=1)


@pytest.mark.parametrize("price", PRICES, ids=lambda price: f"{price.model}-{price.since}-{price.above}")
def test_every_price_is_well_formed(price: Price) -> None:
    assert price.provider in {"openai", "anthropic"}
    assert price.since <= CHECKED
    assert 0 < price.input <= 200_000_000
    assert price.output == 0 or price.output > price.input
    assert price.cached_input is None or 0 < price.cached_input < price.input
    assert price.cache_write is None or price.cache_write >= price.input


def test_the_prices_of_a_model_stand_together_in_the_order_of_their_days() -> None:
    places = [(price.provider, price.model) for price in PRICES]
    assert len({pair for pair in pairwise(places) if pair[0] != pair[1]}) == len(set(places)) - 1
    for model in set(places):
        of_it = [(price.since, price.above) for price in PRICES if (price.provider, price.model) == model]
        assert of_it == sorted(set(of_it))
        assert {since for since, _ in of_it} == {since for since, above in of_it if above == 0}


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7))
def test_caching_what_was_read_never_costs_more_than_reading_it(fresh: int, cached: int, output: int) -> None:
    with_cache = Usage(input_tokens=fresh + cached, cached_input_tokens=cached, output_tokens=output)
    without = Usage(input_tokens=fresh + cached, output_tokens=output)
    cheap, dear = (cost_micros("anthropic", "claude-sonnet-5", usage, NOW) for usage in (with_cache, without))
    assert cheap is not None
    assert dear is not None
    assert 0 <= cheap <= dear
