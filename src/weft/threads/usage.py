"""Tokens counted: what a provider reported for one call, or the sum over several."""

from dataclasses import replace
from operator import add
from typing import Self

from weft.threads.values import value


@value
class Usage:
    """Tokens. `input_tokens` includes the cached ones, `output_tokens` the reasoning ones.

    `cost_micros` is in millionths of the price table's currency; None when a model among those asked has no price.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    cached_input_tokens: int = 0
    cache_write_input_tokens: int = 0
    reasoning_tokens: int = 0
    cost_micros: int | None = None

    def __add__(self, other: Self) -> "Usage":
        if not any(self.tokens):
            return other
        if not any(other.tokens):
            return self
        costs = (self.cost_micros, other.cost_micros)
        cost = None if None in costs else sum(filter(None, costs))
        return Usage(*map(add, self.tokens, other.tokens)).at_cost(cost)

    def at_cost(self, micros: int | None) -> "Usage":
        """The same tokens, with what they cost."""
        return replace(self, cost_micros=micros)

    def at_most(self, most: int) -> "Usage":
        """With greater numbers cut to `most`; nearly always it is the same object."""
        cost = self.cost_micros
        if max(self.tokens) <= most and (cost is None or cost <= most):
            return self
        cut = Usage(*(min(count, most) for count in self.tokens))
        return cut.at_cost(None if cost is None else min(cost, most))

    @property
    def tokens(self) -> tuple[int, ...]:
        """The counts, without what they cost."""
        return (
            self.input_tokens,
            self.output_tokens,
            self.total_tokens,
            self.cached_input_tokens,
            self.cache_write_input_tokens,
            self.reasoning_tokens,
        )


NO_USAGE = Usage()
