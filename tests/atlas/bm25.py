"""How well a text fits words, as Lucene's BM25 says: k1 = 1.2, b = 0.75, lengths kept in one byte."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tests.atlas.entries import Entries, Text

K1: Final = 1.2
B: Final = 0.75
_EXACT: Final = 24
"""Lengths below this are kept as they are."""


@dataclass(frozen=True, slots=True)
class Field:
    """What is known of one field of all documents."""

    texts: dict[bytes, Text]
    average: float

    @classmethod
    def of(cls, entries: Entries, path: str) -> "Field":
        texts = {key: entry.texts[path] for key, entry in entries.by_key.items() if path in entry.texts}
        total = sum(text.length for text in texts.values())
        return cls(texts, total / len(texts) if texts else 0.0)

    def rarity(self, word: str) -> float:
        """The fewer texts have a word, the more it says."""
        having = sum(word in text.counts for text in self.texts.values())
        return math.log(1 + (len(self.texts) - having + 0.5) / (having + 0.5))

    def score(self, text: Text, frequency: float, weight: float) -> float:
        length = kept_length(text.length)
        return weight * frequency / (frequency + K1 * (1 - B + B * length / self.average))


def word_scores(field: Field, word: str) -> dict[bytes, float]:
    """The texts that have a word."""
    weight = field.rarity(word)
    having = ((key, text) for key, text in field.texts.items() if word in text.counts)
    return {key: field.score(text, text.counts[word], weight) for key, text in having}


def phrase_scores(field: Field, phrase: Sequence[str]) -> dict[bytes, float]:
    """The texts that have words one after the other."""
    weight = sum(field.rarity(word) for word in phrase)
    found = {key: _times(text.words, tuple(phrase)) for key, text in field.texts.items()}
    return {key: field.score(field.texts[key], times, weight) for key, times in found.items() if times}


def summed(scores: Iterable[dict[bytes, float]]) -> dict[bytes, float]:
    total: dict[bytes, float] = {}
    for one in scores:
        for key, value in one.items():
            total[key] = total.get(key, 0.0) + value
    return total


def kept_length(length: int) -> int:
    """What is left of a length in one byte: a float of four bits beyond 24."""
    if length < _EXACT:
        return length
    beyond = length - _EXACT
    shift = max(0, beyond.bit_length() - 4)
    return _EXACT + (beyond >> shift << shift)


def _times(words: tuple[str, ...], phrase: tuple[str, ...]) -> int:
    return sum(words[at : at + len(phrase)] == phrase for at in range(len(words) - len(phrase) + 1))
