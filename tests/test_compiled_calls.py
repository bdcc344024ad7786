"""A resolver that is called as a function is given what strawberry and graphql-core would have given it."""

import asyncio
import re
from typing import Any, cast

import pytest
import strawberry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strawberry.scalars import JSON

from weft.resolvers.compiled_calls import Call
from weft.resolvers.engine import Engine, Request, Result
from weft.resolvers.errors import RequestError
from weft.schema.defaults import drop_null_defaults


@strawberry.type
class Query:
    @strawberry.field
    def root(self) -> "Query":
        return Query()

    @strawberry.field
    def at_once(
        self,
        info: strawberry.Info[object, None],
        needed: int,
        whole: int | None = None,
        part: float | None = None,
        words: str | None = None,
        id: strawberry.ID | None = None,
        sure_of_it: bool | None = None,
    ) -> JSON:
        return told(info, needed, whole, part, words, id, sure_of_it)

    @strawberry.field
    async def later(self, info: strawberry.Info[object, None], id: strawberry.ID, words: str | None = "none") -> JSON:
        await asyncio.sleep(0)
        return told(info, id, words)

    @strawberry.field
    async def alone(self, id: strawberry.ID | None = None) -> str | None:
        if id == "boom":
            raise RuntimeError("secret")
        return id


def told(info: strawberry.Info[object, None], *values: object) -> JSON:
    """All of it with its class: 1 is not True, and not 1.0."""
    raw = cast(Any, info)._raw_info
    about = [info.context, info.field_name, info.path.as_list(), sorted(raw.variable_values), len(raw.field_nodes)]
    return cast(JSON, [about, *([type(value).__name__, value] for value in values)])


schema = strawberry.Schema(Query)
drop_null_defaults(schema)
compiled, plain = Engine(schema, compiled=True), Engine(schema, compiled=False)

GIVEN = {"n": "Int!", "whole": "Int", "part": "Float", "words": "String", "id": "ID!", "maybe": "ID", "sure": "Boolean"}
_DEFINED = ", ".join(f"${name}: {type_}" for name, type_ in GIVEN.items())
DOCUMENT = (
    f"query ({_DEFINED})"
    + """ {
  atOnce(needed: $n, whole: $whole, part: $part, words: $words, id: $maybe, sureOfIt: $sure)
  root {
    later(id: $id, words: $words)
    some: atOnce(needed: 3, whole: null, part: 2, words: "x", id: 7)
    alone(id: $maybe)
  }
  rest: later(id: "a")
  used: alone(id: $id)
}"""
)
LEGAL: dict[str, Any] = {"n": 1, "id": "a"}
_NUMBERS: list[Any] = [0, 7, -1, 2**31 - 1, 2**31, 10**40, 0.5, 1.0, 1e308]
_OTHERS: list[Any] = [None, True, False, "", "x", "7", "true", [], ["x"], {}, [[1]]]
VALUES = st.sampled_from(_NUMBERS + _OTHERS)


async def outcome(engine: Engine, query: str, variables: dict[str, Any]) -> bytes:
    operation = engine.prepare(Request(query, None, variables))
    operation.document.uses = 10
    try:
        answer = (await engine.execute(operation, "me")).encoded()
    except RequestError as error:
        answer = Result.refused(error).encoded()
    return re.sub(rb'"errorId":"\w+"', b'"errorId":"..."', answer)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(given=st.dictionaries(st.sampled_from([*GIVEN, "unknown"]), VALUES), whole=st.booleans())
async def test_any_values_of_variables_give_the_same_compiled_and_not(given: dict[str, Any], whole: bool) -> None:
    variables = LEGAL | given if whole else given
    assert await outcome(compiled, DOCUMENT, variables) == await outcome(plain, DOCUMENT, variables)


@pytest.mark.parametrize(
    "query",
    [
        '{ alone(id: "boom") }',
        "{ alone }",
        "{ atOnce(needed: 2147483648) }",
        "query ($n: Int) { atOnce(needed: $n) }",
        "query ($n: Int = 4) { atOnce(needed: $n) }",
        "query ($n: Int! = 4) { atOnce(needed: $n, whole: $n) }",
        'query ($w: String = "x") { later(id: "1", words: $w) }',
    ],
)
async def test_every_way_to_give_an_argument_gives_the_same(query: str) -> None:
    try:
        expected = await outcome(plain, query, {})
    except RequestError:
        with pytest.raises(RequestError):
            await outcome(compiled, query, {})
    else:
        assert await outcome(compiled, query, {}) == expected


async def test_plain_arguments_take_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither an executor nor `info` of graphql-core is made."""
    query = "query ($id: ID!) { used: alone(id: $id) root { alone(id: $id) } }"
    operation = compiled.prepare(Request(query, None, {"id": "a"}))
    operation.document.uses = 10
    expected = (await compiled.execute(operation, "me")).encoded()
    calls: list[object] = []
    call = Call.__call__

    def noted(self: Call, *rest: Any) -> Any:
        calls.append(self)
        return call(self, *rest)

    monkeypatch.setattr(Call, "__call__", noted)
    monkeypatch.setattr(Engine, "_executor", None)
    assert (await compiled.execute(operation, "me")).encoded() == expected
    assert len(calls) == 3
