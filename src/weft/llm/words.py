"""Cuts a text as models without tokens send it: word by word."""

import re

_WORD = re.compile(r"[^ ]* |[^ ]+$")


def words_of(text: str) -> list[str]:
    """The words of a text, each with the space that follows it; joined they are the text."""
    return _WORD.findall(text)


def count_words(text: str) -> int:
    return len(text.split())
