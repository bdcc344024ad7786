"""What a user message may hold, and how content looks on a screen."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import row

from weft.errors import ErrorCode, InputError
from weft.threads.ai_sdk import ai_sdk_part
from weft.threads.content import content_of, user_content
from weft.threads.forms import parse_content
from weft.threads.messages import MessageRole, MessageStatus, Part, is_tool_row, reasoning_of, text_of
from weft.threads.projection import shown_parts
from weft.threads.ui_parts import (
    FilePart,
    PartState,
    ReasoningPart,
    SourceDocumentPart,
    SourceUrlPart,
    TextPart,
    UIPart,
)

PATH = ("input", "content")


def shown(content: list[Part], **fields: Any) -> list[UIPart]:
    """The content of an assistant's row on a screen."""
    return shown_parts([row(MessageRole.ASSISTANT, 0, 1, content, **fields)])


TEXT: Part = {"type": "text", "text": "a"}


def test_a_text_is_content_of_one_part() -> None:
    assert user_content("Hello", PATH) == [{"type": "text", "text": "Hello"}]


def test_texts_images_and_files_are_stored_as_given() -> None:
    given_parts = [
        {"type": "text", "text": "What is this?", "providerOptions": {"openai": {"detail": "low"}}},
        {"type": "image", "image": "https://weft.example/a.png", "mediaType": "image/png"},
        {"type": "file", "data": "AA==", "mediaType": "text/plain", "filename": "a.txt"},
    ]
    assert user_content(given_parts, PATH) == given_parts


def test_an_image_without_a_media_type_is_some_image() -> None:
    stored = user_content([{"type": "image", "image": "AA=="}], PATH)
    assert stored == [{"type": "image", "image": "AA==", "mediaType": "image/*"}]


WRONG: list[tuple[Any, tuple[str, ...]]] = [
    (None, ()),
    (5, ()),
    ({"type": "text", "text": "a"}, ()),
    ([], ()),
    ([1], ("0",)),
    ([TEXT, {"type": "spell"}], ("1",)),
    ([TEXT, {"text": "no type"}], ("1",)),
    ([TEXT, {"type": "tool-result"}], ("1",)),
    ([TEXT, {"type": "text"}], ("1", "text")),
    ([{"type": "text", "text": 5}], ("0", "text")),
    ([{"type": "text", "text": None}], ("0", "text")),
    ([{"type": "text", "text": "a", "colour": "red"}], ("0", "colour")),
    ([{"type": "text", "text": "a", "provider_options": {}}], ("0", "provider_options")),
    ([{"type": "text", "text": "a", "providerOptions": []}], ("0", "providerOptions")),
    ([TEXT, TEXT, {"type": "file", "data": "AA==", "mediaType": ""}], ("2", "mediaType")),
    ([{"type": "image", "image": ["AA=="]}], ("0", "image")),
]


@pytest.mark.parametrize(("content", "where"), WRONG)
def test_what_is_wrong_with_content_is_told_with_its_place(content: Any, where: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match=r"^content ") as caught:
        user_content(content, PATH)
    assert (caught.value.path, caught.value.reason) == ((*PATH, *where), ErrorCode.INVALID)


def test_data_becomes_an_address_that_a_screen_can_show() -> None:
    content: list[Part] = [
        {"type": "image", "image": "AA==", "mediaType": "image/png"},
        {"type": "image", "image": "https://weft.example/a.png"},
        {"type": "file", "data": "data:text/plain;base64,AA==", "mediaType": "text/plain", "filename": "a.txt"},
    ]
    assert shown(content) == [
        FilePart("image/png", "data:image/png;base64,AA=="),
        FilePart("image/*", "https://weft.example/a.png"),
        FilePart("text/plain", "data:text/plain;base64,AA==", "a.txt"),
    ]


def test_hidden_reasoning_and_unknown_kinds_have_no_picture() -> None:
    hidden: Part = {"type": "reasoning", "text": "", "providerMetadata": {"x": {"hidden": "h"}}}
    assert shown([hidden, {"type": "spell", "kind": "x"}, TEXT]) == [TextPart("a")]


