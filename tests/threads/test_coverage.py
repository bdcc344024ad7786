"""How much of a question a message holds, as it decides what a hit by words is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.threads.coverage import ENOUGH, shares

TALK = {
    "tyres": "The tyre pressure of the Octavia is 2.3 in front.",
    "code": "The reader says P0420, the catalyst is below its limit.",
    "tight": "Please hold the ladder tight.",
    "trip": "We drive to Valencia this weekend.",
    "drink": "Would you like a cup of tea?",
    "work": "The meeting moved to Monday.",
}


def share(question: str, name: str) -> float:
    return shares(question.split(), TALK)[name]


def test_a_message_with_all_the_words_holds_all_of_a_question() -> None:
    assert share("Octavia tyre pressure", "tyres") == pytest.approx(1)


def test_a_message_with_one_middling_word_of_a_question_holds_little_of_it() -> None:
    assert 0 < share("how tight should the screws of the brake caliper be", "tight") < ENOUGH


def test_a_message_without_the_words_holds_nothing() -> None:
    assert share("how tight should the screws be", "trip") == 0


def test_a_word_in_many_texts_tells_less_than_one_in_few() -> None:
    talk = {"a": "order 4711", "b": "an order", "c": "my order", "d": "your order"}
    held = shares(["order", "4711"], talk)
    assert held["a"] == pytest.approx(1)
    assert held["b"] < ENOUGH


def test_two_rare_words_are_enough_of_any_question_and_one_is_not() -> None:
    question = (
        "My brother has the same lamp on in his old Seat and his reader shows P0420 exactly like mine. He was told "
        "that he needs a whole new one and asks what it was in the end and what I had to pay somebody for that"
    )
    assert share(question, "code") >= ENOUGH
    assert share(question.replace("reader", "gauge"), "code") < ENOUGH
    assert share(question, "trip") == 0


def test_one_word_is_enough_of_a_question_that_has_no_other() -> None:
    assert share("what about Valencia", "trip") == pytest.approx(1)


def test_other_forms_of_a_word_count_and_beginnings_of_numbers_do_not() -> None:
    held = shares(["invoices", "4711"], {"a": "The invoice of 47110", "b": "invoicing", "c": "4711!", "d": "tea"})
    assert held["a"] == held["b"] > 0
    assert held["c"] > 0
    assert held["d"] == 0


def test_small_words_count_only_when_there_are_no_others() -> None:
    assert share("what is the catalyst", "drink") == 0
    assert shares(["to", "be"], {"a": "to be or not to be", "b": "tea"}) == {"a": pytest.approx(1), "b": 0}


def test_a_word_of_a_script_without_blanks_is_found_within_a_run() -> None:
    held = shares(["電車", "東京"], {"a": "電車で東京へ行きます", "b": "お茶を飲みます", "c": "電車"})
    assert held["a"] == pytest.approx(1)
    assert held["b"] == 0


@pytest.mark.parametrize("words", [[], [""], ["'"], ["’s"]])
def test_no_words_are_held_by_no_text(words: list[str]) -> None:
    assert set(shares(words, TALK).values()) == {0.0}


def test_without_texts_there_are_no_shares() -> None:
    assert shares(["tea"], {}) == {}


@given(
    words=st.lists(st.text(max_size=8), max_size=10), texts=st.dictionaries(st.text(max_size=3), st.text(max_size=60))
)
def test_any_words_and_texts_have_shares_that_are_not_negative(words: list[str], texts: dict[str, str]) -> None:
    held = shares(words, texts)
    assert held.keys() == texts.keys()
    assert all(each >= 0 for each in held.values())
