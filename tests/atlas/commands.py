"""Which messages are looked into, and what is made of them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from tests.atlas.aggregates import Aggregates
from tests.atlas.catalog import Catalog
from tests.atlas.connection import Look
from tests.atlas.faults import Faults
from tests.atlas.modes import Mode, refusal
from tests.atlas.places import searches
from tests.atlas.refusals import Refused, in_transaction
from tests.atlas.values import as_doc, as_list
from tests.atlas.wire import (
    Message,
    OpMsg,
    ProtocolError,
    answer,
    command_name,
    reply_document,
    with_reply_document,
)

from weft.storage.types import Doc

_OF_TRANSACTIONS: Final = ("$db", "lsid", "txnNumber", "autocommit", "startTransaction", "$clusterTime", "readConcern")
_HELLO: Final = ("hello", "ismaster")
_STAGE_IN_BYTES: Final = (b"$search", b"$vectorSearch", b"$rankFusion", b"$listSearchIndexes")


class Commands:
    """`address` is this server's own, as drivers know it."""

    def __init__(self, aggregates: Aggregates, catalog: Catalog, faults: Faults, address: str) -> None:
        self._aggregates = aggregates
        self._mode = aggregates.mode
        self._faults = faults
        self._address = address
        self._answers: Mapping[str, Callable[[Doc], Awaitable[Doc]]] = {
            "createSearchIndexes": catalog.create,
            "updateSearchIndex": catalog.update,
            "dropSearchIndex": catalog.drop,
        }

    async def look(self, message: Message) -> Look:
        """What becomes of a message of a client."""
        name = command_name(message)
        if name is not None and name.lower() in _HELLO:
            return Look(message, change=self._own_address)
        if name in ("aggregate", "explain") and any(stage in message.raw for stage in _STAGE_IN_BYTES):
            return await self._looked_into(message, self._searched)
        if name in self._answers:
            return await self._looked_into(message, self._answered)
        return Look(message)

    async def _looked_into(self, message: Message, work: Callable[[Message, OpMsg, Doc], Awaitable[Look]]) -> Look:
        """A command that cannot be read is the mongod's to complain of."""
        try:
            parts = OpMsg.of(message)
            command = parts.command()
        except ProtocolError:
            return Look(message)
        try:
            fault = self._faults.next(_names(command))
            if fault is None:
                return await work(message, parts, command)
            if fault.error is None:
                return Look(hang_up=True)
            raise fault.error
        except Refused as error:
            return self._refused(message, parts, command, error)

    async def _searched(self, message: Message, parts: OpMsg, command: Doc) -> Look:
        inner = as_doc(command.get("explain"))
        if inner is not None:
            rewritten = await self._aggregates.rewritten({"$db": command["$db"], **inner})
            if rewritten is None:
                return Look(message)
            explained = {key: value for key, value in rewritten.items() if key != "$db"}
            return Look(parts.with_command(command | {"explain": explained}).message())
        rewritten = await self._aggregates.rewritten(command)
        return Look(message if rewritten is None else parts.with_command(rewritten).message())

    async def _answered(self, message: Message, _: OpMsg, command: Doc) -> Look:
        name = next(iter(command))
        refused = refusal(self._mode, name)
        if refused is not None:
            raise refused
        if self._mode is not Mode.ATLAS:
            return Look(message)
        if command.get("autocommit") is False:
            raise in_transaction(f"Cannot run '{name}' in a multi-document transaction.")
        return self._reply(message, await self._answers[name](command))

    def _refused(self, message: Message, parts: OpMsg, command: Doc, error: Refused) -> Look:
        """In a transaction the mongod gets a stage that it refuses there too, and so ends the transaction."""
        if command.get("autocommit") is not False:
            return self._reply(message, error.doc())
        kept = {key: value for key, value in command.items() if key in _OF_TRANSACTIONS}
        ending: Doc = {"aggregate": "none", "pipeline": [{"$indexStats": {}}], "cursor": {}, **kept}
        return Look(parts.with_command(ending).message(), answered=answer(message, error.doc()))

    @staticmethod
    def _reply(message: Message, doc: Doc) -> Look:
        return Look(answered=answer(message, doc)) if message.is_answered else Look()

    def _own_address(self, reply: Message) -> Message:
        """The mongod's `hello`, such that the driver stays here."""
        doc = reply_document(reply)
        doc.pop("compression", None)
        for key in ("me", "primary"):
            if key in doc:
                doc[key] = self._address
        if "hosts" in doc:
            doc["hosts"] = [self._address]
        return with_reply_document(reply, doc)


def _names(command: Doc) -> list[str]:
    """What a fault can be for: the command, or the search stages in it."""
    inner = as_doc(command.get("explain")) or command
    return [next(iter(command)), *searches(as_list(inner.get("pipeline")) or [])]
