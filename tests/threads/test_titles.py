"""Words of titles, whatever their case and script."""

import pytest

from weft.threads.titles import title_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, []),
        ("", []),
        (" –!?, ", []),
        ("The red, RED boat", ["the", "red", "boat"]),
        ("Straße", ["strasse"]),
        ("ΟΔΟΣ οδος", ["οδοσ"]),
        ("Çelik e\u0301te\u0301 éTÉ", ["çelik", "été"]),
        ("\ufb01ne \uff21\uff22", ["fine", "ab"]),
        ("don't stop-over snake_case 2nd", ["don", "t", "stop", "over", "snake", "case", "2nd"]),
        ("हिन्दी वर्ग", ["हिन्दी", "वर्ग"]),
        ("東京 タワー", ["東京", "タワー"]),
    ],
)
def test_the_words_of_a_title_are_folded_and_distinct(text: str | None, words: list[str]) -> None:
    assert title_words(text) == words


def test_words_are_stable_when_taken_again() -> None:
    words = title_words("Straße ŉ İstanbul ǅ ﷺ Ⅷ ½")
    assert title_words(" ".join(words)) == words
