"""What a reader sees: neighbours that belong to one answer are one message, and own drafts come last.

A turn that did not change is the same object as the last time, so that whoever compares need not look inside.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from weft_client.answers import joined
from weft_client.messages import Message, Role

_order = attrgetter("order")
_place = attrgetter("order", "step_order")


class Shown:
    def __init__(self) -> None:
        self._turns: dict[int, tuple[tuple[Message, ...], tuple[Message, ...]]] = {}
        self._drafts: dict[str, Message] = {}

    def messages(self, rows: Sequence[Message], drafts: Sequence[Message]) -> tuple[Message, ...]:
        turns: dict[int, tuple[tuple[Message, ...], tuple[Message, ...]]] = {}
        for order, group in groupby(sorted(rows, key=_place), key=_order):
            turns[order] = self._turn(order, tuple(group))
        self._turns = turns
        last = max(turns, default=-1)
        return (
            *(message for _, shown in turns.values() for message in shown),
            *self._placed([replace(draft, order=last + at) for at, draft in enumerate(drafts, 1)]),
        )

    def _turn(self, order: int, rows: tuple[Message, ...]) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
        known = self._turns.get(order)
        if (
            known is not None
            and len(known[0]) == len(rows)
            and all(a is b for a, b in zip(known[0], rows, strict=True))
        ):
            return known
        return rows, _combined(rows)

    def _placed(self, drafts: Sequence[Message]) -> Sequence[Message]:
        self._drafts = {draft.key: self._same(draft) for draft in drafts}
        return tuple(self._drafts.values())

    def _same(self, draft: Message) -> Message:
        known = self._drafts.get(draft.key)
        return known if known is not None and known == draft else draft


def _combined(rows: Sequence[Message]) -> tuple[Message, ...]:
    shown: list[Message] = []
    for row in rows:
        if shown and shown[-1].role is Role.ASSISTANT and row.role is Role.ASSISTANT:
            shown[-1] = joined(shown[-1], row)
        else:
            shown.append(row)
    return tuple(shown)
