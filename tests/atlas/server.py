"""The server itself: it listens on loopback, and what tests turn on it."""

import asyncio

from pymongo import AsyncMongoClient
from pymongo.uri_parser import parse_uri
from tests.atlas.aggregates import Aggregates
from tests.atlas.builder import Builder
from tests.atlas.catalog import Catalog
from tests.atlas.commands import Commands
from tests.atlas.connection import Connection
from tests.atlas.faults import Fault, Faults
from tests.atlas.indexes import SearchIndex, State
from tests.atlas.modes import Mode
from tests.atlas.refusals import Refused
from tests.atlas.wire import CODEC

from weft.storage.types import Client


class AtlasServer:
    """See `tests.atlas`. One server is for one event loop."""

    def __init__(self, mongod_uri: str, *, mode: Mode = Mode.ATLAS, rank_fusion: bool = True) -> None:
        self._mongod_uri = mongod_uri
        self._behind: tuple[str, int] = parse_uri(mongod_uri)["nodelist"][0]
        self._mode, self._rank_fusion = mode, rank_fusion
        self._client: Client = AsyncMongoClient(mongod_uri, datetime_conversion=CODEC.datetime_conversion)
        self._builder = Builder(self._client)
        self._catalog = Catalog(self._builder)
        self._faults = Faults()
        self._connections: set[asyncio.Task[None]] = set()
        self._wrong: list[Exception] = []
        self._listener: asyncio.Server | None = None
        self.uri = ""

    async def start(self) -> None:
        self._listener = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        address = "{}:{}".format(*self._listener.sockets[0].getsockname()[:2])
        aggregates = Aggregates(self._catalog, self._client, self._mode, self._rank_fusion)
        self._commands = Commands(aggregates, self._catalog, self._faults, address)
        self.uri = self._mongod_uri.replace("{}:{}".format(*self._behind), address)

    async def close(self) -> None:
        """Raises what went wrong in this server itself."""
        if self._listener is not None:
            self._listener.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._builder.close()
        await self._client.close()
        wrong = [*self._wrong, *self._builder.wrong]
        if wrong:
            raise ExceptionGroup("the server that stands in for Atlas has a defect", wrong)

    # ------------------------------------------------------------ what the indexes know

    async def caught_up(self) -> None:
        """Returns when every write that has returned is in the indexes that are built."""
        await self._builder.caught_up()

    def hold(self) -> None:
        """From now on the indexes learn of no further write."""
        self._builder.following.clear()

    def release(self) -> None:
        """The indexes learn of what was held back, and follow again."""
        self._builder.following.set()

    # ------------------------------------------------------------ how far the indexes are

    def hold_builds(self) -> None:
        """From now on no new or changed index becomes queryable, and no dropped one goes from the list."""
        self._builder.building.clear()

    async def finish_building(self) -> None:
        """Returns when every index is built that was made, and gone that was dropped; nothing is held any more."""
        await self._builder.finish()

    def index(self, database: str, collection: str, name: str) -> SearchIndex:
        """The index of that name. Raises KeyError."""
        found = self._catalog.named(database, collection, name)
        if found is None:
            raise KeyError(name)
        return found

    def set_state(self, database: str, collection: str, name: str, state: State) -> None:
        """Puts an index into a state, for example FAILED; it stays there."""
        self.index(database, collection, name).main.state = state

    # ------------------------------------------------------------ what goes wrong

    def fail(self, name: str, code: int, text: str, *, code_name: str | None = None, times: int | None = None) -> None:
        """Answers a command, or an aggregate with that search stage, with an error: so many times, or until `mend`."""
        self._faults.plan(name, Fault(Refused(text, code, code_name), times))

    def hang_up(self, name: str, *, times: int | None = None) -> None:
        """Ends the connection instead of an answer to a command, or to an aggregate with that search stage."""
        self._faults.plan(name, Fault(None, times))

    def mend(self, name: str) -> None:
        """Takes back what `fail` or `hang_up` said."""
        self._faults.take_back(name)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await Connection(reader, writer, self._commands.look).run(*self._behind)
        except asyncio.CancelledError:
            return
        except Exception as error:
            self._wrong.append(error)
        finally:
            self._connections.discard(task)
