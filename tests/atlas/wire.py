"""MongoDB's wire protocol, as far as a server in the middle has to know it: frames, commands and their answers.

A message is kept as the bytes that came; only what someone must look into is taken apart.
"""

import asyncio
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import bson
from bson import BSON
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.errors import BSONError

from weft.storage.types import Doc

OP_REPLY: Final = 1
OP_QUERY: Final = 2004
OP_MSG: Final = 2013

CHECKSUM_PRESENT: Final = 1
MORE_TO_COME: Final = 2

LARGEST: Final = 48_000_000
"""Bytes that a server takes as one message."""

CODEC: Final[CodecOptions[Doc]] = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_MS)
"""Reads every document there can be, such that written again it has the same bytes."""

_HEADER: Final = struct.Struct("<iiii")


def encode(doc: Mapping[str, Any]) -> bytes:
    return bson.encode(doc, codec_options=CODEC)


class ProtocolError(Exception):
    """Bytes that are no message."""


def decode(raw: bytes) -> Doc:
    """Raises ProtocolError when it is no document."""
    try:
        return BSON(raw).decode(CODEC)
    except BSONError as error:
        raise ProtocolError(str(error)) from error


@dataclass(frozen=True, slots=True)
class Message:
    """One frame, header included."""

    raw: bytes

    @property
    def request_id(self) -> int:
        return int(_HEADER.unpack_from(self.raw)[1])

    @property
    def response_to(self) -> int:
        return int(_HEADER.unpack_from(self.raw)[2])

    @property
    def op_code(self) -> int:
        return int(_HEADER.unpack_from(self.raw)[3])

    @property
    def flags(self) -> int:
        """The flag bits of an OP_MSG; of anything else, none."""
        return int(struct.unpack_from("<I", self.raw, 16)[0]) if self.op_code == OP_MSG and len(self.raw) >= 20 else 0

    @property
    def is_answered(self) -> bool:
        """Whether a server answers it."""
        return self.op_code == OP_QUERY or (self.op_code == OP_MSG and not self.flags & MORE_TO_COME)


@dataclass(frozen=True, slots=True)
class Section:
    """An OP_MSG's section of kind 0, `identifier` None, with one document, or of kind 1 with a named list of them."""

    identifier: str | None
    documents: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class OpMsg:
    """An OP_MSG taken apart. `flags` are without the one that says that there is a checksum."""

    request_id: int
    response_to: int
    flags: int
    sections: tuple[Section, ...]
    checksum: bool = False

    @classmethod
    def of(cls, message: Message) -> "OpMsg":
        """Raises ProtocolError when it is not whole, or its checksum is another."""
        raw = message.raw
        _require(message.op_code == OP_MSG and len(raw) >= 20, "no OP_MSG")
        checksum = bool(message.flags & CHECKSUM_PRESENT)
        end = len(raw) - 4 if checksum else len(raw)
        if checksum:
            _require(end >= 20 and crc32c(raw[:end]) == struct.unpack_from("<I", raw, end)[0], "a wrong checksum")
        sections = _sections(raw, 20, end)
        _require(sum(section.identifier is None for section in sections) == 1, "not exactly one body")
        return cls(message.request_id, message.response_to, message.flags & ~CHECKSUM_PRESENT, sections, checksum)

    def message(self) -> Message:
        flags = self.flags | (CHECKSUM_PRESENT if self.checksum else 0)
        parts = [struct.pack("<I", flags), *map(_section_bytes, self.sections)]
        length = 16 + sum(map(len, parts)) + (4 if self.checksum else 0)
        raw = _HEADER.pack(length, self.request_id, self.response_to, OP_MSG) + b"".join(parts)
        return Message(raw + struct.pack("<I", crc32c(raw)) if self.checksum else raw)

    def command(self) -> Doc:
        """The body, with the lists of the other sections where a body would have them."""
        lists = {one.identifier: [decode(raw) for raw in one.documents] for one in self.sections if one.identifier}
        return self.command_body() | lists

    def command_body(self) -> Doc:
        return next(decode(section.documents[0]) for section in self.sections if section.identifier is None)

    def with_command(self, command: Mapping[str, Any]) -> "OpMsg":
        """The same message with this as its only section."""
        section = Section(None, (encode(command),))
        return OpMsg(self.request_id, self.response_to, self.flags, (section,), self.checksum)


