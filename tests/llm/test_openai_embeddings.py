"""OpenAI's embeddings through its real SDK, against the stub that keeps OpenAI's limits."""

import asyncio

import numpy as np
import pytest
from tests.llm_embeddings import answered
from tests.llm_script import Deny
from tests.llm_stub import LLMStub

from weft.errors import ConfigError, ProviderError
from weft.llm.clients import close_models
from weft.llm.demo_embeddings import vector_of
from weft.llm.embedding_checks import embed
from weft.llm.embeddings import EmbeddingAnswer, resolve_embeddings, spec_of
from weft.llm.openai_embeddings import OpenAIEmbeddings

MODEL = OpenAIEmbeddings("stub-embed")
AT_ONCE = OpenAIEmbeddings("stub-embed", max_retries=0)
SOON = (("retry-after-ms", "1"),)


def sizes(stub: LLMStub) -> list[int]:
    """How many texts each request had."""
    return [len(call.body["input"]) for call in stub.calls]


def of_texts(answer: EmbeddingAnswer, *texts: str) -> bool:
    """Whether these are the vectors of these texts, as exact as the wire is."""
    return bool(np.allclose(answer.vectors, [vector_of(text) for text in texts], atol=1e-6))


async def test_texts_become_vectors_in_their_order(stub: LLMStub) -> None:
    answer = await embed(resolve_embeddings("openai:stub-embed"), ["Good morning", "Grüße 👋"])
    assert of_texts(answer, "Good morning", "Grüße 👋")
    assert answer.tokens == len("Good morning") + len("Grüße 👋")
    (call,) = stub.calls
    assert (call.path, call.body["model"]) == ("/v1/embeddings", "stub-embed")
    assert "dimensions" not in call.body


async def test_dimensions_are_asked_for_and_are_part_of_the_name(stub: LLMStub) -> None:
    model = OpenAIEmbeddings("stub-embed", dimensions=16)
    assert spec_of(model) == "openai:stub-embed@16"
    for named in (model, resolve_embeddings("openai:stub-embed@16")):
        assert len((await embed(named, ["Hello"])).vectors[0]) == 16
    assert [call.body["dimensions"] for call in stub.calls] == [16, 16]
    assert {call.body["model"] for call in stub.calls} == {"stub-embed"}


@pytest.mark.parametrize("dimensions", [0, -1, 8193])
def test_dimensions_that_no_vector_has_are_refused(dimensions: int) -> None:
    with pytest.raises(ConfigError, match="dimensions"):
        OpenAIEmbeddings("stub-embed", dimensions=dimensions)


async def test_requests_hold_no_more_texts_than_openai_takes(stub: LLMStub) -> None:
    answer = await embed(MODEL, [f"text {number}" for number in range(4100)])
    assert sizes(stub) == [2048, 2048, 4]
    assert answer.vectors[4099] == pytest.approx(vector_of("text 4099"), abs=1e-6)


async def test_requests_hold_no_more_tokens_than_openai_takes(stub: LLMStub) -> None:
    texts = [chr(ord("a") + number) * 8000 for number in range(10)] * 10
    answer = await embed(MODEL, texts)
    assert sizes(stub) == [37, 37, 26]
    assert answer.vectors[99] == pytest.approx(vector_of(texts[99]), abs=1e-6)
    assert answer.tokens == 800_000


