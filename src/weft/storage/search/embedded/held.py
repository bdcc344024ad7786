"""Vectors of one scope of one space that are held in memory, or will be when they are read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from weft.storage.search.embedded.codes import Codes
from weft.storage.search.embedded.exact import ExactTable
from weft.storage.types import Doc
from weft.threads.search import Reach
from weft.threads.vectors import Space

EVERYBODY = Reach()


@dataclass(slots=True, eq=False)
class Held:
    """`missed`: what has changed since its loading began."""

    space: Space
    scope: Reach
    rows: ExactTable | Codes
    missed: set[str] = field(default_factory=set[str])

    def change(self, entry_ids: Collection[str], docs: Sequence[Doc]) -> None:
        """What was known of entries is forgotten; `docs`: what those are now that still exist."""
        self.rows.change(entry_ids, [doc for doc in docs if self._is_in_scope(doc)])

    def _is_in_scope(self, doc: Doc) -> bool:
        if self.scope.thread_id is not None:
            return bool(doc["threadId"] == self.scope.thread_id)
        return self.scope.user_id is None or bool(doc["userId"] == self.scope.user_id)


def scope_of(reach: Reach) -> Reach:
    """What is held together: a thread, a user's messages or everybody's; a table of it answers for the reach."""
    if reach.thread_id is not None:
        return Reach(thread_id=reach.thread_id)
    return EVERYBODY if reach.user_id is None else Reach(user_id=reach.user_id)
