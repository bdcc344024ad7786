"""The history as providers want it, whatever was stored."""

from typing import Any

import pytest
from tests.llm_calls import assistant, call, result, results, user

from weft.llm.history import failed, input_of, output_parts, output_text, paired
from weft.threads.messages import MessageRole, Part


def test_results_come_right_after_their_calls_in_the_order_of_these() -> None:
    history = [
        assistant(call("a"), call("b")),
        user("In between"),
        results(result("b", "2")),
        results(result("a", "1")),
    ]
    told = paired(history)
    assert [message.role.value for message in told] == ["assistant", "tool", "user"]
    assert [part["toolCallId"] for part in told[1].content] == ["a", "b"]


def test_an_id_used_again_is_that_of_the_latest_call() -> None:
    history = [assistant(call("a")), results(result("a", "1")), assistant(call("a")), results(result("a", "2"))]
    told = paired(history)
    assert [output_text(message.content[0]) for message in told if message.role is MessageRole.TOOL] == ["1", "2"]


def test_an_unanswered_call_does_not_take_the_result_of_a_later_one() -> None:
    told = paired([assistant(call("a"), "Wait."), assistant(call("a")), results(result("a", "2"))])
    assert [len(message.content) for message in told] == [1, 1, 1]
    assert told[0].content[0]["type"] == "text"


def test_what_a_provider_ran_stays_where_it_is() -> None:
    ran = (call("a", providerExecuted=True), result("a", "1"), {"type": "text", "text": "So."})
    assert [list(message.content) for message in paired([assistant(*ran)])] == [list(ran)]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ({"a": 1}, {"a": 1}),
        ('{"a": 1}', {"a": 1}),
        ("[1]", {"invalid_input": "[1]"}),
        ([1], {"invalid_input": [1]}),
        (None, {}),
    ],
)
def test_input_is_an_object(value: Any, read: dict[str, Any]) -> None:
    assert input_of({"type": "tool-call", "input": value}) == read


@pytest.mark.parametrize(
    ("output", "text"),
    [
        (None, ""),
        ("bare", '"bare"'),
        ({"type": "text", "value": 7}, "7"),
        ({"type": "execution-denied"}, "The call was denied."),
        ({"type": "content", "value": None}, ""),
        ({"type": "content", "value": ["odd", {"type": "text"}, {"type": "file", "data": {"type": "odd"}}]}, ""),
        ({"type": "tomorrow's", "value": 1}, "1"),
    ],
)
def test_an_output_of_any_form_has_words(output: Any, text: str) -> None:
    assert output_text({"type": "tool-result", "output": output}) == text


def test_a_file_may_be_given_as_it_is_in_a_message() -> None:
    file: Part = {"type": "file", "data": "SGk=", "mediaType": "text/plain"}
    assert output_parts(result("a", {"type": "content", "value": [file]})) == [file]


@pytest.mark.parametrize(("kind", "bad"), [("error-text", True), ("execution-denied", True), ("json", False)])
def test_knows_what_failed(kind: str, bad: bool) -> None:
    assert failed(result("a", {"type": kind, "value": "x"})) is bad