async def test_a_text_beyond_the_models_context_is_cut_and_the_others_are_not(stub: LLMStub) -> None:
    long = "ab " * 3333
    answer = await embed(MODEL, ["first", long, "last"])
    assert of_texts(answer, "first", long[: len(long) // 2], "last")
    assert sizes(stub) == [3, 2, 1, 1]


async def test_a_server_whose_context_is_smaller_gets_texts_halved_until_they_fit(stub: LLMStub) -> None:
    refusal = Deny(400, "invalid_request_error", "This model's maximum context length is 512 tokens, you asked 999")
    stub.deny(refusal, refusal, refusal)
    answer = await embed(MODEL, ["x" * 2000, "y"])
    assert [len(text) for call in stub.calls for text in call.body["input"]] == [2000, 1, 2000, 1000, 500, 1]
    assert len(answer.vectors) == 2


async def test_a_context_that_nothing_fits_is_an_error(stub: LLMStub) -> None:
    stub.deny(*[Deny(400, "invalid_request_error", "maximum context length is 0 tokens")] * 4)
    with pytest.raises(ProviderError, match="maximum context length"):
        await embed(MODEL, ["x" * 1000])
    assert [len(text) for call in stub.calls for text in call.body["input"]] == [1000, 500, 250]
    stub.deny()


async def test_vectors_that_come_in_another_order_find_their_texts(stub: LLMStub) -> None:
    data = [{"object": "embedding", "index": index, "embedding": [float(index) + 1]} for index in (2, 0, 1)]
    stub.deny(answered([], data=data))
    assert (await embed(MODEL, ["a", "b", "c"])).vectors == [[1.0], [2.0], [3.0]]


async def test_an_answer_without_usage_counts_nothing(stub: LLMStub) -> None:
    stub.deny(answered([[1.0]], usage=None))
    assert (await embed(MODEL, ["a"])).tokens == 0


@pytest.mark.parametrize(
    "body", [b"{}", b'{"data": []}', b'{"data": [{"index": 0}]}', b"<html>", b'{"data": 7}', b"[1]", b"null"]
)
async def test_what_is_no_answer_is_an_error(stub: LLMStub, body: bytes) -> None:
    stub.deny(*[Deny(200, "ok", body=body)] * 3)
    with pytest.raises(ProviderError):
        await embed(AT_ONCE, ["a"])


@pytest.mark.parametrize("vectors", [[], [[1.0]], [[1.0], [2.0], [3.0]], [[1.0], [1.0, 2.0]], [[0.0], [1.0]]])
async def test_vectors_that_are_not_those_of_the_texts_are_an_error(stub: LLMStub, vectors: list[list[float]]) -> None:
    stub.deny(answered(vectors))
    with pytest.raises(ProviderError):
        await embed(AT_ONCE, ["a", "b"])


async def test_what_passes_is_tried_again_when_the_provider_says(stub: LLMStub) -> None:
    stub.deny(Deny(429, "rate_limit_exceeded", headers=SOON), Deny(500, "server_error", headers=SOON))
    assert len((await embed(MODEL, ["a"])).vectors) == 1
    assert len(stub.calls) == 3


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (401, "invalid_api_key", False),
        (404, "model_not_found", False),
        (429, "rate_limit_exceeded", True),
        (429, "insufficient_quota", False),
        (503, "overloaded", True),
    ],
)
async def test_what_does_not_pass_is_told_as_with_other_models(
    stub: LLMStub, status: int, code: str, retryable: bool
) -> None:
    stub.deny(Deny(status, code, headers=(("retry-after", "9"),)))
    with pytest.raises(ProviderError) as told:
        await embed(AT_ONCE, ["a"])
    error = told.value
    assert (error.http_status, error.provider_code, error.retryable) == (status, code, retryable)
    assert error.retry_after == 9
    assert "sk-stub" not in error.message


async def test_without_a_key_it_says_which_variable_to_set(stub: LLMStub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("OPENAI_BASE_URL")
    with pytest.raises(ProviderError, match="OPENAI_API_KEY"):
        await embed(MODEL, ["a"])
    assert not stub.calls


async def test_a_server_of_ones_own_needs_no_key(stub: LLMStub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    assert len((await embed(MODEL, ["a"])).vectors) == 1


async def test_a_server_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    model = OpenAIEmbeddings("stub-embed", api_key="k", base_url="http://127.0.0.1:1/v1", max_retries=0)
    with pytest.raises(ProviderError) as told:
        await embed(model, ["a"])
    assert (told.value.provider_code, told.value.retryable) == ("connection_error", True)
    await close_models()


async def test_calls_side_by_side_share_a_client(stub: LLMStub) -> None:
    await asyncio.gather(*(embed(MODEL, [f"text {number}"]) for number in range(8)))
    assert len(stub.calls) == 8
