"""Compiled operations give, byte for byte, what graphql-core gives: the same data, errors and order."""

import logging
import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
from graphql import GraphQLSchema, validate
from graphql import parse as parse_document
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from tests.compiled_world import Kind, mutations, queries, schema, things, touched

from weft.resolvers.compiled import Plan, Plans
from weft.resolvers.engine import Engine, Request, Result
from weft.resolvers.late import Late
from weft.resolvers.limits import Limits

ROOMY = Limits(fields=100_000, aliases=10_000, directives=10_000)
CORE: GraphQLSchema = schema._schema  # pyright: ignore[reportPrivateUsage]
compiled = Engine(schema, limits=ROOMY, compiled=True)
plain = Engine(schema, limits=ROOMY, compiled=False)

ALL = """
query ($n: Int! = 1, $yes: Boolean = true) {
  all { ...thing later(steps: $n) { ...thing path } next { id add(left: $n) } }
  one(at: 1) { id path @include(if: $yes) text @skip(if: $yes) }
  some(kind: NULLS) { ...thing }
  named { name shout(times: 2) ... on Cat { purr } }
  anything { ... on Stone { weight } ... on Named { __typename name } }
}
fragment thing on Thing {
  __typename id text maybe number ratio truth colour size when data grid words
  pet { __typename ... on Cat { name lives owner { id } } }
  things { ... on Dog { name friends { ... on Cat { name } } } ... on Fish { name } ...rock }
  length firstPet { ... on Cat { name } }
  named { name ... on Dog { barks } }
  box { content } boxed { content }
  filtered(filter: {minimum: $n, colours: [RED], inner: {}})
  pets(first: 2) { ... on Named { shout } }
}
fragment rock on Anything { ... on Stone { weight } ... on Shell { size } }
"""


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Iterator[None]:
    """Thousands of masked errors are not worth their tracebacks."""
    log = logging.getLogger("weft.resolvers.errors")
    log.setLevel(logging.CRITICAL)
    yield
    log.setLevel(logging.NOTSET)


async def outcome(engine: Engine, query: str, variables: dict[str, Any]) -> str:
    """The encoded answer, without what is made up anew each time."""
    operation = engine.prepare(Request(query, None, variables))
    operation.document.uses = 10
    result = await engine.execute(operation, None)
    return re.sub(r'"errorId":"\w+"', '"errorId":"…"', result.encoded().decode())


def plan_of(query: str, **variables: Any) -> tuple[Plan | None, Late]:
    document = parse_document(query)
    built: Any = StrawberryGraphQLCoreExecutionContext
    executor = built.build(CORE, document, raw_variable_values=variables)
    late = Late(lambda: executor, None)
    return Plans(document).get(executor.operation, late), late


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(query=queries(CORE), yes=st.booleans())
async def test_any_query_gives_the_same_compiled_and_not(query: str, yes: bool) -> None:
    assume(not validate(CORE, parse_document(query)))
    variables = {"yes": yes}
    assert await outcome(compiled, query, variables) == await outcome(plain, query, variables)


@pytest.mark.parametrize("kind", [kind.name for kind in Kind])
async def test_every_field_of_every_kind_of_thing_gives_the_same(kind: str) -> None:
    composite = {
        "pet": "__typename",
        "things": "__typename",
        "named": "name",
        "next": "id",
        "later": "id",
        "pets": "__typename",
    }
    composite |= {"box": "content", "boxed": "content", "firstPet": "__typename"}
    arguments = {"add": "(left: 1)", "filtered": "(filter: {})"}
    names: list[str] = list(cast(Any, CORE.type_map["Thing"]).fields)
    for name in names:
        below = f"{{ {composite[name]} }}" if name in composite else ""
        for at in range(len(things(Kind[kind])) or 1):
            query = f"{{ one(kind: {kind}, at: {at}) {{ {name}{arguments.get(name, '')} {below} }} }}"
            assert await outcome(compiled, query, {}) == await outcome(plain, query, {})


@pytest.mark.parametrize("yes", [True, False])
async def test_what_is_plain_does_not_fall_back(yes: bool) -> None:
    plan, late = plan_of(ALL, yes=yes)
    assert plan is not None
    data = plan.run(late, None)
    assert not isinstance(data, dict)
    expected = await plain.execute(plain.prepare(Request(ALL, None, {"yes": yes})), None)
    assert Result(await data, []).encoded() == expected.encoded()


