"""Tokens that model calls used."""

import strawberry

from weft.threads import usage


@strawberry.type(description="Tokens used, as the model's provider counted them. Zero where it did not say.")
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

    @classmethod
    def of(cls, value: usage.Usage) -> "Usage":
        return cls(
            input_tokens=value.input_tokens,
            output_tokens=value.output_tokens,
            total_tokens=value.total_tokens,
            cached_input_tokens=value.cached_input_tokens,
            cache_write_input_tokens=value.cache_write_input_tokens,
            reasoning_tokens=value.reasoning_tokens,
        )

    @classmethod
    def maybe(cls, value: usage.Usage | None) -> "Usage | None":
        return None if value is None else cls.of(value)
