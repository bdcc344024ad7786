"""Rows of one answer as parts of a screen: calls are joined with their approvals and results across the rows.

Whatever is stored, nothing here raises. A text-only row takes the short way: lists are made of them.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from weft.threads.json_values import is_list, is_object, string
from weft.threads.messages import Message, MessageRole, MessageStatus, Part
from weft.threads.old_forms import modern, normalise
from weft.threads.plain_parts import PLAIN, plain_part
from weft.threads.tool_book import ToolBook, denied
from weft.threads.tool_parts import ToolApproval, ToolPart, ToolState
from weft.threads.ui_parts import PartState, ReasoningPart, SourceDocumentPart, SourceUrlPart, StepStartPart, UIPart

TOOL_KINDS: Final = frozenset({"tool-call", "tool-result", "tool-approval-request", "tool-approval-response"})
_ANSWERS: Final = (MessageRole.ASSISTANT, MessageRole.TOOL)


def shown_parts(rows: Sequence[Message]) -> list[UIPart]:
    """Everything there is to show of the rows of one UI message, in order."""
    if len(rows) == 1:
        (row,) = rows
        state, answers = _state(row), row.role in _ANSWERS
        parts = plain_parts(row.content, state, row.provider_metadata, row.reasoning, row.sources, answers=answers)
        if parts is not None:
            return parts
    return _Answer(rows).parts()


def plain_parts(
    content: object, state: PartState, facts: Any, reasoning: str | None, sources: Any, *, answers: bool
) -> list[UIPart] | None:
    """The parts of a row by itself, of what is stored of it; None when it is an answer that has to do with tools.

    `facts` is its provider metadata.
    """
    facts = facts or None
    parts: list[UIPart] = []
    typed = _typed(content)
    for part in typed:
        shown = PLAIN.get(part["type"])
        if shown is None:
            if answers and part["type"] in TOOL_KINDS:
                return None
        elif (ui_part := shown(part, state, facts)) is not None:
            parts.append(ui_part)
    if not answers:
        return parts
    if reasoning and ReasoningPart not in map(type, parts):
        parts.insert(0, ReasoningPart(reasoning, state, facts))
    if sources and not all_in(sources, typed):
        seen = {_source_key(part) for part in parts if isinstance(part, SourceUrlPart | SourceDocumentPart)}
        parts.extend(source for source in _sources(sources) if _source_key(source) not in seen)
    return parts


def _state(row: Message) -> PartState:
    return PartState.STREAMING if row.status is MessageStatus.PENDING else PartState.DONE


def _typed(content: object) -> Sequence[Part]:
    """The content as parts that have a type. Nearly always it is that already, and nothing is copied."""
    if not is_list(content):
        return normalise(content)
    for part in content:
        if part.__class__ is not dict or part.get("type").__class__ is not str:
            return normalise(content)
    return content


def all_in(sources: object, content: Sequence[Part]) -> bool:
    """Whether the content has them all as they are: so it is with every answer that Weft wrote."""
    if not is_list(sources):
        return False
    for source in sources:  # noqa: SIM110 -- a generator takes three times as long
        if source not in content:
            return False
    return True


def _source_key(part: SourceUrlPart | SourceDocumentPart) -> tuple[str, str]:
    return part.source_id, part.url if isinstance(part, SourceUrlPart) else part.title


def _sources(sources: Any) -> Iterable[SourceUrlPart | SourceDocumentPart]:
    for source in normalise(sources):
        given: object = source["value"] if source["type"] == "unknown" and "value" in source else source
        part = plain_part({**given, "type": "source"}, PartState.DONE) if is_object(given) else None
        if isinstance(part, SourceUrlPart | SourceDocumentPart):
            yield part


class _Answer:
    """The rows of an answer that has to do with tools, read once from the first to the last."""

    def __init__(self, rows: Sequence[Message]) -> None:
        self._parts: list[UIPart] = []
        self._tools = ToolBook(self._parts)
        self._seen: set[tuple[str, str]] = set()
        for row in rows:
            self._read(row)

    def parts(self) -> list[UIPart]:
        if any(isinstance(part, ToolPart) for part in self._parts):
            return self._parts
        return [part for part in self._parts if not isinstance(part, StepStartPart)]

    def _read(self, row: Message) -> None:
        content, state, facts = _typed(row.content), _state(row), row.provider_metadata or None
        if row.role is MessageRole.ASSISTANT and content:
            self._parts.append(StepStartPart(row.step_order))
        if row.reasoning and not any(part["type"] == "reasoning" for part in content):
            self._parts.append(ReasoningPart(row.reasoning, state, facts))
        for part in content:
            if part["type"] in TOOL_KINDS:
                self._read_tool(row, modern(part))
            else:
                self._show(plain_part(part, state, facts))
        for source in _sources(row.sources) if row.sources else ():
            if _source_key(source) not in self._seen:
                self._show(source)

    def _show(self, part: UIPart | None) -> None:
        if isinstance(part, SourceUrlPart | SourceDocumentPart):
            self._seen.add(_source_key(part))
        if part is not None:
            self._parts.append(part)

    def _read_tool(self, row: Message, part: Part) -> None:
        call_id, approval_id = string(part, "toolCallId"), string(part, "approvalId")
        match part["type"]:
            case "tool-call" if call_id is not None:
                self._tools.add(_called(row, part, call_id))
            case "tool-result" if call_id is not None:
                self._read_result(row, part, call_id)
            case "tool-approval-request" if call_id is not None and approval_id is not None:
                automatic, signature = part.get("isAutomatic") is True, string(part, "signature")
                asked = ToolApproval(approval_id, is_automatic=automatic, signature=signature)
                self._tools.request(call_id, asked)
            case "tool-approval-response" if approval_id is not None:
                self._read_decision(row, part, approval_id)
            case _:
                pass

    def _read_decision(self, row: Message, part: Part, approval_id: str) -> None:
        approved = part.get("approved") is True
        self._tools.respond(
            approval_id,
            ToolState.APPROVAL_RESPONDED if approved else ToolState.OUTPUT_DENIED,
            approved=approved,
            reason=string(part, "reason"),
            decided_at=row.created_at,
            decided_by=_decided_by(part),
        )

    def _read_result(self, row: Message, part: Part, call_id: str) -> None:
        output = part.get("output")
        facts = part.get("providerMetadata")
        if is_object(output) and output.get("type") == "execution-denied":
            reason = string(output, "reason")
            if not self._tools.deny(call_id, reason):
                self._tools.add(_orphan(part, call_id, ToolState.OUTPUT_DENIED, approval=denied(None, reason)))
            return
        error = _error_of(row, output)
        state = ToolState.OUTPUT_AVAILABLE if error is None else ToolState.OUTPUT_ERROR
        value = _unwrapped(output) if error is None else None
        outcome = {"output": value, "error_text": error, "result_provider_metadata": facts}
        if not self._tools.change(call_id, state=state, **outcome):
            self._tools.add(_orphan(part, call_id, state, **outcome))


def _called(row: Message, part: Part, call_id: str) -> ToolPart:
    return ToolPart(
        call_id,
        string(part, "toolName") or "",
        ToolState.INPUT_AVAILABLE,
        title=string(part, "title"),
        dynamic=part.get("dynamic") is True,
        input=part.get("input"),
        provider_executed=part.get("providerExecuted") is True,
        metadata=part.get("toolMetadata"),
        call_provider_metadata=part.get("providerMetadata") or row.provider_metadata or None,
    )


def _orphan(part: Part, call_id: str, state: ToolState, **outcome: Any) -> ToolPart:
    """A result whose call is not here (row 143)."""
    executed, dynamic = part.get("providerExecuted") is True, part.get("dynamic") is True
    name = string(part, "toolName") or ""
    return ToolPart(call_id, name, state, dynamic=dynamic, provider_executed=executed, **outcome)


def _unwrapped(output: Any) -> Any:
    return output.get("value") if is_object(output) and output.get("type") in ("text", "json", "content") else output


def _error_of(row: Message, output: Any) -> str | None:
    """Why the call failed: its tool row's error, else what the result says (row 144)."""
    if row.error and row.role is MessageRole.TOOL:
        return row.error
    if not is_object(output) or output.get("type") not in ("error-text", "error-json"):
        return None
    value = output.get("value")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _decided_by(part: Part) -> str | None:
    """Who decided, as Weft notes it in the response: `providerMetadata.weft.decidedBy`."""
    facts = part.get("providerMetadata")
    ours = facts.get("weft") if is_object(facts) else None
    return string(ours, "decidedBy") if is_object(ours) else None
