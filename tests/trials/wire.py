"""A WebSocket peer that sends what no library would: each frame is made by hand."""

import os
import socket
import struct
import time
from typing import Final, Self
from urllib.parse import urlsplit

TEXT: Final = 1
BINARY: Final = 2
CLOSE: Final = 8
PING: Final = 9
PONG: Final = 10
DEADLINE: Final = 15.0


def frame(opcode: int, payload: bytes, *, final: bool = True) -> bytes:
    """As clients send it."""
    mask = os.urandom(4)
    first = bytes([opcode | (0x80 if final else 0)])
    if len(payload) < 126:
        size = bytes([0x80 | len(payload)])
    elif len(payload) < 65536:
        size = bytes([0x80 | 126]) + struct.pack("!H", len(payload))
    else:
        size = bytes([0x80 | 127]) + struct.pack("!Q", len(payload))
    key = (mask * (len(payload) // 4 + 1))[: len(payload)]
    masked = (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(len(payload), "big")
    return first + size + mask + masked


class Peer:
    """Blocking. `messages` are the texts that came; `code` is what the server closed with, 1005 for no code.

    `reset`: what we sent met a closed socket; the system throws away then what we had not read, a last frame too."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._received = b""
        self.messages: list[str] = []
        self.code: int | None = None
        self.gone = False
        self.reset = False

    @classmethod
    def connect(cls, base: str, *, subprotocol: str = "graphql-transport-ws", authorization: str | None = None) -> Self:
        """A peer after the handshake."""
        where = urlsplit(base)
        connection = socket.create_connection((where.hostname or "", where.port or 0), timeout=DEADLINE)
        more = f"Authorization: {authorization}\r\n" if authorization else ""
        connection.sendall(
            f"GET /graphql HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: {subprotocol}\r\n{more}\r\n".encode()
        )
        peer = cls(connection)
        while b"\r\n\r\n" not in peer._received:
            assert peer._read(), "the server hung up in the handshake"
        head, _, peer._received = peer._received.partition(b"\r\n\r\n")
        assert b" 101 " in head.split(b"\r\n")[0], head
        return peer

    def send(self, opcode: int, payload: bytes, *, final: bool = True) -> None:
        """One frame."""
        self.raw(frame(opcode, payload, final=final))

    def raw(self, wire: bytes) -> None:
        """Anything at all; nothing when the server has gone."""
        try:
            self._socket.sendall(wire)
        except OSError:
            self.gone = self.reset = True

    def half_close(self) -> None:
        """Says nothing more, and listens."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.gone = True

    def cut(self) -> None:
        """Is away without a word."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()
        self.gone = True

    def until_pong(self, token: bytes) -> bool:
        """Whether the server took everything up to a ping of ours; False when it closed instead."""
        self.send(PING, token)
        while not self.gone and self.code is None:
            for opcode, payload in self._frames():
                if (opcode, payload) == (PONG, token):
                    return True
            self._read()
        return False

    def until_message(self, start: str) -> str:
        """The next message that begins so; those before it are read over."""
        while True:
            for _ in self._frames():
                pass
            while self.messages:
                if (message := self.messages.pop(0)).startswith(start):
                    return message
            assert not self.gone, f"closed with {self.code}"
            self._read()

    def until_end(self) -> None:
        """Until the server has hung up, which it must in time."""
        end = time.monotonic() + DEADLINE
        while not self.gone:
            self._read()
            assert time.monotonic() < end, "the server does not hang up"
        for _ in self._frames():
            pass
        self._socket.close()

    def _read(self) -> bool:
        try:
            data = self._socket.recv(65536)
        except TimeoutError:
            raise AssertionError(f"the server said nothing for {DEADLINE} s") from None
        except OSError:
            data, self.reset = b"", True
        self._received += data
        self.gone = self.gone or not data
        return bool(data)

    def _frames(self) -> list[tuple[int, bytes]]:
        found: list[tuple[int, bytes]] = []
        while (frame := self._frame()) is not None:
            opcode, payload = frame
            found.append(frame)
            if opcode == TEXT:
                self.messages.append(payload.decode())
            if opcode == CLOSE and self.code is None:
                self.code = int.from_bytes(payload[:2], "big") if payload else 1005
        return found

    def _frame(self) -> tuple[int, bytes] | None:
        """The next whole one. The server does not fragment, and does not mask."""
        data = self._received
        if len(data) < 2:
            return None
        size, start = data[1] & 0x7F, 2
        if size == 126:
            size, start = int.from_bytes(data[2:4], "big"), 4
        elif size == 127:
            size, start = int.from_bytes(data[2:10], "big"), 10
        if len(data) < start or len(data) < start + size:
            return None
        self._received = data[start + size :]
        return data[0] & 0x0F, data[start : start + size]
