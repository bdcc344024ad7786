"""What a search stage finds: ids of documents, the best first, as the index knew them."""

from dataclasses import dataclass
from typing import Any

from weft.storage.types import Doc


@dataclass(frozen=True, slots=True)
class Found:
    """`details` is what `{$meta: "scoreDetails"}` gives, where a stage was asked for it."""

    id: Any
    score: float
    details: Doc | None = None
