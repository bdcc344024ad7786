"""Hits in one order at all times.

The server cuts a list among equal hits where it likes: one hit more than wanted is asked for, and more if that tells
that it was cut so.
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from weft.storage.search.atlas.queries import MAX_CANDIDATES
from weft.threads.search import TextHit, VectorHit

Found = TypeVar("Found", TextHit, VectorHit)

_MOST_EQUAL: Final = 2000
"""Of more equal hits it is the server that chooses."""
_DIGITS: Final = 6
"""The server's scores have 32 bits."""


def cosine_of(score: float) -> float:
    """The server's score of a cosine is (1 + cosine) / 2."""
    return round(2 * score - 1, _DIGITS)


def one_more(limit: int) -> int:
    return min(limit + 1, MAX_CANDIDATES)


def best(hits: list[Found], asked: int, limit: int) -> list[Found] | None:
    """The best `limit`; None when the list, of `asked` hits at most, was cut among hits that are equal to its last."""
    ordered = sorted(hits, key=lambda hit: (-hit.score, hit.message_id))
    cut = asked > limit and len(ordered) >= asked and ordered[-1].score == ordered[limit - 1].score
    return None if cut else ordered[:limit]


async def untied(ask: Callable[[int], Awaitable[list[Found]]], limit: int) -> list[Found]:
    """The best `limit` of what `ask` gives for a greater and greater limit."""
    asked = one_more(limit)
    while True:
        hits = await ask(asked)
        found = best(hits, asked, limit)
        if found is not None:
            return found
        if asked >= max(_MOST_EQUAL, limit + 1) or asked == MAX_CANDIDATES:
            return sorted(hits, key=lambda hit: (-hit.score, hit.message_id))[:limit]
        asked = min(4 * asked, max(_MOST_EQUAL, limit + 1), MAX_CANDIDATES)
