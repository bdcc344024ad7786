"""`openai:<name>`: OpenAI's Responses API."""

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, cast

from openai import AsyncOpenAI
from openai.types.responses import (
    Response,
    ResponseErrorEvent,
    ResponseFailedEvent,
    ResponseInputParam,
    ResponseReasoningItem,
    ResponseStreamEvent,
)

from weft.llm.clients import drain
from weft.llm.media import media_of
from weft.llm.model import (
    Finish,
    ModelEvent,
    ModelMessage,
    ModelRequest,
    ReasoningDelta,
    TextDelta,
    UsageReported,
)
from weft.llm.openai_sdk import failure, openai_client, openai_errors
from weft.llm.parts import Sources, count, request_body, texts_of, unsupported_settings, with_options
from weft.llm.vendor import Vendor
from weft.threads.messages import FinishReason, MessageRole, Part
from weft.threads.usage import Usage

OPENAI = Vendor(
    provider="openai",
    label="OpenAI",
    key_variable="OPENAI_API_KEY",
    url_variable="OPENAI_BASE_URL",
    default_url="https://api.openai.com/v1",
)
_INCOMPLETE = {"max_output_tokens": FinishReason.LENGTH, "content_filter": FinishReason.CONTENT_FILTER}


class OpenAIResponses:
    """A model behind the Responses API. Without arguments the key and the address come from the environment."""

    provider = OPENAI.provider

    def __init__(self, name: str, *, api_key: str | None = None, base_url: str | None = None) -> None:
        self.name = name
        self._api_key = api_key
        self._base_url = base_url

    def __repr__(self) -> str:
        return f"OpenAIResponses({self.name!r})"

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        settings = request.settings
        answer = _Answer(unsupported_settings(settings, "OpenAI's Responses API", "seed", "stop_sequences"))
        with openai_errors(OPENAI):
            call = self._client(settings.max_retries).responses.create(
                model=self.name,
                stream=True,
                input=_input(request.messages),
                extra_body=_body(request),
            )
            async with await call as events:
                async for event in events:
                    for told in answer.read(event):
                        yield told
                    if answer.finish:
                        break
                await drain(events)
        if answer.finish is None:
            raise OPENAI.cut_off()
        yield answer.finish

    def _client(self, max_retries: int) -> AsyncOpenAI:
        return openai_client(OPENAI, OPENAI.api_key(self._api_key), OPENAI.base_url(self._base_url), max_retries)


def _body(request: ModelRequest) -> dict[str, Any]:
    settings = request.settings
    fields = {
        "instructions": request.instructions,
        "max_output_tokens": settings.max_output_tokens,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
    }
    return request_body(fields, settings, OPENAI.provider)


class _Answer:
    """Reads the events of one answer; `finish` is set by the last."""

    def __init__(self, warnings: tuple[dict[str, Any], ...]) -> None:
        self.finish: Finish | None = None
        self._warnings = warnings
        self._sources = Sources()
        self._refused = False
        self._calls_tools = False
        self._reasoning: dict[int, str] = {}

    def read(self, event: ResponseStreamEvent) -> Iterator[ModelEvent]:
        match event.type:
            case "response.output_text.delta":
                yield TextDelta(event.delta, f"{event.output_index}.{event.content_index}")
            case "response.refusal.delta":
                self._refused = True
                yield TextDelta(event.delta, f"{event.output_index}.{event.content_index}")
            case "response.reasoning_summary_text.delta":
                yield self._reason(event.output_index, event.summary_index, event.delta)
            case "response.reasoning_text.delta":
                yield self._reason(event.output_index, event.content_index, event.delta)
            case "response.output_text.annotation.added":
                cited = event.annotation
                if cited is not None and cited.type == "url_citation":
                    yield from self._sources.found(cited.url, cited.title)
            case "response.output_item.done":
                yield from self._item_done(event.output_index, event.item)
            case "response.completed" | "response.incomplete":
                self.finish = self._end(event.response)
            case "response.failed" | "error":
                yield from _failed(event)
            case _:
                pass

    def _reason(self, output_index: int, part_index: int, text: str) -> ReasoningDelta:
        self._reasoning[output_index] = id_ = f"{output_index}.{part_index}"
        return ReasoningDelta(text, id_)

    def _item_done(self, output_index: int, item: object) -> Iterator[ModelEvent]:
        self._calls_tools |= getattr(item, "type", None) in ("function_call", "custom_tool_call")
        id_ = self._reasoning.get(output_index)
        if id_ is not None and isinstance(item, ResponseReasoningItem):
            told = {"itemId": item.id, "encryptedContent": item.encrypted_content}
            kept = {name: value for name, value in told.items() if value}
            yield ReasoningDelta("", id_, {OPENAI.provider: kept})

    def _end(self, response: Response) -> Finish:
        told = {"responseId": response.id, "serviceTier": response.service_tier}
        return Finish(
            reason=self._reason_to_stop(response),
            usage=_usage(response),
            model=response.model,
            provider_metadata={OPENAI.provider: {name: value for name, value in told.items() if value}},
            warnings=self._warnings,
        )

    def _reason_to_stop(self, response: Response) -> FinishReason:
        if response.status == "incomplete":
            details = response.incomplete_details
            return _INCOMPLETE.get((details and details.reason) or "", FinishReason.OTHER)
        if self._refused:
            return FinishReason.CONTENT_FILTER
        return FinishReason.TOOL_CALLS if self._calls_tools else FinishReason.STOP


def _failed(event: ResponseFailedEvent | ResponseErrorEvent) -> Iterator[ModelEvent]:
    if isinstance(event, ResponseErrorEvent):
        raise failure(OPENAI, event.code, event.message)
    if event.response.usage is not None:
        yield UsageReported(_usage(event.response))
    error = event.response.error
    raise failure(OPENAI, error.code if error else None, error.message if error else None)


def _usage(response: Response) -> Usage:
    used = response.usage
    return Usage(
        input_tokens=count(used, "input_tokens"),
        output_tokens=count(used, "output_tokens"),
        total_tokens=count(used, "total_tokens"),
        cached_input_tokens=count(used, "input_tokens_details", "cached_tokens"),
        cache_write_input_tokens=count(used, "input_tokens_details", "cache_write_tokens"),
        reasoning_tokens=count(used, "output_tokens_details", "reasoning_tokens"),
    )


def _input(messages: Iterable[ModelMessage]) -> ResponseInputParam:
    items = (_item(message) for message in messages)
    return cast(ResponseInputParam, [item for item in items if item["content"]])


def _item(message: ModelMessage) -> dict[str, Any]:
    if message.role is MessageRole.USER:
        blocks = [block for part in message.content if (block := _block(part)) is not None]
        return {"role": "user", "content": blocks}
    role = "system" if message.role is MessageRole.SYSTEM else "assistant"
    return {"role": role, "content": "\n\n".join(texts_of(message.content))}


def _block(part: Part) -> dict[str, Any] | None:
    if part["type"] == "text":
        block: dict[str, Any] = {"type": "input_text", "text": part["text"]}
    elif part["type"] in ("image", "file"):
        block = _media_block(part)
    else:
        return None
    return with_options(block, part, OPENAI.provider)


def _media_block(part: Part) -> dict[str, Any]:
    media = media_of(part, OPENAI)
    if media.is_image:
        return {"type": "input_image", "detail": "auto", "image_url": media.address}
    if media.url:
        return {"type": "input_file", "file_url": media.url}
    return {"type": "input_file", "filename": media.filename or "file", "file_data": media.address}
