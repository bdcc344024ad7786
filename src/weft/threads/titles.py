"""Words of titles: two texts share a word whatever its case and however its characters are composed."""

import unicodedata


def title_words(text: str | None) -> list[str]:
    """The distinct words of a text, folded, in the order they first come: runs of letters, digits and their marks."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text or "").casefold())
    spaced = "".join(character if _in_word(character) else " " for character in folded)
    return list(dict.fromkeys(spaced.split()))


def _in_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")
