"""What an embedding model may be, and that a wrong answer of one is told and never believed."""

import asyncio
import math
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from weft.errors import ConfigError, ProviderError
from weft.llm.callable_embeddings import embedding_model
from weft.llm.demo_embeddings import DIMENSION, DemoEmbeddings, vector_of
from weft.llm.embedding_checks import embed
from weft.llm.embeddings import EmbeddingAnswer, resolve_embeddings, spec_of


@pytest.mark.parametrize(
    ("spec", "named"),
    [
        ("openai:text-embedding-3-small", "openai:text-embedding-3-small"),
        ("openai:text-embedding-3-large@1024", "openai:text-embedding-3-large@1024"),
        ("openai:nomic-embed-text:latest", "openai:nomic-embed-text:latest"),
        ("openai:@cf/baai/bge", "openai:@cf/baai/bge"),
        ("demo", "demo:demo"),
        ("demo:demo", "demo:demo"),
    ],
)
def test_a_spec_names_a_model_and_the_model_names_its_spec(spec: str, named: str) -> None:
    assert spec_of(resolve_embeddings(spec)) == named
    assert spec_of(resolve_embeddings(named)) == named


@pytest.mark.parametrize(
    "spec", ["", "openai", "openai:", "openai: x", "cohere:v3", "text-embedding-3-small", "openai:x@0", "openai:x@8193"]
)
def test_a_spec_that_names_no_model_is_refused(spec: str) -> None:
    with pytest.raises(ConfigError):
        resolve_embeddings(spec)


def test_what_is_no_model_is_refused_with_what_may_be_given() -> None:
    function: Any = len
    with pytest.raises(ConfigError, match="embedding_model"):
        resolve_embeddings(function)


def test_a_model_without_a_name_is_refused() -> None:
    nameless: Any = type("Nameless", (), {"provider": "x", "name": " ", "embed": DemoEmbeddings().embed})()
    with pytest.raises(ConfigError, match="name of the embedding model"):
        resolve_embeddings(nameless)


async def test_a_plain_function_runs_in_a_thread() -> None:
    seen: list[int] = []

    def vectors(texts: Sequence[str]) -> list[list[float]]:
        seen.append(threading.get_ident())
        return [[float(len(text)), 1.0] for text in texts]

    model = embedding_model(vectors, name="mine")
    assert spec_of(model) == "custom:mine"
    assert (await embed(model, ["a", "bb"])).vectors == [[1.0, 1.0], [2.0, 1.0]]
    assert seen != [threading.get_ident()]


async def test_a_function_that_waits_is_awaited_and_may_count_tokens() -> None:
    async def vectors(texts: Sequence[str]) -> EmbeddingAnswer:
        await asyncio.sleep(0)
        return EmbeddingAnswer([[1.0]] * len(texts), tokens=7)

    answer = await embed(embedding_model(vectors, name="mine", provider="house"), ["a", "b"])
    assert answer == EmbeddingAnswer([[1.0], [1.0]], 7)


async def test_an_object_that_is_called_and_waits_is_awaited() -> None:
    class Embedder:
        async def __call__(self, texts: Sequence[str]) -> list[list[float]]:
            return [[1.0] for _ in texts]

    assert (await embed(embedding_model(Embedder(), name="mine"), ["a"])).vectors == [[1.0]]


async def test_rows_of_numpy_are_vectors() -> None:
    model = embedding_model(lambda texts: np.ones((len(texts), 3), np.float32), name="mine")
    assert (await embed(model, ["a", "b"])).vectors == [[1.0, 1.0, 1.0]] * 2


@pytest.mark.parametrize(("name", "provider"), [("", "p"), ("n", " ")])
def test_a_function_needs_a_name(name: str, provider: str) -> None:
    with pytest.raises(ConfigError):
        embedding_model(lambda texts: [], name=name, provider=provider)


async def test_what_a_function_raises_is_a_provider_error() -> None:
    def broken(texts: Sequence[str]) -> list[list[float]]:
        raise KeyError("out of memory")

    with pytest.raises(ProviderError, match="mine failed: KeyError"):
        await embed(embedding_model(broken, name="mine"), ["a"])


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        ([[1.0]], "1 vectors for 2 texts"),
        ([[1.0], [1.0], [1.0]], "3 vectors for 2 texts"),
        ([[1.0], [1.0, 2.0]], "vector 1 has 2 numbers"),
        ([[1.0], []], "0 numbers"),
        ([[1.0] * 8193] * 2, "8193 numbers"),
        ([[1.0], [math.nan]], "finite"),
        ([[1.0], [math.inf]], "finite"),
        ([[1.0], [1e39]], "finite"),
        ([[1.0, 0.0], [0.0, 0.0]], "no direction"),
        ([["a"], [1.0]], "not numbers"),
        ([None, [1.0]], "not numbers"),
        (None, "0 vectors"),
        (7, "0 vectors"),
        (EmbeddingAnswer([[1.0]] * 2, tokens=-1), "tokens are -1"),
    ],
)
async def test_a_wrong_answer_is_told(answer: Any, how: str) -> None:
    model = embedding_model(lambda texts: answer, name="mine")
    with pytest.raises(ProviderError, match=how) as told:
        await embed(model, ["a", "b"])
    assert (told.value.provider_code, told.value.retryable) == ("wrong_answer", False)


async def test_an_object_that_answers_something_else_is_told() -> None:
    model: Any = DemoEmbeddings()

    async def rows(texts: Sequence[str]) -> list[list[float]]:
        return [[1.0] for _ in texts]

    model.embed = rows
    with pytest.raises(ProviderError, match="not an EmbeddingAnswer"):
        await embed(model, ["a"])


def cosine(one: str, other: str) -> float:
    return sum(a * b for a, b in zip(vector_of(one), vector_of(other), strict=True))


def test_the_demo_finds_what_is_spelt_alike_nearer_than_what_is_not() -> None:
    asked = "How do I reset my password?"
    assert cosine(asked, "Resetting passwords is done in the settings") > 0.3
    assert cosine(asked, "The weather in Rome is sunny") < 0.1
    assert cosine(asked, asked.upper()) == pytest.approx(1)


@pytest.mark.parametrize("text", ["!", "…", "👍", "日本語", "a", "the", "\ud800", "x" * 10_000, "ab " * 5000])
def test_every_text_has_a_direction_of_length_one(text: str) -> None:
    vector = vector_of(text)
    assert len(vector) == DIMENSION
    assert math.hypot(*vector) == pytest.approx(1)


async def test_the_demo_counts_words_as_tokens() -> None:
    assert (await DemoEmbeddings().embed(["one two", "three"])).tokens == 3
