"""What may be appended to a stream is what the AI SDK takes as a chunk; a mistake is named by its place."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.threads.ai_sdk import AiSdk, ai_sdk

from weft.errors import ErrorCode, InputError
from weft.threads.chunk_checks import check_chunk
from weft.threads.json_values import is_list, is_object

__all__ = ["ai_sdk"]

FACTS = {"openai": {"itemId": "i", "nothing": None}}
SAID: dict[str, Any] = {
    "providerMetadata": FACTS,
    "toolMetadata": {"a": [1]},
    "providerExecuted": True,
    "dynamic": False,
}
NAMED = {"toolCallId": "c", "toolName": "look"}
URL_SOURCE = {
    "type": "source", "sourceType": "url", "id": "s", "url": "https://weft.example", "title": "Weft",
    "providerMetadata": FACTS,
}  # fmt: skip
DOCUMENT_SOURCE = {
    "type": "source", "sourceType": "document", "id": "s", "mediaType": "text/plain", "title": "Notes",
    "filename": "n.txt",
}  # fmt: skip
CITATIONS = [{"source": URL_SOURCE, "startIndex": 0, "endIndex": 3, "citedText": "abc"}, {"source": DOCUMENT_SOURCE}]
STEERED = [
    {"type": "text", "text": "more", "providerMetadata": FACTS},
    {
        "type": "file", "mediaType": "image/png", "url": "data:", "filename": "a.png",
        "providerReference": {"openai": "file-1"},
    },
]  # fmt: skip

FULL: list[dict[str, Any]] = [
    {"type": "start", "messageId": "m", "messageMetadata": {"a": 1}},
    {"type": "start-step"},
    {"type": "text-start", "id": "0", "providerMetadata": FACTS},
    {"type": "text-delta", "id": "0", "delta": "Hi", "providerMetadata": FACTS},
    {"type": "text-end", "id": "0", "citations": CITATIONS, "providerMetadata": FACTS},
    {"type": "reasoning-start", "id": "0", "providerMetadata": FACTS},
    {"type": "reasoning-delta", "id": "0", "delta": "Hm", "providerMetadata": FACTS},
    {"type": "reasoning-end", "id": "0", "providerMetadata": FACTS},
    {"type": "tool-input-start", **NAMED, "inputEncoding": "text", "title": "Look", **SAID},
    {"type": "tool-input-delta", "toolCallId": "c", "inputTextDelta": "{"},
    {"type": "tool-input-available", **NAMED, "input": {"q": 1}, "title": "Look", **SAID},
    {"type": "tool-input-error", **NAMED, "input": "{", "errorText": "broke", "title": "Look", **SAID},
    {
        "type": "tool-approval-request", "approvalId": "a", "toolCallId": "c", "approvalDescriptor": 1,
        "inputSchemaInput": {}, "reason": "dear", "isAutomatic": True, "signature": "s",
    },
    {
        "type": "tool-approval-response", "approvalId": "a", "approved": True, "reason": "fine",
        "providerExecuted": True, "providerMetadata": FACTS,
    },
    {"type": "tool-output-available", "toolCallId": "c", "output": None, "preliminary": True, **SAID},
    {"type": "tool-output-error", "toolCallId": "c", "errorText": "broke", **SAID},
    {"type": "tool-output-denied", "toolCallId": "c"},
    {"type": "source-url", "sourceId": "s", "url": "https://weft.example", "title": "Weft", "providerMetadata": FACTS},
    {
        "type": "source-document", "sourceId": "s", "mediaType": "text/plain", "title": "Notes", "filename": "n.txt",
        "providerMetadata": FACTS,
    },
    {"type": "file", "mediaType": "image/png", "url": "data:", "providerMetadata": FACTS},
    {"type": "reasoning-file", "mediaType": "image/png", "url": "data:", "providerMetadata": FACTS},
    {"type": "custom", "kind": "openai.compaction", "providerMetadata": FACTS},
    {"type": "steering-message", "id": "s", "parts": STEERED},
    {"type": "data-weather", "id": "d", "data": {"degrees": 21}, "transient": True},
    {"type": "data-", "data": None},
    {"type": "message-metadata", "messageMetadata": {"a": 1}},
    {"type": "finish-step"},
    {"type": "reset-step"},
    {"type": "finish", "finishReason": "interrupted", "messageMetadata": {"a": 1}},
    {"type": "error", "errorText": "broke"},
    {"type": "abort", "reason": "enough"},
]  # fmt: skip
WRONG: list[Any] = [None, 1, -1, 1.5, True, "x", [], [1], {}, {"a": 1}, {"a": {"b": 1}}, [{"type": "x"}], [None]]


def variants(value: Any) -> Iterator[Any]:
    """The value with one thing in it, at any depth, missing or replaced."""
    yield from WRONG
    if is_object(value):
        yield {**value, "unknown": 1}
        for name, field in value.items():
            yield {other: value[other] for other in value if other != name}
            yield from ({**value, name: changed} for changed in variants(field))
    elif is_list(value):
        for index, item in enumerate(value):
            yield from ([*value[:index], changed, *value[index + 1 :]] for changed in variants(item))


def is_chunk(value: Any) -> bool:
    try:
        check_chunk(value, ("input", "parts", "0"))
    except InputError as error:
        return (error.reason, *error.path[:3]) != (ErrorCode.INVALID, "input", "parts", "0")
    return True


@pytest.mark.parametrize("chunk", FULL, ids=lambda chunk: str(chunk["type"]))
def test_what_is_a_chunk_to_the_ai_sdk_is_one_here_and_nothing_else(ai_sdk: AiSdk, chunk: dict[str, Any]) -> None:
    asked = [chunk, *variants(chunk)]
    answers = ai_sdk.ask(legal=asked)["value"]
    assert [(value, is_chunk(value)) for value in asked] == list(zip(asked, answers, strict=True))
    assert answers[0] is True


@pytest.mark.parametrize(
    ("value", "path", "message"),
    [
        ("text", (), "a part of a stream is an object with a `type`"),
        ({"delta": "x"}, ("type",), "a part of a stream has a `type`, a string"),
        ({"type": "text-delta", "id": "0"}, ("delta",), "text-delta needs delta"),
        ({"type": "text-delta", "id": 0, "delta": "x"}, ("id",), "id is a string"),
        ({"type": "finish", "finishReason": "tired"}, ("finishReason",), "finishReason is one of: stop, length"),
        ({"type": "data-x", "data": 1, "transient": 1}, ("transient",), "transient is true or false"),
        (
            {"type": "text-end", "id": "0", "citations": [{"source": {**URL_SOURCE, "url": 1}}]},
            ("citations", "0", "source", "url"),
            "url is a string",
        ),
        (
            {"type": "text-end", "id": "0", "providerMetadata": {"openai": 1}},
            ("providerMetadata", "openai"),
            "openai is an object",
        ),
    ],
)
def test_a_mistake_is_named_by_its_place(value: Any, path: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError) as caught:
        check_chunk(value, ("input", "parts", "7"))
    assert caught.value.path == ("input", "parts", "7", *path)
    assert caught.value.message.startswith(message)


def test_an_unknown_type_is_answered_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"'text' is no type of a stream's part; there are: start, .*, data-"):
        check_chunk({"type": "text", "text": "x"}, ())
