"""Many texts in few calls, of which one bad text fails no other: a refused batch is halved until it stands alone."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from weft.errors import ProviderError
from weft.llm.callable_embeddings import FUNCTION_FAILED
from weft.llm.embedding_checks import WRONG_ANSWER
from weft.llm.embeddings import EmbeddingAnswer

Embed = Callable[[Sequence[str]], Awaitable[EmbeddingAnswer]]

_OF_THE_TEXTS: Final = (400, 413, 422)
_ENOUGH: Final = 4
"""So many texts are refused one by one before it is clear that it is not the texts."""


def about_texts(error: ProviderError) -> bool:
    """Whether other texts might be embedded where these were not."""
    return error.http_status in _OF_THE_TEXTS or error.provider_code in (WRONG_ANSWER, FUNCTION_FAILED)


@dataclass(slots=True)
class Outcomes:
    """What became of each text: a vector, or an error. `tokens` of all calls that were answered.

    `model_failed`: it is not for the texts that there are errors; others would fail as well now.
    """

    vectors: dict[int, Sequence[float]] = field(default_factory=dict[int, Sequence[float]])
    errors: dict[int, ProviderError] = field(default_factory=dict[int, ProviderError])
    tokens: int = 0
    model_failed: bool = False


async def embed_each(embed: Embed, texts: Sequence[str]) -> Outcomes:
    """Raises nothing that a provider does; all texts have an outcome."""
    outcomes = Outcomes()
    waiting = [range(len(texts))]
    while waiting:
        part = waiting.pop()
        try:
            answer = await embed([texts[index] for index in part])
        except ProviderError as error:
            if not about_texts(error) or (len(outcomes.errors) >= _ENOUGH and not outcomes.vectors):
                outcomes.errors |= {index: error for left in (part, *waiting) for index in left}
                outcomes.model_failed = True
                return outcomes
            if len(part) == 1:
                outcomes.errors[part[0]] = error
            else:
                half = len(part) // 2
                waiting += [part[half:], part[:half]]
            continue
        outcomes.vectors |= dict(zip(part, answer.vectors, strict=True))
        outcomes.tokens += answer.tokens
    return outcomes
