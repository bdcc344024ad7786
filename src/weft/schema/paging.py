"""Connections: exact keyset pages in both directions (the Relay shape)."""

from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

import strawberry

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


@strawberry.type(description="One item of a connection and its place there.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="Opaque. What `after` and `before` of the same connection take.")
    node: T = strawberry.field(description="The item itself.")


@strawberry.type(description="One page of items, always in the connection's own order.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The items of this page.")
    page_info: PageInfo = strawberry.field(description="Whether there is more, and where to go on.")


@strawberry.type(description="One user and its place in the list.")
class UserEdge:
    cursor: str = strawberry.field(description="Opaque. What `after` of this list takes.")
    node: str = strawberry.field(description="The user, as the application names users.")


@strawberry.type(description="One page of users, ascending by name, each of them once.")
class UserConnection:
    edges: list[UserEdge] = strawberry.field(description="The users of this page.")
    page_info: PageInfo = strawberry.field(description="Whether there is more, and where to go on.")


def user_connection_of(page: Page[str]) -> UserConnection:
    """The connection that shows a page of users."""
    edges = [UserEdge(cursor=edge.cursor, node=edge.node) for edge in page.edges]
    return UserConnection(edges=edges, page_info=_info_of(page))


def connection_of(page: Page[V], node: Callable[[V], T]) -> Connection[T]:
    """The connection that shows a page; `node` makes the API's picture of each of its nodes."""
    edges = [Edge(cursor=edge.cursor, node=node(edge.node)) for edge in page.edges]
    return Connection(edges=edges, page_info=_info_of(page))


def _info_of(page: Page[V]) -> PageInfo:
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=page.edges[0].cursor if page.edges else None,
        end_cursor=page.edges[-1].cursor if page.edges else None,
    )
