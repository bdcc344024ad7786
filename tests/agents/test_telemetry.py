"""Spans and metrics, read with the SDK's own exporters."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from tests.agents.embedding import Counting, failure

from weft.agents.embedding.calls import make
from weft.agents.telemetry import agent_span, model_span, tool_span
from weft.errors import ErrorCode, GenerationFailed, ProviderError
from weft.llm.callable_embeddings import embedding_model
from weft.llm.embeddings import EmbeddingAnswer
from weft.llm.model import Finish, ModelSettings, RequestSent, TextDelta, UsageReported
from weft.threads.messages import FinishReason
from weft.threads.usage import Usage

USED = Usage(100, 20, 120, cached_input_tokens=60, cache_write_input_tokens=5, reasoning_tokens=8, cost_micros=77)


class Seen:
    """What was recorded. A process has one SDK, so each test uses names of its own."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.reader = InMemoryMetricReader()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        trace.set_tracer_provider(provider)
        metrics.set_meter_provider(MeterProvider([self.reader]))

    def span(self, name: str) -> ReadableSpan:
        [span] = [span for span in self.exporter.get_finished_spans() if span.name == name]
        return span

    def attributes(self, name: str) -> Mapping[str, Any]:
        return self.span(name).attributes or {}

    def points(self, metric: str, **labels: str) -> list[HistogramDataPoint]:
        """The points that have these labels; `__` in a name stands for a dot."""
        wanted = {name.replace("__", "."): value for name, value in labels.items()}
        return [
            point
            for found in self._metrics()
            if found.name == metric
            for point in found.data.data_points
            if isinstance(point, HistogramDataPoint) and wanted.items() <= dict(point.attributes or {}).items()
        ]

    def _metrics(self) -> Iterator[Any]:
        data = self.reader.get_metrics_data()
        for resource in data.resource_metrics if data else ():
            for scope in resource.scope_metrics:
                yield from scope.metrics


@pytest.fixture(scope="session")
def sdk() -> Seen:
    return Seen()


@pytest.fixture
def seen(sdk: Seen) -> Seen:
    sdk.exporter.clear()
    return sdk


def test_a_run_holds_its_model_calls_and_tools(seen: Seen) -> None:
    with agent_span("nested", "thr_1", "gen_1") as run:
        with model_span("openai", "m1", ModelSettings()) as call:
            call.finished(Finish(FinishReason.STOP, USED))
        with tool_span("look", "call_1"):
            pass
        run.finished(USED)
    outer = seen.span("invoke_agent nested")
    for name in ("chat m1", "execute_tool look"):
        inner = seen.span(name)
        assert inner.parent is not None
        assert outer.context is not None
        assert inner.parent.span_id == outer.context.span_id
        told = seen.attributes(name)
        assert (told["gen_ai.agent.name"], told["gen_ai.conversation.id"]) == ("nested", "thr_1")
        assert told["weft.generation.id"] == "gen_1"


def test_an_agents_span_says_who_where_and_how_much(seen: Seen) -> None:
    with agent_span("whole", "thr_1") as run:
        run.finished(USED)
    assert dict(seen.attributes("invoke_agent whole")) == {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "whole",
        "gen_ai.conversation.id": "thr_1",
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 20,
        "gen_ai.usage.cache_read.input_tokens": 60,
        "gen_ai.usage.cache_creation.input_tokens": 5,
        "gen_ai.usage.reasoning.output_tokens": 8,
        "weft.cost_micros": 77,
    }
    assert seen.span("invoke_agent whole").kind is SpanKind.INTERNAL
    [point] = seen.points("gen_ai.invoke_agent.duration", gen_ai__agent__name="whole")
    assert point.count == 1


def test_a_model_calls_span_says_what_was_asked_and_what_came(seen: Seen) -> None:
    settings = ModelSettings(max_output_tokens=9, temperature=0.5, top_k=3, seed=1, stop_sequences=("END",))
    with model_span("openai-chat", "m2", settings) as call:
        call.finished(Finish(FinishReason.TOOL_CALLS, USED, "m2-2026-01-01"))
    told = dict(seen.attributes("chat m2"))
    assert {name: told[name] for name in told if not name.startswith("gen_ai.usage")} == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "m2",
        "gen_ai.request.stream": True,
        "gen_ai.request.max_tokens": 9,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.top_k": 3,
        "gen_ai.request.seed": 1,
        "gen_ai.request.stop_sequences": ("END",),
        "gen_ai.response.model": "m2-2026-01-01",
        "gen_ai.response.finish_reasons": ("tool-calls",),
        "weft.cost_micros": 77,
    }
    assert seen.span("chat m2").kind is SpanKind.CLIENT
    assert seen.span("chat m2").status.status_code is StatusCode.UNSET


def test_tokens_are_counted_by_kind(seen: Seen) -> None:
    with model_span("openai", "m3", ModelSettings()) as call:
        call.finished(Finish(FinishReason.STOP, USED, "m3-x"))
    for kind, tokens in (("input", 100), ("output", 20)):
        labels = {"gen_ai__request__model": "m3", "gen_ai__token__type": kind, "gen_ai__response__model": "m3-x"}
        [point] = seen.points("gen_ai.client.token.usage", **labels)
        assert (point.count, point.sum) == (1, tokens)
        assert list(point.explicit_bounds)[:3] == [1, 4, 16]
    [duration] = seen.points("gen_ai.client.operation.duration", gen_ai__request__model="m3")
    assert duration.count == 1
    assert "error.type" not in (duration.attributes or {})


