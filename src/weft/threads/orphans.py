"""Calls and results that lost each other: what a provider would refuse is left out (behaviour.md row 94)."""

from collections.abc import Iterable, Sequence
from typing import Final

from weft.threads.json_values import string
from weft.threads.messages import MessageRole, Part

Said = tuple[MessageRole, Sequence[Part]]
_Place = tuple[int, int]
_BOUND: Final = frozenset({"tool-call", "tool-result", "tool-approval-request", "tool-approval-response"})
"""Parts that stay only with the call they speak of."""


def without_orphans(messages: Iterable[Said]) -> list[Said]:
    """Without results of calls that are not there before them, calls whose result is not there, and empty messages.

    A call that its provider ran itself stays as it is; approvals go with their calls. Some providers use an id again:
    a result is that of the latest call.
    """
    told = list(messages)
    kept = _Pairs(told).kept
    stays = [
        (role, [part for at, part in enumerate(parts) if part["type"] not in _BOUND or (number, at) in kept])
        for number, (role, parts) in enumerate(told)
    ]
    return [(role, parts) for role, parts in stays if parts]


class _Pairs:
    """One way through the messages. `kept` are the places of parts of calls that have all they need."""

    def __init__(self, told: Sequence[Said]) -> None:
        self.kept: set[_Place] = set()
        self._open: dict[str, list[_Place]] = {}
        self._done: set[str] = set()
        self._asked: dict[str, str] = {}
        for number, (_, parts) in enumerate(told):
            for at, part in enumerate(parts):
                self._take((number, at), part)

    def _take(self, place: _Place, part: Part) -> None:
        call_id, approval_id = string(part, "toolCallId"), string(part, "approvalId")
        match part["type"]:
            case "tool-call" if call_id is not None:
                self._open[call_id] = [place]
                self._done.discard(call_id)
                if part.get("providerExecuted") is True:
                    self.kept.add(place)
            case "tool-result" if call_id in self._open and call_id not in self._done:
                self._done.add(call_id)
                self.kept.update([*self._open[call_id], place])
            case "tool-approval-request" if call_id is not None and approval_id is not None:
                self._asked[approval_id] = call_id
                self._belongs(place, call_id)
            case "tool-approval-response" if approval_id in self._asked:
                self._belongs(place, self._asked[approval_id])
            case _:
                return

    def _belongs(self, place: _Place, call_id: str) -> None:
        if call_id in self._done:
            self.kept.add(place)
        elif call_id in self._open:
            self._open[call_id].append(place)
