"""Calls and results that lost each other: what a provider would refuse is left out (behaviour.md row 94)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
    return [(role, parts) for (role, _), parts in zip(told, bound_parts(told), strict=True) if parts]


def bound_parts(told: Sequence[Said]) -> list[Sequence[Part]]:
    """What stays of each message, nothing of some. A message that stays whole keeps its own list."""
    kept = _Pairs(told).kept
    stays: list[Sequence[Part]] = []
    for number, (_, parts) in enumerate(told):
        left = [part for at, part in enumerate(parts) if part["type"] not in _BOUND or (number, at) in kept]
        stays.append(parts if len(left) == len(parts) else left)
    return stays


@dataclass(slots=True)
class _Call:
    """A call and what speaks of it. Its parts wait in `places` until it has its result."""

    places: list[_Place]
    answered: bool = False


class _Pairs:
    """One way through the messages. `kept` are the places of parts of calls that have all they need."""

    def __init__(self, told: Sequence[Said]) -> None:
        self.kept: set[_Place] = set()
        self._calls: dict[str, _Call] = {}
        self._asked: dict[str, _Call] = {}
        for number, (_, parts) in enumerate(told):
            for at, part in enumerate(parts):
                self._take((number, at), part)

    def _take(self, place: _Place, part: Part) -> None:
        call_id, approval_id = string(part, "toolCallId") or "", string(part, "approvalId") or ""
        call = self._calls.get(call_id)
        match part["type"]:
            case "tool-call":
                self._calls[call_id] = _Call([place])
                if part.get("providerExecuted") is True:
                    self.kept.add(place)
            case "tool-result" if call is not None and not call.answered:
                call.answered = True
                self.kept.update([*call.places, place])
            case "tool-approval-request" if call is not None:
                self._asked[approval_id] = call
                self._note(place, call)
            case "tool-approval-response" if approval_id in self._asked:
                self._note(place, self._asked[approval_id])
            case _:
                return

    def _note(self, place: _Place, call: _Call) -> None:
        if call.answered:
            self.kept.add(place)
        else:
            call.places.append(place)
