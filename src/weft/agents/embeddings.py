"""Vectors of texts and of messages."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from weft.llm.embeddings import EmbeddingModel

if TYPE_CHECKING:
    from weft.agents.run_context import RunContext
    from weft.agents.weft import Weft

LONGEST_TEXT: Final = 10_000
"""Characters of a text that are embedded (behaviour.md row 158)."""


class EmbeddingService:
    """`weft.embeddings`."""

    def __init__(self, weft: "Weft") -> None:
        self._weft = weft

    async def vector_of(self, model: EmbeddingModel, text: str, run: "RunContext | None" = None) -> Sequence[float]:
        """The vector of a text that is not stored. Raises ProviderError when the model fails."""
        answer = await model.embed([text.strip()[:LONGEST_TEXT]])
        return answer.vectors[0]
