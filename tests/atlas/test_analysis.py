"""Words as `lucene.standard` finds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.atlas.analysis import words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The quick, BROWN fox!", ["the", "quick", "brown", "fox"]),
        ("", []),
        (" ... -- \n", []),
        ("don't can’t O'Neil's", ["don't", "can’t", "o'neil's"]),
        ("'quoted' words'", ["quoted", "words"]),
        ("weft.py example.com. e.g.", ["weft.py", "example.com", "e.g"]),
        ("3.14 1,000 3. .5 v2.0 1:2", ["3.14", "1,000", "3", "5", "v2.0", "1", "2"]),
        ("snake_case _private __", ["snake_case", "_private"]),
        ("well-known a/b c+d e@f", ["well", "known", "a", "b", "c", "d", "e", "f"]),
        ("key:value", ["key:value"]),
        ("naïve cafe\u0301 Straße", ["naïve", "cafe\u0301", "straße"]),
        ("日本語 ひらがな カタカナ 한국어", ["日", "本", "語", "ひ", "ら", "が", "な", "カタカナ", "한국어"]),
        ("Привет мир", ["привет", "мир"]),
        ("a" * 300, ["a" * 255, "a" * 45]),
    ],
)
def test_a_text_has_these_words(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.text())
def test_words_are_parts_of_the_text_in_their_order(text: str) -> None:
    lowered, at = text.lower(), 0
    for word in words(text):
        assert word
        at = lowered.index(word, at) + len(word)
