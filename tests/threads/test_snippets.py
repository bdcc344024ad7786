"""What of a message is shown in a list of hits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.threads.snippets import LENGTH, snippet

FILLER = "We spoke about the weather and about nothing at all. " * 20


def test_a_short_text_is_shown_whole_in_one_line() -> None:
    assert snippet("My  chain\n\nis broken. ", "chain") == "My chain is broken."


def test_of_a_long_text_the_passage_around_the_words_is_shown() -> None:
    text = FILLER + "The invoice number is 4711, and it was paid in March. " + FILLER
    shown = snippet(text, "When was the invoice paid?")
    assert "invoice number is 4711, and it was paid in March" in shown
    assert (shown[0], shown[-1]) == ("…", "…")
    assert len(shown) <= LENGTH


def test_other_forms_of_a_word_are_found_too() -> None:
    assert "cancelled both" in snippet(FILLER + "She cancelled both subscriptions." + FILLER, "cancel a subscription")


def test_small_words_do_not_lead_away_from_the_one_that_counts() -> None:
    text = "What is it that you do with the one and the other? " + FILLER + "He lives in Rome. " + FILLER
    assert "Rome" in snippet(text, "What is it that he does with the one in Rome?")


def test_a_query_of_small_words_alone_is_looked_for_all_the_same() -> None:
    assert "to be or not to be" in snippet(FILLER + "to be or not to be" + FILLER, "to be or not to be")


def test_a_text_without_the_words_is_shown_from_its_beginning() -> None:
    assert snippet(FILLER, "zeppelin").startswith("We spoke about the weather")


def test_the_end_of_a_text_is_shown_without_a_mark() -> None:
    shown = snippet(FILLER + "and so to the end: a zeppelin", "zeppelin")
    assert shown.startswith("…")
    assert shown.endswith("a zeppelin")


def test_a_number_is_not_found_by_its_beginning() -> None:
    text = "Order 123456 came first. " + FILLER + "Order 123457 came later. " + FILLER
    assert "123457" in snippet(text, "what about 123457")


def test_a_text_without_spaces_is_cut_anywhere() -> None:
    shown = snippet("駅" * 1000, "電車")
    assert shown == "駅" * (LENGTH - 1) + "…"


@pytest.mark.parametrize("query", ["", " ", "(", "\\", "a" * 100_000, "[a-", "\0"])
def test_any_query_will_do(query: str) -> None:
    assert len(snippet(FILLER, query)) <= LENGTH


@given(text=st.text(max_size=400), query=st.text(max_size=50), length=st.integers(20, 60))
def test_it_is_never_longer_than_asked_for_and_one_line(text: str, query: str, length: int) -> None:
    shown = snippet(text, query, length)
    assert len(shown) <= length
    assert len(shown.splitlines()) <= 1


@given(words=st.lists(st.sampled_from(["red", "blue", "green", "boat", "tea"]), min_size=1, max_size=80))
def test_it_says_nothing_that_the_text_does_not(words: list[str]) -> None:
    text = " ".join(words)
    assert snippet(text, "green boat", 30).strip("…").strip() in text
