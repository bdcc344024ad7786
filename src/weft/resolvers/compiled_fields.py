"""What stands between a field of the schema and its value: an attribute, a function of the parent, or more."""

from collections.abc import Callable
from typing import Any, Final, cast

from graphql import GraphQLField
from strawberry.types.field import StrawberryField

_BACKREF: Final = "strawberry-definition"


def definition_of(type_: Any) -> Any:
    """Strawberry's definition of a type."""
    return type_.extensions[_BACKREF]


def field_of(definition: GraphQLField) -> StrawberryField | None:
    """The field as strawberry has it, when calling it is all that strawberry does."""
    field = definition.extensions.get(_BACKREF)
    plain = isinstance(field, StrawberryField) and type(field).get_result is StrawberryField.get_result
    return cast(StrawberryField, field) if plain else None


def attribute_of(definition: GraphQLField) -> str | None:
    """The attribute that the field is, when nothing but strawberry's default resolver stands in between."""
    field = field_of(definition)
    if field is None or not getattr(definition.resolve, "_is_default", False):
        return None
    return field.python_name if field.is_basic_field and field.default_resolver is getattr else None


def function_of_parent(definition: GraphQLField) -> Callable[[Any], Any] | None:
    """The field's resolver, when it is a function of the parent and nothing else, and nothing stands in between."""
    field = field_of(definition)
    if field is None or field.is_async or field.extensions or definition.args:
        return None
    resolver: Any = cast(Any, field).base_resolver
    if resolver is None or resolver.parent_parameter is None or len(resolver.signature.parameters) != 1:
        return None
    return cast(Callable[[Any], Any], resolver.wrapped_func)
