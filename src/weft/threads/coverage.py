"""How much of a query a text holds: words that few texts have tell more than words that many have.

A message that shares one middling word with a long question is found by its words all the same. What it is worth is
told by its share: of the weight of the query's three most telling words, how much it has (docs/decisions/0013).
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from weft.threads.word_forms import SMALL_WORDS, WORD, stem, without_accents

ENOUGH: Final = 0.55
"""The share from which a text counts as one with the words of the query: more than half of it."""
_MOST_TELLING: Final = 3


def shares(words: Sequence[str], texts: Mapping[str, str]) -> dict[str, float]:
    """The share of each text, by its name: 0 for none of the words, about 1 for the three most telling ones.

    How rare a word is, is told from these texts: give those that were found in other ways with them.
    """
    stems = _stems(words)
    spread = {name: f" {' '.join(map(_folded, WORD.findall(text)))} " for name, text in texts.items()}
    held = {name: [each for each in stems if _is_in(each, line)] for name, line in spread.items()}
    weights = {each: _weight(sum(each in one for one in held.values()), len(texts)) for each in stems}
    whole = sum(sorted(weights.values(), reverse=True)[:_MOST_TELLING])
    return {name: sum(weights[each] for each in one) / whole if whole else 0.0 for name, one in held.items()}


def _stems(words: Sequence[str]) -> list[str]:
    told = [word for word in words if word.casefold() not in SMALL_WORDS] or words
    return [each for each in dict.fromkeys(map(stem, told)) if each]


def _folded(word: str) -> str:
    return without_accents(word.casefold()).partition("’")[0].partition("'")[0]


def _is_in(each: str, line: str) -> bool:
    """Whether a word of the text begins so; one of few letters must be it, and a number too.

    Scripts that put no blanks between words have theirs anywhere.
    """
    if each[0] > "\u2e7f" or "\u0e00" <= each[0] <= "\u0eff" or "\u1000" <= each[0] <= "\u17ff":
        return each in line
    if len(each) >= 5 and not each[-1].isdigit():
        return f" {each}" in line
    return f" {each} " in line or f" {each}s " in line


def _weight(having: int, texts: int) -> float:
    """Inverse document frequency, as in BM25; a word that no text has is as rare as one that one has."""
    having = max(having, 1)
    return math.log(1 + (max(texts, having) - having + 0.5) / (having + 0.5))
