"""A cursor names a moment of a thread: the number of the last event and how far each live stream has come.

Opaque to clients. Binary, then base64url: version, CRC-32 of the thread id, `seq`, the count of live streams with
parts, and for each of them the number of the event that started it and its end; all numbers as LEB128.
"""

import base64
import binascii
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from weft.errors import InputError

_VERSION = 1
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
        head = bytes([_VERSION]) + _check(self.thread_id)
        pairs = (n for start_seq in sorted(self.ends) for n in (start_seq, self.ends[start_seq]))
        numbers = [self.seq, len(self.ends), *pairs]
        return _b64(head + b"".join(map(_leb128, numbers)))

    @staticmethod
    def decode(text: str, thread_id: str, path: tuple[str, ...] = ("after",)) -> "Cursor":
        """Raises InputError when the text is no cursor, or one of another thread."""
        data = _unb64(text, path)
        if len(data) < 6 or data[0] != _VERSION:
            raise _no_cursor(text, path)
        if data[1:5] != _check(thread_id):
            raise InputError("the cursor belongs to another thread", path=path)
        try:
            seq, count, *rest = _numbers(data[5:])
            ends = dict(zip(rest[::2], rest[1::2], strict=True))
        except ValueError:
            raise _no_cursor(text, path) from None
        if len(ends) != count:
            raise _no_cursor(text, path)
        return Cursor(thread_id, seq, ends)


@dataclass(frozen=True, slots=True)
class ListCursor:
    """A moment of a user's list of threads: milliseconds since the epoch up to which changes were seen."""

    user_id: str | None
    at_ms: int

    def encode(self) -> str:
        return Cursor(f"user:{self.user_id}", self.at_ms).encode()

    @staticmethod
    def decode(text: str, user_id: str | None) -> "ListCursor":
        """Raises InputError when the text is no cursor, or one of another list."""
        cursor = Cursor.decode(text, f"user:{user_id}")
        if cursor.ends or cursor.seq > _LATEST_MS:
            raise _no_cursor(text, ("after",))
        return ListCursor(user_id, cursor.seq)


def _no_cursor(text: str, path: tuple[str, ...]) -> InputError:
    return InputError(f"{text!r:.80} is not a cursor", path=path)


def _check(thread_id: str) -> bytes:
    return zlib.crc32(thread_id.encode()).to_bytes(4, "big")


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
        if number > _GREATEST:
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
