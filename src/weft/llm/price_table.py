"""What models cost, in US dollars, as the public data set genai-prices 0.2.3 has it on 22 November 2026.

Standard prices, without discounts for batches, taxes or contracts, and with Anthropic's cache writes of five minutes.
Providers change prices without telling: check them, and set your own with `weft.llm.prices.register_price`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

CHECKED: Final = date(2026, 11, 22)
"""The day for which the table is vouched."""

ALWAYS: Final = date(2020, 1, 1)
"""Since a model exists."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost, in millionths of the currency, for calls since a day (UTC).

    `cached_input` and `cache_write` are as `input` when None. `above`: of the prices of one day the one with the
    greatest `above` holds that the call's input tokens exceed, for the whole call.
    """

    provider: str
    model: str
    input: int
    cached_input: int | None
    cache_write: int | None
    output: int
    since: date = ALWAYS
    above: int = 0


def _anthropic(
    model: str, fresh: int, cached: int, write: int, output: int, *, since: date = ALWAYS, above: int = 0
) -> Price:
    return Price("anthropic", model, fresh, cached, write, output, since, above)


def _openai(
    model: str,
    fresh: int,
    cached: int | None,
    write: int | None,
    output: int,
    *,
    since: date = ALWAYS,
    above: int = 0,
) -> Price:
    return Price("openai", model, fresh, cached, write, output, since, above)


PRICES: Final = (
    _anthropic("claude-3-5-haiku", 800_000, 80_000, 1_000_000, 4_000_000),
    _anthropic("claude-3-5-sonnet", 3_000_000, 300_000, 3_750_000, 15_000_000),
    _anthropic("claude-3-7-sonnet", 3_000_000, 300_000, 3_750_000, 15_000_000),
    _anthropic("claude-3-haiku", 250_000, 30_000, 300_000, 1_250_000),
    _anthropic("claude-3-opus", 15_000_000, 1_500_000, 18_750_000, 75_000_000),
    _anthropic("claude-3-sonnet", 3_000_000, 300_000, 3_750_000, 15_000_000),
    _anthropic("claude-fable-5", 10_000_000, 1_000_000, 12_500_000, 50_000_000),
    _anthropic("claude-fable-5-1", 10_000_000, 250_000, 12_500_000, 50_000_000),
    _anthropic("claude-fable-5-2", 8_000_000, 200_000, 10_000_000, 40_000_000),
    _anthropic("claude-haiku-4-5", 1_000_000, 100_000, 1_250_000, 5_000_000),
    _anthropic("claude-haiku-5-5", 100_000, 10_000, 125_000, 500_000),
    _anthropic("claude-haiku-5-5", 500_000, 50_000, 625_000, 2_500_000, above=100_000),
    _anthropic("claude-mythos-5-2", 8_000_000, 200_000, 10_000_000, 40_000_000),
    _anthropic("claude-opus-4-0", 15_000_000, 1_500_000, 18_750_000, 75_000_000),
    _anthropic("claude-opus-4", 15_000_000, 1_500_000, 18_750_000, 75_000_000),
    _anthropic("claude-opus-4-1", 15_000_000, 1_500_000, 18_750_000, 75_000_000),
    _anthropic("claude-opus-4-5", 5_000_000, 500_000, 6_250_000, 25_000_000),
    _anthropic("claude-opus-4-6", 5_000_000, 500_000, 6_250_000, 25_000_000),
    _anthropic("claude-opus-4-6", 10_000_000, 1_000_000, 12_500_000, 37_500_000, above=200_000),
    _anthropic("claude-opus-4-6", 5_000_000, 500_000, 6_250_000, 25_000_000, since=date(2026, 3, 13)),
    _anthropic("claude-opus-4-7", 5_000_000, 500_000, 6_250_000, 25_000_000),
    _anthropic("claude-opus-4-8", 5_000_000, 500_000, 6_250_000, 25_000_000),
    _anthropic("claude-opus-5", 5_000_000, 500_000, 6_250_000, 25_000_000),
    _anthropic("claude-opus-5-5", 4_000_000, 200_000, 5_000_000, 20_000_000),
    _anthropic("claude-sonnet-4-0", 3_000_000, 300_000, 3_750_000, 15_000_000),
    _anthropic("claude-sonnet-4", 3_000_000, 300_000, 3_750_000, 15_000_000),
    _anthropic("claude-sonnet-4-5", 3_000_000, 300_000, 3_750_000, 15_000_000),
    _anthropic("claude-sonnet-4-5", 6_000_000, 600_000, 7_500_000, 22_500_000, above=200_000),
    _anthropic("claude-sonnet-4-6", 3_000_000, 300_000, 3_750_000, 15_000_000),
    _anthropic("claude-sonnet-4-6", 6_000_000, 600_000, 7_500_000, 22_500_000, above=200_000),
    _anthropic("claude-sonnet-4-6", 3_000_000, 300_000, 3_750_000, 15_000_000, since=date(2026, 3, 13)),
    _anthropic("claude-sonnet-5", 2_000_000, 200_000, 2_500_000, 10_000_000),
    _anthropic("claude-sonnet-5-5", 2_000_000, 100_000, 2_500_000, 10_000_000),
    _openai("gpt-3.5-turbo", 500_000, None, None, 1_500_000),
    _openai("gpt-3.5-turbo-0125", 500_000, None, None, 1_500_000),
    _openai("gpt-4", 30_000_000, None, None, 60_000_000),
    _openai("gpt-4-0613", 30_000_000, None, None, 60_000_000),
    _openai("gpt-4-turbo", 10_000_000, None, None, 30_000_000),
    _openai("gpt-4.1", 2_000_000, 500_000, None, 8_000_000),
    _openai("gpt-4.1-mini", 400_000, 100_000, None, 1_600_000),
    _openai("gpt-4.1-nano", 100_000, 25_000, None, 400_000),
    _openai("gpt-4o", 2_500_000, 1_250_000, None, 10_000_000),
    _openai("gpt-4o-2024-05-13", 5_000_000, None, None, 15_000_000),
    _openai("gpt-4o-mini", 150_000, 75_000, None, 600_000),
    _openai("gpt-5", 1_250_000, 125_000, None, 10_000_000),
    _openai("gpt-5-chat", 1_250_000, 125_000, None, 10_000_000),
    _openai("gpt-5-codex", 1_250_000, 125_000, None, 10_000_000),
    _openai("gpt-5-mini", 250_000, 25_000, None, 2_000_000),
    _openai("gpt-5-nano", 50_000, 5_000, None, 400_000),
    _openai("gpt-5-pro", 15_000_000, None, None, 120_000_000),
    _openai("gpt-5.1", 1_250_000, 125_000, None, 10_000_000),
    _openai("gpt-5.1-codex", 1_250_000, 125_000, None, 10_000_000),
    _openai("gpt-5.1-codex-max", 1_250_000, 125_000, None, 10_000_000),
    _openai("gpt-5.1-chat", 1_250_000, 125_000, None, 10_000_000),
    _openai("gpt-5.1-codex-mini", 250_000, 25_000, None, 2_000_000),
    _openai("gpt-5.2", 1_750_000, 175_000, None, 14_000_000),
    _openai("gpt-5.2-chat", 1_750_000, 175_000, None, 14_000_000),
    _openai("gpt-5.2-codex", 1_750_000, 175_000, None, 14_000_000),
    _openai("gpt-5.2-pro", 21_000_000, None, None, 168_000_000),
    _openai("gpt-5.3", 1_750_000, 175_000, None, 14_000_000),
    _openai("gpt-5.3-chat", 1_750_000, 175_000, None, 14_000_000),
    _openai("gpt-5.3-codex", 1_750_000, 175_000, None, 14_000_000),
    _openai("gpt-5.4", 2_500_000, 250_000, None, 15_000_000),
    _openai("gpt-5.4", 5_000_000, 500_000, None, 22_500_000, above=272_000),
    _openai("gpt-5.4-mini", 750_000, 75_000, None, 4_500_000),
    _openai("gpt-5.4-nano", 200_000, 20_000, None, 1_250_000),
    _openai("gpt-5.4-pro", 30_000_000, None, None, 180_000_000),
    _openai("gpt-5.4-pro", 60_000_000, None, None, 270_000_000, above=272_000),
    _openai("gpt-5.5", 5_000_000, 500_000, None, 30_000_000),
    _openai("gpt-5.5", 10_000_000, 1_000_000, None, 45_000_000, above=272_000),
    _openai("gpt-5.5-chat", 5_000_000, 500_000, None, 30_000_000),
    _openai("gpt-5.5-chat", 10_000_000, 1_000_000, None, 45_000_000, above=272_000),
    _openai("gpt-5.5-pro", 30_000_000, None, None, 180_000_000),
    _openai("gpt-5.5-pro", 60_000_000, None, None, 270_000_000, above=272_000),
    _openai("gpt-5.6-luna", 1_000_000, 100_000, 1_250_000, 6_000_000),
    _openai("gpt-5.6-luna", 2_000_000, 200_000, 2_500_000, 9_000_000, above=272_000),
    _openai("gpt-5.6-luna", 200_000, 20_000, 250_000, 1_200_000, since=date(2026, 7, 30)),
    _openai("gpt-5.6-luna", 400_000, 40_000, 500_000, 1_800_000, above=272_000, since=date(2026, 7, 30)),
    _openai("gpt-5.6-sol", 5_000_000, 500_000, 6_250_000, 30_000_000),
    _openai("gpt-5.6-sol", 10_000_000, 1_000_000, 12_500_000, 45_000_000, above=272_000),
    _openai("gpt-5.6-sol", 4_000_000, 400_000, 5_000_000, 20_000_000, since=date(2026, 8, 21)),
    _openai("gpt-5.6-sol", 8_000_000, 800_000, 10_000_000, 30_000_000, above=272_000, since=date(2026, 8, 21)),
    _openai("gpt-5.6", 5_000_000, 500_000, 6_250_000, 30_000_000),
    _openai("gpt-5.6", 10_000_000, 1_000_000, 12_500_000, 45_000_000, above=272_000),
    _openai("gpt-5.6", 4_000_000, 400_000, 5_000_000, 20_000_000, since=date(2026, 8, 21)),
    _openai("gpt-5.6", 8_000_000, 800_000, 10_000_000, 30_000_000, above=272_000, since=date(2026, 8, 21)),
    _openai("gpt-5.6-terra", 2_500_000, 250_000, 3_125_000, 15_000_000),
    _openai("gpt-5.6-terra", 5_000_000, 500_000, 6_250_000, 22_500_000, above=272_000),
    _openai("gpt-5.6-terra", 2_000_000, 200_000, 2_500_000, 12_000_000, since=date(2026, 7, 30)),
    _openai("gpt-5.6-terra", 4_000_000, 400_000, 5_000_000, 18_000_000, above=272_000, since=date(2026, 7, 30)),
    _openai("gpt-6-astra", 10_000_000, 1_000_000, 12_500_000, 50_000_000),
    _openai("gpt-6-astra", 20_000_000, 2_000_000, 25_000_000, 75_000_000, above=272_000),
    _openai("gpt-6-luna", 100_000, 10_000, 125_000, 500_000),
    _openai("gpt-6-luna", 200_000, 20_000, 250_000, 750_000, above=272_000),
    _openai("gpt-6-sol", 2_000_000, 200_000, 2_500_000, 10_000_000),
    _openai("gpt-6-sol", 4_000_000, 400_000, 5_000_000, 15_000_000, above=272_000),
    _openai("gpt-6.1-sol", 2_000_000, 100_000, 2_500_000, 10_000_000),
    _openai("gpt-6.1-sol", 4_000_000, 200_000, 5_000_000, 15_000_000, above=272_000),
    _openai("gpt-6.1-terra", 1_000_000, 50_000, 1_250_000, 5_000_000),
    _openai("gpt-6.1-terra", 2_000_000, 100_000, 2_500_000, 7_500_000, above=272_000),
    _openai("gpt-chat-latest", 5_000_000, 500_000, None, 30_000_000),
    _openai("o1", 15_000_000, 7_500_000, None, 60_000_000),
    _openai("o1-mini", 1_100_000, 550_000, None, 4_400_000),
    _openai("o1-pro", 150_000_000, None, None, 600_000_000),
    _openai("o3", 2_000_000, 500_000, None, 8_000_000),
    _openai("o3-mini", 1_100_000, 550_000, None, 4_400_000),
    _openai("o3-pro", 20_000_000, None, None, 80_000_000),
    _openai("o4-mini", 1_100_000, 275_000, None, 4_400_000),
    _openai("text-embedding-ada-002", 100_000, None, None, 0),
    _openai("text-embedding-3-large", 130_000, None, None, 0),
    _openai("text-embedding-3-small", 20_000, None, None, 0),
)
