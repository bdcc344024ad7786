"""The client: one for a program, for as long as it talks to one server as one caller."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from types import TracebackType
from typing import Any, Self
from weakref import WeakSet

from weft_client.api.client import Api
from weft_client.api.list_agents import ListAgentsAgents as Agent
from weft_client.api.server_info import ServerInfoServerInfo as ServerInfo
from weft_client.api.viewer import ViewerViewer as Viewer
from weft_client.live import LiveThread
from weft_client.rooms.generations import Generations
from weft_client.rooms.keys import Keys
from weft_client.rooms.messages import Messages
from weft_client.rooms.streams import Streams
from weft_client.rooms.threads import Threads
from weft_client.settings import Settings
from weft_client.texts import texts
from weft_client.tokens import Credentials, Token
from weft_client.transport import Transport


class Weft:
    """`url` is that of the GraphQL endpoint. `token`: a token or an API key, or a function that gives one.

    The function, which may be async, is asked for every request and every connection: a token that expires while a
    thread is followed is replaced without a character lost. `api` has every operation as it is generated from the
    schema; `threads`, `messages`, `generations`, `streams` and `keys` have the same in fewer words.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000/graphql",
        *,
        token: Token = None,
        settings: Settings | None = None,
    ) -> None:
        self._transport = Transport(url, Credentials(token), settings or Settings())
        self._live: WeakSet[LiveThread] = WeakSet()
        self.api = Api(self._transport)
        self.threads = Threads(self.api)
        self.messages = Messages(self.api)
        self.generations = Generations(self.api)
        self.streams = Streams(self.api)
        self.keys = Keys(self.api)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends everything that is followed or being sent."""
        for thread in list(self._live):
            await thread.close()
        await self._transport.close()

    def thread(self, thread_id: str) -> LiveThread:
        """A live thread. Nothing is read before it is iterated or entered."""
        thread = LiveThread(self._transport, thread_id)
        self._live.add(thread)
        return thread

    async def stream_text(self, thread_id: str, text: str, **options: Any) -> AsyncGenerator[str, None]:
        """Sends a message and gives the text of its answer piece by piece, to its end.

        `options` are those of `LiveThread.send`. Raises what keeps the message from being sent, and ProviderError or
        AbortedError if the answer fails. Should a model call be repeated after a failure amid its text, the pieces
        begin anew behind an empty line.
        """
        async with self.thread(thread_id) as thread, aclosing(texts(thread, thread.send(text, **options))) as pieces:
            async for piece in pieces:
                yield piece

    async def agents(self) -> list[Agent]:
        """The agents of the server, with their tools."""
        return await self.api.list_agents()

    async def server_info(self) -> ServerInfo:
        """Its version and its clock."""
        return await self.api.server_info()

    async def viewer(self) -> Viewer:
        """Whoever asks, as the server knows them."""
        return await self.api.viewer()
