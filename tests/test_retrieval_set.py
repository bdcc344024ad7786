"""The set that search is measured by is what it says, and its measures are the known ones."""

import math
from collections import Counter

import pytest
from benchmarks.retrieval.questions import NEGATIVE, conversations, questions
from benchmarks.retrieval.scores import margin, ndcg, recall

MESSAGES = [said for one in conversations() for said in one.messages]
QUESTIONS = questions()


def test_it_is_large_enough_and_of_several_users_topics_and_kinds() -> None:
    kinds = Counter(one.kind for one in QUESTIONS)
    assert 300 <= len(MESSAGES) <= 400
    assert len(QUESTIONS) > 100
    assert len({one.user for one in conversations()}) >= 4
    assert len({one.topic for one in QUESTIONS}) >= 12
    assert all(kinds[kind] >= 10 for kind in ("paraphrase", "name", "number", "code", "near-duplicate", NEGATIVE))


def test_every_message_and_every_question_is_there_once() -> None:
    for names in ([said.name for said in MESSAGES], [said.text for said in MESSAGES], [one.query for one in QUESTIONS]):
        assert [name for name, times in Counter(names).items() if times > 1] == []


def test_what_answers_a_question_is_in_the_set_and_only_negatives_have_no_answer() -> None:
    known = {said.name for said in MESSAGES}
    for one in QUESTIONS:
        assert one.relevant.keys() <= known, one.query
        assert set(one.relevant.values()) <= {1, 2}
        assert bool(one.relevant) is (one.kind != NEGATIVE), one.query


def test_no_question_is_a_message_of_the_set() -> None:
    said = " ".join(each.text.casefold() for each in MESSAGES)
    asked = [one.query for one in QUESTIONS if len(one.query.split()) > 4 and one.query.casefold() in said]
    assert asked == []


def test_recall_counts_what_is_relevant_among_the_first_five() -> None:
    assert recall(["a", "x", "b"], {"a": 2, "b": 1, "c": 1}) == pytest.approx(2 / 3)
    assert recall(["x", "x", "x", "x", "x", "a"], {"a": 2}) == 0
    assert recall(list("abcdef"), dict.fromkeys("abcdef", 1)) == 1


def test_ndcg_weighs_grades_and_places() -> None:
    assert ndcg(["a", "b"], {"a": 2, "b": 1}) == 1
    assert ndcg(["b", "a"], {"a": 2, "b": 1}) == pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))
    assert ndcg(["x"] * 10 + ["a"], {"a": 2}) == 0


def test_a_margin_tells_a_difference_from_none() -> None:
    low, high = margin([0.9, 0.8] * 40, [0.5, 0.6] * 40)
    assert 0.2 < low <= high < 0.4
    low, high = margin([0.5, 0.6] * 40, [0.6, 0.5] * 40)
    assert low < 0 < high
