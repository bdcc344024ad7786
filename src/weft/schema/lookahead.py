"""What is asked for below a thread, known before the thread is read: both are then read in one round trip."""

from collections.abc import Mapping
from typing import Any, Final, cast

from graphql import FieldNode, IntValueNode, ValueNode, VariableNode

from weft.errors import InputError
from weft.schema.context import Info
from weft.threads.paging import PageRequest

_UI_MESSAGES: Final = "uiMessages"
_SIZES: Final = {"first", "last"}


def first_page(info: Info) -> PageRequest | None:
    """The page that `uiMessages` asks for right below the field of a thread, if it is the newest or the oldest one.

    None for anything out of the ordinary: then that field reads its page itself, and says what is wrong with it.
    """
    below = cast(Any, info)._raw_info
    asked = [node for field in below.field_nodes for node in field.selection_set.selections if _asks(node)]
    if len(asked) != 1 or asked[0].directives:
        return None
    given = {argument.name.value: argument.value for argument in asked[0].arguments or ()}
    if not given.keys() <= _SIZES:
        return None
    try:
        sizes = {name: _size(value, below.variable_values) for name, value in given.items()}
        return PageRequest.of(**sizes, newest=True)
    except (InputError, ValueError):
        return None


def _asks(node: object) -> bool:
    return isinstance(node, FieldNode) and node.name.value == _UI_MESSAGES


def _size(value: ValueNode, variables: Mapping[str, Any]) -> Any:
    """Raises ValueError when it is neither a number nor a variable."""
    if isinstance(value, VariableNode):
        return variables.get(value.name.value)
    if isinstance(value, IntValueNode):
        return int(value.value)
    raise ValueError
