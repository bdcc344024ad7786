"""UI messages made straight from documents are those made of the rows, whatever is stored."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import row, text
from tests.threads.histories import ASSISTANT, SYSTEM, USER, histories, some

from weft.storage import ui_docs
from weft.storage.message_docs import message_doc, message_of
from weft.storage.types import Doc
from weft.threads.messages import Message, MessageRole, MessageStatus
from weft.threads.ui_messages import UIMessage, ui_messages
from weft.threads.usage import Usage

_SOURCE = {"type": "source", "sourceType": "url", "id": "s1", "url": "https://weft.example", "title": "Weft"}
some_fields: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "agent_name": st.just("helper"),
        "user_id": st.just("ann"),
        "client_id": st.just("c-1"),
        "model": st.just("m"),
        "usage": st.builds(Usage, input_tokens=st.integers(0, 9), cost_micros=st.none() | st.integers(0, 9)),
        "metadata": st.none() | st.just({"a": 1}) | st.just({"$ref": "x"}),
        "sources": st.lists(st.just(_SOURCE), max_size=2),
        "error": st.sampled_from([None, "", "broke"]),
    },
)


def doc_of(one: Message) -> Doc:
    """The document of a row, whose content may be anything."""
    return {**message_doc(replace(one, content=())), "content": one.content}


def read(doc: Doc) -> Doc:
    """The fields that are asked for."""
    return {name: value for name, value in doc.items() if name in ("_id", *ui_docs.SHOWN)}


def by_turn(docs: Sequence[Doc]) -> list[UIMessage]:
    turns = [list(turn) for _, turn in groupby(docs, key=itemgetter("order"))]
    return [message for turn in turns for message in ui_docs.ui_messages_of(list(map(read, turn)))]


@some
@given(histories() | histories(junk=True), st.data())
def test_documents_are_shown_as_their_rows_are(rows: list[Message], data: st.DataObject) -> None:
    docs = [doc_of(replace(one, **data.draw(some_fields))) for one in rows]
    assert by_turn(docs) == ui_messages(map(message_of, docs))


@pytest.mark.parametrize("role", [USER, SYSTEM, ASSISTANT])
@pytest.mark.parametrize("status", MessageStatus)
def test_a_row_without_tools_takes_the_short_way(
    role: MessageRole, status: MessageStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = [*text("Hi"), {"type": "reasoning", "text": "Hm"}, _SOURCE]
    one = row(role, 2, 1, content, status=status, usage=Usage(1, 2, 3), reasoning="Hm", sources=[_SOURCE])
    monkeypatch.setattr(ui_docs, "message_of", None)
    assert by_turn([doc_of(one)]) == ui_messages([one])
