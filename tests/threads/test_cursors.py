"""A cursor comes back as it went out, and nothing else passes for one."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from weft.errors import ErrorCode, InputError
from weft.threads.cursors import EVERYONE, Cursor, ListCursor, Listed

numbers = st.integers(0, 2**53)
cursors = st.builds(Cursor, st.text(min_size=1), numbers, st.dictionaries(numbers, numbers, max_size=5))
MOMENT = Cursor("thr_1", 300, {7: 1000, 290: 3})


def refused(text: str, thread_id: str = "thr_1") -> str:
    with pytest.raises(InputError) as caught:
        Cursor.decode(text, thread_id)
    assert (caught.value.path, caught.value.reason) == (("after",), ErrorCode.INVALID)
    return caught.value.message


@given(cursors)
@example(Cursor("thr_1", 0, {}))
@example(Cursor("thr_1", 128, {127: 128, 2**53: 2**53}))
def test_a_cursor_survives_its_encoding(cursor: Cursor) -> None:
    assert Cursor.decode(cursor.encode(), cursor.thread_id) == cursor


@given(cursors)
def test_one_moment_has_one_encoding_however_its_streams_are_ordered(cursor: Cursor) -> None:
    turned = dict(reversed(list(cursor.ends.items())))
    assert Cursor(cursor.thread_id, cursor.seq, turned).encode() == cursor.encode()


@given(st.text())
@example("é")
@example("a")
def test_garbage_is_refused_and_named(text: str) -> None:
    assert refused(text) == f"{text!r:.80} is not a cursor"


@given(cursors, st.data())
def test_a_cursor_that_lost_its_end_is_refused(cursor: Cursor, data: st.DataObject) -> None:
    whole = cursor.encode()
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert "is not a cursor" in refused(whole[:cut], cursor.thread_id)


@given(cursors)
def test_a_cursor_with_something_behind_it_is_refused(cursor: Cursor) -> None:
    assert "is not a cursor" in refused(cursor.encode() + "AAAA", cursor.thread_id)


def test_a_cursor_of_another_thread_is_refused() -> None:
    assert refused(MOMENT.encode(), "thr_2") == "the cursor belongs to another thread"


def test_numbers_that_no_database_holds_are_refused() -> None:
    assert "is not a cursor" in refused(Cursor("thr_1", 2**64).encode())
    assert "is not a cursor" in refused(Cursor("thr_1", 1, {1: 2**64}).encode())


@pytest.mark.parametrize(
    ("text", "cursor"),
    [
        ("AQ9qk2GsAgIH6AeiAgM", MOMENT),
        ("AQ9qk2EFAA", Cursor("thr_1", 5)),
    ],
)
def test_cursors_of_the_first_version_are_still_read(text: str, cursor: Cursor) -> None:
    assert Cursor.decode(text, "thr_1") == cursor
    assert refused(text, "thr_2") == "the cursor belongs to another thread"
    assert "is not a cursor" in refused(text[:-2])


def test_a_cursor_costs_each_delta_a_dozen_characters() -> None:
    assert len(Cursor("thr_1", 12, {10: 120}).encode()) == 10
    assert len(Cursor("thr_1", 9000, {8990: 9000}).encode()) == 12


@pytest.mark.parametrize("streams", [14, 15, 16, 300])
def test_a_cursor_holds_any_number_of_streams(streams: int) -> None:
    cursor = Cursor("thr_1", 400, {number: number * number for number in range(streams)})
    assert Cursor.decode(cursor.encode(), "thr_1") == cursor


def test_a_bad_cursor_is_told_where_it_was_given() -> None:
    with pytest.raises(InputError) as caught:
        Cursor.decode("!", "thr_1", ("input", "cursor"))
    assert caught.value.path == ("input", "cursor")


@given(st.none() | st.text() | st.just(EVERYONE), st.integers(0, 253_402_300_799_999))
def test_a_list_cursor_survives_its_encoding(listed: Listed, at_ms: int) -> None:
    cursor = ListCursor(listed, at_ms)
    assert ListCursor.decode(cursor.encode(), listed) == cursor


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("garbage", "'garbage' is not a cursor"),
        (ListCursor("bob", 5).encode(), "the cursor belongs to another list of threads"),
        (ListCursor("ann", 253_402_300_800_000).encode(), "is not a cursor"),
        (Cursor("user:ann", 5, {1: 1}).encode(), "is not a cursor"),
    ],
)
def test_a_list_cursor_of_another_list_or_of_no_time_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        ListCursor.decode(text, "ann")
    assert caught.value.path == ("after",)
