"""Reads what chat completions answer, also those of servers that leave out what OpenAI sends."""

from collections.abc import Iterator
from typing import Any, cast

from openai.types import CompletionUsage
from openai.types.chat import ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import Choice, ChoiceDelta
from pydantic import BaseModel

from weft.llm.model import Finish, ModelEvent, ReasoningDelta, TextDelta, UsageReported
from weft.llm.openai_chat_calls import ChatCalls
from weft.llm.openai_chat_request import THOUGHT_FIELDS
from weft.llm.openai_sdk import CHAT
from weft.llm.parts import Sources, count
from weft.threads.json_values import is_list, is_object, string
from weft.threads.messages import FinishReason
from weft.threads.usage import NO_USAGE, Usage

_REASONS = {
    "stop": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "content_filter": FinishReason.CONTENT_FILTER,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
}


class ChatAnswer:
    """Reads the chunks of one answer; `end` gives what only the whole tells, or nothing where its end is missing."""

    def __init__(self, warnings: tuple[dict[str, Any], ...]) -> None:
        self._warnings = warnings
        self._stopped: str | None = None
        self._usage = NO_USAGE
        self._model: str | None = None
        self._latest: ChatCompletionChunk | None = None
        self._raw_usage: CompletionUsage | None = None
        self._said: list[str] = []
        self._thinks = False
        self._refused = False
        self._calls = ChatCalls()
        self._sources = Sources()

    def read(self, chunk: ChatCompletionChunk) -> Iterator[ModelEvent]:
        self._model = chunk.model or self._model
        self._latest = chunk if chunk.id else self._latest
        for choice in chunk.choices or ():
            yield from self._read_choice(choice)
        if chunk.usage is not None and (usage := _usage(chunk.usage)) != self._usage:
            self._usage, self._raw_usage = usage, chunk.usage
            yield UsageReported(usage)

    def _read_choice(self, choice: Choice) -> Iterator[ModelEvent]:
        # Not every server sends a delta with the reason to stop.
        delta = cast(ChoiceDelta | None, choice.delta)
        if delta is not None:
            yield from self._read_delta(delta)
        self._stopped = choice.finish_reason or self._stopped

    def _read_delta(self, delta: ChoiceDelta) -> Iterator[ModelEvent]:
        yield from self._thought(delta)
        if delta.content:
            self._said.append(delta.content)
            yield TextDelta(delta.content)
        if delta.refusal:
            self._refused = True
            self._said.append(delta.refusal)
            yield TextDelta(delta.refusal)
        yield from self._calls.read(delta.tool_calls or ())
        yield from self._cited(getattr(delta, "annotations", None))

    def _thought(self, delta: ChoiceDelta) -> Iterator[ModelEvent]:
        """Not OpenAI's own: servers of open models send their thoughts under one of these names."""
        for name in THOUGHT_FIELDS:
            if isinstance(thought := getattr(delta, name, None), str) and thought:
                facts = None if self._thinks else {CHAT.provider: {"field": name}}
                self._thinks = True
                yield ReasoningDelta(thought, provider_metadata=facts)
                return

    def _cited(self, annotations: object) -> Iterator[ModelEvent]:
        for annotation in annotations if is_list(annotations) else ():
            cited = annotation.get("url_citation") if is_object(annotation) else None
            if is_object(cited) and (url := string(cited, "url")):
                yield from self._sources.found(url, string(cited, "title"))

    def end(self) -> Iterator[ModelEvent]:
        if self._stopped is not None:
            yield from self._calls.end(cut_off=self._stopped == "length")
            yield self._finish(self._stopped)

    def _finish(self, stopped: str) -> Finish:
        told = _fields(self._latest)
        facts = {"responseId": told.get("id"), "serviceTier": told.get("service_tier")}
        kept = {name: value for name, value in facts.items() if value}
        message = {"content": "".join(self._said), "tool_calls": self._calls.summary()}
        return Finish(
            reason=self._reason(stopped),
            usage=self._usage,
            model=self._model,
            provider_metadata={CHAT.provider: kept} if kept else None,
            warnings=self._warnings,
            response={**told, "finish_reason": stopped, "message": message, "usage": _fields(self._raw_usage)},
        )

    def _reason(self, stopped: str) -> FinishReason:
        reason = _REASONS.get(stopped, FinishReason.OTHER)
        if self._refused:
            return FinishReason.CONTENT_FILTER
        # Some servers say "stop" where they call tools.
        calls = bool(self._calls) and reason in (FinishReason.STOP, FinishReason.OTHER)
        return FinishReason.TOOL_CALLS if calls else reason


def _fields(record: BaseModel | None) -> dict[str, Any]:
    """What a record says besides the pieces of the answer."""
    pieces = {"choices", "object", "obfuscation", "usage"}
    return record.model_dump(mode="json", exclude=pieces, exclude_none=True, warnings=False) if record else {}


def _usage(used: CompletionUsage) -> Usage:
    return Usage(
        input_tokens=count(used, "prompt_tokens"),
        output_tokens=count(used, "completion_tokens"),
        total_tokens=count(used, "total_tokens"),
        cached_input_tokens=count(used, "prompt_tokens_details", "cached_tokens"),
        cache_write_input_tokens=count(used, "prompt_tokens_details", "cache_write_tokens"),
        reasoning_tokens=count(used, "completion_tokens_details", "reasoning_tokens"),
    )
