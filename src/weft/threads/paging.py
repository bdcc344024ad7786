"""Pages of a connection: what may be asked for, and what comes back. Edges are in the connection's own order, always.

`first` counts from the start (or from just past `after`), `last` from the end (or from just short of `before`).
Cursors are opaque strings that storage makes and reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from weft.errors import InputError
from weft.threads.values import value

T = TypeVar("T")
R = TypeVar("R")

DEFAULT_SIZE: Final = 50
MAX_SIZE: Final = 100


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Up to `limit` nodes strictly between the cursors `after` and `before`: the foremost ones, or the hindmost."""

    limit: int = DEFAULT_SIZE
    forward: bool = True
    after: str | None = None
    before: str | None = None

    @staticmethod
    def of(
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        *,
        newest: bool = False,
        default: int = DEFAULT_SIZE,
        maximum: int = MAX_SIZE,
    ) -> "PageRequest":
        """The page that the arguments of a connection ask for.

        Without `first` and `last` it has `default` nodes: the ones next to a lone cursor, else those at the end when
        `newest`, else those at the start.

        Raises:
            InputError: both sizes were given, or one is not between 1 and `maximum`.
        """
        if first is not None and last is not None:
            raise InputError("give first or last, not both", path=("last",))
        if first is None and last is None:
            lone_before = before is not None and after is None
            backward = lone_before or (newest and after is None)
            first, last = (None, default) if backward else (default, None)
        if first is not None:
            return PageRequest(_checked(first, "first", maximum), True, after, before)
        assert last is not None
        return PageRequest(_checked(last, "last", maximum), False, after, before)


def _checked(size: int, name: str, maximum: int) -> int:
    if not 1 <= size <= maximum:
        raise InputError(f"{name} must be between 1 and {maximum}, not {size}", path=(name,))
    return size


@value
class Edge(Generic[T]):
    """A node and the cursor that names its place."""

    cursor: str
    node: T


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page. `has_next` and `has_previous` tell what lies past its ends in the whole connection."""

    edges: Sequence[Edge[T]]
    has_next: bool
    has_previous: bool

    @property
    def start_cursor(self) -> str | None:
        return self.edges[0].cursor if self.edges else None

    @property
    def end_cursor(self) -> str | None:
        return self.edges[-1].cursor if self.edges else None

    @property
    def nodes(self) -> list[T]:
        return [edge.node for edge in self.edges]

    def with_nodes(self, nodes: Sequence[R]) -> "Page[R]":
        """The same page with other nodes, one for each of its edges."""
        edges = [Edge(edge.cursor, node) for edge, node in zip(self.edges, nodes, strict=True)]
        return Page(edges, self.has_next, self.has_previous)


@dataclass(frozen=True, slots=True)
class LivePage(Page[T]):
    """`cursor` is of a moment before the page was read: who follows its list from there misses nothing."""

    cursor: str

    def with_nodes(self, nodes: Sequence[R]) -> "LivePage[R]":
        edges = [Edge(edge.cursor, node) for edge, node in zip(self.edges, nodes, strict=True)]
        return LivePage(edges, self.has_next, self.has_previous, self.cursor)
