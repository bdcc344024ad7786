"""UI messages are shown as they are: every field of the API, compiled or not, is what the domain says."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, Final, cast

import pytest
import strawberry
from graphql import GraphQLSchema, get_named_type
from hypothesis import given
from strawberry.schema.config import StrawberryConfig
from tests.support import row, text
from tests.threads.histories import ASSISTANT, histories, some

from weft.resolvers.compiled_run import Run
from weft.resolvers.engine import Engine, Request
from weft.schema.paging import Connection, connection_as
from weft.schema.scalars import SCALARS
from weft.schema.ui_messages import UIMessage
from weft.threads import tool_parts, ui_parts
from weft.threads.paging import Edge, Page
from weft.threads.ui_messages import UIMessage as Shown
from weft.threads.ui_messages import ui_messages
from weft.threads.ui_parts import PartState
from weft.threads.usage import Usage


@strawberry.type
class Query:
    @strawberry.field
    def messages(self, info: strawberry.Info[list[Shown], None]) -> Connection[UIMessage]:
        edges = [Edge(message.key, message) for message in info.context]
        return connection_as(Page(edges, has_next=True, has_previous=False), UIMessage)


schema = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=SCALARS))
CORE: Final[GraphQLSchema] = schema._schema  # pyright: ignore[reportPrivateUsage]
engines: Final = [Engine(schema, compiled=True), Engine(schema, compiled=False)]


def everything(name: str) -> str:
    """A selection of all fields of a type; each of a union's members under names of its own."""
    type_: Any = CORE.type_map[name]
    if hasattr(type_, "types"):
        members = " ".join(f"... on {m.name} {fields(m.name, m.name)}" for m in type_.types)
        return f"{{ __typename {members} }}"
    return fields(name, "")


def fields(name: str, prefix: str) -> str:
    selected: list[str] = []
    for field, definition in cast(Any, CORE.type_map[name]).fields.items():
        inner = cast(Any, get_named_type(definition.type))
        below = everything(inner.name) if hasattr(inner, "fields") or hasattr(inner, "types") else ""
        selected.append(f"{prefix}{'_' if prefix else ''}{field}: {field} {below}")
    return f"{{ {' '.join(selected)} }}"


EVERYTHING: Final = f"{{ messages {everything('UIMessageConnection')} }}"


async def shown(messages: list[Shown]) -> dict[str, Any]:
    """What both ways of executing say of them, equally."""
    answers: list[bytes] = []
    for engine in engines:
        operation = engine.prepare(Request(EVERYTHING))
        operation.document.uses = 10
        answers.append((await engine.execute(operation, messages)).encoded())
    assert answers[0] == answers[1]
    return cast(dict[str, Any], json.loads(answers[0]))


@some
@given(histories() | histories(junk=True))
async def test_any_history_is_shown_the_same_compiled_and_not(rows: Any) -> None:
    messages = ui_messages(rows)
    answer = await shown(messages)
    assert "errors" not in answer
    edges = answer["data"]["messages"]["edges"]
    assert [edge["node"]["text"] for edge in edges] == [message.text for message in messages]


async def message_with(*parts: ui_parts.UIPart, **changes: Any) -> dict[str, Any]:
    (message,) = ui_messages([row(ASSISTANT, 0, 1, text("Hi"), **changes)])
    answer = await shown([replace(message, parts=parts)])
    return cast(dict[str, Any], answer["data"]["messages"]["edges"][0]["node"])


def in_python(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name.rpartition("_")[2])


def written(value: object) -> object:
    return value.name if isinstance(value, PartState | tool_parts.ToolState) else value


@pytest.mark.parametrize(
    "part",
    [
        ui_parts.TextPart("Hi", PartState.STREAMING, {"openai": {"id": 1}}),
        ui_parts.ReasoningPart("Hm"),
        ui_parts.FilePart("image/png", "data:image/png;base64,aGk=", "a.png"),
        ui_parts.SourceUrlPart("s1", "https://example.com", "Example"),
        ui_parts.SourceDocumentPart("s2", "application/pdf", "Report", "r.pdf"),
        ui_parts.StepStartPart(3),
        ui_parts.DataPart("weather", "d1", {"degrees": 21}),
        tool_parts.ToolPart("c1", "look", tool_parts.ToolState.OUTPUT_AVAILABLE, "Look", True, {}, "{", [1], True),
        tool_parts.ToolPart("c1", "look", tool_parts.ToolState.OUTPUT_ERROR, error_text="no", provider_executed=True),
    ],
)
async def test_parts_keep_their_name_and_values(part: ui_parts.UIPart) -> None:
    (told,) = (await message_with(part))["parts"]
    assert told.pop("__typename") == type(part).__name__
    values = {name: written(value) for name, value in asdict(part).items()}
    assert told
    assert {in_python(name): value for name, value in told.items()} == {
        name: value for name, value in values.items() if name in map(in_python, told)
    }


async def test_an_approval_keeps_its_values() -> None:
    approval = tool_parts.ToolApproval("a1", True, "fine", True, "signed", "ann", datetime(2026, 11, 22, tzinfo=UTC))
    call = tool_parts.ToolPart("c1", "look", tool_parts.ToolState.APPROVAL_RESPONDED, approval=approval)
    (told,) = (await message_with(call))["parts"]
    assert told["ToolPart_approval"] == {
        "id": "a1",
        "approved": True,
        "reason": "fine",
        "isAutomatic": True,
        "decidedBy": "ann",
        "decidedAt": "2026-11-22T00:00:00.000Z",
    }


@pytest.mark.parametrize(("facts", "data"), [({"openai": {"id": "x"}}, {"openai": {"id": "x"}}), (None, {})])
async def test_a_part_that_only_its_provider_understands_is_data_of_its_kind(facts: Any, data: Any) -> None:
    (told,) = (await message_with(ui_parts.CustomPart("openai.compaction", facts)))["parts"]
    assert told == {
        "__typename": "DataPart",
        "DataPart_name": "openai.compaction",
        "DataPart_partId": None,
        "DataPart_data": data,
    }


async def test_a_message_with_more_tokens_than_graphql_can_say_is_shown_with_the_most_it_can() -> None:
    told = await message_with(usage=Usage(input_tokens=2**31, output_tokens=1, total_tokens=2**40, cost_micros=2**33))
    most = 2**31 - 1
    assert [told["usage"][name] for name in ("inputTokens", "outputTokens", "totalTokens", "costMicros")] == [
        most,
        1,
        most,
        most,
    ]


async def test_an_empty_page_has_no_cursors() -> None:
    around = (await shown([]))["data"]["messages"]["pageInfo"]
    assert around == {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None}


async def test_a_page_of_messages_is_compiled_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is left to graphql-core, nor to a resolver below the connection."""
    messages = ui_messages([row(ASSISTANT, 0, 1, text("Hi"), usage=Usage(input_tokens=1))])
    operation = engines[0].prepare(Request(EVERYTHING))
    operation.document.uses = 10
    resolved: list[str] = []
    resolve = Run.resolve

    def noted(self: Run, field: Any, *rest: Any) -> Any:
        resolved.append(field.key)
        return resolve(self, field, *rest)

    monkeypatch.setattr(Run, "resolve", noted)
    monkeypatch.setattr("weft.resolvers.engine._fall_back", None)
    result = await engines[0].execute(operation, messages)
    assert (result.errors, resolved) == ([], ["messages"])
