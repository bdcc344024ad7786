"""The collections of one database, and their indexes."""

import asyncio

from weft.storage.api_keys import ApiKeys
from weft.storage.backlog import Backlog
from weft.storage.context_receipts import ContextReceipts
from weft.storage.deletions import Deletions
from weft.storage.deltas import Deltas
from weft.storage.embedding_migrations import EmbeddingMigrations
from weft.storage.embedding_queue import EmbeddingQueue
from weft.storage.erasures import Erasures
from weft.storage.events import Events
from weft.storage.failures import translated
from weft.storage.generation_places import GenerationPlaces
from weft.storage.generations import Generations
from weft.storage.messages import Messages
from weft.storage.meta import Meta
from weft.storage.own_writes import OwnWrites
from weft.storage.pending_calls import PendingCalls
from weft.storage.removals import Removals
from weft.storage.search_entries import SearchEntries
from weft.storage.search_spaces import SearchSpaces
from weft.storage.streams import Streams
from weft.storage.threads import Threads
from weft.storage.types import Database
from weft.storage.vectors import Vectors


class Collections:
    """One attribute a collection."""

    def __init__(self, database: Database) -> None:
        self.threads = Threads(database)
        self.messages = Messages(database)
        self.streams = Streams(database)
        self.deltas = Deltas(database)
        self.events = Events(database)
        self.generations = Generations(database)
        self.generation_places = GenerationPlaces(database)
        self.context_receipts = ContextReceipts(database)
        self.own_writes = OwnWrites()
        self.search_spaces = SearchSpaces(database)
        self.search_entries = SearchEntries(database, self.search_spaces, self.own_writes)
        self.vectors = Vectors(database)
        self.embedding_queue = EmbeddingQueue(database)
        self.embedding_migrations = EmbeddingMigrations(database)
        self.deletions = Deletions(database)
        self.erasures = Erasures(database)
        self.pending_calls = PendingCalls(database)
        self.removals = Removals(database)
        self.api_keys = ApiKeys(database)
        self.meta = Meta(database)
        self.backlog = Backlog(database)

        self.all = (
            self.threads,
            self.messages,
            self.streams,
            self.deltas,
            self.events,
            self.generations,
            self.generation_places,
            self.context_receipts,
            self.search_entries,
            self.search_spaces,
            self.embedding_migrations,
            self.deletions,
            self.erasures,
            self.pending_calls,
            self.api_keys,
        )

    async def create_indexes(self) -> None:
        """Creates what is missing; safe with several processes starting at once."""
        with translated():
            await asyncio.gather(*(each.collection.create_indexes(list(each.INDEXES)) for each in self.all))

    async def missing_indexes(self) -> list[str]:
        """Names of the indexes that should be there and are not, as `collection.index`."""
        missing: list[str] = []
        for each in self.all:
            with translated():
                there = await each.collection.index_information()
            wanted = (str(index.document["name"]) for index in each.INDEXES)
            missing += [f"{each.collection.name}.{name}" for name in wanted if name not in there]
        return missing