def test_the_time_to_the_first_word_is_measured_once(seen: Seen) -> None:
    with model_span("openai", "m4", ModelSettings()) as call:
        call.event(RequestSent({}))
        call.event(UsageReported(USED))
        assert not seen.points("gen_ai.client.operation.time_to_first_chunk", gen_ai__request__model="m4")
        for event in (TextDelta("a"), TextDelta("b"), Finish(FinishReason.STOP)):
            call.event(event)
    [point] = seen.points("gen_ai.client.operation.time_to_first_chunk", gen_ai__request__model="m4")
    assert point.count == 1
    assert seen.attributes("chat m4")["gen_ai.response.time_to_first_chunk"] == point.sum


def test_a_call_that_fails_is_an_error_and_its_tokens_are_counted(seen: Seen) -> None:
    error = ProviderError("the user said secret", provider="openai", provider_code="overloaded", http_status=529)

    def fail() -> None:
        with model_span("openai", "m5", ModelSettings()) as call:
            call.event(UsageReported(USED))
            raise error

    with pytest.raises(ProviderError):
        fail()
    span = seen.span("chat m5")
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert seen.attributes("chat m5")["error.type"] == "overloaded"
    assert not span.events
    labels = {"gen_ai__request__model": "m5", "error__type": "overloaded"}
    assert seen.points("gen_ai.client.operation.duration", **labels)
    assert len(seen.points("gen_ai.client.token.usage", **labels)) == 2


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ProviderError("x", provider="p", http_status=503), "503"),
        (ProviderError("x", provider="p"), "PROVIDER_ERROR"),
        (TimeoutError("x"), "timeout"),
        (asyncio.CancelledError(), "cancelled"),
        (GenerationFailed("x", reason=ErrorCode.OBJECT_INVALID), "OBJECT_INVALID"),
        (ZeroDivisionError("x"), "ZeroDivisionError"),
    ],
)
def test_errors_are_told_apart_by_few_words(seen: Seen, error: BaseException, kind: str) -> None:
    with pytest.raises(type(error)), agent_span("failing"):
        raise error
    assert seen.attributes("invoke_agent failing")["error.type"] == kind


def test_a_tools_span_names_the_tool_and_the_call(seen: Seen) -> None:
    with agent_span("keeper"), tool_span("weigh", "call_7"):
        pass
    told = dict(seen.attributes("execute_tool weigh"))
    assert told == {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.agent.name": "keeper",
        "gen_ai.tool.name": "weigh",
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.id": "call_7",
    }
    [point] = seen.points("gen_ai.execute_tool.duration", gen_ai__tool__name="weigh", gen_ai__agent__name="keeper")
    assert "gen_ai.tool.call.id" not in (point.attributes or {})


@pytest.mark.parametrize(("wanted", "description"), [(None, None), ("1", "Error: no scale")])
def test_a_tools_error_text_is_content(
    seen: Seen, monkeypatch: pytest.MonkeyPatch, wanted: str | None, description: str | None
) -> None:
    monkeypatch.delenv("WEFT_TELEMETRY_CONTENT", raising=False)
    if wanted:
        monkeypatch.setenv("WEFT_TELEMETRY_CONTENT", wanted)
    with tool_span("broken", "call_8") as span:
        span.failed("Error: no scale")
    assert seen.span("execute_tool broken").status.description == description
    assert seen.attributes("execute_tool broken")["error.type"] == "tool_error"
    assert seen.points("gen_ai.execute_tool.duration", gen_ai__tool__name="broken", error__type="tool_error")


async def test_runs_side_by_side_do_not_mix(seen: Seen) -> None:
    both = asyncio.Barrier(2)

    async def run(name: str) -> None:
        with agent_span(name, f"thr_{name}"):
            await both.wait()
            with tool_span(f"tool_{name}", "call_1"):
                await both.wait()

    async with asyncio.timeout(40):
        await asyncio.gather(run("a"), run("b"))
    for name in "ab":
        assert seen.attributes(f"execute_tool tool_{name}")["gen_ai.conversation.id"] == f"thr_{name}"


async def test_calls_for_vectors_have_spans_and_metrics_as_the_conventions_say(seen: Seen) -> None:
    model = embedding_model(lambda texts: EmbeddingAnswer([[0.5] * 256 for _ in texts], 12), name="traced@256")
    await make(model, ["a secret", "b"])
    span = seen.span("embeddings traced")
    assert dict(span.attributes or {}) == {
        "gen_ai.operation.name": "embeddings",
        "gen_ai.provider.name": "custom",
        "gen_ai.request.model": "traced",
        "gen_ai.usage.input_tokens": 12,
        "gen_ai.embeddings.dimension.count": 256,
    }
    (point,) = seen.points("gen_ai.client.token.usage", gen_ai__request__model="traced", gen_ai__token__type="input")
    assert point.sum == 12
    assert seen.points("gen_ai.client.operation.duration", gen_ai__request__model="traced")[0].count == 1


async def test_a_call_for_vectors_that_fails_says_why_in_its_span(seen: Seen) -> None:
    model = Counting("failing-span")
    model.fails = lambda _: failure("rate_limit_exceeded", 429)
    with pytest.raises(ProviderError):
        await make(model, ["a secret"])
    assert seen.attributes("embeddings failing-span")["error.type"] == "rate_limit_exceeded"
    assert "a secret" not in str(seen.attributes("embeddings failing-span"))
