"""What a connection's arguments may ask for."""

from typing import Any

import pytest

from weft.errors import InputError
from weft.threads.paging import Edge, Page, PageRequest


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, PageRequest(50, True)),
        ({"newest": True}, PageRequest(50, False)),
        ({"first": 3, "newest": True}, PageRequest(3, True)),
        ({"last": 3}, PageRequest(3, False)),
        ({"after": "a", "newest": True}, PageRequest(50, True, "a")),
        ({"before": "b"}, PageRequest(50, False, None, "b")),
        ({"after": "a", "before": "b", "newest": True}, PageRequest(50, True, "a", "b")),
        ({"first": 100, "before": "b"}, PageRequest(100, True, None, "b")),
        ({"last": 1, "after": "a", "before": "b"}, PageRequest(1, False, "a", "b")),
    ],
)
def test_arguments_become_a_request(given: dict[str, Any], wanted: PageRequest) -> None:
    assert PageRequest.of(**given) == wanted


@pytest.mark.parametrize("size", [0, -1, 101, 2**31 - 1])
@pytest.mark.parametrize("name", ["first", "last"])
def test_a_size_out_of_range_says_what_is_legal(name: str, size: int) -> None:
    with pytest.raises(InputError) as caught:
        PageRequest.of(first=size) if name == "first" else PageRequest.of(last=size)
    assert (caught.value.message, caught.value.path) == (f"{name} must be between 1 and 100, not {size}", (name,))


def test_first_and_last_exclude_each_other() -> None:
    with pytest.raises(InputError) as caught:
        PageRequest.of(first=1, last=1)
    assert (caught.value.message, caught.value.path) == ("give first or last, not both", ("last",))


def test_nodes_can_be_exchanged() -> None:
    page = Page([Edge("1", 1), Edge("2", 2)], has_next=True, has_previous=False)
    assert page.with_nodes(["a", "b"]) == Page([Edge("1", "a"), Edge("2", "b")], has_next=True, has_previous=False)
