"""A UI message written straight from its document, as one Python function.

A document that the expressions do not cover is left to whoever makes a message of it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from weft.resolvers.compiled_fields import attribute_of, definition_of
from weft.resolvers.compiled_source import Source
from weft.schema.shown import OfClasses
from weft.storage.types import Doc
from weft.storage.ui_docs import READ, READ_USAGE
from weft.threads.projection import all_in
from weft.threads.read_parts import READ_PARTS, Read, ReadPart

Details = list[Any]
Selected = Callable[[GraphQLObjectType, Details], Mapping[str, Details]]
"""The fields that a selection names of a type, by response key."""

WriteRow = Callable[[Doc], "dict[str, Any] | None"]
"""None: a message must be made of the document."""

_CONTENT: Final = """
 content, answers, reasoned, texts = doc['content'], doc['role'] == 'assistant', False, []
 if content.__class__ is not list: return None
 facts = doc['providerMetadata'] or None
""".strip("\n")
_EACH: Final = """
 for part in content:
  if part.__class__ is not dict: return None
  kind = part.get('type')
""".strip("\n")
_ALL_READ: Final = """
  else: return None
 if answers and doc['reasoning'] and not reasoned: return None
 if answers and doc['sources'] and not all_in(doc['sources'], content): return None
""".strip("\n")


class Unreadable(Exception):
    """Something is selected that has no expression."""


def name_of(details: Details) -> str:
    """The field that is selected under one response key."""
    return cast(str, details[0].node.name.value)


def type_below(type_: GraphQLObjectType, details: Details) -> Any:
    """What the field is of, without lists and non-null."""
    return cast(Any, get_named_type(type_.fields[name_of(details)].type))


def compile_row(type_: GraphQLObjectType, fields: Mapping[str, Details], selected: Selected) -> WriteRow:
    """Raises Unreadable."""
    return _Row(type_, fields, selected).compile()


class _Row:
    def __init__(self, type_: GraphQLObjectType, fields: Mapping[str, Details], selected: Selected) -> None:
        self._type = type_
        self._fields = fields
        self._selected = selected
        self._source = Source()
        self._source.constants |= {"all_in": all_in, "len": len, "list": list, "dict": dict}
        self._parts = {key: self._source.name() for key, below in fields.items() if name_of(below) == "parts"}

    def compile(self) -> WriteRow:
        lines, entries = ["def write(doc):"], list[str]()
        if self._parts or any(name_of(below) == "text" for below in self._fields.values()):
            lines += [_CONTENT, *(f" {parts} = []" for parts in self._parts.values()), _EACH]
            for number, (kind, part) in enumerate(READ_PARTS.items()):
                lines.append(f"  {'elif' if number else 'if'} kind == {kind!r} and {part.when}:")
                lines += [f"   {line}" for line in self._part(kind, part)]
            lines.append(_ALL_READ)
        for key, below in self._fields.items():
            read, value = self._field(key, below)
            lines += [f" {line}" for line in read]
            entries.append(f"{key!r}: {value}")
        return cast(WriteRow, self._source.compile("\n".join([*lines, f" return {{{', '.join(entries)}}}"]), "write"))

    def _field(self, key: str, below: Details) -> tuple[list[str], str]:
        """What comes before the literal of the message, and what stands in it."""
        if key in self._parts:
            return [], self._parts[key]
        if name_of(below) != "usage":
            return self._leaf(self._type, below, READ)
        lines, literal = self._object(type_below(self._type, below), below, READ_USAGE)
        value = self._source.name()
        written = ["if usage is not None:", *(f" {line}" for line in lines), f" {value} = {literal}"]
        return [f"usage, {value} = doc['usage'], None", *written], value

    def _part(self, kind: str, part: ReadPart) -> list[str]:
        """What is done with a part of a kind; every alias of `parts` has a list of its own."""
        lines = {"text": ["texts.append(text)"], "reasoning": ["reasoned = True"]}.get(kind, [])
        for key, parts in self._parts.items():
            below = self._fields[key]
            member = _shown_as(type_below(self._type, below), part.shown)
            read, literal = self._object(member, below, part.fields)
            lines += [*read, f"{parts}.append({literal})"]
        return lines or ["pass"]

    def _object(self, type_: Any, details: Details, reads: Mapping[str, Read]) -> tuple[list[str], str]:
        """An object of nothing but leaves."""
        lines, entries = list[str](), list[str]()
        for key, below in self._selected(type_, details).items():
            read, value = self._leaf(type_, below, reads)
            lines += read
            entries.append(f"{key!r}: {value}")
        return lines, f"{{{', '.join(entries)}}}"

    def _leaf(self, type_: GraphQLObjectType, details: Details, reads: Mapping[str, Read]) -> tuple[list[str], str]:
        name = name_of(details)
        if name == "__typename":
            return [], repr(type_.name)
        definition = type_.fields[name]
        read, leaf = reads.get(attribute_of(definition) or ""), cast(Any, get_named_type(definition.type))
        if read is None or not is_leaf_type(leaf):
            raise Unreadable
        if read.stored is not None:
            names = {stored: leaf.coerce_output_value(value) for stored, value in read.stored.items()}
            return [], f"{self._source.constant(names)}[{read.expression}]"
        if read.sure and leaf.name in ("ID", "String"):
            return [], f"({read.expression})"
        value = self._source.name()
        return [f"{value} = {read.expression}"], self._source.value(definition.type, value, "None", _no_objects)


def _no_objects() -> Any:
    raise Unreadable


def _shown_as(union: Any, shown: type[object]) -> Any:
    """The member of the union that values of a class are shown as."""
    for member in union.types:
        by_class = definition_of(member).is_type_of
        if isinstance(by_class, OfClasses) and shown in by_class.classes:
            return member
    raise Unreadable
