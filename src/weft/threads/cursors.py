"""A cursor names a moment of a thread: the number of the last event and how far each live stream has come.

Opaque to clients, and short, because it comes with every delta. Binary, then base64url: a byte of version and count of
live streams with parts, three bytes of the CRC-32 of the thread id, `seq`, and for each of the streams how long before
`seq` it started and its end; all numbers as LEB128. The first version, which is still read, has a byte each for version
and count, all of the CRC-32, and the number of the event that started the stream.
"""

import base64
import binascii
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from weft.errors import InputError

_FIRST = 1
_VERSION = 2
_MANY = 15
"""A count that does not fit beside the version follows `seq`."""
_GREATEST = 2**53
_LATEST_MS = 253_402_300_799_999
"""The end of the year 9999, the last that a date can name."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """`ends` maps a live stream's `start_seq` to the count of its parts seen; absent: not even its start was seen."""

    thread_id: str
    seq: int
    ends: Mapping[int, int] = field(default_factory=dict[int, int])

    def encode(self) -> str:
        count = len(self.ends)
        numbers = [self.seq] if count < _MANY else [self.seq, count]
        for start_seq in sorted(self.ends):
            numbers += (_unsigned(self.seq - start_seq), self.ends[start_seq])
        head = bytes([_VERSION << 4 | min(count, _MANY)]) + _check(self.thread_id)[:3]
        return _b64(head + b"".join(map(_leb128, numbers)))

    @staticmethod
    def decode(text: str, thread_id: str, path: tuple[str, ...] = ("after",), *, of: str = "thread") -> "Cursor":
        """Raises InputError when the text is no cursor, or one of another thread."""
        data = _unb64(text, path)
        first = data[:1] == bytes([_FIRST])
        if len(data) < 5 or not (first or data[0] >> 4 == _VERSION):
            raise _no_cursor(text, path)
        check = data[1:5] if first else data[1:4]
        try:
            cursor = (_of_first if first else _of_second)(thread_id, data)
        except ValueError:
            raise _no_cursor(text, path) from None
        if not _check(thread_id).startswith(check):
            raise InputError(f"the cursor belongs to another {of}", path=path)
        return cursor


def _of_second(thread_id: str, data: bytes) -> Cursor:
    """Raises ValueError."""
    seq, *rest = _numbers(data[4:])
    count = data[0] & 15
    if count == _MANY:
        count, *rest = rest
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return _cursor(thread_id, seq, count, {seq - _signed(before): end for before, end in pairs})


def _of_first(thread_id: str, data: bytes) -> Cursor:
    """Raises ValueError."""
    seq, count, *rest = _numbers(data[5:])
    return _cursor(thread_id, seq, count, dict(zip(rest[::2], rest[1::2], strict=True)))


def _cursor(thread_id: str, seq: int, count: int, ends: dict[int, int]) -> Cursor:
    if len(ends) != count or not all(0 <= number <= _GREATEST for number in (seq, *ends, *ends.values())):
        raise ValueError("not as many streams as it says, or none that there can be")
    return Cursor(thread_id, seq, ends)


class Everyone(Enum):
    """The list of everybody's threads, beside those of each user and of nobody."""

    EVERYONE = "everyone"


EVERYONE: Final = Everyone.EVERYONE
Listed = str | None | Everyone
"""Whose threads a list has: a user's, nobody's, or everybody's."""


@dataclass(frozen=True, slots=True)
class ListCursor:
    """A moment of a list of threads: milliseconds since the epoch up to which changes were seen."""

    listed: Listed
    at_ms: int

    def encode(self) -> str:
        return Cursor(_list_name(self.listed), self.at_ms).encode()

    @staticmethod
    def decode(text: str, listed: Listed) -> "ListCursor":
        """Raises InputError when the text is no cursor, or one of another list."""
        cursor = Cursor.decode(text, _list_name(listed), of="list of threads")
        if cursor.ends or cursor.seq > _LATEST_MS:
            raise _no_cursor(text, ("after",))
        return ListCursor(listed, cursor.seq)


def _list_name(listed: Listed) -> str:
    return listed.value if isinstance(listed, Everyone) else f"user:{listed}"


def _no_cursor(text: str, path: tuple[str, ...]) -> InputError:
    return InputError(f"{text!r:.80} is not a cursor", path=path)


def _check(thread_id: str) -> bytes:
    return zlib.crc32(thread_id.encode()).to_bytes(4, "big")


def _unsigned(number: int) -> int:
    """Small numbers, also negative ones, as small ones that are not."""
    return number << 1 if number >= 0 else (-number << 1) - 1


def _signed(number: int) -> int:
    return -(number + 1 >> 1) if number & 1 else number >> 1


def _leb128(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def _numbers(data: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in data:
        number |= (byte & 127) << shift
        shift += 7
        if number > 2 * _GREATEST:
            raise ValueError("no thread has so many of anything")
        if byte < 128:
            yield number
            number = shift = 0
    if shift:
        raise ValueError("a number is cut short")


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str, path: tuple[str, ...]) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _no_cursor(text, path) from None
