"""Makes the domain's enums GraphQL enums: members keep their names, and every one is described."""

from enum import Enum

import strawberry
from strawberry.types.enum import has_enum_definition


def describe(enum: type[Enum], description: str, /, name: str | None = None, **members: str) -> None:
    """Registers `enum` under its own name or another; `members` describes each of its members.

    Raises:
        KeyError: a member is not described.
    """
    strawberry.enum(enum, name=name, description=description)
    assert has_enum_definition(enum)
    for member in enum.__strawberry_definition__.values:
        member.description = members[member.name]
