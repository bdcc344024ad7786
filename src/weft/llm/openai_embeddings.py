"""`openai:<name>`: OpenAI's embeddings, or those of any server that speaks them (`OPENAI_BASE_URL`).

No request is larger than the provider takes: 2,048 texts, and 300,000 tokens, of which a text has no more than bytes.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from openai import AsyncOpenAI, omit
from openai.types import CreateEmbeddingResponse

from weft.errors import ProviderError
from weft.llm.embeddings import EmbeddingAnswer, check_dimensions, with_dimension
from weft.llm.openai_sdk import OPENAI, openai_client, openai_errors

MOST_TEXTS: Final = 2048
MOST_TOKENS: Final = 300_000
_TEXT_TOKENS: Final = 8192
_SHORTEST: Final = 256
_TOO_LONG: Final = re.compile(r"maximum (context|input) length", re.IGNORECASE)
# Servers of one's own mostly ask for no key, but the SDK wants one.
_PLACEHOLDER_KEY: Final = "none"


class OpenAIEmbeddings:
    """An embedding model of OpenAI. Without arguments the key and the address come from the environment.

    `dimensions`: to how many numbers the vectors are cut, which is part of the model's name in Weft, since such vectors
    are a space of their own. `max_retries`: how often a request that failed is sent again.
    """

    provider = OPENAI.provider

    def __init__(
        self,
        name: str,
        *,
        dimensions: int | None = None,
        api_key: str | None = None,
        base_url: str | None = None,
        max_retries: int = 2,
    ) -> None:
        check_dimensions(dimensions)
        self.name = with_dimension(name, dimensions)
        self._model = name
        self._dimensions = dimensions
        self._api_key = api_key
        self._base_url = base_url
        self._max_retries = max_retries

    def __repr__(self) -> str:
        return f"OpenAIEmbeddings({self.name!r})"

    async def embed(self, texts: Sequence[str]) -> EmbeddingAnswer:
        """In as many requests as the provider's limits ask for. A text beyond the model's context is cut to fit it."""
        vectors: list[Sequence[float]] = []
        tokens = 0
        for batch in _batches(texts):
            answer = await self._fitted(batch)
            vectors += answer.vectors
            tokens += answer.tokens
        return EmbeddingAnswer(vectors, tokens)

    async def _fitted(self, texts: Sequence[str]) -> EmbeddingAnswer:
        """Only the provider can count tokens: where one text has too many, it is asked for again by itself, halved."""
        try:
            return await self._ask(texts)
        except ProviderError as error:
            if error.http_status != 400 or _TOO_LONG.search(error.message) is None:
                raise
            if len(texts) == 1 and len(texts[0]) > _SHORTEST:
                return await self._fitted([texts[0][: len(texts[0]) // 2]])
            if len(texts) == 1:
                raise
        short = [text for text in texts if _may_have(text) <= _TEXT_TOKENS]
        if len(short) == len(texts):  # a server whose context is smaller than OpenAI's
            short = []
        answers = [await self._ask(short)] if short else []
        vectors = iter(answers[0].vectors if answers else ())
        found: list[Sequence[float]] = []
        for text in texts:
            if short and _may_have(text) <= _TEXT_TOKENS:
                found.append(next(vectors))
            else:
                answers.append(await self._fitted([text]))
                found += answers[-1].vectors
        return EmbeddingAnswer(found, sum(answer.tokens for answer in answers))

    async def _ask(self, texts: Sequence[str]) -> EmbeddingAnswer:
        client = self._client()
        dimensions = omit if self._dimensions is None else self._dimensions
        with openai_errors(OPENAI):
            try:
                answer = await client.embeddings.create(model=self._model, input=list(texts), dimensions=dimensions)
                return _read(answer, len(texts))
            except (AttributeError, TypeError) as error:  # the SDK does not look at what it is sent
                raise OPENAI.malformed(error) from error

    def _client(self) -> AsyncOpenAI:
        base_url = OPENAI.base_url(self._base_url)
        key = OPENAI.api_key(self._api_key)
        if key is None and base_url.rstrip("/") != OPENAI.default_url:
            key = _PLACEHOLDER_KEY
        return openai_client(OPENAI, key, base_url, self._max_retries)


def _read(answer: CreateEmbeddingResponse, texts: int) -> EmbeddingAnswer:
    """The vectors in the order of their texts, whatever order they came in."""
    vectors = {item.index: item.embedding for item in answer.data}
    usage: Any = getattr(answer, "usage", None)  # some compatible servers leave it out
    tokens: int | None = None if usage is None else usage.total_tokens
    if sorted(vectors) != list(range(texts)) or len(answer.data) != texts:
        message = f"OpenAI gave {len(answer.data)} vectors for {texts} texts"
        raise ProviderError(message, provider=OPENAI.provider, provider_code="wrong_answer")
    return EmbeddingAnswer([vectors[index] for index in range(texts)], tokens or 0)


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    batch: list[str] = []
    held = 0
    for text in texts:
        size = min(_may_have(text), _TEXT_TOKENS)
        if batch and (len(batch) == MOST_TEXTS or held + size > MOST_TOKENS):
            yield batch
            batch, held = [], 0
        batch.append(text)
        held += size
    if batch:
        yield batch


def _may_have(text: str) -> int:
    """How many tokens a text has at most: its bytes, for every token stands for one or more."""
    return len(text.encode("utf-8", "replace"))
