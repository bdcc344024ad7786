"""Words as the text index sees them: what a query looks for, and what of a text is stored a second time for it.

That are the characters of scripts that write no blanks, and words without their accents: MongoDB takes these away only
after it has told a word's form, so that for it `resume` is another word than `résumé`.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from weft.threads.word_forms import without_accents

MOST_WORDS: Final = 40
_MOST_CHARACTERS: Final = 20_000
_WORD: Final = re.compile(r"[\w'’]+")
# Thai, Lao, Myanmar, Hangul, Khmer, kana, Han: letters that follow each other without a blank between words.
_UNBROKEN: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+"
)


def query_words(query: str) -> list[str]:
    """What a query looks for, each once and free of any syntax; of a very long query the most telling words.

    Long words and those with digits are rarer, so they tell more: a prompt of pages is searched for by its 40 best.
    """
    words = list(dict.fromkeys(_words(unicodedata.normalize("NFC", query[:_MOST_CHARACTERS]))))
    if len(words) <= MOST_WORDS:
        return words
    chosen = set(sorted(words, key=telling, reverse=True)[:MOST_WORDS])
    return [word for word in words if word in chosen]


def set_apart(text: str) -> str | None:
    """Of unbroken runs the characters and each two neighbours, with blanks between; words with accents without them.

    So a word of such a script is found by its pairs of characters. Other words that touch a run are freed of it.
    None when there is nothing of the kind.
    """
    if text.isascii():
        return None
    found: dict[str, None] = {}
    for word in _WORD.findall(unicodedata.normalize("NFC", text)):
        runs, bare = _runs(word), without_accents(word)
        if runs or bare != word:
            found.update(dict.fromkeys(_others(bare)))
        for run in runs:
            found.update(dict.fromkeys((*run, *_pairs(run))))
    return " ".join(found) or None


def _words(query: str) -> Iterator[str]:
    for word in _WORD.findall(query):
        yield from _others(word)
        yield from _others(without_accents(word))
        for run in _runs(word):
            yield from _pairs(run) if len(run) > 1 else run


def _others(word: str) -> list[str]:
    return [part for each in _UNBROKEN.sub(" ", word).split() if (part := each.strip("'’_"))]


def _runs(word: str) -> list[str]:
    return [unicodedata.normalize("NFKC", run) for run in _UNBROKEN.findall(word)]


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def telling(word: str) -> int:
    """How much a word is likely to tell: the greater the rarer."""
    digits = any(map(str.isdigit, word))
    return 6 if _UNBROKEN.match(word) else len(word) + 4 * digits
