"""`openai-chat:<name>`: chat completions, of OpenAI or of any server that speaks them (`OPENAI_BASE_URL`)."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

from openai import AsyncOpenAI
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam
from openai.types.chat.chat_completion_chunk import Choice, ChoiceDelta

from weft.llm.media import Media, media_of
from weft.llm.model import (
    Finish,
    ModelEvent,
    ModelMessage,
    ModelRequest,
    ModelSettings,
    ReasoningDelta,
    TextDelta,
    UsageReported,
)
from weft.llm.openai_sdk import openai_client, openai_errors
from weft.llm.parts import Sources, count, request_body, texts_of, with_options
from weft.llm.vendor import Vendor
from weft.threads.messages import FinishReason, MessageRole, Part
from weft.threads.usage import NO_USAGE, Usage

CHAT = Vendor(
    provider="openai-chat",
    label="openai-chat",
    key_variable="OPENAI_API_KEY",
    url_variable="OPENAI_BASE_URL",
    default_url="https://api.openai.com/v1",
)
# Servers of one's own mostly ask for no key, but the SDK wants one.
_PLACEHOLDER_KEY = "none"
_REASONS = {
    "stop": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "content_filter": FinishReason.CONTENT_FILTER,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
}
_AUDIO_FORMATS = {"audio/wav": "wav", "audio/x-wav": "wav", "audio/mpeg": "mp3", "audio/mp3": "mp3"}


class OpenAIChat:
    """A model behind chat completions. Without arguments the key and the address come from the environment."""

    provider = CHAT.provider

    def __init__(self, name: str, *, api_key: str | None = None, base_url: str | None = None) -> None:
        self.name = name
        self._api_key = api_key
        self._base_url = base_url

    def __repr__(self) -> str:
        return f"OpenAIChat({self.name!r})"

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        answer = _Answer()
        base_url = CHAT.base_url(self._base_url)
        with openai_errors(CHAT):
            call = self._client(base_url, request.settings.max_retries).chat.completions.create(
                model=self.name,
                stream=True,
                messages=_messages(request),
                extra_body=_body(request.settings, is_openai=base_url == CHAT.default_url),
            )
            async with await call as chunks:
                async for chunk in chunks:
                    for told in answer.read(chunk):
                        yield told
        if answer.reason is None:
            raise CHAT.cut_off()
        yield answer.finish(answer.reason)

    def _client(self, base_url: str, max_retries: int) -> AsyncOpenAI:
        key = CHAT.api_key(self._api_key)
        if key is None and base_url != CHAT.default_url:
            key = _PLACEHOLDER_KEY
        return openai_client(CHAT, key, base_url, max_retries)


def _body(settings: ModelSettings, *, is_openai: bool) -> dict[str, Any]:
    """The settings as body fields. OpenAI refuses the old name `max_tokens`, and most others know only that."""
    fields = {
        "max_completion_tokens" if is_openai else "max_tokens": settings.max_output_tokens,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "seed": settings.seed,
        "stop": settings.stop_sequences and list(settings.stop_sequences),
        "stream_options": {"include_usage": True},
    }
    return request_body(fields, settings, CHAT.provider)


class _Answer:
    """Reads the chunks of one answer; `reason` is set once the provider has said why it stops."""

    def __init__(self) -> None:
        self.reason: FinishReason | None = None
        self._usage = NO_USAGE
        self._model: str | None = None
        self._response_id: str | None = None
        self._refused = False
        self._sources = Sources()

    def read(self, chunk: ChatCompletionChunk) -> Iterator[ModelEvent]:
        self._model = chunk.model or self._model
        self._response_id = chunk.id or self._response_id
        for choice in chunk.choices or ():
            yield from self._read_choice(choice)
        if chunk.usage is not None and (usage := _usage(chunk.usage)) != self._usage:
            self._usage = usage
            yield UsageReported(usage)

    def _read_choice(self, choice: Choice) -> Iterator[ModelEvent]:
        # Not every server sends a delta with the reason to stop.
        delta = cast(ChoiceDelta | None, choice.delta)
        if delta is not None:
            yield from self._read_delta(delta)
        if choice.finish_reason:
            self.reason = _REASONS.get(choice.finish_reason, FinishReason.OTHER)

    def _read_delta(self, delta: ChoiceDelta) -> Iterator[ModelEvent]:
        # Not OpenAI's own: servers of open models send their thoughts under one of these two names.
        thought = getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None)
        if isinstance(thought, str) and thought:
            yield ReasoningDelta(thought)
        if delta.content:
            yield TextDelta(delta.content)
        if delta.refusal:
            self._refused = True
            yield TextDelta(delta.refusal)
        yield from self._cited(getattr(delta, "annotations", None))

    def _cited(self, annotations: object) -> Iterator[ModelEvent]:
        for annotation in cast(list[dict[str, Any]], annotations) if isinstance(annotations, list) else ():
            cited = annotation.get("url_citation")
            if annotation.get("type") == "url_citation" and cited and cited.get("url"):
                yield from self._sources.found(cited["url"], cited.get("title"))

    def finish(self, reason: FinishReason) -> Finish:
        return Finish(
            reason=FinishReason.CONTENT_FILTER if self._refused else reason,
            usage=self._usage,
            model=self._model,
            provider_metadata={CHAT.provider: {"responseId": self._response_id}} if self._response_id else None,
        )


def _usage(used: CompletionUsage) -> Usage:
    return Usage(
        input_tokens=count(used, "prompt_tokens"),
        output_tokens=count(used, "completion_tokens"),
        total_tokens=count(used, "total_tokens"),
        cached_input_tokens=count(used, "prompt_tokens_details", "cached_tokens"),
        cache_write_input_tokens=count(used, "prompt_tokens_details", "cache_write_tokens"),
        reasoning_tokens=count(used, "completion_tokens_details", "reasoning_tokens"),
    )


def _messages(request: ModelRequest) -> list[ChatCompletionMessageParam]:
    told = [{"role": "system", "content": request.instructions}] if request.instructions else []
    history = (_message(message) for message in request.messages)
    return cast(list[ChatCompletionMessageParam], [*told, *(message for message in history if message["content"])])


def _message(message: ModelMessage) -> dict[str, Any]:
    if message.role is MessageRole.USER:
        return {"role": "user", "content": _user_content(message)}
    role = "system" if message.role is MessageRole.SYSTEM else "assistant"
    return {"role": role, "content": "\n\n".join(texts_of(message.content))}


def _user_content(message: ModelMessage) -> str | list[dict[str, Any]]:
    blocks = [block for part in message.content if (block := _block(part)) is not None]
    # A lone text goes as a string, the one form that every compatible server understands.
    if len(blocks) == 1 and blocks[0].keys() == {"type", "text"}:
        return str(blocks[0]["text"])
    return blocks


def _block(part: Part) -> dict[str, Any] | None:
    if part["type"] == "text":
        block: dict[str, Any] = {"type": "text", "text": part["text"]}
    elif part["type"] in ("image", "file"):
        block = _media_block(media_of(part, CHAT))
    else:
        return None
    return with_options(block, part, CHAT.provider)


def _media_block(media: Media) -> dict[str, Any]:
    if media.is_image:
        return {"type": "image_url", "image_url": {"url": media.address}}
    if media.url:
        raise CHAT.unsupported("a file by its address; give its data, or use the model as openai:<name>")
    if media.media_type in _AUDIO_FORMATS:
        audio = {"data": media.base64, "format": _AUDIO_FORMATS[media.media_type]}
        return {"type": "input_audio", "input_audio": audio}
    return {"type": "file", "file": {"filename": media.filename or "file", "file_data": media.address}}
