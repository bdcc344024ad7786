"""A client as it should be: it comes back after every cut, to any server that is left, and reads again when it must."""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import websockets
from tests.live.server import ServerProcess
from tests.live.viewer import DEADLINE, EVENTS, Socket, has_ended

SCREEN = """
query Screen($id: ID!) {
  thread(id: $id) {
    cursor title
    uiMessages(first: 100) { edges { node { key id order status text role error clientId } } }
    streams(states: [STREAMING]) { id order stepOrder end uiMessage { key text status } }
  }
}"""
SHOWN = ("key", "id", "status", "text", "error")


class Screen:
    """What is shown, kept right by events; it fails on a part that is missing or comes twice."""

    def __init__(self) -> None:
        self.cursor: str | None = None
        self.messages: dict[str, dict[str, Any]] = {}
        self.streams: dict[str, dict[str, Any]] = {}
        self.title: str | None = None
        self.generations: dict[str, dict[str, Any]] = {}
        self.deltas = 0
        self.written = ""
        self.resyncs = 0

    def read(self, thread: dict[str, Any]) -> None:
        """Begins anew with a page."""
        self.cursor, self.title = thread["cursor"], thread["title"]
        self.messages = {edge["node"]["key"]: edge["node"] for edge in thread["uiMessages"]["edges"]}
        self.streams = {stream["id"]: {"end": stream["end"]} for stream in thread["streams"]}

    def take(self, event: dict[str, Any]) -> None:
        match event["__typename"]:
            case "MessageSaved":
                self.messages[event["uiMessage"]["key"]] = event["uiMessage"]
            case "MessageRemoved":
                for key in event["keys"]:
                    self.messages.pop(key, None)
            case "StreamStarted":
                assert event["stream"]["id"] not in self.streams, "a stream starts once"
                self.streams[event["stream"]["id"]] = {"end": event["stream"]["end"]}
            case "StreamAdvanced":
                self._advance(event["delta"])
            case "StreamEnded":
                del self.streams[event["streamId"]]
            case "GenerationChanged":
                self.generations[event["generation"]["id"]] = event["generation"]
            case "ThreadChanged":
                self.title = event["thread"]["title"]
            case other:
                raise AssertionError(other)
        self.cursor = event["cursor"]

    def _advance(self, delta: dict[str, Any]) -> None:
        stream = self.streams[delta["streamId"]]
        assert delta["start"] == stream["end"], f"a gap or a repeat: {delta['start']} after {stream['end']}"
        stream["end"] = delta["end"]
        self.deltas += 1
        self.written += delta["text"]

    def waits(self, generation: str) -> bool:
        """Whether somebody has to decide something."""
        told = self.generations.get(generation)
        return told is not None and told["status"] == "WAITING"

    def over(self, generation: str) -> bool:
        """Whether it has ended, and all that it wrote has been told."""
        told = self.generations.get(generation)
        return told is not None and not self.streams and has_ended(told, self.messages.values())

    def shown(self) -> list[dict[str, Any]]:
        return shown(self.messages.values())


def shown(messages: Any) -> list[dict[str, Any]]:
    """What is compared of messages, in an order of its own."""
    return sorted(({name: message[name] for name in SHOWN} for message in messages), key=lambda it: str(it["key"]))


async def stored(server: ServerProcess, thread: str) -> list[dict[str, Any]]:
    """What a client shows that reads the thread now."""
    page = (await server.call(SCREEN, id=thread))["thread"]
    assert page["streams"] == []
    return shown(edge["node"] for edge in page["uiMessages"]["edges"])


class Client:
    """Follows a thread over the servers it knows, from the first that answers on."""

    def __init__(self, servers: Sequence[ServerProcess], thread: str) -> None:
        self.screen = Screen()
        self.cuts: int = 0
        self.lines: int = 0
        self.codes: list[int] = []
        self.servers = list(servers)
        self._thread = thread

    async def read(self) -> None:
        """Begins with what is stored now, if that can be read now."""
        answer = await self.servers[0].post(SCREEN, id=self._thread)
        if "errors" not in answer:
            self.screen.read(answer["data"]["thread"])

    async def follow(self, until: Callable[[Screen], bool]) -> None:
        """Until the screen shows what is wanted, through every cut."""
        async with asyncio.timeout(3 * DEADLINE):
            while not until(self.screen):
                try:
                    await self.connected(until)
                except (OSError, websockets.InvalidMessage, websockets.InvalidStatus):
                    self.servers.append(self.servers.pop(0))
                except websockets.ConnectionClosed as closed:
                    self.cuts += 1
                    self.codes.append(1006 if closed.rcvd is None else closed.rcvd.code)

    async def connected(self, until: Callable[[Screen], bool], cut_after: int | None = None) -> None:
        """One connection, to its end or until it is cut after so many messages, without a word."""
        url, subprotocol = self.servers[0].socket_url, websockets.Subprotocol("graphql-transport-ws")
        async with websockets.connect(url, subprotocols=[subprotocol], open_timeout=DEADLINE) as line:
            await line.send(json.dumps({"type": "connection_init"}))
            await self._subscribe(line)
            left = cut_after
            while not until(self.screen):
                if left == 0:
                    line.transport.abort()
                    self.cuts += 1
                    return
                if not await self._take(line):
                    return
                left = None if left is None else left - 1

    async def _subscribe(self, line: websockets.ClientConnection) -> None:
        variables = {"id": self._thread, "after": self.screen.cursor}
        payload = {"query": EVENTS, "variables": variables}
        await line.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))

    async def _take(self, line: websockets.ClientConnection) -> bool:
        """The next message; False when it is to connect anew."""
        message = await Socket(line).next()
        match message["type"]:
            case "connection_ack" | "ping":
                self.lines += message["type"] == "connection_ack"
                return True
            case "error":
                assert message["payload"][0]["extensions"]["code"] == "UNAVAILABLE", message
                return False
            case "complete":
                return False
            case _:
                event = message["payload"]["data"]["threadEvents"]
        if event["__typename"] == "ResyncRequired":
            self.screen.resyncs += 1
            with suppress(OSError):
                await self.read()
            return False
        self.screen.take(event)
        return True
