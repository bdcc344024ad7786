"""Texts as vectors: the protocol, and from a model's name in a definition to the model.

An SDK is imported when its first model is named.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from weft.errors import ConfigError
from weft.threads.vectors import MAX_DIMENSION

_FORMS: Final = (
    '"openai:<name>" ("openai:<name>@256" for vectors of 256 numbers; with OPENAI_BASE_URL any compatible server), '
    '"demo" (no key needed), embedding_model(function, name="mine"), or an object that implements '
    "weft.llm.embeddings.EmbeddingModel"
)
_DIMENSION: Final = re.compile(r"(.+)@(\d{1,5})")


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


def with_dimension(name: str, dimension: int | None) -> str:
    """The name of a model whose vectors are cut to so many numbers: `text-embedding-3-large@1024`."""
    return name if dimension is None else f"{name}@{dimension}"


def without_dimension(name: str) -> tuple[str, int | None]:
    """The provider's own name of the model, and to how many numbers its vectors are cut; None for all of them."""
    found = _DIMENSION.fullmatch(name)
    return (name, None) if found is None else (found[1], int(found[2]))


def resolve_embeddings(spec: str | EmbeddingModel) -> EmbeddingModel:
    """The model that a spec names; a model object is returned as it is.

    Keys are looked up when the model is called, not here.

    Raises:
        ConfigError: the spec is malformed or names no provider; the message lists what is legal.
    """
    if isinstance(spec, str):
        return _named(spec)
    if not callable(getattr(spec, "embed", None)):
        raise ConfigError(f"embedding model is {type(spec).__name__}; give {_FORMS}")
    for part in ("provider", "name"):
        if not isinstance(given := getattr(spec, part, None), str) or not given.strip():
            raise ConfigError(f"{part} of the embedding model {type(spec).__name__} is {given!r}; give it a text")
    return spec


def _named(spec: str) -> EmbeddingModel:
    if spec in ("demo", "demo:demo"):
        from weft.llm.demo_embeddings import DemoEmbeddings

        return DemoEmbeddings()
    provider, _, written = spec.partition(":")
    name, dimension = without_dimension(written)
    if provider != "openai" or not name or name != name.strip():
        raise ConfigError(f"embedding model {spec!r} is not known; give {_FORMS}")
    from weft.llm.openai_embeddings import OpenAIEmbeddings

    return OpenAIEmbeddings(name, dimensions=dimension)


def check_dimensions(dimensions: int | None) -> None:
    """Raises ConfigError for a number of dimensions that no vector has."""
    if dimensions is not None and not 1 <= dimensions <= MAX_DIMENSION:
        raise ConfigError(f"dimensions is {dimensions}; vectors have 1 to {MAX_DIMENSION} numbers")
