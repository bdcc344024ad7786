"""`PydanticAIModel`: any model of pydantic-ai as one of Weft's. Needs the extra `weft[pydantic-ai]`."""

import base64
import json
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final

from weft.errors import ConfigError, ProviderError
from weft.llm.model import (
    FileMade,
    Finish,
    ModelEvent,
    ModelRequest,
    ReasoningDelta,
    RequestSent,
    TextDelta,
    ToolAnswered,
    ToolCalled,
    ToolInputDelta,
    ToolInputStarted,
    UsageReported,
)
from weft.llm.vendor import Vendor
from weft.threads.messages import FinishReason
from weft.threads.usage import NO_USAGE, Usage

try:
    from pydantic_ai import exceptions
    from pydantic_ai.direct import model_request_stream
    from pydantic_ai.messages import (
        BaseToolCallPart,
        FilePart,
        ModelMessagesTypeAdapter,
        ModelResponsePart,
        ModelResponseStreamEvent,
        NativeToolCallPart,
        NativeToolReturnPart,
        PartDeltaEvent,
        PartEndEvent,
        PartStartEvent,
        TextPart,
        TextPartDelta,
        ThinkingPart,
        ThinkingPartDelta,
        ToolCallPart,
        ToolCallPartDelta,
    )
    from pydantic_ai.models import Model, StreamedResponse, infer_model

    from weft.llm.pydantic_ai_messages import KEY, facts, messages_of, parameters_of, settings_of
except ImportError as missing:
    raise ConfigError(f"PydanticAIModel needs pydantic-ai ({missing}): pip install 'weft[pydantic-ai]'") from missing

_REASONS: Final = {
    "stop": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "content_filter": FinishReason.CONTENT_FILTER,
    "tool_call": FinishReason.TOOL_CALLS,
    "error": FinishReason.ERROR,
}


class PydanticAIModel:
    """A model of pydantic-ai, or the name of one: `PydanticAIModel("google:gemini-3-pro")`.

    `ModelSettings.provider_options["pydantic-ai"]` is added to pydantic-ai's settings: `{"thinking": "high"}`.

    Raises:
        ConfigError: pydantic-ai is not installed, or knows no such model.
    """

    def __init__(self, model: Model | str) -> None:
        try:
            self._model = infer_model(model)
        except (exceptions.UserError, ImportError, ValueError) as error:
            raise ConfigError(f"pydantic-ai cannot make the model {model!r}: {error}") from error
        self._vendor = Vendor(self.provider, f"{self.name} (pydantic-ai)", "the model's API key", "", "")

    @property
    def provider(self) -> str:
        return self._model.system

    @property
    def name(self) -> str:
        return self._model.model_name

    def __repr__(self) -> str:
        return f"PydanticAIModel({self._model!r})"

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        messages = messages_of(request, self._vendor)
        yield RequestSent({"model": self.name, "messages": ModelMessagesTypeAdapter.dump_python(messages, mode="json")})
        settings, parameters = settings_of(request), parameters_of(request, self._model)
        used = NO_USAGE
        answer = _Answer()
        with self._errors():
            async with model_request_stream(
                self._model, messages, model_settings=settings, model_request_parameters=parameters
            ) as stream:
                async for event in stream:
                    for told in answer.read(event):
                        yield told
                    if (now := _usage(stream)) != used:
                        used = now
                        yield UsageReported(used)
                finish = self._finish(stream, called=answer.called)
        yield finish

    def _finish(self, stream: StreamedResponse, *, called: bool) -> Finish:
        response = stream.get()
        told = {"responseId": response.provider_response_id, "details": response.provider_details}
        kept = {name: value for name, value in told.items() if value}
        reason = _REASONS.get(response.finish_reason or "", FinishReason.STOP)
        return Finish(
            FinishReason.TOOL_CALLS if called and reason is FinishReason.STOP else reason,
            _usage(stream),
            response.model_name or self.name,
            {KEY: kept} if kept else None,
            response=ModelMessagesTypeAdapter.dump_python([response], mode="json")[0],
        )

    @contextmanager
    def _errors(self) -> Generator[None]:
        """Makes a `ProviderError` of whatever pydantic-ai says of the provider; a bug stays a bug."""
        vendor = self._vendor
        try:
            yield
        except exceptions.ModelHTTPError as error:
            code = error.provider_error_code or error.provider_error_type
            failure = vendor.answered(error.status_code, code, error.body)
            failure.retry_after = error.retry_after
            raise failure from error
        except (exceptions.ModelTimeoutError, exceptions.ModelRequestTimeout) as error:
            raise vendor.timed_out() from error
        except exceptions.ModelConnectionError as error:
            raise vendor.disconnected(error.__cause__ or error) from error
        except exceptions.AgentRunError as error:
            raise self._failed(error, error.message) from error
        except exceptions.UserError as error:
            raise self._failed(error, error.message) from error

    def _failed(self, error: Exception, said: str) -> ProviderError:
        code = getattr(error, "provider_error_code", None) or type(error).__name__
        return self._vendor.failed(code, said, retryable=isinstance(error, exceptions.ModelUnavailableError))


