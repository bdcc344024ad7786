"""Connections: exact keyset pages in both directions (the Relay shape), read off the domain's pages."""

from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar, cast

import strawberry

from weft.storage.turn_pages import TurnPage
from weft.threads.paging import Page

T = TypeVar("T")
V = TypeVar("V")

First = Annotated[
    int | None,
    strawberry.argument(description="How many from the start, or from just past `after`; 1 to 100. Excludes `last`."),
]
After = Annotated[
    str | None, strawberry.argument(description="An edge's `cursor`: only what comes after that edge is returned.")
]
Last = Annotated[
    int | None,
    strawberry.argument(description="How many from the end, or from just before `before`; 1 to 100. Excludes `first`."),
]
Before = Annotated[
    str | None, strawberry.argument(description="An edge's `cursor`: only what comes before that edge is returned.")
]


@strawberry.type(description="What lies around a page.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="True if there is more after this page. Exact.")
    has_previous_page: bool = strawberry.field(description="True if there is more before this page.")
    start_cursor: str | None = strawberry.field(description="The first edge's cursor; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="The last edge's cursor; null on an empty page.")


def page_info(page: strawberry.Parent[Page[Any] | TurnPage]) -> PageInfo:
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=page.start_cursor,
        end_cursor=page.end_cursor,
    )


@strawberry.type(description="One item of a connection and its place there.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="Opaque. What `after` and `before` of the same connection take.")
    node: T = strawberry.field(description="The item itself.")


@strawberry.type(description="One page of items, always in the connection's own order.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The items of this page.")
    page_info: PageInfo = strawberry.field(resolver=page_info, description="Whether there is more, and where to go on.")


@strawberry.type(description="One user and its place in the list.")
class UserEdge:
    cursor: str = strawberry.field(description="Opaque. What `after` of this list takes.")
    node: str = strawberry.field(description="The user, as the application names users.")


@strawberry.type(description="One page of users, ascending by name, each of them once.")
class UserConnection:
    edges: list[UserEdge] = strawberry.field(description="The users of this page.")
    page_info: PageInfo = strawberry.field(resolver=page_info, description="Whether there is more, and where to go on.")


def user_connection_of(page: Page[str]) -> UserConnection:
    """The connection that shows a page of users."""
    return cast(UserConnection, page)


def connection_of(page: Page[V], node: Callable[[V], T]) -> Connection[T]:
    """The connection that shows a page; `node` makes the API's picture of each of its nodes."""
    return cast(Connection[T], page.with_nodes(list(map(node, page.nodes))))


def connection_as(page: Page[Any] | TurnPage, _: type[T]) -> Connection[T]:
    """The connection that shows a page whose nodes are of the API's type as they are."""
    return cast(Connection[T], page)
