"""MongoDB's wire protocol: what is taken apart and put together again has the same bytes."""

import asyncio
import struct
from contextlib import suppress
from typing import Any

import bson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.atlas.wire import (
    LARGEST,
    MORE_TO_COME,
    OP_MSG,
    OP_QUERY,
    OP_REPLY,
    Message,
    OpMsg,
    ProtocolError,
    Section,
    answer,
    command_name,
    crc32c,
    decode,
    read_message,
    reply_document,
    with_reply_document,
)

NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=8)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text())
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=4).map(bson.encode)
INT32 = st.integers(-(2**31), 2**31 - 1)


@st.composite
def op_msgs(draw: st.DrawFn) -> OpMsg:
    """Any OP_MSG: a body, and lists of documents before and after it."""
    lists = draw(st.lists(st.tuples(NAMES, st.lists(DOCUMENTS, max_size=3)), max_size=3))
    sections = [Section(name, tuple(documents)) for name, documents in lists]
    sections.insert(draw(st.integers(0, len(sections))), Section(None, (draw(DOCUMENTS),)))
    flags = draw(st.sampled_from([0, MORE_TO_COME, 1 << 16]))
    return OpMsg(draw(INT32), draw(INT32), flags, tuple(sections), draw(st.booleans()))


def header(length: int, op_code: int = OP_MSG) -> bytes:
    return struct.pack("<iiii", length, 7, 0, op_code)


def op_query(command: dict[str, Any]) -> Message:
    """A command as drivers send their first `hello`."""
    content = struct.pack("<I", 0) + b"admin.$cmd\0" + struct.pack("<ii", 0, -1) + bson.encode(command)
    return Message(header(16 + len(content), OP_QUERY) + content)


@given(op_msgs())
def test_an_op_msg_taken_apart_and_put_together_is_the_same(message: OpMsg) -> None:
    assert OpMsg.of(message.message()) == message
    assert OpMsg.of(message.message()).message() == message.message()


@given(op_msgs())
def test_the_header_says_how_long_it_is_and_what_it_answers(message: OpMsg) -> None:
    made = message.message()
    assert struct.unpack_from("<i", made.raw)[0] == len(made.raw)
    assert (made.request_id, made.response_to, made.op_code) == (message.request_id, message.response_to, OP_MSG)
    assert made.is_answered is not bool(message.flags & MORE_TO_COME)


@given(op_msgs())
def test_the_name_of_a_command_is_the_first_key_of_its_body_wherever_that_is(message: OpMsg) -> None:
    body = next(section.documents[0] for section in message.sections if section.identifier is None)
    expected = next(iter(decode(body)), None)
    assert command_name(message.message()) == (expected or None)


@given(op_msgs(), st.data())
def test_a_message_with_a_byte_more_less_or_other_is_refused_or_still_one(message: OpMsg, data: st.DataObject) -> None:
    raw = bytearray(message.message().raw)
    at = data.draw(st.integers(20, len(raw) - 1))
    raw[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    changed = Message(bytes(raw))
    try:
        again = OpMsg.of(changed)
    except ProtocolError:
        return
    assert again.message() == Message(bytes(again.message().raw))
    assert not message.checksum or changed == message.message()


@given(st.binary(max_size=60))
def test_junk_is_no_op_msg(junk: bytes) -> None:
    message = Message(header(16 + len(junk)) + junk)
    with suppress(ProtocolError):
        OpMsg.of(message).command()
    assert command_name(message) is None or isinstance(command_name(message), str)


def test_a_body_and_lists_beside_it_are_one_command() -> None:
    documents = (bson.encode({"_id": 1}), bson.encode({"_id": 2}))
    sections = (Section("documents", documents), Section(None, (bson.encode({"insert": "c", "$db": "d"}),)))
    expected = {"insert": "c", "$db": "d", "documents": [{"_id": 1}, {"_id": 2}]}
    assert OpMsg(1, 0, 0, sections).command() == expected


@pytest.mark.parametrize("sections", [(), (Section(None, (bson.encode({}),)),) * 2])
def test_a_command_has_exactly_one_body(sections: tuple[Section, ...]) -> None:
    with pytest.raises(ProtocolError):
        OpMsg.of(OpMsg(1, 0, 0, sections).message())


def test_the_checksum_is_that_of_castagnoli() -> None:
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA


def test_a_wrong_checksum_is_refused() -> None:
    raw = bytearray(OpMsg(1, 0, 0, (Section(None, (bson.encode({"ping": 1}),)),), checksum=True).message().raw)
    raw[-1] ^= 1
    with pytest.raises(ProtocolError, match="checksum"):
        OpMsg.of(Message(bytes(raw)))


def test_an_old_query_is_a_command_too() -> None:
    query = op_query({"isMaster": 1, "helloOk": True})
    assert (command_name(query), query.is_answered) == ("isMaster", True)


def test_replies_old_and_new_can_be_given_another_document() -> None:
    content = struct.pack("<iqii", 8, 0, 0, 1) + bson.encode({"me": "a"})
    old = Message(header(16 + len(content), OP_REPLY) + content)
    new = OpMsg(5, 4, MORE_TO_COME, (Section(None, (bson.encode({"me": "a"}),)),), checksum=True).message()
    for reply in (old, new):
        changed = with_reply_document(reply, {"me": "longer"})
        assert reply_document(changed) == {"me": "longer"}
        assert struct.unpack_from("<i", changed.raw)[0] == len(changed.raw)
        assert (changed.response_to, changed.flags) == (reply.response_to, reply.flags)


def test_an_answer_is_to_its_request() -> None:
    request = OpMsg(41, 0, 0, (Section(None, (bson.encode({"x": 1}),)),)).message()
    assert answer(request, {"ok": 1.0}).response_to == 41


@given(st.lists(op_msgs().map(OpMsg.message), max_size=4), st.integers(1, 50))
async def test_messages_are_read_one_by_one_however_they_arrive(messages: list[Message], size: int) -> None:
    reader = asyncio.StreamReader()
    sent = b"".join(message.raw for message in messages)
    for at in range(0, len(sent), size):
        reader.feed_data(sent[at : at + size])
    reader.feed_eof()
    for message in messages:
        assert await read_message(reader) == message
    assert await read_message(reader) is None


@pytest.mark.parametrize("length", [-1, 0, 16, LARGEST + 1])
async def test_a_length_that_no_message_has_is_refused(length: int) -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(header(length))
    with pytest.raises(ProtocolError):
        await read_message(reader)


async def test_half_a_message_is_the_end() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(header(100) + b"abc")
    reader.feed_eof()
    assert await read_message(reader) is None
