"""Pages of UI messages written straight from the stored documents, without values in between.

A document that `compiled_row` does not cover becomes a UI message, and that is completed as any other value.
"""

from collections.abc import Callable
from typing import Any, cast

from graphql import GraphQLObjectType

from weft.resolvers.compiled_fields import definition_of
from weft.resolvers.compiled_row import Details, Selected, Unreadable, compile_row, name_of, type_below
from weft.resolvers.compiled_run import Complete, Run, Where
from weft.resolvers.compiled_source import Source
from weft.schema.paging import page_info
from weft.schema.ui_messages import UIMessage
from weft.storage.turn_pages import TurnPage
from weft.storage.ui_docs import ui_messages_of

Objects = Callable[[GraphQLObjectType, str, Details], Complete]
"""Completes the objects of a field."""

Write = Callable[[TurnPage, Where, Run], Any]


def compile_page(connection: GraphQLObjectType, details: Details, selected: Selected, objects: Objects) -> Write | None:
    """What writes a page of turns as this connection; None if its selection asks for values."""
    try:
        return _Pages(connection, selected, objects).compile(details)
    except Unreadable:
        return None


class _Pages:
    def __init__(self, connection: GraphQLObjectType, selected: Selected, objects: Objects) -> None:
        self._connection = connection
        self._selected = selected
        self._objects = objects

    def compile(self, details: Details) -> Write:
        source, entries = Source(), list[str]()
        for key, below in self._selected(self._connection, details).items():
            match name_of(below):
                case "__typename":
                    entries.append(f"{key!r}: {self._connection.name!r}")
                case "edges":
                    entries.append(f"{key!r}: {source.constant(self._edges(below))}(page, where, run)")
                case "pageInfo":
                    complete = source.constant(self._objects(self._connection, key, below))
                    entries.append(f"{key!r}: {complete}({source.constant(page_info)}(page), where, run)")
                case _:
                    raise Unreadable
        text = f"def write(page, where, run):\n return {{{', '.join(entries)}}}"
        return cast(Write, source.compile(text, "write"))

    def _edges(self, details: Details) -> Write:
        edge = type_below(self._connection, details)
        source, of_docs, of_messages = Source(), list[str](), list[str]()
        source.constants["messages_of"] = ui_messages_of
        for key, below in self._selected(edge, details).items():
            of_doc, of_message = self._edge_field(source, edge, key, below)
            of_docs.append(f"{key!r}: {of_doc}")
            of_messages.append(f"{key!r}: {of_message}")
        lines = [
            "def edges(page, where, run):",
            " out = []",
            " for turn in page.turns:",
            "  cursor = turn.cursor",
            f"  if turn.plain: out += [{{{', '.join(of_docs)}}} for doc in turn.docs]",
            f"  else: out += [{{{', '.join(of_messages)}}} for message in turn.messages]",
            " return out",
        ]
        return cast(Write, source.compile("\n".join(lines), "edges"))

    def _edge_field(self, source: Source, edge: GraphQLObjectType, key: str, below: Details) -> tuple[str, str]:
        """How it reads for a document, and for a message."""
        match name_of(below):
            case "__typename":
                return repr(edge.name), repr(edge.name)
            case "cursor":
                return "cursor", "cursor"
            case "node":
                node = type_below(edge, below)
                if definition_of(node).origin is not UIMessage:
                    raise Unreadable
                write = source.constant(compile_row(node, self._selected(node, below), self._selected))
                complete = source.constant(self._objects(edge, key, below))
                of_document = f"{write}(doc) or {complete}(messages_of([doc])[0], where, run)"
                return of_document, f"{complete}(message, where, run)"
            case _:
                raise Unreadable
