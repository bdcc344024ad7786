"""The passage of a text that says why a search found it: one line of plain words around what was asked for.

However long the text is, only its beginning is gone through; the passage is never longer than asked for.
"""

import re
from typing import Final

from weft.threads.word_forms import SMALL_WORDS, WORD, stem

LENGTH: Final = 200
_LOOKED_THROUGH: Final = 20_000
_MOST_WORDS: Final = 64
_CUT: Final = "…"


def snippet(text: str, query: str, length: int = LENGTH) -> str:
    """At most `length` characters of the text, 20 or more: the passage that has most of the query's words, in one line.

    "…" stands where the text goes on. A text without any of the words is shown from its beginning.
    """
    line = " ".join(text[:_LOOKED_THROUGH].split())
    whole = len(text) <= _LOOKED_THROUGH
    if whole and len(line) <= length:
        return line
    start = _start(line, query, length)
    before = _CUT if start else ""
    if whole and len(line) - start + len(before) <= length:
        return before + line[start:]
    end = _back(line, start, start + length - len(before) - len(_CUT))
    return f"{before}{line[start:end]}{_CUT}"


def _start(line: str, query: str, length: int) -> int:
    """Where the passage begins: at the beginning of a word, with about as much before what was found as after it."""
    first, last = _literal(line, query) or _most_words(line, query, length - 2 * len(_CUT)) or (0, 0)
    if last <= length - len(_CUT):
        return 0
    wanted = first - max(0, length - 2 * len(_CUT) - (last - first)) // 2
    start = max(0, min(wanted, len(line) - length + len(_CUT)))
    space = line.find(" ", start - 1, first) if start else -1
    return space + 1 if space >= 0 else start


def _literal(line: str, query: str) -> tuple[int, int] | None:
    """Where the query stands as it is, between other words."""
    words = " ".join(query[:_LOOKED_THROUGH].split())
    found = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", line, re.IGNORECASE)
    return None if found is None else found.span()


def _most_words(line: str, query: str, length: int) -> tuple[int, int] | None:
    """The stretch of at most `length` with the most of the query's words, each counted once, long ones for more."""
    stems = _stems(query)
    known = ((found, stem(found[0])) for found in WORD.finditer(line))
    places = [(found.start(), found.end(), stem) for found, stem in known if stem in stems]
    best, stretch, left = 0, None, 0
    for right, (_, end, _) in enumerate(places):
        while left < right and end - places[left][0] > length:
            left += 1
        weight = sum(map(len, {stem for _, _, stem in places[left : right + 1]}))
        if weight > best:
            best, stretch = weight, (places[left][0], end)
    return stretch


def _stems(query: str) -> set[str]:
    words = {found[0].casefold() for found in WORD.finditer(query[:_LOOKED_THROUGH])}
    told = words - SMALL_WORDS or words
    return {stem(word) for word in sorted(told, key=lambda word: (-len(word), word))[:_MOST_WORDS]}


def _back(line: str, start: int, end: int) -> int:
    """The end, moved before a word that it would cut; one that takes up half of it all is cut."""
    if line[end : end + 1] in ("", " "):
        return end
    space = line.rfind(" ", start, end)
    return space if space > (start + end) // 2 else end
