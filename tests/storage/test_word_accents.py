"""Words are found whether they are written with their accents or without, on both sides."""

import unicodedata

import pytest
from tests.contracts.search_history import History
from tests.support import in_time

from weft.storage.search.embedded.search import EmbeddedOptions, EmbeddedSearch
from weft.storage.search.embedded.words import query_words, set_apart
from weft.storage.store import Store
from weft.threads.coverage import shares
from weft.threads.search import Reach
from weft.threads.word_forms import stem, without_accents

PAIRS = (("résumé", "resume"), ("cafés", "cafes"), ("naïvely", "naively"), ("Zürich", "Zurich"))


@pytest.mark.parametrize("language", ["english", "french", "german", "none"])
async def test_words_are_found_with_and_without_accents(empty_store: Store, language: str) -> None:
    search = EmbeddedSearch(empty_store.database, options=EmbeddedOptions(language))
    await in_time(search.prepare([]))
    history = History(empty_store)
    thread = await history.thread("ann")
    for accented, bare in PAIRS:
        ids = {await history.say(thread, each) for each in (accented, bare, unicodedata.normalize("NFD", accented))}
        for query in (accented, bare, bare.upper(), unicodedata.normalize("NFD", accented)):
            hits = await search.text(query, Reach(user_id="ann"), 10)
            assert {hit.message_id for hit in hits} == ids, (language, query)


@pytest.mark.parametrize(
    ("given", "bare"),
    [
        ("plain", "plain"),
        ("Ångström’s", "Angstrom’s"),
        ("Việt", "Viet"),
        ("й", "й"),
        ("ά", "ά"),
        ("がぎ", "がぎ"),
        ("straße", "straße"),
    ],
)
def test_only_latin_letters_lose_their_accents(given: str, bare: str) -> None:
    assert without_accents(given) == bare


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("a résumé, and the café", "resume cafe"),
        ("Häuser Häuser", "Hauser"),
        ("über用", "uber 用"),
        ("“plain” — words…", None),
        ("'é'", "e"),
    ],
)
def test_only_words_with_accents_are_stored_a_second_time(text: str, apart: str | None) -> None:
    assert set_apart(text) == apart


def test_a_query_asks_for_both_forms() -> None:
    assert query_words("the résumé") == ["the", "résumé", "resume"]


def test_a_text_holds_a_word_of_the_query_in_either_form() -> None:
    assert stem("Résumés") == stem("resume")
    held = shares(query_words("his résumé"), {"bare": "a resume", "accented": "un résumé", "other": "a bill"})
    assert held["bare"] == held["accented"] > held["other"] == 0
