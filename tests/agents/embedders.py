"""An embedding model for tests: texts about the same things have like vectors, whatever their words."""

import re
from collections.abc import Sequence
from typing import Final

from weft.errors import ProviderError
from weft.llm.embeddings import EmbeddingAnswer, EmbeddingModel, spec_of
from weft.threads.vectors import Embeddings

THINGS: Final = (
    {"password", "login", "account", "credentials", "locked"},
    {"bicycle", "bike", "chain", "wheel", "brakes"},
    {"rome", "italy", "paris", "journey", "flight", "travel"},
    {"invoice", "bill", "payment", "refund", "money"},
)


class ByThings:
    """One number for each kind of thing that a text names, and a small one that all texts share.

    `calls` are the texts it was asked for, in turn. While `failure` is set it fails with that.
    """

    def __init__(self, name: str = "things", more: int = 0) -> None:
        self.provider = "test"
        self.name = name
        self.calls: list[list[str]] = []
        self.failure: ProviderError | None = None
        self._more = more

    async def embed(self, texts: Sequence[str]) -> EmbeddingAnswer:
        self.calls.append(list(texts))
        if self.failure is not None:
            raise self.failure
        return EmbeddingAnswer([vector_of(text, self._more) for text in texts], sum(map(len, texts)))


def vector_of(text: str, more: int = 0) -> list[float]:
    words = set(re.findall(r"\w+", text.casefold()))
    return [*(float(len(words & kind)) for kind in THINGS), 0.1, *[0.0] * more]


def given(model: EmbeddingModel, *texts: str) -> Embeddings:
    """The vectors of these texts as a caller gives them with messages to save."""
    return Embeddings(spec_of(model), [vector_of(text) for text in texts])
