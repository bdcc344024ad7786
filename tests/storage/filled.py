"""A database with several hundred documents in every collection, most of them not what a query looks for."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from tests.storage.api_key_calls import api_key_docs
from tests.support import LONG_AGO, delta, generation_at, pending_call, row, stream_at, thread_value, words

from weft.storage.context_receipts import receipt_doc
from weft.storage.deletions import deletion_doc
from weft.storage.deltas import delta_doc
from weft.storage.embedding_migrations import NEVER
from weft.storage.events import event_doc
from weft.storage.generations import generation_doc
from weft.storage.message_docs import message_doc
from weft.storage.pending_calls import pending_call_doc
from weft.storage.store import Store
from weft.storage.streams import stream_doc
from weft.storage.threads import thread_doc
from weft.storage.types import Collection, Doc
from weft.storage.vector_docs import AT_ONCE, binary
from weft.threads.clock import utc_now
from weft.threads.context_receipts import ContextReceipt
from weft.threads.deletions import Deletion, DeletionKind
from weft.threads.embeddings import MigrationState
from weft.threads.events import EventKind, StoredEvent
from weft.threads.generations import GenerationStatus
from weft.threads.messages import MessageRole, MessageStatus
from weft.threads.streams import StreamState
from weft.threads.threads import ThreadStatus
from weft.threads.vectors import Space

THREAD: Final = "thr_0"
USER: Final = "ann"
TURNS: Final = 200
STREAM: Final = "str_0"
OUTSIDE: Final = "str_outside"
GENERATION: Final = "gen_0"
MESSAGE: Final = "msg_0_0"
SPACE: Final = Space("openai:small", 2)
LEASED: Final = "msg_other_30"


async def fill(store: Store) -> None:
    await _insert(store.threads.collection, _threads())
    await _insert(store.messages.collection, _messages())
    await _insert(store.streams.collection, _streams())
    await _insert(store.deltas.collection, _deltas())
    await _insert(store.events.collection, _events())
    await _insert(store.generations.collection, _generations())
    await _insert(store.context_receipts.collection, [_receipt(n) for n in range(400)])
    await _insert(store.deletions.collection, _deletions())
    await _insert(store.pending_calls.collection, _pending_calls())
    await _insert(store.api_keys.collection, api_key_docs())
    await _insert(store.search_entries.collection, [*(entry(n) for n in range(TURNS)), *_other_entries()])
    await _insert(store.embedding_migrations.collection, _migrations())


def entry(turn: int) -> Doc:
    """What finds a message."""
    return {
        "_id": f"msg_{turn}_0",
        "threadId": THREAD,
        "userId": USER,
        "order": turn,
        "stepOrder": 0,
        "text": "said",
        "spaces": [SPACE.key],
        "vectors": {SPACE.key: binary((1.0, 2.0))},
    }


def _other_entries() -> list[Doc]:
    """Without vectors. Some are to get one now, some later; some are held elsewhere, and a few were given up."""
    docs: list[Doc] = []
    for number in range(400):
        doc: Doc = entry(number) | {"_id": f"msg_other_{number}", "threadId": f"thr_{1 + number % 50}", "spaces": []}
        del doc["vectors"]
        later = utc_now() + timedelta(hours=1, seconds=number)
        if number < 40:
            wanted = ["openai:small"] if number % 5 == 0 else ["openai:other"]
            doc |= {"embedWith": wanted, "embedAttempts": 0, "embedAt": AT_ONCE if number % 2 else later}
        elif number < 45:
            doc |= {"embedFailed": [{"model": "openai:broken", "code": "400"}]}
        if 20 <= number < 40:
            doc |= {"embedLease": "l", "embedOwner": "elsewhere|1|1"}
        docs.append(doc)
    return docs


def _migrations() -> list[Doc]:
    """One of them due."""
    docs: list[Doc] = []
    for number in range(100):
        due = LONG_AGO if number == 13 else NEVER if number % 2 else utc_now() + timedelta(hours=1, seconds=number)
        state = MigrationState.RUNNING if number < 20 else MigrationState.DONE
        fields = {"_id": f"from_{number} > to", "from": f"from_{number}", "to": "to", "state": state.value, "total": 9}
        times = {"beganAt": LONG_AGO, "changedAt": LONG_AGO, "dueAt": due}
        lease = {"leaseId": "l" if number < 20 else None, "leaseOwner": "elsewhere|1|1"}
        docs.append({**fields, "asked": 0, "removed": 0, "cursor": None, **times, **lease})
    return docs


async def _insert(collection: Collection, docs: Sequence[Doc]) -> None:
    await collection.insert_many(docs)


def _threads() -> list[Doc]:
    docs: list[Doc] = []
    for number in range(400):
        created = LONG_AGO + timedelta(seconds=number)
        thread = thread_value(
            id=f"thr_{number}",
            user_id=(USER, "bob", None, f"u{number}")[number % 4],
            title=("A red boat", "The boat, red", None, "Red boats")[number // 4 % 4],
            status=ThreadStatus.ARCHIVED if number % 3 == 0 else ThreadStatus.ACTIVE,
            created_at=created,
            updated_at=created,
            last_message_at=None if number % 2 else LONG_AGO + timedelta(days=1, seconds=-number),
        )
        docs.append(thread_doc(thread) | ({"clientId": f"c{number}"} if number % 2 else {}))
    return docs


def _messages() -> list[Doc]:
    docs: list[Doc] = []
    for turn in range(TURNS):
        prompt = row(
            MessageRole.USER, turn, 0, id=f"msg_{turn}_0", thread_id=THREAD, client_id=f"c{turn}", batch_id=f"b{turn}"
        )
        status = MessageStatus.FAILED if turn % 7 == 0 else MessageStatus.SUCCESS
        status = MessageStatus.PENDING if turn == 50 else status
        answer = row(MessageRole.ASSISTANT, turn, 1, id=f"msg_{turn}_1", thread_id=THREAD, status=status)
        docs += [message_doc(prompt), message_doc(answer) | {"generationId": f"gen_{turn}"}]
    others = (row(MessageRole.USER, turn, 0, thread_id=f"thr_{1 + turn % 50}") for turn in range(300))
    return docs + [message_doc(other) for other in others]


def _streams() -> list[Doc]:
    docs: list[Doc] = []
    for turn in range(TURNS):
        ended: Doc = {"state": StreamState.ABORTED if turn % 5 == 0 else StreamState.FINISHED, "end_seq": 10 * turn + 9}
        fields = {"state": StreamState.STREAMING} if turn == TURNS - 1 else {**ended, "ended_at": utc_now()}
        docs.append(stream_doc(stream_at(turn, 1, id=f"str_{turn}", thread_id=THREAD, start_seq=10 * turn, **fields)))
    others = (stream_at(turn, 1, thread_id=f"thr_{turn}") for turn in range(1, 300))
    docs[1]["endedAt"] = docs[2]["endedAt"] = utc_now() - timedelta(hours=1)
    return docs + [stream_doc(other) for other in others] + _outside_streams()


def _outside_streams() -> list[Doc]:
    """One of them has been silent for long."""
    docs: list[Doc] = []
    for number in range(200):
        beat = LONG_AGO if number == 0 else utc_now()
        stream = stream_at(0, 1, thread_id=f"thr_outside_{number}", message_id=f"msg_outside_{number}")
        docs.append(stream_doc(stream) | {"heartbeatAt": beat})
    docs[0]["_id"] = OUTSIDE
    return docs


def _deltas() -> list[Doc]:
    long, short = stream_at(0, 1, id=STREAM), stream_at(1, 1, id="str_1")
    return [delta_doc(delta(stream, 2 * n, *words("a", "b"))) for stream in (long, short) for n in range(300)]


def _events() -> list[Doc]:
    now = utc_now()
    docs: list[Doc] = []
    for number in range(400):
        kind = EventKind.THREAD_DELETED if number % 10 == 0 else EventKind.MESSAGE_SAVED
        user_id = USER if number % 2 else "bob"
        at = now - timedelta(seconds=400 - number)
        docs.append(event_doc(StoredEvent(THREAD, number + 1, kind, {}, user_id, at)))
        docs.append(event_doc(StoredEvent(f"thr_{1 + number}", 1, kind, {}, USER, at)))
    return docs


def _generations() -> list[Doc]:
    now = utc_now()
    statuses = list(GenerationStatus)
    docs: list[Doc] = []
    for number in range(400):
        status = statuses[number % len(statuses)]
        generation = generation_at(
            number // 2,
            id=f"gen_{number}",
            thread_id=THREAD if number < TURNS else f"thr_{number}",
            client_id=f"c{number}" if number % 2 else None,
            status=status,
            agent_name="helper" if number % 4 else "stranger",
            queued_at=LONG_AGO + timedelta(seconds=number),
        )
        lease = {"leaseId": "l", "leaseOwner": "elsewhere|1|1", "leaseUntil": now + timedelta(hours=1, seconds=number)}
        docs.append(generation_doc(generation) | (lease if status is GenerationStatus.RUNNING else {}))
    docs[1]["leaseUntil"] = docs[7]["leaseUntil"] = LONG_AGO
    return docs


def _receipt(number: int) -> Doc:
    thread_id = THREAD if number < TURNS else f"thr_{number}"
    return receipt_doc(ContextReceipt(f"gen_{number}", thread_id, 1000, [], [], LONG_AGO))


def _deletions() -> list[Doc]:
    """Half of them leased, ten of them due."""
    job = Deletion("del_0", DeletionKind.THREAD, LONG_AGO, thread_id="thr_gone", user_id=USER)
    docs: list[Doc] = []
    for number in range(400):
        due = LONG_AGO if number % 40 == 0 else utc_now() + timedelta(hours=1, seconds=number)
        lease = {"leaseId": f"lea_{number}" if number % 2 else None, "leaseOwner": "elsewhere|1|1", "dueAt": due}
        docs.append(deletion_doc(job) | {"_id": f"del_{number}", "threadId": f"thr_{number}", "removed": 0} | lease)
    return docs


def _pending_calls() -> list[Doc]:
    """One in ten is open, one in twenty expires; one in forty has expired."""
    docs: list[Doc] = []
    for number in range(400):
        expires = LONG_AGO if number % 40 == 0 else utc_now() + timedelta(hours=1, seconds=number)
        call = pending_call(
            id=f"apr_{number:03}",
            thread_id=THREAD if number < TURNS else f"thr_{number}",
            order=number // 2,
            message_id=f"msg_{number // 2}_1",
            tool_call_id=f"call_{number}",
            expires_at=expires if number % 20 == 0 else None,
            decided_at=None if number % 10 == 0 else LONG_AGO,
        )
        docs.append(pending_call_doc(call))
    return docs