async def test_a_plan_serves_other_values_of_its_variables() -> None:
    query = "query ($n: Int!, $yes: Boolean!) { one { add(left: $n) id @include(if: $yes) } }"
    for n, yes in ((1, True), (2, True), (3, False)):
        expected = {"data": {"one": {"add": n + 2} | ({"id": "t1"} if yes else {})}}
        for _ in range(2):
            result = await compiled.execute(compiled.prepare(Request(query, None, {"n": n, "yes": yes})), None)
            assert result.body() == expected


@pytest.mark.parametrize("query", ["{ __schema { queryType { name } } }", '{ __type(name: "Thing") { name } }'])
async def test_introspection_is_left_to_graphql_core(query: str) -> None:
    assert plan_of(query)[0] is None
    assert await outcome(compiled, query, {}) == await outcome(plain, query, {})


async def test_events_of_a_subscription_are_the_same() -> None:
    query = "subscription { each { id text things { ... on Dog { name } } later { path } next { fails } } }"
    answers: list[list[bytes]] = []
    for engine in (compiled, plain):
        subscription = await engine.subscribe(engine.prepare(Request(query)), None)
        results = [subscription.result(thing) for thing in things(Kind.PLAIN)]
        answers.append([(r if isinstance(r, Result) else await r).encoded() for r in results])
    assert answers[0] == answers[1]


# ---------------------------------------------------------------- mutations


async def done(engine: Engine, query: str, variables: dict[str, Any]) -> tuple[str, list[str]]:
    """The answer, and what the mutation has done for it."""
    touched.clear()
    return await outcome(engine, query, variables), list(touched)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(query=mutations(CORE), yes=st.booleans())
async def test_any_mutation_gives_the_same_compiled_and_not_and_is_done_once(query: str, yes: bool) -> None:
    assume(not validate(CORE, parse_document(query)))
    expected = await done(plain, query, {"yes": yes})
    assert len(expected[1]) == 1
    assert await done(compiled, query, {"yes": yes}) == expected


@pytest.mark.parametrize("kind", [kind.name for kind in Kind])
@pytest.mark.parametrize(
    "field", ["touch(kind: {})", "touchAtOnce(kind: {})", "touchAndFail(hard: true)", "touchFromRoot"]
)
async def test_a_mutation_that_falls_back_is_not_done_again(kind: str, field: str) -> None:
    query = f"mutation {{ {field.format(kind)} {{ id text later {{ failsLater }} failsHard }} }}"
    expected = await done(plain, query, {})
    assert plan_of(query)[0] is not None
    assert await done(compiled, query, {}) == expected
    assert len(expected[1]) == 1


async def test_a_plain_mutation_does_not_fall_back() -> None:
    query = (
        "mutation { touch { ...thing path } } fragment thing on Thing { id text later { path } pets { __typename } }"
    )
    plan, late = plan_of(query)
    assert plan is not None
    data = plan.run(late, None)
    assert not isinstance(data, dict)
    expected = await plain.execute(plain.prepare(Request(query)), None)
    assert Result(await data, []).encoded() == expected.encoded()


async def test_several_mutations_are_done_one_after_the_other_by_graphql_core() -> None:
    query = "mutation { b: touch { id } touchAtOnce { id } a: touch { id } touchAndFail { id } }"
    assert plan_of(query)[0] is None
    expected = await done(plain, query, {})
    assert expected[1] == ["touch", "touchAtOnce", "touch", "touchAndFail"]
    assert await done(compiled, query, {}) == expected


async def test_the_same_mutation_asked_again_is_done_again() -> None:
    touched.clear()
    for _ in range(3):
        await outcome(compiled, "mutation { touch { id failsHard } }", {})
    assert touched == ["touch"] * 3


# ---------------------------------------------------------------- when it is compiled


async def test_a_document_compiles_when_it_is_seen_again() -> None:
    engine = Engine(schema, compiled=True)
    operation = engine.prepare(Request("{ one { id } }"))
    await engine.execute(operation, None)
    assert not operation.document.plans
    await engine.execute(engine.prepare(Request("{ one { id } }")), None)
    assert len(operation.document.plans) == 1


async def test_compiling_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEFT_COMPILED_OPERATIONS", "0")
    engine = Engine(schema)
    operation = engine.prepare(Request("{ one { id } }"))
    for _ in range(3):
        await engine.execute(engine.prepare(operation.request), None)
    assert not operation.document.plans
