"""Reads what OpenAI's Responses API answers."""

import mimetypes
from collections.abc import Iterator
from typing import Any

from openai.types.responses import (
    Response,
    ResponseErrorEvent,
    ResponseFailedEvent,
    ResponseStreamEvent,
)
from openai.types.responses.response_output_text_annotation_added_event import Annotation
from pydantic import BaseModel

from weft.llm.model import (
    Finish,
    ModelEvent,
    ReasoningDelta,
    TextDelta,
    ToolCalled,
    ToolInputDelta,
    ToolInputStarted,
    UsageReported,
)
from weft.llm.openai_responses_builtin import builtin_ended, builtin_started
from weft.llm.openai_sdk import OPENAI, failure
from weft.llm.parts import Sources, count
from weft.threads.messages import FinishReason
from weft.threads.usage import Usage

_INCOMPLETE = {"max_output_tokens": FinishReason.LENGTH, "content_filter": FinishReason.CONTENT_FILTER}
# What the request said, and what only a next request has a use for.
_NOT_TOLD = ("instructions", "tools", "input", "text", "prompt")
_SECRETS = ("encrypted_content", "result")


class ResponsesAnswer:
    """Reads the events of one answer; `finish` is set by the last."""

    def __init__(self, warnings: tuple[dict[str, Any], ...]) -> None:
        self.finish: Finish | None = None
        self._warnings = warnings
        self._sources = Sources()
        self._refused = False
        self._calls_tools = False
        self._phases: dict[int, str] = {}
        self._begun: set[str] = set()
        self._reasoning: dict[int, str] = {}
        self._calls: dict[int, str] = {}

    def read(self, event: ResponseStreamEvent) -> Iterator[ModelEvent]:
        match event.type:
            case "response.output_text.delta":
                yield self._text(event.delta, event.output_index, event.content_index, event.item_id)
            case "response.refusal.delta":
                self._refused = True
                yield self._text(event.delta, event.output_index, event.content_index, event.item_id)
            case "response.reasoning_summary_text.delta":
                yield self._reason(event.delta, event.output_index, event.summary_index, event.item_id)
            case "response.reasoning_text.delta":
                yield self._reason(event.delta, event.output_index, event.content_index, event.item_id)
            case "response.function_call_arguments.delta":
                if (call_id := self._calls.get(event.output_index)) is not None:
                    yield ToolInputDelta(call_id, event.delta)
            case "response.output_text.annotation.added":
                yield from self._cited(event.annotation)
            case "response.output_item.added":
                yield from self._item_added(event.output_index, _fields(event.item))
            case "response.output_item.done":
                yield from self._item_done(event.output_index, _fields(event.item))
            case "response.completed" | "response.incomplete":
                self.finish = self._end(event.response)
            case "response.failed" | "error":
                yield from _failed(event)
            case _:
                pass

    def _text(self, text: str, output_index: int, content_index: int, item_id: str) -> TextDelta:
        id_ = f"{output_index}.{content_index}"
        phase = self._phases.get(output_index)
        return TextDelta(text, id_, self._at_first(f"text {id_}", itemId=item_id, phase=phase))

    def _reason(self, text: str, output_index: int, part_index: int, item_id: str) -> ReasoningDelta:
        self._reasoning[output_index] = id_ = f"{output_index}.{part_index}"
        return ReasoningDelta(text, id_, self._at_first(id_, itemId=item_id))

    def _at_first(self, begun: str, **facts: str | None) -> dict[str, Any] | None:
        """The facts about a part, told once, when it begins."""
        if begun in self._begun:
            return None
        self._begun.add(begun)
        return _facts(**facts)

    def _cited(self, cited: Annotation) -> Iterator[ModelEvent]:
        match getattr(cited, "type", None):
            case "url_citation":
                yield from self._sources.found(getattr(cited, "url", ""), getattr(cited, "title", None))
            case "file_citation" | "container_file_citation":
                file_id, name = getattr(cited, "file_id", ""), getattr(cited, "filename", "")
                media_type = mimetypes.guess_type(name)[0] or "text/plain"
                yield from self._sources.document(file_id, name or file_id, media_type, name or None)
            case _:
                pass

    def _item_added(self, output_index: int, item: dict[str, Any]) -> Iterator[ModelEvent]:
        if item.get("phase"):
            self._phases[output_index] = item["phase"]
        if item.get("type") == "function_call":
            yield from self._call_begun(output_index, item)
        else:
            yield from builtin_started(item)

    def _call_begun(self, output_index: int, item: dict[str, Any]) -> Iterator[ModelEvent]:
        if output_index not in self._calls:
            self._calls[output_index] = item.get("call_id") or item.get("id") or f"call_{output_index}"
            yield ToolInputStarted(self._calls[output_index], item.get("name") or "")

    def _item_done(self, output_index: int, item: dict[str, Any]) -> Iterator[ModelEvent]:
        match item.get("type"):
            # A call that was cut off is none.
            case "function_call" if item.get("status") != "incomplete":
                self._calls_tools = True
                yield from self._call_begun(output_index, item)
                called, facts = (item.get("name") or "", item.get("arguments") or "{}"), _facts(itemId=item.get("id"))
                yield ToolCalled(self._calls[output_index], *called, provider_metadata=facts)
            case "reasoning" if item.get("id"):
                # Also where it was never shown: OpenAI may want it back.
                id_ = self._reasoning.get(output_index, f"{output_index}.0")
                sealed = item.get("encrypted_content")
                yield ReasoningDelta("", id_, _facts(itemId=item["id"], reasoningEncryptedContent=sealed))
            case _:
                yield from builtin_ended(item)

    def _end(self, response: Response) -> Finish:
        return Finish(
            reason=self._reason_to_stop(response),
            usage=_usage(response),
            model=response.model,
            provider_metadata=_facts(responseId=response.id, serviceTier=response.service_tier),
            warnings=self._warnings,
            response=_told(response),
        )

    def _reason_to_stop(self, response: Response) -> FinishReason:
        if response.status == "incomplete":
            details = response.incomplete_details
            return _INCOMPLETE.get((details and details.reason) or "", FinishReason.OTHER)
        if self._refused:
            return FinishReason.CONTENT_FILTER
        return FinishReason.TOOL_CALLS if self._calls_tools else FinishReason.STOP


def _fields(item: object) -> dict[str, Any]:
    return item.model_dump(mode="json", exclude_none=True, warnings=False) if isinstance(item, BaseModel) else {}


def _facts(**facts: str | None) -> dict[str, Any]:
    return {OPENAI.provider: {name: value for name, value in facts.items() if value}}


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


def _told(response: Response) -> dict[str, Any]:
    """The response for whoever looks into it: without what the request said, sealed reasoning and pictures."""
    told = response.model_dump(mode="json", exclude_unset=True, warnings=False)
    output = [{name: value for name, value in item.items() if name not in _SECRETS} for item in told.get("output", [])]
    return {name: value for name, value in told.items() if name not in _NOT_TOLD} | {"output": output}
