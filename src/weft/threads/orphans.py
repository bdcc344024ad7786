"""Calls and results that lost each other: what a provider would refuse is left out (behaviour.md row 94)."""

from collections.abc import Iterable, Sequence

from weft.threads.json_values import string
from weft.threads.messages import MessageRole, Part

Said = tuple[MessageRole, Sequence[Part]]


def without_orphans(messages: Iterable[Said]) -> list[Said]:
    """Without results of calls that are not there before them, calls whose result is not there, and empty messages.

    A call that its provider ran itself stays as it is; approvals go with their calls.
    """
    told = list(messages)
    answered = {string(part, "toolCallId") for _, parts in told for part in parts if part["type"] == "tool-result"}
    kept: list[Said] = []
    called: set[str | None] = set()
    for role, parts in told:
        stays = [part for part in parts if _stays(part, called, answered)]
        if stays:
            kept.append((role, stays))
    return kept


def _stays(part: Part, called: set[str | None], answered: set[str | None]) -> bool:
    call_id = string(part, "toolCallId")
    match part["type"]:
        case "tool-call":
            stays = call_id in answered or part.get("providerExecuted") is True
            if stays:
                called.add(call_id)
            return stays
        case "tool-result":
            return call_id in called
        case "tool-approval-request":
            return call_id in called
        case _:
            return True
