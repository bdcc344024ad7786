"""Random scripts for a socket, made by hypothesis: each ends with a documented close code, and disturbs nobody else."""

import json
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from tests.trials.wire import BINARY, CLOSE, TEXT, Peer

DOCUMENTED: Final = {1002, 1007, 1009, 4400, 4401, 4403, 4406, 4408, 4409, 4429}
"""docs/transports.md, and what RFC 6455 has for frames that are none."""
QUERIES: Final = [
    "{ viewer { userId } }",
    "{ threads { edges { node { id } } } }",
    "{",
    "{ nothing }",
    "mutation { createThread(input: {}) { thread { id } } }",
    'subscription { threadEvents(threadId: "thr_00000000000000000000000000") { __typename } }',
    "subscription { threadListEvents { __typename } }",
    "query Q($x: ID!) { node(id: $x) { id } } query R { viewer { userId } }",
    "{ " + " ".join(f"a{n}: viewer {{ userId }}" for n in range(200)) + " }",
]

Action = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """Where, as whom, how often; the same seed plays the same scripts."""

    base: str
    authorization: str | None
    examples: int
    seed: int


def values() -> st.SearchStrategy[Any]:
    """Any JSON."""
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | _objects(inner), max_leaves=8)


def _objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(st.text(max_size=10), inner, max_size=4)


def _ids() -> st.SearchStrategy[Any]:
    usual = st.sampled_from(["1", "2", "3"])
    return usual | usual | st.sampled_from(["", "x" * 1000, "x" * 1001, "x" * 100_000, None, 1, [], "\0", "💥"])


def _payloads() -> st.SearchStrategy[Any]:
    good = st.fixed_dictionaries({"query": st.sampled_from(QUERIES)})
    odd = st.fixed_dictionaries(
        {"query": st.sampled_from(QUERIES) | st.text(max_size=30)},
        optional={
            "variables": values(),
            "operationName": values(),
            "extensions": values(),
            "documentId": values(),
        },
    )
    return good | good | odd | values()


def _messages() -> st.SearchStrategy[Any]:
    subscribe = st.fixed_dictionaries({"type": st.just("subscribe"), "id": _ids(), "payload": _payloads()})
    complete = st.fixed_dictionaries({"type": st.just("complete"), "id": _ids()})
    ping = st.fixed_dictionaries({"type": st.sampled_from(["ping", "pong"])}, optional={"payload": values()})
    init = st.fixed_dictionaries({"type": st.just("connection_init")}, optional={"payload": values()})
    odd = st.fixed_dictionaries({}, optional={"type": values(), "id": values(), "payload": values()})
    return st.one_of(subscribe, subscribe, subscribe, complete, complete, ping, init, odd, values())


def _actions() -> st.SearchStrategy[Action]:
    written = _messages().map(lambda message: json.dumps(message).encode())
    texts = st.one_of(written, written, written, st.binary(max_size=40), st.sampled_from([b"[" * 50_000, b""]))
    pieces = st.lists(texts, min_size=1, max_size=4)
    text = st.tuples(st.just("frame"), st.just(TEXT), texts)
    return st.one_of(
        text,
        text,
        text,
        text,
        st.tuples(st.just("frame"), st.sampled_from([BINARY, 0, 3, 9, 10, 15]), st.binary(max_size=200)),
        st.tuples(st.just("fragments"), pieces),
        st.tuples(st.just("split"), written),
        st.tuples(st.just("raw"), st.binary(min_size=1, max_size=60)),
        st.tuples(
            st.just("close"), st.sampled_from([b"", b"\x03\xe8", b"\x0f", b"\x03\xe8\xff", b"\x00\x01", b"\x0f\xa0bye"])
        ),
        st.tuples(st.just("half")),
        st.tuples(st.just("cut")),
    )


def _scripts() -> st.SearchStrategy[tuple[bool, list[Action]]]:
    return st.tuples(st.sampled_from([True, True, True, False]), st.lists(_actions(), max_size=10))


def fuzz(target: Target) -> set[int]:
    """The codes that sockets were closed with. Raises AssertionError with the smallest script that shows a defect."""
    codes: set[int] = set()
    bystander = Peer.connect(target.base, authorization=target.authorization)
    bystander.send(TEXT, b'{"type":"connection_init"}')
    bystander.until_message('{"type":"connection_ack"')

    @seed(target.seed)
    @settings(
        max_examples=target.examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    @given(_scripts())
    def plays(script: tuple[bool, list[Action]]) -> None:
        code = play(target, *script)
        if code is not None:
            codes.add(code)
        bystander.send(TEXT, b'{"type":"ping","payload":{"still":"there"}}')
        bystander.until_message('{"type":"pong"')

    plays()
    bystander.send(CLOSE, b"\x03\xe8")
    bystander.until_end()
    assert bystander.code == 1000, "nobody else's socket is closed"
    return codes


def play(target: Target, initialised: bool, script: list[Action]) -> int | None:
    """What the server closed with; None when the socket ended without a frame for it, as it may when it was broken."""
    peer = Peer.connect(target.base, authorization=target.authorization)
    if initialised:
        peer.send(TEXT, b'{"type":"connection_init"}')
        peer.until_message('{"type":"connection_ack"')
    whole, closes = True, {1000}
    for action in script:
        match action:
            case ("frame", opcode, payload):
                whole = whole and opcode in (TEXT, BINARY)
                peer.send(opcode, payload)
            case ("fragments", pieces):
                for number, piece in enumerate(pieces):
                    peer.send(TEXT if number == 0 else 0, piece, final=number == len(pieces) - 1)
            case ("split", payload):
                half = len(payload) // 2
                peer.send(TEXT, payload[:half], final=False)
                peer.send(9, b"between")
                peer.send(0, payload[half:])
            case ("raw", wire):
                whole = False
                peer.raw(wire)
            case ("close", payload):
                whole = False
                closes.add(int.from_bytes(payload[:2], "big") if payload else 1005)
                peer.send(CLOSE, payload)
            case ("half",):
                whole = False
                peer.half_close()
            case _:
                peer.cut()
                return None
    return _ended(peer, closes, whole=whole)


def _ended(peer: Peer, closes: set[int], *, whole: bool) -> int | None:
    if whole:
        peer.until_pong(b"settled")
    peer.send(CLOSE, b"\x03\xe8")
    peer.half_close()
    peer.until_end()
    for message in peer.messages:
        assert '"INTERNAL"' not in message, message
    assert peer.code is not None or peer.reset or not whole, "the server hung up without a word"
    assert peer.code is None or peer.code in DOCUMENTED | closes, f"closed with {peer.code}"
    return peer.code
