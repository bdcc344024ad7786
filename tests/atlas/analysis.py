"""Words as `lucene.standard` finds them: the word boundaries of Unicode (UAX #29), lower case, no word left out."""

import unicodedata
from enum import Enum, auto
from typing import Final

LONGEST_WORD: Final = 255
"""Characters; a longer one is several words."""

_MID_LETTER: Final = frozenset(":\u00b7\u00b7\u055f\u05f4\u2027\ufe13\ufe55\uff1a")
_MID_NUMBER: Final = frozenset(",;;\u0589\u060c\u060d\u066c\u07f8\u2044\ufe10\ufe14\ufe50\ufe54\uff0c\uff1b")
_MID_BOTH: Final = frozenset(".'\u2018\u2019\u2024\ufe52\uff07\uff0e")
_SINGLE: Final = ("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH", "HIRAGANA")


class _Kind(Enum):
    LETTER = auto()
    DIGIT = auto()
    KATAKANA = auto()
    JOINER = auto()
    SINGLE = auto()
    EXTEND = auto()
    MID_LETTER = auto()
    MID_NUMBER = auto()
    MID_BOTH = auto()
    OTHER = auto()


_WORDS: Final = (_Kind.LETTER, _Kind.DIGIT, _Kind.KATAKANA, _Kind.SINGLE)


def words(text: str) -> list[str]:
    """Each word in its place, as often as it is there."""
    found: list[str] = []
    for start, end in _spans(text):
        word = text[start:end].lower()
        found += [word[at : at + LONGEST_WORD] for at in range(0, len(word), LONGEST_WORD)]
    return found


def _spans(text: str) -> list[tuple[int, int]]:
    """Where words begin and end."""
    kinds = [_kind(character) for character in text]
    found: list[tuple[int, int]] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or _breaks(kinds, end):
            if any(kind in _WORDS for kind in kinds[start:end]):
                found.append((start, end))
            start = end
    return found


def _breaks(kinds: list[_Kind], at: int) -> bool:
    """Whether a word may end before that character."""
    right = kinds[at]
    if right is _Kind.EXTEND:
        return False
    left, left_at = _beside(kinds, at - 1, -1)
    before, _ = _beside(kinds, left_at - 1, -1)
    after, _ = _beside(kinds, at + 1, 1)
    joined = (_Kind.LETTER, _Kind.DIGIT)
    if left in joined and right in joined:
        return False
    if left is _Kind.LETTER and right in (_Kind.MID_LETTER, _Kind.MID_BOTH):
        return after is not _Kind.LETTER
    if right is _Kind.LETTER and left in (_Kind.MID_LETTER, _Kind.MID_BOTH):
        return before is not _Kind.LETTER
    if left is _Kind.DIGIT and right in (_Kind.MID_NUMBER, _Kind.MID_BOTH):
        return after is not _Kind.DIGIT
    if right is _Kind.DIGIT and left in (_Kind.MID_NUMBER, _Kind.MID_BOTH):
        return before is not _Kind.DIGIT
    chained = (*joined, _Kind.KATAKANA, _Kind.JOINER)
    if _Kind.JOINER in (left, right):
        return not (left in chained and right in chained)
    return not (left is right is _Kind.KATAKANA)


def _beside(kinds: list[_Kind], at: int, step: int) -> tuple[_Kind, int]:
    """The next character that counts, from `at` on; marks on another do not."""
    while 0 <= at < len(kinds) and kinds[at] is _Kind.EXTEND:
        at += step
    return (kinds[at], at) if 0 <= at < len(kinds) else (_Kind.OTHER, at)


def _kind(character: str) -> _Kind:
    for kind, members in (
        (_Kind.MID_LETTER, _MID_LETTER),
        (_Kind.MID_NUMBER, _MID_NUMBER),
        (_Kind.MID_BOTH, _MID_BOTH),
    ):
        if character in members:
            return kind
    category = unicodedata.category(character)
    if category == "Nd":
        return _Kind.DIGIT
    if category == "Pc":
        return _Kind.JOINER
    if category in ("Mn", "Me", "Mc", "Cf"):
        return _Kind.EXTEND
    if not category.startswith("L") and category != "Nl":
        return _Kind.OTHER
    name = unicodedata.name(character, "")
    if name.startswith(_SINGLE):
        return _Kind.SINGLE
    return _Kind.KATAKANA if "KATAKANA" in name else _Kind.LETTER
