"""What a model of vectors answers is looked at before anything is made of it: a wrong answer is never stored."""

from collections.abc import Sequence
from typing import Any, Final

from weft.errors import InputError, ProviderError
from weft.llm.embeddings import EmbeddingAnswer, EmbeddingModel, spec_of
from weft.threads.vectors import check_vector

WRONG_ANSWER: Final = "wrong_answer"
"""The code of an answer that is not a vector for each text."""


async def embed(model: EmbeddingModel, texts: Sequence[str]) -> EmbeddingAnswer:
    """One vector a text, all of one dimension (1 to 8192), finite and not zero.

    Raises:
        ProviderError: the model failed, or answered something else.
    """
    given: Any = await model.embed(texts)
    if not isinstance(given, EmbeddingAnswer):
        raise wrong(model, f"it gave {type(given).__name__} and not an EmbeddingAnswer")
    vectors = [_numbers(model, vector) for vector in given.vectors]
    if len(vectors) != len(texts):
        raise wrong(model, f"it gave {len(vectors)} vectors for {len(texts)} texts")
    for index, vector in enumerate(vectors):
        try:
            check_vector(vector, ())
        except InputError as error:
            raise wrong(model, f"vector {index}: {error.message}") from None
        if len(vector) != len(vectors[0]):
            raise wrong(model, f"vector {index} has {len(vector)} numbers, those before it {len(vectors[0])}")
    return EmbeddingAnswer(vectors, _tokens(model, given.tokens))


def wrong(model: EmbeddingModel, how: str) -> ProviderError:
    """The error for an answer that is no answer."""
    message = f"The embedding model {spec_of(model)} answered wrongly: {how}"
    return ProviderError(message, provider=model.provider, provider_code=WRONG_ANSWER)


def _numbers(model: EmbeddingModel, vector: Any) -> list[float]:
    """A vector as plain numbers, from a list, a tuple, or an array of numpy."""
    try:
        return list(map(float, vector.tolist() if hasattr(vector, "tolist") else vector))
    except (TypeError, ValueError, OverflowError):
        raise wrong(model, f"a vector is {type(vector).__name__}, not numbers") from None


def _tokens(model: EmbeddingModel, tokens: object) -> int:
    if not isinstance(tokens, int) or isinstance(tokens, bool) or tokens < 0:
        raise wrong(model, f"tokens are {tokens!r}, not a count")
    return tokens