class _Answer:
    """Reads the events of one answer. `called`: a tool was called that is not the provider's own."""

    def __init__(self) -> None:
        self.called = False
        self._names: dict[int, str] = {}

    def read(self, event: ModelResponseStreamEvent) -> Iterator[ModelEvent]:
        if isinstance(event, PartStartEvent):
            yield from self._start(event.index, event.part)
        elif isinstance(event, PartDeltaEvent):
            yield from self._grow(event)
        elif isinstance(event, PartEndEvent):
            yield from self._end(event.index, event.part)

    def _start(self, index: int, part: ModelResponsePart) -> Iterator[ModelEvent]:
        match part:
            case TextPart() if part.content:
                yield TextDelta(part.content, str(index))
            case ThinkingPart() if part.content:
                yield ReasoningDelta(part.content, str(index))
            case ToolCallPart() | NativeToolCallPart():
                own = isinstance(part, NativeToolCallPart)
                self._names[index] = part.tool_call_id
                yield ToolInputStarted(part.tool_call_id, part.tool_name, own)
                if part.args:
                    yield ToolInputDelta(part.tool_call_id, _written(part.args))
            case _:
                return

    def _grow(self, event: PartDeltaEvent) -> Iterator[ModelEvent]:
        match event.delta:
            case TextPartDelta(content_delta=text) if text:
                yield TextDelta(text, str(event.index))
            case ThinkingPartDelta(content_delta=text) if text:
                yield ReasoningDelta(text, str(event.index))
            case ToolCallPartDelta(args_delta=more) if more and event.index in self._names:
                yield ToolInputDelta(self._names[event.index], _written(more))
            case _:
                return

    def _end(self, index: int, part: ModelResponsePart) -> Iterator[ModelEvent]:
        match part:
            case TextPart() if known := facts(part):
                yield TextDelta("", str(index), known)
            case ThinkingPart() if known := facts(part):
                yield ReasoningDelta("", str(index), known)
            case ToolCallPart():
                self.called = True
                yield ToolCalled(part.tool_call_id, part.tool_name, _input(part), provider_metadata=facts(part))
            case NativeToolCallPart():
                yield ToolCalled(part.tool_call_id, part.tool_name, _input(part), provider_executed=True)
            case NativeToolReturnPart():
                output = {"type": "json", "value": part.model_response_object()}
                yield ToolAnswered(part.tool_call_id, part.tool_name, output)
            case FilePart():
                yield FileMade(part.content.media_type, base64.b64encode(part.content.data).decode("ascii"))
            case _:
                return


def _input(part: BaseToolCallPart[Any]) -> str:
    return _written(part.args) if part.args else "{}"


def _written(args: object) -> str:
    return args if isinstance(args, str) else json.dumps(args, ensure_ascii=False)


def _usage(stream: StreamedResponse) -> Usage:
    told = stream.usage
    return Usage(
        told.input_tokens,
        told.output_tokens,
        told.input_tokens + told.output_tokens,
        told.cache_read_tokens,
        told.cache_write_tokens,
        told.details.get("reasoning_tokens", 0),
    )
