"""Which turns come with hits (behaviour.md row 101, decisions.md 23)."""

import random
from datetime import timedelta

import pytest
from tests.support import LONG_AGO, row

from weft.threads.context_budget import too_much
from weft.threads.context_items import ContextItem, ContextSource
from weft.threads.context_ranges import Surroundings, TurnRange, in_thread_order
from weft.threads.messages import Message, MessageRole

USER = MessageRole.USER


def hit(order: int, thread: str = "thr_1") -> Message:
    return row(USER, order, 0, thread_id=thread)


@pytest.mark.parametrize(
    ("orders", "before", "after", "wanted"),
    [
        ([5], 2, 1, [(3, 6)]),
        ([5], 0, 0, [(5, 5)]),
        ([1], 2, 1, [(0, 2)]),
        ([5, 9], 1, 1, [(4, 6), (8, 10)]),
        ([9, 5], 1, 1, [(4, 6), (8, 10)]),
        ([5, 8], 1, 1, [(4, 9)]),
        ([5, 6, 7], 0, 0, [(5, 7)]),
        ([5, 5], 1, 0, [(4, 5)]),
    ],
)
def test_ranges_that_touch_are_one(orders: list[int], before: int, after: int, wanted: list[tuple[int, int]]) -> None:
    ranges = Surroundings(map(hit, orders), before, after, {}).ranges
    assert ranges == [TurnRange("thr_1", *each) for each in wanted]


def test_ranges_of_different_threads_are_never_one() -> None:
    around = Surroundings([hit(5, "b"), hit(5, "a")], 1, 1, {})
    assert around.ranges == [TurnRange("a", 4, 6), TurnRange("b", 4, 6)]
    assert [each.thread_id for each in around.by_rank] == ["b", "a"]


def test_nothing_comes_from_where_a_thread_ends() -> None:
    around = Surroundings([hit(5), hit(5, "other")], 1, 3, {"thr_1": 7})
    assert around.ranges == [TurnRange("other", 4, 8), TurnRange("thr_1", 4, 6)]


def test_a_turn_is_worth_what_the_best_hit_is_that_brings_it() -> None:
    around = Surroundings([hit(9), hit(5), hit(7)], 2, 1, {})
    assert [(around.worth("thr_1", order).rank, around.worth("thr_1", order).distance) for order in range(3, 11)] == [
        (1, 2), (1, 1), (1, 0), (1, 1), (0, 2), (0, 1), (0, 0), (0, 1),
    ]  # fmt: skip
    with pytest.raises(KeyError):
        around.worth("thr_1", 11)


def test_ranges_hold_what_hits_bring_and_nothing_else() -> None:
    chance = random.Random(3)
    for _ in range(300):
        hits = [hit(chance.randint(0, 30), chance.choice("ab")) for _ in range(chance.randint(1, 8))]
        before, after, end = chance.randint(0, 4), chance.randint(0, 4), chance.randint(31, 33)
        ranges = Surroundings(hits, before, after, {"a": end}).ranges
        held = [(each.thread_id, order) for each in ranges for order in range(each.first, each.last + 1)]
        wanted = {
            (one.thread_id, order)
            for one in hits
            for order in range(max(0, one.order - before), one.order + after + 1)
            if one.thread_id != "a" or order < end
        }
        assert (len(held), set(held)) == (len(wanted), wanted)


def test_other_threads_come_by_the_time_of_their_first_row_and_the_own_last() -> None:
    rows = [
        row(USER, 7, 0, thread_id="own", created_at=LONG_AGO),
        row(USER, 3, 1, thread_id="late", created_at=LONG_AGO + timedelta(hours=2)),
        row(USER, 3, 0, thread_id="late", created_at=LONG_AGO + timedelta(hours=1)),
        row(USER, 0, 0, thread_id="early", created_at=LONG_AGO),
        row(USER, 0, 0, thread_id="as early", created_at=LONG_AGO),
    ]
    threads = in_thread_order(rows, "own")
    assert [[(each.thread_id, each.step_order) for each in one] for one in threads] == [
        [("as early", 0)], [("early", 0)], [("late", 0), ("late", 1)], [("own", 0)],
    ]  # fmt: skip


def item(tokens: int) -> ContextItem:
    return ContextItem(ContextSource.RECENT, USER, [], tokens)


def test_of_too_much_the_first_units_are_left_out_whole_and_no_more_than_must() -> None:
    first, second, third = [item(10), item(10)], [item(1)], [item(30)]
    units = [first, second, third]
    assert too_much(units, 9, 60) == []
    assert too_much(units, 9, 59) == first
    assert too_much(units, 9, 40) == first
    assert too_much(units, 9, 39) == [*first, *second]
    assert too_much(units, 9, 9) == too_much(units, 9, 1) == [*first, *second, *third]
    assert too_much([], 9, 1) == []
