"""`demo`: vectors without a key or a network. Texts that share words, or pieces of words, are near each other.

Words and their letters in threes and fours are hashed into 256 numbers; the same text has the same vector anywhere.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final
from zlib import crc32

from weft.llm.embeddings import EmbeddingAnswer
from weft.llm.words import count_words

DIMENSION: Final = 256
_WORD: Final = re.compile(r"\w+")
_PIECES: Final = 1.4
_COMMON: Final = 0.15
_COMMON_WORDS: Final = frozenset(
    _WORD.findall(
        "a about all also am an and any are as at be because been but by can could did do does for from had has have "
        "he her him his how i if in into is it its just me more my no not of on or our please she so some than that "
        "the their them then there they this to up us was we were what when where which who why will with would you "
        "your"
    )
)


class DemoEmbeddings:
    """A stand-in for the first minutes and for tests: it knows spelling, not meaning."""

    provider = "demo"
    name = "demo"

    def __repr__(self) -> str:
        return "DemoEmbeddings()"

    async def embed(self, texts: Sequence[str]) -> EmbeddingAnswer:
        return EmbeddingAnswer([vector_of(text) for text in texts], sum(map(count_words, texts)))


def vector_of(text: str) -> list[float]:
    """A vector of length 1."""
    numbers = [0.0] * DIMENSION
    for feature, weight in _weighed(text.casefold()):
        hashed = crc32(feature.encode("utf-8", "replace"))
        numbers[hashed % DIMENSION] += weight if hashed & 1 << 30 else -weight
    length = math.hypot(*numbers)
    if length < 1e-9:  # features that cancel each other out
        numbers[crc32(text.encode("utf-8", "replace")) % DIMENSION] = length = 1.0
    return [number / length for number in numbers]


def _weighed(text: str) -> Iterator[tuple[str, float]]:
    """A word said often weighs more, but not as often as it is said."""
    words = Counter(_WORD.findall(text))
    if not words:
        yield text.strip(), 1.0
    for word, times in words.items():
        weight = (_COMMON if word in _COMMON_WORDS else 1.0) * (1 + math.log(times))
        yield word, weight
        pieces = list(_pieces(f"<{word}>"))
        for piece in pieces:
            yield piece, weight * _PIECES / math.sqrt(len(pieces))


def _pieces(word: str) -> Iterator[str]:
    for size in (3, 4):
        for start in range(len(word) - size + 1):
            yield word[start : start + size]
