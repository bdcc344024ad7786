"""The seam of search: MongoDB's own search indexes, or Weft's. One contract suite runs on both."""

from collections.abc import Sequence
from typing import Protocol

from weft.threads.search import Reach, TextHit, VectorHit
from weft.threads.vectors import Space


class SearchStrategy(Protocol):
    """Looks through `searchEntries`. Hits come best first; equal ones in one and the same order at all times.

    Raises, from every search: InputError when the query cannot be searched for, as a vector of another dimension.
    UnavailableError when the server does not answer, or an index is still being built; the message says which.
    """

    @property
    def name(self) -> str:
        """`atlas` or `embedded`, as `serverInfo.search` shows it."""
        ...

    async def text(self, query: str, reach: Reach, limit: int) -> Sequence[TextHit]:
        """Messages with words of the query; without one that can be searched for, none."""
        ...

    async def vector(self, vector: Sequence[float], space: Space, reach: Reach, limit: int) -> Sequence[VectorHit]:
        """The nearest by cosine. A space that nothing is in has no hits."""
        ...

    async def both(
        self, query: str, vector: Sequence[float], space: Space, reach: Reach, limit: int
    ) -> tuple[Sequence[TextHit], Sequence[VectorHit]]:
        """What `text` and `vector` find, in one question where the server can."""
        ...

    async def prepare(self, spaces: Sequence[Space]) -> None:
        """Makes the indexes that are missing, for text and for these spaces; safe from several processes at once."""
        ...
