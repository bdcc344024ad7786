"""Parts that say what came of a waiting call: the decision, and the result where a person or nobody gave one."""

from typing import Any

from weft.threads.messages import Part


def response_part(approval_id: str, *, approved: bool, reason: str | None, decided_by: str | None = None) -> Part:
    """A decision. Who made it is noted where the screen looks for it."""
    part: Part = {"type": "tool-approval-response", "approvalId": approval_id, "approved": approved}
    if reason is not None:
        part["reason"] = reason
    return part if decided_by is None else {**part, "providerMetadata": {"weft": {"decidedBy": decided_by}}}


def result_part(tool_call_id: str, tool_name: str, output: Part, answered_by: str | None = None) -> Part:
    """A result of this output form."""
    part: Part = {"type": "tool-result", "toolCallId": tool_call_id, "toolName": tool_name, "output": output}
    return part if answered_by is None else {**part, "providerMetadata": {"weft": {"answeredBy": answered_by}}}


def output_of(value: Any) -> Part:
    """What a person or a client gave, as text if it is one, else as JSON."""
    return {"type": "text" if isinstance(value, str) else "json", "value": value}


def error_output(text: str) -> Part:
    return {"type": "error-text", "value": text}


def denied_output(reason: str | None) -> Part:
    """A call that was not allowed, and so has not run."""
    return {"type": "execution-denied"} if reason is None else {"type": "execution-denied", "reason": reason}
