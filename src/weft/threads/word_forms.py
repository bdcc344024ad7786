"""Words as they can be compared without knowing their language: forms of a word mostly begin alike."""

import re
import unicodedata
from typing import Final

WORD: Final = re.compile(r"[\w'’]+")
_SAID: Final = (
    "a about all also am an and any are as at be because been but by can could did do does for from had has have he "
    "her him his how i if in into is it its just me more my no not of on or our please she should so some than that "
    "the their them then there they this to up us was we were what when where which who why will with would you your"
)
SMALL_WORDS: Final = frozenset(_SAID.split())
"""English words that say nothing about what was asked for, unless nothing else was."""
_STEM: Final = 5
_ACCENTED: Final = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
"""Letters of the Latin script that can have accents; elsewhere a mark can make another letter."""


def stem(word: str) -> str:
    """What all forms of a word have: its first letters, or all of a number."""
    folded = without_accents(word.casefold()).partition("’")[0].partition("'")[0]
    return folded if folded[-1:].isdigit() else folded.removesuffix("s")[:_STEM]


def without_accents(word: str) -> str:
    """The word as it is typed in a hurry: `resume` for `résumé`. Only Latin letters lose theirs."""
    if word.isascii() or _ACCENTED.search(word) is None:
        return word
    return _ACCENTED.sub(_bare, word)


def _bare(letter: re.Match[str]) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", letter[0]) if not unicodedata.combining(each))
