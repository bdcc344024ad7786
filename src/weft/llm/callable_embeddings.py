"""Any function as an embedding model: one that waits is awaited, a plain one runs in a thread."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from inspect import isawaitable, iscoroutinefunction
from typing import Any, Final, cast

from weft.errors import ConfigError, ProviderError
from weft.llm.embeddings import EmbeddingAnswer

FUNCTION_FAILED: Final = "function_failed"
"""The code of a function that raised something else than a ProviderError."""

Answer = EmbeddingAnswer | Sequence[Sequence[float]] | Any
EmbeddingFunction = Callable[[Sequence[str]], Answer | Awaitable[Answer]]


class CallableEmbeddings:
    """Made by `embedding_model`."""

    def __init__(self, function: EmbeddingFunction, name: str, provider: str) -> None:
        self.name = name
        self.provider = provider
        self._function = function

    def __repr__(self) -> str:
        return f"embedding_model({self._function!r}, name={self.name!r})"

    async def embed(self, texts: Sequence[str]) -> EmbeddingAnswer:
        try:
            answer = await self._called(texts)
        except ProviderError:
            raise
        except Exception as error:
            message = f"The embedding function {self.name} failed: {type(error).__name__}: {error}"
            raise ProviderError(message, provider=self.provider, provider_code=FUNCTION_FAILED) from error
        return answer if isinstance(answer, EmbeddingAnswer) else EmbeddingAnswer(_rows(answer))

    async def _called(self, texts: Sequence[str]) -> Answer:
        function = self._function
        waits = iscoroutinefunction(function) or iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004
        answer = function(texts) if waits else await asyncio.to_thread(function, texts)
        return await answer if isawaitable(answer) else answer


def _rows(answer: Any) -> Sequence[Sequence[float]]:
    """What is no list of rows is left to the check of answers, which says so."""
    return cast(Sequence[Sequence[float]], list(answer) if hasattr(answer, "__iter__") else [])


def embedding_model(function: EmbeddingFunction, *, name: str, provider: str = "custom") -> CallableEmbeddings:
    """A function of yours as an embedding model.

    Args:
        function: From a list of texts to as many vectors: lists of numbers, an array of numpy with a row for each, or
            an `EmbeddingAnswer`, which can tell tokens too. Plain functions run in a thread.
        name: Of the model that makes the vectors. Vectors are stored under `<provider>:<name>` and compared with those
            of the same name only: give another one when the model is another.
        provider: Where the model is, as usage handlers and prices name it.

    Raises:
        ConfigError: it is no function, or a name is empty.
    """
    if not callable(function):
        raise ConfigError(f"embedding_model needs a function, not {type(function).__name__}")
    for what, given in (("name", name), ("provider", provider)):
        if not given.strip():
            raise ConfigError(f'{what} of an embedding model is empty: embedding_model(function, name="mine")')
    return CallableEmbeddings(function, name, provider)
