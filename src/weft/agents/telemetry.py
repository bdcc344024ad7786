"""Spans and metrics of runs, calls of models and tools, named as OpenTelemetry's GenAI conventions name them.

Only the API is used: without an SDK in the process nothing is recorded and next to nothing is done. What people, models
and tools say is never recorded, but for a tool's error text where WEFT_TELEMETRY_CONTENT asks for it. See
docs/telemetry.md.
"""

import asyncio
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter
from typing import Final, TypeVar

from opentelemetry import metrics, trace
from opentelemetry.metrics import Histogram
from opentelemetry.trace import Span, SpanKind, StatusCode

from weft.errors import ProviderError, WeftError
from weft.llm.model import Finish, ModelEvent, ModelSettings, RequestSent, UsageReported
from weft.threads.usage import NO_USAGE, Usage

Value = str | int | float | bool | list[str]

_TRACER: Final = trace.get_tracer("weft")
_METER: Final = metrics.get_meter("weft")
_TOKENS: Final = [4.0**power for power in range(14)]
_SECONDS: Final = [0.01 * 2**power for power in range(14)]
_LONG_SECONDS: Final = [0.1 * 2**power for power in range(13)]
_FIRST_SECONDS: Final = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0]


def _histogram(name: str, unit: str, bounds: list[float], description: str) -> Histogram:
    return _METER.create_histogram(name, unit=unit, description=description, explicit_bucket_boundaries_advisory=bounds)


_usage: Final = _histogram("gen_ai.client.token.usage", "{token}", _TOKENS, "Tokens of a model call.")
_chat: Final = _histogram("gen_ai.client.operation.duration", "s", _SECONDS, "Duration of a model call.")
_first: Final = _histogram(
    "gen_ai.client.operation.time_to_first_chunk", "s", _FIRST_SECONDS, "From the request to the model's first word."
)
_tool: Final = _histogram("gen_ai.execute_tool.duration", "s", _SECONDS, "Duration of a tool's run.")
_agent: Final = _histogram("gen_ai.invoke_agent.duration", "s", _LONG_SECONDS, "Duration of an agent's run.")

_run: ContextVar[Mapping[str, str] | None] = ContextVar("weft_run", default=None)


class Operation:
    """What is being measured. `labels` are the attributes of its metrics."""

    def __init__(self, span: Span, labels: dict[str, Value]) -> None:
        self._span = span
        self._labels = labels
        self._began = perf_counter()

    def failed(self, error: BaseException | str) -> None:
        """It went wrong: an exception, or a word for it from a small set. One that leaves the block does this."""
        self._fail(error if isinstance(error, str) else _kind_of(error))

    def _fail(self, kind: str, description: str | None = None) -> None:
        self._labels["error.type"] = kind
        self._span.set_attribute("error.type", kind)
        self._span.set_status(StatusCode.ERROR, description)

    def _tell(self, attributes: Mapping[str, Value | None]) -> None:
        if self._span.is_recording():
            self._span.set_attributes({name: value for name, value in attributes.items() if value is not None})

    def seconds(self) -> float:
        """How long it has taken so far."""
        return perf_counter() - self._began

    def close(self) -> None:
        """Called when the block is left."""


class ModelSpan(Operation):
    """A model call. Give it every event as it comes; usage is recorded also when the call fails."""

    def __init__(self, span: Span, labels: dict[str, Value]) -> None:
        super().__init__(span, labels)
        self._used: Usage = NO_USAGE
        self._begun = False

    def event(self, event: ModelEvent) -> None:
        """Notes when the first word came, and what has been used."""
        if isinstance(event, UsageReported):
            self._used = event.usage
        elif not self._begun and not isinstance(event, (RequestSent, Finish)):
            self.first_token()

    def first_token(self) -> None:
        """The first word is there; later calls change nothing."""
        if not self._begun:
            self._begun = True
            seconds = self.seconds()
            _first.record(seconds, self._labels)
            self._tell({"gen_ai.response.time_to_first_chunk": seconds})

    def finished(self, finish: Finish) -> None:
        """The call ended well."""
        self._used = finish.usage
        if finish.model is not None:
            self._labels["gen_ai.response.model"] = finish.model
        reasons = [finish.reason.value]
        self._tell({"gen_ai.response.model": finish.model, "gen_ai.response.finish_reasons": reasons})

    def close(self) -> None:
        used = self._used
        if not any(used.tokens):
            return
        for kind, tokens in (("input", used.input_tokens), ("output", used.output_tokens)):
            _usage.record(tokens, {**self._labels, "gen_ai.token.type": kind})
        self._tell(_tokens(used))


class EmbeddingsSpan(Operation):
    """A call for vectors of texts."""

    def finished(self, tokens: int, dimension: int) -> None:
        """The call ended well, with vectors of so many numbers."""
        if tokens:
            _usage.record(tokens, {**self._labels, "gen_ai.token.type": "input"})
        self._tell({"gen_ai.usage.input_tokens": tokens, "gen_ai.embeddings.dimension.count": dimension})


