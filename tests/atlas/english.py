"""Words as `lucene.english` finds them: those of `lucene.standard` without 's and without the commonest, as stems.

The stems are M. F. Porter's (An algorithm for suffix stripping, Program 14, 1980), with the two changes of his that
Lucene has too: `bli` becomes `ble`, `logi` becomes `log`.
"""

import re
from typing import Final

from tests.atlas.analysis import words

_STOPPED: Final = """
    a an and are as at be but by for if in into is it no not of on or such that the their then there these they this
    to was will with
"""
COMMONEST: Final = frozenset(_STOPPED.split())
_POSSESSIVE: Final = re.compile("['\u2019\uff07]s$")
_STEP_2: Final = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "bli": "ble", "alli": "al",
    "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "ation": "ate", "ator": "ate", "alism": "al",
    "iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble", "logi": "log",
}  # fmt: skip
_STEP_3: Final = {"icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": ""}
_STEP_4: Final = "al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize"


def english_words(text: str) -> list[str]:
    """Each word's stem, in order, as often as it is there."""
    found = [_POSSESSIVE.sub("", word) for word in words(text)]
    return [stem(word) for word in found if word and word not in COMMONEST]


def stem(word: str) -> str:
    """The stem of a word in lower case."""
    if len(word) < 3:
        return word
    for step in (_step_1a, _step_1b, _step_1c, _step_2, _step_3, _step_4, _step_5):
        word = step(word)
    return word


def _step_1a(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _step_1b(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    for ending in ("ed", "ing"):
        start = word.removesuffix(ending)
        if start != word and _has_vowel(start):
            return _mended(start)
    return word


def _mended(start: str) -> str:
    if start.endswith(("at", "bl", "iz")):
        return start + "e"
    if _ends_doubled(start) and start[-1] not in "lsz":
        return start[:-1]
    return start + "e" if _measure(start) == 1 and _ends_cvc(start) else start


def _step_1c(word: str) -> str:
    return word[:-1] + "i" if word.endswith("y") and _has_vowel(word[:-1]) else word


def _step_2(word: str) -> str:
    return _replaced(word, _STEP_2)


def _step_3(word: str) -> str:
    return _replaced(word, _STEP_3)


def _replaced(word: str, endings: dict[str, str]) -> str:
    """The longest ending decides, also when it must stay."""
    for ending in sorted(endings, key=len, reverse=True):
        if word.endswith(ending):
            start = word.removesuffix(ending)
            return start + endings[ending] if _measure(start) > 0 else word
    return word


def _step_4(word: str) -> str:
    for ending in sorted(_STEP_4.split(), key=len, reverse=True):
        if word.endswith(ending):
            start = word.removesuffix(ending)
            goes = _measure(start) > 1 and (ending != "ion" or start.endswith(("s", "t")))
            return start if goes else word
    return word


def _step_5(word: str) -> str:
    if word.endswith("e"):
        start = word[:-1]
        if _measure(start) > 1 or (_measure(start) == 1 and not _ends_cvc(start)):
            word = start
    return word[:-1] if word.endswith("ll") and _measure(word) > 1 else word


def _consonants(word: str) -> str:
    """`c` for each consonant, `v` for each vowel; y is a vowel after a consonant."""
    kinds = ""
    for letter in word:
        vowel = letter in "aeiou" or (letter == "y" and kinds.endswith("c"))
        kinds += "v" if vowel else "c"
    return kinds


def _measure(word: str) -> int:
    return len(re.findall("v+c+", _consonants(word)))


def _has_vowel(word: str) -> bool:
    return "v" in _consonants(word)


def _ends_doubled(word: str) -> bool:
    return len(word) > 1 and word[-1] == word[-2] and _consonants(word)[-1] == "c"


def _ends_cvc(word: str) -> bool:
    return _consonants(word).endswith("cvc") and word[-1] not in "wxy"
