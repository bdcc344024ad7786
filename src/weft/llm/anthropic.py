"""`anthropic:<name>`: Anthropic's Messages API."""

from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import anthropic
import httpx2
from anthropic import AsyncAnthropic
from anthropic.types import RawContentBlockDelta, RawMessageStreamEvent
from anthropic.types.raw_content_block_start_event import ContentBlock
from anthropic.types.raw_message_delta_event import Delta

from weft.errors import ProviderError
from weft.llm.anthropic_request import ANTHROPIC, max_tokens, messages_of, request_fields
from weft.llm.clients import drain, shared_client
from weft.llm.model import (
    Finish,
    ModelEvent,
    ModelRequest,
    ReasoningDelta,
    TextDelta,
    UsageReported,
)
from weft.llm.parts import Sources, count, unsupported_settings
from weft.llm.timeouts import TIMEOUT
from weft.threads.messages import FinishReason
from weft.threads.usage import Usage

_REASONS = {
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "refusal": FinishReason.CONTENT_FILTER,
    "tool_use": FinishReason.TOOL_CALLS,
}
_RETRYABLE_TYPES = frozenset({"overloaded_error", "api_error", "rate_limit_error", "timeout_error"})
_OK = 200


class Anthropic:
    """A model behind the Messages API. Without arguments the key and the address come from the environment."""

    provider = ANTHROPIC.provider

    def __init__(self, name: str, *, api_key: str | None = None, base_url: str | None = None) -> None:
        self.name = name
        self._api_key = api_key
        self._base_url = base_url

    def __repr__(self) -> str:
        return f"Anthropic({self.name!r})"

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        settings = request.settings
        answer = _Answer(unsupported_settings(settings, "Anthropic's Messages API", "temperature", "top_p", "seed"))
        with _anthropic_errors():
            call = self._client(settings.max_retries).messages.create(
                model=self.name,
                stream=True,
                max_tokens=max_tokens(settings),
                messages=messages_of(request.messages),
                extra_body=request_fields(request),
            )
            async with await call as events:
                async for event in events:
                    for told in answer.read(event):
                        yield told
                    if answer.finish:
                        break
                await drain(events)
        if answer.finish is None:
            raise ANTHROPIC.cut_off()
        yield answer.finish

    def _client(self, max_retries: int) -> AsyncAnthropic:
        key, base_url = ANTHROPIC.api_key(self._api_key), ANTHROPIC.base_url(self._base_url)
        if key is None:
            raise ANTHROPIC.no_key()
        client = shared_client(AsyncAnthropic, base_url, key, lambda: _new_client(base_url, key))
        return client if max_retries == client.max_retries else client.with_options(max_retries=max_retries)


def _new_client(base_url: str, api_key: str) -> AsyncAnthropic:
    return AsyncAnthropic(base_url=base_url, api_key=api_key, timeout=TIMEOUT)


@contextmanager
def _anthropic_errors() -> Generator[None]:
    """Wrapped around the call and the iteration, makes a `ProviderError` of whatever fails."""
    try:
        yield
    except anthropic.APIStatusError as error:
        raise _status_error(error) from error
    except (anthropic.APITimeoutError, httpx2.TimeoutException) as error:
        raise ANTHROPIC.timed_out() from error
    except anthropic.APIConnectionError as error:
        raise ANTHROPIC.disconnected(error.__cause__ or error) from error
    except httpx2.HTTPError as error:
        raise ANTHROPIC.disconnected(error) from error
    except (anthropic.APIError, ValueError) as error:
        raise ANTHROPIC.malformed(error) from error


def _status_error(error: anthropic.APIStatusError) -> ProviderError:
    if error.status_code != _OK:
        return ANTHROPIC.answered(error.status_code, error.type, error.body)
    # An `error` event: the status is that of the response which had begun well.
    return ANTHROPIC.failed(error.type, error.body, retryable=error.type is None or error.type in _RETRYABLE_TYPES)


class _Answer:
    """Reads the events of one answer; `finish` is set by the last."""

    def __init__(self, warnings: tuple[dict[str, Any], ...]) -> None:
        self.finish: Finish | None = None
        self._warnings = warnings
        self._sources = Sources()
        self._model: str | None = None
        self._used: dict[str, int] = {}
        self._text_id: str | None = None
        self._reason = FinishReason.OTHER
        self._told: dict[str, Any] = {}

    def read(self, event: RawMessageStreamEvent) -> Iterator[ModelEvent]:
        match event.type:
            case "message_start":
                self._model = event.message.model
                self._told["responseId"] = event.message.id
                yield self._count(event.message.usage)
            case "content_block_start":
                yield from self._open_block(str(event.index), event.content_block)
            case "content_block_delta":
                yield from self._read_delta(str(event.index), event.delta)
            case "message_delta":
                self._reason = _REASONS.get(event.delta.stop_reason or "", FinishReason.OTHER)
                self._told |= _why(event.delta)
                yield self._count(event.usage)
            case "message_stop":
                metadata = {ANTHROPIC.provider: self._told}
                self.finish = Finish(self._reason, self._usage(), self._model, metadata, self._warnings)
            case _:
                pass

    def _open_block(self, id_: str, block: ContentBlock) -> Iterator[ModelEvent]:
        if block.type == "text":
            # A citation splits a sentence into blocks of its own: blocks in a row are one text.
            self._text_id = self._text_id or id_
            return
        self._text_id = None
        if block.type == "redacted_thinking":
            yield ReasoningDelta("", id_, {ANTHROPIC.provider: {"redactedData": block.data}})

    def _read_delta(self, id_: str, delta: RawContentBlockDelta) -> Iterator[ModelEvent]:
        match delta.type:
            case "text_delta":
                yield TextDelta(delta.text, self._text_id or id_)
            case "thinking_delta":
                yield ReasoningDelta(delta.thinking, id_)
            case "signature_delta":
                yield ReasoningDelta("", id_, {ANTHROPIC.provider: {"signature": delta.signature}})
            case "citations_delta":
                cited = delta.citation
                if cited.type == "web_search_result_location":
                    yield from self._sources.found(cited.url, cited.title)
                elif cited.type == "search_result_location" and cited.source.startswith(("http://", "https://")):
                    yield from self._sources.found(cited.source, cited.title)
            case _:
                pass

    def _count(self, used: object) -> UsageReported:
        """Takes in a usage record. Each is cumulative, but the later ones may leave fields out."""
        for name in ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"):
            if getattr(used, name, None) is not None:
                self._used[name] = count(used, name)
        if thought := count(used, "output_tokens_details", "thinking_tokens"):
            self._used["thinking_tokens"] = thought
        return UsageReported(self._usage())

    def _usage(self) -> Usage:
        used = self._used
        read, written = used.get("cache_read_input_tokens", 0), used.get("cache_creation_input_tokens", 0)
        # Unlike OpenAI's, this `input_tokens` leaves the cached ones out.
        input_tokens, output_tokens = used.get("input_tokens", 0) + read + written, used.get("output_tokens", 0)
        return Usage(
            input_tokens, output_tokens, input_tokens + output_tokens, read, written, used.get("thinking_tokens", 0)
        )


def _why(delta: Delta) -> dict[str, Any]:
    """What is worth keeping of the reason to stop, beyond its mapped form."""
    details = delta.stop_details
    told = {
        "stopReason": delta.stop_reason,
        "stopSequence": delta.stop_sequence,
        "refusalCategory": details and details.category,
        "refusalExplanation": details and details.explanation,
    }
    return {name: value for name, value in told.items() if value}