class AgentSpan(Operation):
    """A run of an agent."""

    def finished(self, usage: Usage) -> None:
        """The run has come to its end, or waits for a person; `usage` is that of all its model calls."""
        self._tell(_tokens(usage))


class ToolSpan(Operation):
    """A tool's run."""

    def failed(self, error: BaseException | str) -> None:
        """It gave an error: an exception, or the text that the model is told, which is content."""
        if isinstance(error, str):
            self._fail("tool_error", error if os.environ.get("WEFT_TELEMETRY_CONTENT") else None)
        else:
            super().failed(error)


@contextmanager
def agent_span(agent_name: str, thread_id: str | None = None, generation_id: str | None = None) -> Generator[AgentSpan]:
    """One run of an agent; the spans of its model calls and tools are within it."""
    told = {"gen_ai.agent.name": agent_name, "gen_ai.conversation.id": thread_id, "weft.generation.id": generation_id}
    run = {name: value for name, value in told.items() if value is not None}
    labels: dict[str, Value] = {"gen_ai.agent.name": agent_name}
    token = _run.set(run)
    try:
        with _measured(AgentSpan, f"invoke_agent {agent_name}", _agent, labels, "invoke_agent", {}) as span:
            yield span
    finally:
        _run.reset(token)


@contextmanager
def model_span(provider: str, model: str, settings: ModelSettings) -> Generator[ModelSpan]:
    """One call of a model. `provider` and `model` are as Weft stores them."""
    labels: dict[str, Value] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider.removesuffix("-chat"),
        "gen_ai.request.model": model,
    }
    asked = _asked(settings)
    with _measured(ModelSpan, f"chat {model}", _chat, labels, "chat", asked, SpanKind.CLIENT) as span:
        yield span


@contextmanager
def embeddings_span(provider: str, model: str) -> Generator[EmbeddingsSpan]:
    """One call of an embedding model."""
    labels: dict[str, Value] = {
        "gen_ai.operation.name": "embeddings",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
    }
    with _measured(EmbeddingsSpan, f"embeddings {model}", _chat, labels, "embeddings", {}, SpanKind.CLIENT) as span:
        yield span


@contextmanager
def tool_span(name: str, call_id: str) -> Generator[ToolSpan]:
    """One run of a tool, for one call."""
    labels: dict[str, Value] = {"gen_ai.tool.name": name, "gen_ai.tool.type": "function"}
    labels |= {key: value for key, value in (_run.get() or {}).items() if key == "gen_ai.agent.name"}
    called = {"gen_ai.tool.call.id": call_id}
    with _measured(ToolSpan, f"execute_tool {name}", _tool, labels, "execute_tool", called) as span:
        yield span


_Measured = TypeVar("_Measured", bound=Operation)


@contextmanager
def _measured(
    make: Callable[[Span, dict[str, Value]], _Measured],
    name: str,
    duration: Histogram,
    labels: dict[str, Value],
    operation: str,
    attributes: Mapping[str, Value | None],
    kind: SpanKind = SpanKind.INTERNAL,
) -> Generator[_Measured]:
    given = {key: value for key, value in attributes.items() if value is not None}
    started = {"gen_ai.operation.name": operation, **(_run.get() or {}), **labels, **given}
    # An exception's message may quote what was said, so it is not recorded.
    with _TRACER.start_as_current_span(
        name, kind=kind, attributes=started, record_exception=False, set_status_on_exception=False
    ) as span:
        measured = make(span, labels)
        try:
            yield measured
        except BaseException as error:
            measured.failed(error)
            raise
        finally:
            measured.close()
            duration.record(measured.seconds(), labels)


def _tokens(used: Usage) -> dict[str, Value | None]:
    return {
        "gen_ai.usage.input_tokens": used.input_tokens,
        "gen_ai.usage.output_tokens": used.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": used.cached_input_tokens or None,
        "gen_ai.usage.cache_creation.input_tokens": used.cache_write_input_tokens or None,
        "gen_ai.usage.reasoning.output_tokens": used.reasoning_tokens or None,
        "weft.cost_micros": used.cost_micros,
    }


def _asked(settings: ModelSettings) -> dict[str, Value | None]:
    stops = settings.stop_sequences
    return {
        "gen_ai.request.stream": True,
        "gen_ai.request.max_tokens": settings.max_output_tokens,
        "gen_ai.request.temperature": settings.temperature,
        "gen_ai.request.top_p": settings.top_p,
        "gen_ai.request.top_k": settings.top_k,
        "gen_ai.request.presence_penalty": settings.presence_penalty,
        "gen_ai.request.frequency_penalty": settings.frequency_penalty,
        "gen_ai.request.seed": settings.seed,
        "gen_ai.request.stop_sequences": None if stops is None else list(stops),
    }


def _kind_of(error: BaseException) -> str:
    match error:
        case asyncio.CancelledError() | GeneratorExit():
            return "cancelled"
        case TimeoutError():
            return "timeout"
        case ProviderError():
            return error.provider_code or (str(error.http_status) if error.http_status else error.code)
        case WeftError():
            return error.code
        case _:
            return type(error).__qualname__
