"""Words as they can be compared without knowing their language: forms of a word mostly begin alike."""

import re
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


def stem(word: str) -> str:
    """What all forms of a word have: its first letters, or all of a number."""
    folded = word.casefold().partition("’")[0].partition("'")[0]
    return folded if folded[-1:].isdigit() else folded.removesuffix("s")[:_STEM]
