"""The GraphQL reference: every type, field, argument and value of the schema, as the schema describes them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    InputValueDefinitionNode,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
    print_ast,
)
from tools.docs.markdown import linked, plain, table

_PAGES: Final[tuple[tuple[str, str, str], ...]] = (
    ("queries", "Queries", "Everything that can be read."),
    ("mutations", "Mutations", "Everything that can be changed. Expected failures are in `userErrors`."),
    ("subscriptions", "Subscriptions", "Everything that can be followed live."),
    ("objects", "Types", "What is answered: objects, interfaces and unions."),
    ("inputs", "Inputs", "What is given to mutations and queries. A field without `!` may be left out."),
    ("enums", "Enums and scalars", "Values of closed lists, and single values."),
)
_ROOTS: Final = {"Query": "queries", "Mutation": "mutations", "Subscription": "subscriptions"}
Argument = GraphQLArgument | GraphQLInputField


def graphql_reference(sdl: str) -> dict[str, str]:
    """Pages by file name."""
    return _Reference(build_schema(sdl)).pages()


class _Reference:
    def __init__(self, schema: GraphQLSchema) -> None:
        self._types = [
            each
            for _, each in sorted(schema.type_map.items())
            if not is_introspection_type(each) and not is_specified_scalar_type(each)
        ]
        self._places = dict(self._found_places())
        self._used = self._uses()

    def pages(self) -> dict[str, str]:
        bodies: dict[str, list[str]] = {page: [f"# {title}\n\n{says}\n\n"] for page, title, says in _PAGES}
        for each in self._types:
            page = _page_of(each)
            bodies[page] += self._root(each) if each.name in _ROOTS else self._type(each)
        return {f"{page}.md": "".join(body) for page, body in bodies.items()} | {"index.md": self._index()}

    def _index(self) -> str:
        lines = [
            "# GraphQL\n\nThe whole API, made from the schema with this site. `weft schema print` prints it as SDL. "
            "Names that end in `!` are never null; `[…]` is a list.\n\n"
        ]
        for name, title, _ in _PAGES:
            names = [f"{root}.{field}" for root, page in _ROOTS.items() if page == name for field in self._fields(root)]
            names = names or [each.name for each in self._types if _page_of(each) == name]
            links = " · ".join(f"[`{each.split('.')[-1]}`]({self._places[each]})" for each in names)
            lines.append(f"## [{title}]({name}.md)\n\n{links}\n\n")
        return "".join(lines)

    def _fields(self, name: str) -> list[str]:
        found = next((each for each in self._types if each.name == name), None)
        return list(found.fields) if isinstance(found, GraphQLObjectType) else []

    def _found_places(self) -> Iterable[tuple[str, str]]:
        for each in self._types:
            page = _page_of(each)
            yield each.name, f"{page}.md" if each.name in _ROOTS else f"{page}.md#{each.name}"
            for name in _members(each):
                yield f"{each.name}.{name}", f"{page}.md#{name if each.name in _ROOTS else f'{each.name}.{name}'}"

    def _uses(self) -> Mapping[str, list[str]]:
        """By a type's name, the fields that answer with it or take it."""
        found: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for each in self._types:
            for name, member in _members(each).items():
                if isinstance(member, GraphQLField | GraphQLInputField):
                    found[_type_of(member)][f"{each.name}.{name}"] = None
                for argument in member.args.values() if isinstance(member, GraphQLField) else ():
                    found[_type_of(argument)][f"{each.name}.{name}"] = None
        return {name: list(places) for name, places in found.items()}

    def _root(self, root: GraphQLNamedType) -> list[str]:
        assert isinstance(root, GraphQLObjectType)
        return [self._operation(name, field) for name, field in root.fields.items()]

    def _operation(self, name: str, field: GraphQLField) -> str:
        rows = [
            (f"`{arg}`", self._of_type(each), self._says(each) + _default(each)) for arg, each in field.args.items()
        ]
        said = f"## {name} {{ #{name} }}\n\n{self._says(field)}\n\nAnswers {self._of_type(field)}.\n\n"
        return said + table(("Argument", "Type", "Meaning"), rows)

    def _type(self, each: GraphQLNamedType) -> list[str]:
        lines = [f"## {each.name} {{ #{each.name} }}\n\n{self._text(each.description)}\n\n", self._kin(each)]
        match each:
            case GraphQLObjectType() | GraphQLInterfaceType():
                rows = [
                    (_head(each, name), self._of_type(field), self._field(field)) for name, field in each.fields.items()
                ]
                lines.append(table(("Field", "Type", "Meaning"), rows))
            case GraphQLInputObjectType():
                rows = [
                    (_head(each, name), self._of_type(field), self._says(field) + _default(field))
                    for name, field in each.fields.items()
                ]
                lines.append(table(("Field", "Type", "Meaning"), rows))
            case GraphQLEnumType():
                values = [(_head(each, name), self._says(value)) for name, value in each.values.items()]
                lines.append(table(("Value", "Meaning"), values))
            case GraphQLScalarType() if each.specified_by_url:
                lines.append(f"Specified by <{each.specified_by_url}>.\n\n")
            case _:
                pass
        return [*lines, self._used_by(each)]

    def _kin(self, each: GraphQLNamedType) -> str:
        if isinstance(each, GraphQLUnionType):
            return f"One of {self._names(member.name for member in each.types)}.\n\n"
        if isinstance(each, GraphQLInterfaceType):
            makers = [one.name for one in self._types if isinstance(one, GraphQLObjectType) and each in one.interfaces]
            return f"Implemented by {self._names(makers)}.\n\n"
        if isinstance(each, GraphQLObjectType) and each.interfaces:
            return f"Implements {self._names(face.name for face in each.interfaces)}.\n\n"
        return ""

    def _used_by(self, each: GraphQLNamedType) -> str:
        places = self._used.get(each.name, [])
        unions = [one.name for one in self._types if isinstance(one, GraphQLUnionType) and each in one.types]
        named = [
            place.removeprefix("Query.").removeprefix("Mutation.").removeprefix("Subscription.") for place in places
        ]
        links = [f"[`{name}`]({self._places[place]})" for name, place in zip(named, places, strict=True)]
        links += [f"[`{name}`]({self._places[name]})" for name in unions]
        return f"Used by {', '.join(links)}.\n{{ .used-by }}\n\n" if links else ""

    def _field(self, field: GraphQLField) -> str:
        arguments = "".join(
            f"<br>`{name}` {self._of_type(each)}: {self._says(each)}{_default(each)}"
            for name, each in field.args.items()
        )
        return self._says(field) + arguments

    def _names(self, names: Iterable[str]) -> str:
        return ", ".join(f"[`{name}`]({self._places[name]})" for name in names)

    def _of_type(self, member: GraphQLField | Argument) -> str:
        address, shown = self._places.get(_type_of(member)), str(cast(Any, member).type)
        return f"`{shown}`" if address is None else f"[`{shown}`]({address})"

    def _says(self, member: object) -> str:
        gone = getattr(member, "deprecation_reason", None)
        said = self._text(getattr(member, "description", None))
        return said if gone is None else f"**Deprecated**: {self._text(gone)} {said}"

    def _text(self, text: str | None) -> str:
        assert text, "the schema describes everything"
        return linked(plain(text), self._places)


def _type_of(member: GraphQLField | Argument) -> str:
    """The name of the type itself, whatever lists it is in."""
    return re.sub(r"\W", "", str(cast(Any, member).type))


def _page_of(each: GraphQLNamedType) -> str:
    if each.name in _ROOTS:
        return _ROOTS[each.name]
    if isinstance(each, GraphQLInputObjectType):
        return "inputs"
    return "enums" if isinstance(each, GraphQLEnumType | GraphQLScalarType) else "objects"


def _members(each: GraphQLNamedType) -> Mapping[str, object]:
    if isinstance(each, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        return dict(each.fields)
    return dict(each.values) if isinstance(each, GraphQLEnumType) else {}


def _head(each: GraphQLNamedType, name: str) -> str:
    return f"`{name}`{{ #{each.name}.{name} }}"


def _default(argument: Argument) -> str:
    node = argument.ast_node
    if not isinstance(node, InputValueDefinitionNode) or node.default_value is None:
        return ""
    return f" Default: `{print_ast(node.default_value)}`."
