"""What a message of each role may hold, how it is stored, and what is said of what it may not hold."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.threads.histories import ASSISTANT, LEGAL, SYSTEM, TOOL, USER, any_content

from weft.errors import ErrorCode, InputError
from weft.threads.forms import parse_content, parse_source
from weft.threads.messages import MessageRole, Part
from weft.threads.old_forms import normalise

PATH = ("input", "messages", "2", "content")
CALL: Part = {"type": "tool-call", "toolCallId": "c1", "toolName": "look", "input": {"q": 1}}
RESULT: Part = {"type": "tool-result", "toolCallId": "c1", "toolName": "look"}


def stored(role: MessageRole, part: Any) -> Part:
    (only,) = parse_content(role, [part], PATH)
    return only


@given(st.sampled_from(MessageRole), st.data())
def test_row_44_every_kind_of_part_is_stored_as_it_was_given(role: MessageRole, data: st.DataObject) -> None:
    content = data.draw(LEGAL[role])
    parsed = parse_content(role, content, PATH)
    assert [{**part, "mediaType": None} for part in parsed] == [{**part, "mediaType": None} for part in content]
    assert parse_content(role, parsed, PATH) == parsed


@pytest.mark.parametrize("role", [SYSTEM, USER, ASSISTANT])
def test_row_44_a_string_is_content_of_one_text(role: MessageRole) -> None:
    assert parse_content(role, "Hello", PATH) == [{"type": "text", "text": "Hello"}]


def test_an_answer_may_be_empty() -> None:
    assert parse_content(ASSISTANT, [], PATH) == []


@pytest.mark.parametrize(
    ("role", "old", "new"),
    [
        (ASSISTANT, {**CALL, "args": {"q": 2}}, CALL),
        (ASSISTANT, {"type": "tool-call", "toolCallId": "c1", "toolName": "look", "args": {"q": 1}}, CALL),
        (ASSISTANT, {**CALL, "input": None}, {**CALL, "input": None}),
        (TOOL, {**RESULT, "result": "fine", "args": {}}, {**RESULT, "output": {"type": "text", "value": "fine"}}),
        (TOOL, {**RESULT, "result": [1]}, {**RESULT, "output": {"type": "json", "value": [1]}}),
        (TOOL, {**RESULT, "result": None}, {**RESULT, "output": {"type": "json", "value": None}}),
        (
            TOOL,
            {**RESULT, "result": "no", "isError": True},
            {**RESULT, "output": {"type": "error-text", "value": "no"}},
        ),
        (
            TOOL,
            {**RESULT, "output": {"type": "json", "value": 1}, "isError": True},
            {**RESULT, "output": {"type": "error-json", "value": 1}},
        ),
        (
            TOOL,
            {**RESULT, "experimental_content": [{"type": "image", "data": "AA==", "mimeType": "image/png"}]},
            {
                **RESULT,
                "output": {
                    "type": "content",
                    "value": [
                        {"type": "file", "data": {"type": "data", "data": "AA=="}, "mediaType": "image/png"},
                    ],
                },
            },
        ),
        (
            USER,
            {"type": "image", "image": "AA==", "mimeType": "image/png"},
            {"type": "image", "image": "AA==", "mediaType": "image/png"},
        ),
        (USER, {"type": "image", "image": b"\x00"}, {"type": "image", "image": "AA==", "mediaType": "image/*"}),
        (
            USER,
            {"type": "file", "data": {"type": "url", "url": "https://weft.example/a.pdf"}},
            {"type": "file", "data": "https://weft.example/a.pdf", "mediaType": "application/pdf"},
        ),
        (
            USER,
            {"type": "file", "data": {"type": "text", "text": "\x00"}, "mediaType": "text/plain"},
            {"type": "file", "data": "AA==", "mediaType": "text/plain"},
        ),
        (
            USER,
            {"type": "file", "data": {"openai": "file-1"}, "filename": "a.txt"},
            {
                "type": "file",
                "data": {"type": "reference", "reference": {"openai": "file-1"}},
                "filename": "a.txt",
                "mediaType": "text/plain",
            },
        ),
        (
            USER,
            {"type": "file", "data": "data:image/png;base64,AA=="},
            {"type": "file", "data": "data:image/png;base64,AA==", "mediaType": "image/png"},
        ),
        (USER, {"type": "text", "text": "a", "providerOptions": None}, {"type": "text", "text": "a"}),
        (
            ASSISTANT,
            {"type": "source", "id": "1", "url": "https://weft.example"},
            {"type": "source", "id": "1", "url": "https://weft.example", "sourceType": "url"},
        ),
    ],
)
def test_row_76_old_forms_are_stored_as_todays(role: MessageRole, old: Part, new: Part) -> None:
    assert stored(role, old) == new


FILE = {"type": "file", "mediaType": "application/octet-stream"}
IMAGE = {"type": "file", "mediaType": "image/*"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "media", "data": "AA==", "mediaType": "image/png"}, {"data": "AA==", "mediaType": "image/png"}),
        (
            {"type": "file-data", "data": "AA==", "mediaType": "a/b", "filename": "f"},
            {"data": "AA==", "mediaType": "a/b"},
        ),
        ({"type": "image-data", "data": "AA==", "mediaType": "image/png"}, {"data": "AA==", "mediaType": "image/png"}),
        ({"type": "file-url", "url": "https://x.example"}, {"url": "https://x.example", **FILE}),
        ({"type": "image-url", "url": "https://x.example"}, {"url": "https://x.example", **IMAGE}),
        ({"type": "file-id", "fileId": {"openai": "f"}}, {"reference": {"openai": "f"}, **FILE}),
        ({"type": "image-file-id", "fileId": {"openai": "f"}}, {"reference": {"openai": "f"}, **IMAGE}),
        ({"type": "file-reference", "providerReference": {"openai": "f"}}, {"reference": {"openai": "f"}, **FILE}),
        (
            {"type": "image-file-reference", "providerReference": {"openai": "f"}},
            {"reference": {"openai": "f"}, **IMAGE},
        ),
    ],
)
def test_row_76_older_files_in_a_result_are_files(old: Part, new: Part) -> None:
    output = stored(TOOL, {**RESULT, "output": {"type": "content", "value": [old]}})["output"]
    (item,) = output["value"]
    (kind,) = {"data", "url", "reference"} & set(new)
    assert (item["type"], item["mediaType"]) == ("file", new["mediaType"])
    assert item["data"] == {"type": kind, kind: new[kind]}
    assert item.get("filename") == old.get("filename")


def test_an_id_of_no_named_provider_stays_an_id() -> None:
    item = {"type": "file-id", "fileId": "f"}
    output = {"type": "content", "value": [item]}
    assert stored(TOOL, {**RESULT, "output": output})["output"] == output


WRONG: list[tuple[MessageRole, Any, tuple[str, ...]]] = [
    (TOOL, "text", ()),
    (TOOL, [], ()),
    (SYSTEM, [], ()),
    (SYSTEM, [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], ("1",)),
    (SYSTEM, [CALL], ("0",)),
    (USER, [CALL], ("0",)),
    (ASSISTANT, {"type": "text", "text": "a"}, ()),
    (ASSISTANT, [{"type": "image", "image": "AA=="}], ("0",)),
    (ASSISTANT, [{"type": "tool-approval-response", "approvalId": "a", "approved": True}], ("0",)),
    (ASSISTANT, [{"type": "tool-call", "toolCallId": "c1", "input": {}}], ("0", "toolName")),
    (ASSISTANT, [{"type": "tool-call", "toolCallId": "c1", "toolName": "", "input": {}}], ("0", "toolName")),
    (ASSISTANT, [{"type": "tool-call", "toolCallId": "c1", "toolName": "look"}], ("0", "input")),
    (ASSISTANT, [{**CALL, "dynamic": "yes"}], ("0", "dynamic")),
    (ASSISTANT, [{**CALL, "colour": "red"}], ("0", "colour")),
    (ASSISTANT, [CALL, {**CALL, "providerMetadata": {"openai": 1}}], ("1", "providerMetadata", "openai")),
    (ASSISTANT, [{"type": "reasoning-file", "mediaType": "image/png"}], ("0", "url")),
    (ASSISTANT, [{"type": "reasoning-file", "url": "u"}], ("0", "mediaType")),
    (ASSISTANT, [{"type": "source", "sourceType": "url", "id": "1"}], ("0", "url")),
    (ASSISTANT, [{"type": "source", "sourceType": "document", "id": "1", "mediaType": "a/b"}], ("0", "title")),
    (ASSISTANT, [{"type": "data", "name": "n", "data": None}], ("0", "data")),
    (TOOL, [{**RESULT, "output": {"type": "spell", "value": 1}}], ("0", "output")),
    (TOOL, [{**RESULT, "output": {"value": 1}}], ("0", "output")),
    (TOOL, [{**RESULT, "output": {"type": "text", "value": 1}}], ("0", "output", "value")),
    (TOOL, [{**RESULT, "output": {"type": "json"}}], ("0", "output", "value")),
    (
        TOOL,
        [{**RESULT, "output": {"type": "content", "value": [{"type": "text"}]}}],
        ("0", "output", "value", "0", "text"),
    ),
    (
        TOOL,
        [{**RESULT, "output": {"type": "content", "value": [{"type": "file", "data": {"type": "url"}}]}}],
        ("0", "output", "value", "0", "data", "url"),
    ),
    (TOOL, [{"type": "tool-approval-response", "approvalId": "a"}], ("0", "approved")),
]


@pytest.mark.parametrize(("role", "content", "where"), WRONG)
def test_what_is_wrong_is_told_with_the_part_and_the_field(
    role: MessageRole, content: Any, where: tuple[str, ...]
) -> None:
    with pytest.raises(InputError, match=r"^content ") as caught:
        parse_content(role, content, PATH)
    assert (caught.value.path, caught.value.reason) == ((*PATH, *where), ErrorCode.INVALID)
    assert "\0" not in caught.value.message


def test_an_unknown_part_is_told_what_there_is() -> None:
    with pytest.raises(InputError) as caught:
        parse_content(TOOL, [{"type": "spell"}], PATH)
    assert caught.value.message == (
        "content holds a part of the unknown type 'spell'; "
        "a message with role tool holds tool-result, tool-approval-response"
    )


@given(st.sampled_from(MessageRole), any_content)
def test_anything_else_is_refused_and_nothing_else_is_raised(role: MessageRole, content: Any) -> None:
    refusal: InputError | None = None
    parsed: list[Part] = []
    try:
        parsed = parse_content(role, content, PATH)
    except InputError as error:
        refusal = error
    if refusal is None:
        assert parse_content(role, parsed, PATH) == parsed
    else:
        assert refusal.path[: len(PATH)] == PATH


@given(any_content)
def test_whatever_is_stored_reads_as_parts_with_a_type(content: Any) -> None:
    parts = normalise(content)
    assert all(isinstance(part["type"], str) for part in parts)
    assert normalise(parts) == parts


def test_unknown_parts_are_passed_through() -> None:
    spell = {"type": "spell", "text": 1}
    assert normalise([spell, 5, "a"]) == [spell, {"type": "unknown", "value": 5}, {"type": "text", "text": "a"}]
    assert (normalise(None), normalise("a")) == ([], [{"type": "text", "text": "a"}])


def test_a_source_beside_the_content_needs_no_type() -> None:
    source = {"sourceType": "url", "id": "1", "url": "https://weft.example"}
    assert parse_source(source, PATH) == {"type": "source", **source}
    with pytest.raises(InputError) as caught:
        parse_source({"sourceType": "document", "id": "1", "title": "t"}, PATH)
    assert caught.value.path == (*PATH, "mediaType")
