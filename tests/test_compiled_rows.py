"""Pages written straight from documents are, byte for byte, the pages that values are made of."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import pytest
import strawberry
from graphql import GraphQLSchema
from hypothesis import given
from hypothesis import strategies as st
from strawberry.schema.config import StrawberryConfig
from tests.storage.test_ui_docs import doc_of, read, some_fields
from tests.support import row, text
from tests.threads.histories import ASSISTANT, USER, histories, some

from weft.resolvers import compiled_rows
from weft.resolvers.engine import Engine, Request
from weft.schema.paging import Connection, connection_as
from weft.schema.scalars import SCALARS
from weft.schema.ui_messages import UIMessage
from weft.storage.turn_pages import Turn, TurnPage
from weft.storage.types import Doc
from weft.threads.messages import Message, MessageStatus
from weft.threads.paging import Page
from weft.threads.usage import Usage


@strawberry.type
class Query:
    @strawberry.field
    def messages(self, info: strawberry.Info[Any, None]) -> Connection[UIMessage]:
        return connection_as(info.context, UIMessage)


schema = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=SCALARS))
CORE: Final[GraphQLSchema] = schema._schema  # pyright: ignore[reportPrivateUsage]
compiled: Final = Engine(schema, compiled=True)
plain: Final = Engine(schema, compiled=False)

PARTS = """
parts {
  __typename
  ... on TextPart { text state t: providerMetadata }
  ... on ReasoningPart { ...thought again: text }
  ... on SourceUrlPart { kind: __typename sourceId url title }
  ... on FilePart { mediaType filename url }
  ... on SourceDocumentPart { sourceId mediaType name: title filename }
  ... on StepStartPart { stepOrder }
  ... on DataPart { name partId data }
  ... on ToolPart { toolCallId toolName call: state input output errorText }
}"""
LEAVES = """
__typename id key threadId order stepOrder role status text agentName userId clientId error metadata createdAt
usage {
  __typename inputTokens outputTokens totalTokens cachedInputTokens cacheWriteInputTokens reasoningTokens costMicros
}
"""
SELECTIONS: Final = {
    "everything": f"__typename pageInfo {{ __typename hasNextPage hasPreviousPage startCursor endCursor }}"
    f" edges {{ __typename cursor node {{ {LEAVES} {PARTS} }} }}",
    "other names": f"e: edges {{ c: cursor n: node {{ i: id o: order p: parts {{ __typename }} {PARTS} u: usage "
    "{ t: totalTokens } v: usage { __typename } } } f: edges { cursor m: node { words: text } }",
    "some parts": "edges { node { parts { ... on SourceUrlPart { url } } role } } again: pageInfo { endCursor }",
    "no content": "edges { node { key status createdAt } }",
    "only text": "edges { node { text } } edges { node { role } cursor }",
    "only cursors": "edges { cursor }",
    "the same in the AI SDK's words": f"edges {{ node {{ {LEAVES} aiSdk }} }}",
}
FRAGMENT = "fragment thought on ReasoningPart { text state providerMetadata }"


async def written(engine: Engine, selection: str, page: TurnPage | Page[Any]) -> bytes:
    fragment = FRAGMENT if "...thought" in selection else ""
    operation = engine.prepare(Request(f"{{ messages {{ {selection} }} }} {fragment}"))
    operation.document.uses = 10
    return (await engine.execute(operation, page)).encoded()


def page_of(docs: Sequence[Doc]) -> TurnPage:
    turns = [list(turn) for _, turn in groupby(docs, key=itemgetter("order"))]
    return TurnPage([Turn(turn) for turn in turns], has_next=True, has_previous=False)


def stored(rows: Sequence[Message]) -> list[Doc]:
    """Complete rows as they are read: what is pending is shown with its stream, as values."""
    return [read(doc_of(one)) for one in rows if one.status is not MessageStatus.PENDING]


@some
@given(histories() | histories(junk=True), st.sampled_from(list(SELECTIONS.values())), st.data())
async def test_any_history_is_written_as_its_values_are(
    rows: list[Message], selection: str, data: st.DataObject
) -> None:
    docs = stored([replace(one, **data.draw(some_fields)) for one in rows])
    expected = await written(plain, selection, page_of(docs).page())
    assert await written(compiled, selection, page_of(docs)) == expected
    assert await written(plain, selection, page_of(docs)) == expected


SOURCE: Final = {"type": "source", "sourceType": "url", "id": "s1", "url": "https://weft.example", "title": "Weft"}
ODD: Final[dict[str, dict[str, Any]]] = {
    "no list": {"content": "words"},
    "bare words": {"content": ["words", *text("Hi")]},
    "an empty thought": {"content": [{"type": "reasoning", "text": ""}, *text("Hi")], "reasoning": "Hm"},
    "a thought of its own": {"reasoning": "Hm"},
    "a thought in both": {"content": [{"type": "reasoning", "text": "Hm"}, *text("Hi")], "reasoning": "Hm"},
    "a source of its own": {"sources": [SOURCE]},
    "a source in both": {"content": [*text("Hi"), SOURCE], "sources": [SOURCE]},
    "a source without a title": {"content": [*text("Hi"), {k: v for k, v in SOURCE.items() if k != "title"}]},
    "text that is none": {"content": [{"type": "text", "text": 5}, *text("Hi")]},
    "many texts": {"content": [*text("One"), *text("Two"), *text("")]},
    "nothing": {"content": []},
    "facts": {"provider_metadata": {"openai": {"id": "x"}}},
    "facts of a part": {"content": [{"type": "text", "text": "Hi", "providerMetadata": {"weft": {"a": 1}}}]},
    "too many tokens": {"usage": Usage(input_tokens=2**31, cost_micros=2**40)},
    "tokens": {"usage": Usage(1, 2, 3, 4, 5, 6, 7)},
    "a call in a row that calls nothing": {"content": [{"type": "tool-call", "toolCallId": "c", "toolName": "look"}]},
    "failed": {"status": MessageStatus.FAILED, "error": "broke"},
    "no error": {"error": ""},
    "a reference": {"metadata": {"$ref": "x"}},
    "lone": {"content": text("\ud7ff\u2028")},
}


@pytest.mark.parametrize("role", [USER, ASSISTANT])
@pytest.mark.parametrize("odd", ODD)
async def test_odd_rows_are_written_as_their_values_are(odd: str, role: Any) -> None:
    one = row(role, 3, 0, text("Hi"), **{name: value for name, value in ODD[odd].items() if name != "content"})
    doc = doc_of(replace(one, content=ODD[odd].get("content", one.content)))
    page = page_of([read(doc)])
    for selection in SELECTIONS.values():
        assert await written(compiled, selection, page) == await written(plain, selection, page.page())


async def test_usage_that_an_older_weft_has_counted_is_written_as_its_value_is() -> None:
    doc = read(doc_of(row(ASSISTANT, 0, 1, text("Hi")))) | {"usage": {"input_tokens": 3}}
    assert await written(compiled, SELECTIONS["everything"], page_of([doc])) == await written(
        plain, SELECTIONS["everything"], page_of([doc]).page()
    )


async def test_ordinary_rows_are_written_without_values(monkeypatch: pytest.MonkeyPatch) -> None:
    content = [*text("Hi"), {"type": "reasoning", "text": "Hm"}, SOURCE]
    asked, answered = row(USER, 0, 0, text("Why?")), row(ASSISTANT, 0, 1, content, reasoning="Hm", sources=[SOURCE])
    page = page_of(stored([asked, answered]))
    for name, selection in SELECTIONS.items():
        expected = await written(plain, selection, page.page())
        with monkeypatch.context() as patched:
            if "AI SDK" not in name:
                patched.setattr(TurnPage, "edges", None)
                patched.setattr(compiled_rows, "ui_messages_of", None)
            assert await written(compiled, selection, page) == expected
