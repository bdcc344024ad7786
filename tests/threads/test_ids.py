"""Ids: unique, typed by their prefix, in the order of time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.threads import ids

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
PREFIXES = [ids.THREAD, ids.MESSAGE, ids.STREAM, ids.GENERATION]


def milliseconds(id_: str) -> int:
    """The time that an id was made at, as the ULID layout has it."""
    number = 0
    for letter in id_.partition("_")[2][:10]:
        number = number * 32 + ALPHABET.index(letter)
    return number


@pytest.mark.parametrize("prefix", PREFIXES)
def test_an_id_names_its_type_and_the_millisecond_it_was_made_in(prefix: str) -> None:
    before = time.time_ns() // 1_000_000
    id_ = ids.new_id(prefix)
    assert ids.prefix_of(id_) == prefix
    assert len(id_) == len(prefix) + 1 + 26
    assert set(id_.partition("_")[2]) <= set(ALPHABET)
    assert before <= milliseconds(id_) <= time.time_ns() // 1_000_000


def test_ids_sort_by_the_time_they_were_made() -> None:
    made = [ids.new_id(ids.MESSAGE) for _ in range(5000)]
    assert [milliseconds(id_) for id_ in sorted(made)] == [milliseconds(id_) for id_ in made]
    assert "".join(sorted(ALPHABET)) == ALPHABET


def test_ids_are_unique_also_within_a_millisecond() -> None:
    assert len({ids.new_id(ids.MESSAGE) for _ in range(20_000)}) == 20_000


@given(st.text())
def test_a_text_that_is_no_id_has_no_prefix_or_one_of_nothing(text: str) -> None:
    assert ids.prefix_of(text) == (text.split("_", 1)[0] if "_" in text else "")
