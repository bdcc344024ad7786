"""Tokens that model calls used, and what they cost."""

from typing import Final, cast

import strawberry

from weft.threads import usage

_MOST: Final = 2**31 - 1
"""GraphQL's greatest Int."""


@strawberry.type(
    description="Tokens used, as the model's provider counted them. Zero where it did not say. "
    f"A number beyond {_MOST} is shown as {_MOST}."
)
class Usage:
    input_tokens: int = strawberry.field(description="Tokens read, cached ones included.")
    output_tokens: int = strawberry.field(description="Tokens written, reasoning included.")
    total_tokens: int = strawberry.field(description="Tokens read and written.")
    cached_input_tokens: int = strawberry.field(
        description="Those of `inputTokens` that came from the provider's cache."
    )
    cache_write_input_tokens: int = strawberry.field(
        description="Those of `inputTokens` that were put into the provider's cache."
    )
    reasoning_tokens: int = strawberry.field(description="Those of `outputTokens` that were spent on reasoning.")
    cost_micros: int | None = strawberry.field(
        description="What they cost, in millionths of the price table's currency; null when a model has no price there."
    )

    @classmethod
    def of(cls, value: usage.Usage) -> "Usage":
        """The same value, or what can be shown of it: its attributes are the fields."""
        return cast(Usage, value.at_most(_MOST))

    @classmethod
    def maybe(cls, value: usage.Usage | None) -> "Usage | None":
        return None if value is None else cls.of(value)
