"""An operation's cost is the number of nodes that its pages can hold: sizes multiply on the way down."""

from typing import Any

import pytest

from weft.resolvers.engine import Engine, Request
from weft.resolvers.errors import RequestError
from weft.resolvers.limits import Limits
from weft.resolvers.root import schema

ROOMY = Limits(cost=10**12)


def cost(query: str, **variables: Any) -> int:
    """What an operation costs: the least limit that lets it through."""
    engine = Engine(schema, limits=ROOMY)
    operation = engine.prepare(Request(query, None, variables))
    found = operation.document.cost(engine.schema, operation.definition)
    return found if isinstance(found, int) else found(variables)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("{ viewer { userId } agents { name } }", 0),
        ("{ threads(first: 20) { edges { node { id } } } }", 20),
        ("{ threads { edges { node { id } } } }", 50),
        ("{ users(first: 7) { edges { node } } }", 7),
        ("{ threads(last: 3) { edges { node { messages(first: 10) { edges { node { id } } } } } } }", 3 + 30),
        (
            "{ threads(first: 2) { edges { node { messages(first: 3) { edges { node { id } } } "
            "generations(first: 5) { edges { node { id } } } } } } }",
            2 + 2 * (3 + 5),
        ),
        ('{ a: thread(id: "a") { ...F } b: thread(id: "b") { ...F } } '
         "fragment F on Thread { messages(first: 10) { edges { node { id } } } }", 20),
        ('{ node(id: "a") { ... on Thread { messages(first: 10) { edges { node { id } } } } } }', 10),
        ('{ nodes(ids: ["a", "b", "c"]) { ... on Thread { messages(first: 10) { pageInfo { hasNextPage } } } } }', 33),
        (
            '{ searchMessages(input: {query: "x", limit: 4}) { thread { messages(first: 10) { edges { cursor } } } } }',
            4 + 4 * 10,
        ),
        ('{ searchMessages(input: {query: "x"}) { snippet } }', 10),
        ("{ threads(first: null) { edges { cursor } } }", 50),
    ],
)  # fmt: skip
def test_the_sizes_of_pages_within_each_other_multiply(query: str, wanted: int) -> None:
    assert cost(query) == wanted


@pytest.mark.parametrize(
    ("head", "argument", "variables", "wanted"),
    [
        ("$n: Int", "first: $n", {"n": 7}, 7),
        ("$n: Int", "last: $n", {"n": 7.0}, 7),
        ("$n: Int", "first: $n", {}, 50),
        ("$n: Int", "first: $n", {"n": None}, 50),
        ("$n: Int = 9", "first: $n", {}, 9),
        ("$n: Int = 9", "first: $n", {"n": 2}, 2),
        ("$n: Int, $m: Int", "first: $n, last: $m", {"n": 7, "m": 9}, 9),
        ("$n: Int", "first: $n", {"n": -5}, 0),
        ("$n: Int", "first: $n", {"n": "many"}, 50),
    ],
)
def test_a_size_may_be_a_variable(head: str, argument: str, variables: dict[str, Any], wanted: int) -> None:
    query = f"query({head}) {{ threads({argument}) {{ edges {{ cursor }} }} }}"
    assert cost(query, **variables) == wanted


@pytest.mark.parametrize(
    ("head", "variables", "wanted"),
    [
        ("$i: SearchMessagesInput!", {"i": {"query": "x", "limit": 4}}, 44),
        ("$i: SearchMessagesInput!", {"i": {"query": "x"}}, 110),
        ('$i: SearchMessagesInput! = {query: "x", limit: 6}', {}, 66),
    ],
)
def test_a_search_has_as_many_nodes_as_its_limit(head: str, variables: dict[str, Any], wanted: int) -> None:
    below = "{ thread { messages(first: 10) { edges { cursor } } } }"
    assert cost(f"query({head}) {{ searchMessages(input: $i) {below} }}", **variables) == wanted


def test_ids_that_are_a_variable_count_one_by_one() -> None:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert cost(query, ids=["a", "b", "c"]) == 3
    assert cost(query, ids="a") == 1


def test_an_operation_that_may_answer_with_too_much_is_told_how_much_and_what_the_limit_is() -> None:
    engine = Engine(schema, limits=Limits(cost=1000))
    query = (
        """query($n: Int) { threads(first: $n) { edges { node { messages(first: 10) { edges { node { id } } } } } } }"""
    )
    engine.prepare(Request(query, None, {"n": 90}))
    with pytest.raises(RequestError) as refused:
        engine.prepare(Request(query, None, {"n": 91}))
    (error,) = refused.value.errors
    assert error.extensions == {"code": "QUERY_TOO_COMPLEX"}
    assert "1001 nodes" in error.message
    assert "the limit is 1000" in error.message


def test_a_cached_document_is_not_measured_again() -> None:
    engine = Engine(schema)
    request = Request("query($n: Int) { threads(first: $n) { edges { cursor } } }", None, {"n": 1})
    first, second = (engine.prepare(request) for _ in range(2))
    measured = [each.document.cost(engine.schema, each.definition) for each in (first, second)]
    assert measured[0] is measured[1]
