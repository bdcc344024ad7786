"""Pages, and all of them one after the other."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from weft_client.api.fragments import PageInfo

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, always in the list's own order. `after=page.end_cursor` is the next one."""

    nodes: tuple[T, ...]
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class LivePage(Page[T]):
    """`api.thread_list_events(after=page.cursor)` goes on from the moment of the page: nothing is missed in between."""

    cursor: str


def page_of(nodes: Iterable[T], info: PageInfo) -> Page[T]:
    return Page(tuple(nodes), info.has_next_page, info.has_previous_page, info.start_cursor, info.end_cursor)


async def every(read: Callable[[str | None], Awaitable[Page[T]]]) -> AsyncGenerator[T, None]:
    """The nodes of every page; `read` takes the cursor to go on after."""
    after: str | None = None
    while True:
        page = await read(after)
        for node in page.nodes:
            yield node
        if not page.has_next_page:
            return
        after = page.end_cursor
