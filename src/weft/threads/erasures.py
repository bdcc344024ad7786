"""What became of the wish that all of a user be gone: how much there was, and when the last of it was gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Erasure:
    """`counts` has how many documents are gone by now, by collection; all of them when `finished_at` is there."""

    id: str
    user_id: str
    requested_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int]
