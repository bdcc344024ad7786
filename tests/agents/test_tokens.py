"""How many tokens a message has, about."""

import pytest
from tests.support import text, tool_call

from weft.agents.context.tokens import PER_MEDIA, PER_MESSAGE, estimate_tokens
from weft.llm.model import ModelMessage
from weft.threads.messages import MessageRole, Part


def tokens(*content: Part) -> int:
    return estimate_tokens(ModelMessage(MessageRole.USER, content))


@pytest.mark.parametrize(("said", "wanted"), [("", 0), ("Hi", 1), ("four", 1), ("fives", 2), ("x" * 4000, 1000)])
def test_four_letters_are_a_token(said: str, wanted: int) -> None:
    assert tokens(*text(said)) == PER_MESSAGE + wanted


def test_letters_that_are_more_bytes_are_more_tokens() -> None:
    assert tokens(*text("добрый день")) > tokens(*text("good day, x"))
    assert tokens(*text("今日はいい天気ですね")) >= PER_MESSAGE + 7
    assert tokens(*text("half a character: \ud800")) > PER_MESSAGE


@pytest.mark.parametrize("kind", ["image", "file"])
def test_an_image_or_a_file_counts_the_same_whatever_its_size(kind: str) -> None:
    assert tokens({"type": kind, "data": "A" * 1_000_000}) == PER_MESSAGE + PER_MEDIA


def test_calls_and_results_count_with_their_names_and_values() -> None:
    call = {**tool_call()[0], "input": {"city": "Rome", "days": [1, 2, 3]}}
    assert PER_MESSAGE + 5 <= tokens(call) <= PER_MESSAGE + 15
    result = {"type": "tool-result", "toolName": "look", "output": {"type": "text", "value": "x" * 400}}
    assert PER_MESSAGE + 100 <= tokens(result) <= PER_MESSAGE + 115


def test_media_in_a_result_are_not_counted_as_text() -> None:
    items = [{"type": "text", "text": "See:"}, {"type": "file", "data": {"type": "data", "data": "A" * 1_000_000}}]
    result = {"type": "tool-result", "toolName": "look", "output": {"type": "content", "value": items}}
    assert tokens(result) < PER_MESSAGE + PER_MEDIA + 30


def test_unknown_parts_and_values_of_any_kind_are_counted_too() -> None:
    assert tokens({"type": "data-chart", "data": {"a": [None, True, 1.5, "x" * 40]}}) > PER_MESSAGE + 10
    assert tokens({"value": 3}) > PER_MESSAGE