def test_content_being_written_is_shown_as_streaming() -> None:
    content: list[Part] = [{"type": "reasoning", "text": "hm"}, TEXT]
    parts = shown(content, status=MessageStatus.PENDING)
    assert parts == [ReasoningPart("hm", PartState.STREAMING), TextPart("a", PartState.STREAMING)]


_metadata = st.none() | st.dictionaries(st.text(max_size=3), st.integers(), min_size=1, max_size=2)
_optional = st.none() | st.text(min_size=1, max_size=5)
_web = st.text(max_size=5).map("https://weft.example/{}".format)
_parts: st.SearchStrategy[UIPart] = st.one_of(
    st.builds(TextPart, st.text(), st.just(PartState.DONE), _metadata),
    st.builds(ReasoningPart, st.text(min_size=1), st.just(PartState.DONE), _metadata),
    st.builds(FilePart, st.just("image/png"), _web, _optional),
    st.builds(SourceUrlPart, st.text(), _web, _optional),
    st.builds(SourceDocumentPart, st.text(), st.just("text/plain"), st.text(), _optional),
)


@given(st.lists(_parts))
def test_what_a_model_wrote_is_shown_as_it_was_streamed(parts: list[UIPart]) -> None:
    assert shown(content_of(parts)) == parts


@given(_parts)
def test_the_ai_sdk_form_has_a_type_and_no_empty_fields(part: UIPart) -> None:
    value = ai_sdk_part(part)
    assert isinstance(value["type"], str)
    assert None not in value.values()


@pytest.mark.parametrize(
    ("part", "value"),
    [
        (TextPart("a"), {"type": "text", "text": "a", "state": "done"}),
        (
            ReasoningPart("b", PartState.STREAMING, {"x": {"y": 1}}),
            {"type": "reasoning", "text": "b", "state": "streaming", "providerMetadata": {"x": {"y": 1}}},
        ),
        (
            FilePart("image/png", "u", "a.png"),
            {"type": "file", "mediaType": "image/png", "url": "u", "filename": "a.png"},
        ),
        (SourceUrlPart("1", "u"), {"type": "source-url", "sourceId": "1", "url": "u"}),
        (
            SourceDocumentPart("2", "text/plain", "Notes", "n.txt"),
            {
                "type": "source-document",
                "sourceId": "2",
                "mediaType": "text/plain",
                "title": "Notes",
                "filename": "n.txt",
            },
        ),
    ],
)
def test_the_ai_sdk_form_is_that_of_its_ui_message_parts(part: UIPart, value: dict[str, Any]) -> None:
    assert ai_sdk_part(part) == value


def test_row_27_text_and_reasoning_of_a_row_are_joined_from_its_parts() -> None:
    content: list[Part] = [TEXT, {"type": "reasoning", "text": "r"}, {"type": "text", "text": "b"}]
    hidden: Part = {"type": "reasoning", "text": "", "providerMetadata": {}}
    assert (text_of(content), text_of([hidden])) == ("a b", None)
    assert (reasoning_of([*content, hidden, content[1]]), reasoning_of([hidden])) == ("r\nr", None)


def test_row_27_a_row_belongs_to_tools_when_it_calls_one_or_answers_one() -> None:
    call: Part = {"type": "tool-call", "toolCallId": "1", "toolName": "t", "input": {}}
    assert is_tool_row(MessageRole.ASSISTANT, [TEXT, call])
    assert is_tool_row(MessageRole.TOOL, [])
    assert not is_tool_row(MessageRole.ASSISTANT, [TEXT])


def test_row_27_a_tool_row_has_no_text_and_the_systems_is_the_string_itself() -> None:
    assert text_of([TEXT], MessageRole.TOOL) is None
    assert text_of(parse_content(MessageRole.SYSTEM, "Be brief", PATH), MessageRole.SYSTEM) == "Be brief"
