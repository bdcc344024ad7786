"""Texts as vectors: the protocol, and from a model's name in a definition to the model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from weft.errors import ConfigError


@dataclass(frozen=True, slots=True)
class EmbeddingAnswer:
    """One vector a text, in their order, all of one dimension. `tokens`: what the provider counted, 0 if nothing."""

    vectors: Sequence[Sequence[float]]
    tokens: int = 0


class EmbeddingModel(Protocol):
    """Anything that makes vectors of texts. `provider:name` is the name of its vectors' space, for ever."""

    @property
    def provider(self) -> str: ...

    @property
    def name(self) -> str: ...

    async def embed(self, texts: Sequence[str]) -> EmbeddingAnswer:
        """Raises ProviderError when the provider refuses or fails; its retries are over then."""
        ...


def spec_of(model: EmbeddingModel) -> str:
    """The model as it is written in a setting and kept with its vectors: `openai:text-embedding-3-small`."""
    return f"{model.provider}:{model.name}"


def resolve_embeddings(spec: str | EmbeddingModel) -> EmbeddingModel:
    """The model that a spec names; a model object is returned as it is.

    Raises:
        ConfigError: the spec is malformed or names no provider; the message lists what is legal.
    """
    if isinstance(spec, str):
        raise ConfigError(f"embedding model {spec!r} is not known")
    return spec
