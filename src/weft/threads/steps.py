"""The steps of an answer, read from its rows: what the model said, what it called and what came of it.

A step is one assistant row and the tool rows after it. Everything about calls is found here, for rows are the truth.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from weft.threads.json_values import is_object, string
from weft.threads.messages import FinishReason, Message, MessageRole, MessageStatus, Part
from weft.threads.old_forms import normalise
from weft.threads.usage import NO_USAGE, Usage


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call of a step. `approved` is None where nobody decided; `output` None where there is no result."""

    id: str
    name: str
    input: Any
    provider_executed: bool = False
    approval_id: str | None = None
    approved: bool | None = None
    reason: str | None = None
    output: Part | None = None

    @property
    def open(self) -> bool:
        """Whether it has no result and one is expected here."""
        return self.output is None and not self.provider_executed

    @property
    def succeeded(self) -> bool:
        """Whether it has a result that is not an error or a refusal."""
        failed = ("error-text", "error-json", "execution-denied")
        return self.output is not None and self.output.get("type") not in failed


@dataclass(frozen=True, slots=True)
class Step:
    """One model call and what its tools gave. `row` is its assistant row."""

    row: Message
    calls: Sequence[Call]

    @property
    def text(self) -> str:
        return self.row.text or ""

    @property
    def finish_reason(self) -> FinishReason | None:
        return self.row.finish_reason

    @property
    def usage(self) -> Usage:
        return self.row.usage or NO_USAGE

    @property
    def open_calls(self) -> list[Call]:
        """The calls without a result."""
        return [call for call in self.calls if call.open]


def steps_of(rows: Iterable[Message]) -> list[Step]:
    """The complete steps of a turn, from its rows in ascending position. Failed and pending answers are none."""
    steps: list[Step] = []
    for row in rows:
        if row.role is MessageRole.ASSISTANT and row.status is MessageStatus.SUCCESS:
            steps.append(Step(row, _called(row)))
        elif row.role is MessageRole.TOOL and steps:
            steps[-1] = replace(steps[-1], calls=_answered(steps[-1].calls, row))
    return steps


def _called(row: Message) -> list[Call]:
    calls: dict[str, Call] = {}
    for part in normalise(row.content):
        call_id = string(part, "toolCallId")
        if call_id is None:
            continue
        if part["type"] == "tool-call":
            name, executed = string(part, "toolName") or "", part.get("providerExecuted") is True
            calls[call_id] = Call(call_id, name, part.get("input"), executed)
        elif part["type"] == "tool-approval-request" and call_id in calls:
            calls[call_id] = replace(calls[call_id], approval_id=string(part, "approvalId"))
        elif part["type"] == "tool-result" and call_id in calls:
            calls[call_id] = replace(calls[call_id], output=_output(part))
    return list(calls.values())


def _answered(calls: Sequence[Call], row: Message) -> list[Call]:
    parts = normalise(row.content)
    outputs = {string(part, "toolCallId"): _output(part) for part in parts if part["type"] == "tool-result"}
    decisions = {string(part, "approvalId"): part for part in parts if part["type"] == "tool-approval-response"}
    return [_after(call, decisions.get(call.approval_id), outputs.get(call.id)) for call in calls]


def _after(call: Call, decision: Part | None, output: Part | None) -> Call:
    if call.approval_id is not None and decision is not None:
        call = replace(call, approved=decision.get("approved") is True, reason=string(decision, "reason"))
    return call if output is None else replace(call, output=output)


def _output(part: Part) -> Part:
    output = part.get("output")
    return output if is_object(output) else {"type": "json", "value": output}