def answer(request: Message, doc: Mapping[str, Any]) -> Message:
    """The reply to a request."""
    section = Section(None, (encode(doc),))
    return OpMsg(request.request_id + 1, request.request_id, 0, (section,)).message()


def command_name(message: Message) -> str | None:
    """The first key of the body, the name of the command; None when it is no command that can be read."""
    if message.op_code == OP_MSG and message.raw[20:21] == b"\1":
        return _later_name(message)
    if message.op_code == OP_MSG:
        start = 21
    elif message.op_code == OP_QUERY:
        start = message.raw.find(b"\0", 20) + 9
    else:
        return None
    raw = message.raw[start + 4 : start + 100]
    end = raw.find(b"\0", 1)
    return raw[1:end].decode(errors="replace") if end > 0 and raw[0] else None


def _later_name(message: Message) -> str | None:
    """Of a command whose body is not the first section."""
    try:
        return next(iter(OpMsg.of(message).command_body()), None)
    except ProtocolError:
        return None


def reply_document(message: Message) -> Doc:
    """What a server said, in an OP_MSG or in the OP_REPLY to an OP_QUERY."""
    if message.op_code == OP_REPLY:
        return decode(message.raw[36:])
    return OpMsg.of(message).command()


def with_reply_document(message: Message, doc: Mapping[str, Any]) -> Message:
    """The same reply with another document."""
    if message.op_code == OP_REPLY:
        raw = message.raw[16:36] + encode(doc)
        return Message(_HEADER.pack(16 + len(raw), message.request_id, message.response_to, OP_REPLY) + raw)
    return OpMsg.of(message).with_command(doc).message()


async def read_message(reader: asyncio.StreamReader) -> Message | None:
    """The next frame; None at the end of the stream. Raises ProtocolError for a length that no message has."""
    try:
        header = await reader.readexactly(16)
        length = _HEADER.unpack(header)[0]
        _require(16 < length <= LARGEST, f"a message of {length} bytes")
        return Message(header + await reader.readexactly(length - 16))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


def crc32c(data: bytes) -> int:
    """The checksum of an OP_MSG (Castagnoli's polynomial)."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _CRC_TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
    return byte


_CRC_TABLE: Final = [_crc_of(byte) for byte in range(256)]


def _sections(raw: bytes, start: int, end: int) -> tuple[Section, ...]:
    sections: list[Section] = []
    while start < end:
        kind, start = raw[start], start + 1
        if kind == 0:
            document, start = _document(raw, start, end)
            sections.append(Section(None, (document,)))
            continue
        _require(kind == 1 and start + 4 <= end, f"a section of kind {kind}")
        stop = start + struct.unpack_from("<i", raw, start)[0]
        zero = raw.find(b"\0", start + 4, min(stop, end))
        _require(stop <= end and zero > 0, "a section that is not whole")
        identifier, start = raw[start + 4 : zero].decode(errors="surrogateescape"), zero + 1
        documents: list[bytes] = []
        while start < stop:
            document, start = _document(raw, start, stop)
            documents.append(document)
        sections.append(Section(identifier, tuple(documents)))
    return tuple(sections)


def _document(raw: bytes, start: int, end: int) -> tuple[bytes, int]:
    _require(start + 5 <= end, "a document that is not whole")
    stop = start + struct.unpack_from("<i", raw, start)[0]
    _require(start + 5 <= stop <= end, "a document that is not whole")
    return raw[start:stop], stop


def _section_bytes(section: Section) -> bytes:
    if section.identifier is None:
        return b"\0" + section.documents[0]
    content = section.identifier.encode(errors="surrogateescape") + b"\0" + b"".join(section.documents)
    return b"\1" + struct.pack("<i", 4 + len(content)) + content


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ProtocolError(what)
