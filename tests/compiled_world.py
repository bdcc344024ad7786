"""A schema with every kind of type and every kind of trouble, and queries drawn from it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, StrEnum
from itertools import count
from typing import Annotated, Any, Generic, TypeVar, cast
from zlib import crc32

import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_required_argument,
)
from hypothesis import strategies as st
from strawberry.scalars import JSON

from weft.errors import ErrorCode, InputError
from weft.schema.shown import shows

T = TypeVar("T")
WHEN = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


@strawberry.enum
class Colour(Enum):
    RED = "red"
    BLUE = strawberry.enum_value("blue", name="AZURE")


@strawberry.enum
class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


@strawberry.enum
class Kind(Enum):
    """Which things a query is given."""

    PLAIN = "plain"
    NULLS = "nulls"
    WRONG = "wrong"
    TRAPS = "traps"
    NOTHING = "nothing"


@strawberry.interface
class Named:
    name: str

    @strawberry.field
    def shout(self, times: int = 1) -> str:
        return self.name.upper() * times


@strawberry.type
class Dog(Named):
    barks: bool
    friends: "list[Animal]" = strawberry.field(default_factory=list)


@strawberry.type
class Cat(Named):
    lives: int | None
    owner: "Thing | None" = None

    @strawberry.field
    async def purr(self) -> str:
        await asyncio.sleep(0)
        return f"{self.name} purrs"


@dataclass
class Row:
    """What a database might give: no strawberry type."""

    name: str


@strawberry.type
class Fish(Named):
    @classmethod
    def is_type_of(cls, value: object, _: object) -> bool:
        return isinstance(value, Fish | Row)


@strawberry.type
class Stone:
    weight: float


@dataclass
class Pebble:
    """What a domain has: shown as a Shell, as it is."""

    size: int


@strawberry.type
@shows(Pebble)
class Shell:
    size: int


Animal = Annotated[Dog | Cat | Fish, strawberry.union("Animal")]
Anything = Annotated[Dog | Cat | Fish | Stone | Shell, strawberry.union("Anything")]


@strawberry.type
class Box(Generic[T]):
    content: T


def length(thing: strawberry.Parent["Thing"]) -> int:
    return len(thing.text)


def first_pet(thing: strawberry.Parent["Thing"]) -> Animal | None:
    return thing.pet


@strawberry.input
class Filter:
    minimum: int = 0
    colours: list[Colour] | None = None
    inner: "Filter | None" = None


@strawberry.type
class Thing:
    id: strawberry.ID
    text: str
    maybe: str | None
    number: int
    ratio: float | None
    truth: bool
    colour: Colour
    size: Size | None
    when: datetime
    data: JSON
    grid: list[list[int | None]]
    words: list[str] | None
    pet: Animal | None
    things: list[Anything]
    named: list[Named | None]
    box: Box[int]
    boxed: Box[str] | None
    length: int = strawberry.field(resolver=length)
    first_pet: Animal | None = strawberry.field(resolver=first_pet)
    next: "Thing | None" = None

    @strawberry.field
    def add(self, left: int, right: int = 2) -> int:
        return left + right

    @strawberry.field
    def filtered(self, filter: Filter) -> JSON:
        inner = filter.inner.minimum if filter.inner else None
        return cast(JSON, [filter.minimum, inner, [colour.name for colour in filter.colours or ()]])

    @strawberry.field
    async def later(self, steps: int = 1) -> "Thing":
        for _ in range(steps % 4):
            await asyncio.sleep(0)
        return self

    @strawberry.field
    async def pets(self, first: int | None = None) -> list[Animal]:
        await asyncio.sleep(0)
        found: list[Animal] = [rex(), tom(), cast(Fish, Row("wanda"))]
        return found[:first]

    @strawberry.field
    async def each(self) -> AsyncIterator[int]:
        for number in (1, 2):
            yield number

    @strawberry.field
    def path(self, info: strawberry.Info[object, None]) -> list[str]:
        raw = cast(Any, info)._raw_info
        return [str(key) for key in raw.path.as_list()]

    @strawberry.field
    def fails(self) -> str | None:
        raise InputError("not so", reason=ErrorCode.NOT_FOUND, path=("x",))

    @strawberry.field
    async def fails_later(self) -> str | None:
        await asyncio.sleep(0)
        raise RuntimeError("secret")

    @strawberry.field
    def fails_hard(self) -> str:
        raise RuntimeError("secret")

    @strawberry.field
    async def gone(self) -> str:
        return cast(str, None)


def rex() -> Dog:
    return Dog(name="rex", barks=True, friends=[tom()])


def tom() -> Cat:
    return Cat(name="tom", lives=7)


def plain(**other: Any) -> Thing:
    values: dict[str, Any] = {
        "id": "t1",
        "text": "hélló \u2028 \U0001f600",
        "maybe": "yes",
        "number": 7,
        "ratio": 0.5,
        "truth": True,
        "colour": Colour.BLUE,
        "size": Size.LARGE,
        "when": WHEN,
        "data": {"a": [1, None, "x"]},
        "grid": [[1, None], []],
        "words": ["a", "b"],
        "pet": tom(),
        "things": [rex(), tom(), Stone(weight=1.0), Fish(name="wanda"), Row("nemo"), Pebble(3)],
        "named": [rex(), None, tom()],
        "box": Box(content=1),
        "boxed": Box(content="x"),
    }
    return Thing(**{**values, **other})


def nulls() -> Thing:
    return plain(maybe=None, ratio=None, size=None, words=None, pet=None, boxed=None, named=[None], next=plain())


WRONG: dict[str, Any] = {
    "id": 7,
    "text": 5,
    "maybe": object(),
    "number": 2**31,
    "ratio": float("nan"),
    "truth": "yes",
    "colour": "red",
    "size": "huge",
    "when": None,
    "grid": (["5"], None),
    "words": "letters",
    "pet": Stone(weight=2.0),
    "things": [Row("x"), 5],
    "named": iter(()),
    "box": None,
    "boxed": Box(content=cast(str, 3)),
}


def things(kind: Kind) -> list[Any]:
    match kind:
        case Kind.PLAIN:
            return [plain(next=plain(number=-1)), plain(number=True, ratio=3, text=Size.SMALL)]
        case Kind.NULLS:
            return [nulls(), plain()]
        case Kind.WRONG:
            return [plain(**{name: value}) for name, value in WRONG.items()]
        case Kind.TRAPS:
            return [plain(text=ValueError("trap")), plain(pet=KeyError("trap")), plain(next=RuntimeError("trap"))]
        case Kind.NOTHING:
            return []


@strawberry.type
class Query:
    @strawberry.field
    def all(self, kind: Kind = Kind.PLAIN) -> list[Thing]:
        return things(kind)

    @strawberry.field
    async def some(self, kind: Kind = Kind.PLAIN) -> list[Thing | None] | None:
        await asyncio.sleep(0)
        return [*things(kind), None]

    @strawberry.field
    def one(self, kind: Kind = Kind.PLAIN, at: int = 0) -> Thing | None:
        found = things(kind)
        return found[at % len(found)] if found else None

    @strawberry.field
    def named(self) -> list[Named]:
        return [rex(), tom(), Fish(name="dory")]

    @strawberry.field
    def anything(self) -> list[Anything] | None:
        return [Stone(weight=0.1), rex()]


touched: list[str] = []
"""What mutations have done, in order."""


def touch_from_root(_: strawberry.Parent[None]) -> Thing:
    touched.append("touchFromRoot")
    return plain()


@strawberry.type
class Mutation:
    touch_from_root: Thing = strawberry.field(resolver=touch_from_root)

    @strawberry.mutation
    async def touch(self, kind: Kind = Kind.PLAIN, at: int = 0) -> Thing | None:
        touched.append("touch")
        await asyncio.sleep(0)
        found = things(kind)
        return found[at % len(found)] if found else None

    @strawberry.mutation
    def touch_at_once(self, kind: Kind = Kind.PLAIN) -> list[Thing]:
        touched.append("touchAtOnce")
        return things(kind)

    @strawberry.mutation
    async def touch_and_fail(self, hard: bool = False) -> Thing | None:
        touched.append("touchAndFail")
        await asyncio.sleep(0)
        raise RuntimeError("secret") if hard else InputError("not so")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def each(self, kind: Kind = Kind.PLAIN) -> AsyncIterator[Thing]:
        for thing in things(kind):
            yield thing


schema = strawberry.Schema(Query, Mutation, Subscription, types=[Stone])


@dataclass
class Drawn:
    """A query as it grows."""

    draw: Callable[[st.SearchStrategy[Any]], Any]
    core: GraphQLSchema
    fragments: list[str] = field(default_factory=list[str])
    names: Iterator[int] = field(default_factory=count)

    def pick(self, *options: T) -> T:
        return cast(T, self.draw(st.sampled_from(options)))

    def selection(self, type_: Any, depth: int) -> str:
        parts = [self._part(type_, depth) for _ in range(self.draw(st.integers(1, 3)))]
        return "{ " + " ".join(parts) + " }"

    def _part(self, type_: Any, depth: int) -> str:
        if isinstance(type_, GraphQLUnionType):
            choice = self.pick("typename", "inline", "inline", "spread")
        else:
            choice = self.pick("typename", "field", "field", "field", "field", "inline", "spread")
        match choice:
            case "typename":
                return self.pick("__typename", f"t{next(self.names)}: __typename")
            case "field":
                return self._field(type_, depth)
            case _:
                return self._fragment(self._narrower(type_), depth, named=choice == "spread")

    def _narrower(self, type_: Any) -> Any:
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            return self.pick(type_, *self.core.get_possible_types(type_))
        return self.pick(type_, *type_.interfaces)

    def _fragment(self, type_: Any, depth: int, *, named: bool) -> str:
        body = f"on {type_.name}{self._directive() if not named else ''} {self.selection(type_, depth)}"
        if not named:
            return f"... {body}"
        name = f"F{next(self.names)}"
        self.fragments.append(f"fragment {name} {body}")
        return f"...{name}{self._directive()}"

    def _field(self, type_: Any, depth: int) -> str:
        fields: dict[str, GraphQLField] = type_.fields
        flat = [n for n, f in fields.items() if not _composite(f)]
        name: str = self.pick(*(fields if depth > 0 else flat))
        definition = fields[name]
        arguments = self._arguments(definition)
        fresh = f"a{next(self.names)}: "
        alias = self.pick(f"{name}_{crc32(arguments.encode())}: ", fresh) if arguments else self.pick("", "", fresh)
        below = f" {self.selection(_named(definition), depth - 1)}" if _composite(definition) else ""
        return f"{alias}{name}{arguments}{self._directive()}{below}"

    def _arguments(self, definition: GraphQLField) -> str:
        given = [
            f"{name}: {self._literal(cast(Any, a).type)}"
            for name, a in definition.args.items()
            if is_required_argument(a) or self.pick(True, False)
        ]
        return f"({', '.join(given)})" if given else ""

    def _literal(self, type_: Any) -> str:
        named = cast(Any, get_named_type(type_))
        if isinstance(named, GraphQLEnumType):
            return self.pick(*cast(dict[str, Any], named.values))
        if named.name == "Filter":
            return self.pick("{}", "{minimum: $n}", "{minimum: 3, colours: [AZURE], inner: {minimum: $n}}")
        return self.pick("0", "1", "3", "$n")

    def _directive(self) -> str:
        return self.pick(
            "", "", "", " @include(if: $yes)", " @skip(if: $yes)", " @include(if: true)", " @skip(if: true)"
        )


def _named(definition: GraphQLField) -> Any:
    return cast(Any, get_named_type)(cast(Any, definition).type)


def _composite(definition: GraphQLField) -> bool:
    return isinstance(_named(definition), GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType)


@st.composite
def queries(draw: Callable[[st.SearchStrategy[Any]], Any], core: GraphQLSchema) -> str:
    drawn = Drawn(draw, core)
    root = drawn.selection(core.query_type, depth=draw(st.integers(1, 3)))
    used = "... @include(if: $yes) { used: one { add(left: $n) } }"
    return "\n".join([f"query ($n: Int! = 1, $yes: Boolean!) {{ {used} ... {root} }}", *drawn.fragments])


@st.composite
def mutations(draw: Callable[[st.SearchStrategy[Any]], Any], core: GraphQLSchema) -> str:
    """One field each."""
    drawn = Drawn(draw, core)
    field = drawn.pick("touch(kind: {}, at: $n)", "touchAtOnce(kind: {})", "touchAndFail", "touchFromRoot").format(
        drawn.pick(*Kind).name
    )
    below = drawn.selection(core.type_map["Thing"], depth=draw(st.integers(0, 2)))
    used = "used: add(left: $n) @include(if: $yes)"
    mutation = f"mutation ($n: Int! = 1, $yes: Boolean!) {{ {field} {{ {used} ... {below} }} }}"
    return "\n".join([mutation, *drawn.fragments])
