"""A page of messages is the same whether it was read with its thread or after it."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.api.conftest import Api

SEND = """mutation($input: SendMessageInput!) {
  sendMessage(input: $input) { sentMessage { key } userErrors { errorMessage } } }"""
PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { key text createdAt } }"
TOGETHER = "thread(id: $id) { title uiMessages%s { ...page } }"
APART = "thread(id: $id) { title ... on Thread { uiMessages%s { ...page } } }"
REST = (
    f"used: thread(id: $id) {{ streams(startOrder: $n) {{ id }} }} }} fragment page on UIMessageConnection {{ {PAGE} }}"
)
ARGUMENTS = [
    "",
    "(last: 2)",
    "(first: 3)",
    "(last: $n)",
    "(first: $n)",
    "(last: null)",
    "(first: 0)",
    "(first: 1, last: 1)",
    "(last: 101)",
    '(first: 2, after: "garbage")',
    "(last: 2) @include(if: true)",
    "(last: 2) @skip(if: true)",
]


async def outcome(api: "Api", thread: str, **variables: Any) -> Any:
    """The data, or the error."""
    document = f"query($id: ID!, $n: Int) {{ {thread} {REST}"
    try:
        return await api(document, **variables)
    except AssertionError:
        return await api.error(document, **variables)


@pytest.fixture
def said() -> list[str]:
    return ["one", "two", "three", "four"]


@pytest.mark.parametrize("arguments", ARGUMENTS)
@pytest.mark.parametrize("n", [{}, {"n": None}, {"n": 2}, {"n": -1}])
async def test_a_page_read_with_its_thread_is_the_page_read_after_it(
    api: "Api", said: list[str], arguments: str, n: dict[str, Any]
) -> None:
    id_ = await api.new_thread(title="T")
    for prompt in said:
        sending = {"threadId": id_, "prompt": prompt, "generate": False}
        assert not (await api(SEND, input=sending))["sendMessage"]["userErrors"]
    together = await outcome(api, TOGETHER % arguments, id=id_, **n)
    assert together == await outcome(api, APART % arguments, id=id_, **n)


async def test_several_pages_of_one_thread_are_each_their_own(api: "Api", said: list[str]) -> None:
    id_ = await api.new_thread()
    for prompt in said:
        await api(SEND, input={"threadId": id_, "prompt": prompt, "generate": False})
    texts = "edges { node { text } }"
    document = (
        f"query($id: ID!) {{ thread(id: $id) {{ a: uiMessages(first: 1) {{ {texts} }} b: uiMessages {{ {texts} }} }} }}"
    )
    thread = (await api(document, id=id_))["thread"]
    assert {name: [edge["node"]["text"] for edge in page["edges"]] for name, page in thread.items()} == {
        "a": said[:1],
        "b": said,
    }


async def test_a_thread_that_is_not_there_is_null_with_its_page(api: "Api") -> None:
    assert await outcome(api, TOGETHER % "", id="thr_none") == {"thread": None, "used": None}
