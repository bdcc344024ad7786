"""A viewer of a thread that checks as it reads: every event number once, every part of every stream once."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any

import websockets

DEADLINE = 40.0

EVENTS = """
subscription Events($id: ID!, $after: String) {
  threadEvents(threadId: $id, after: $after) {
    __typename
    ... on Event { cursor }
    ... on MessageSaved { uiMessage { key id order status text role error clientId } }
    ... on MessageRemoved { keys }
    ... on StreamStarted { stream { id order stepOrder end uiMessage { key text status } } }
    ... on StreamAdvanced { delta { streamId start end text } }
    ... on StreamEnded { streamId key state abortReason }
    ... on GenerationChanged { generation { id order status error } }
    ... on ThreadChanged { thread { id title } }
    ... on ResyncRequired { reason }
  }
}"""


def has_ended(generation: Mapping[str, Any], messages: Collection[Mapping[str, Any]]) -> bool:
    """Whether it has, and its answer is there. An event tells of things as they are when it is told: the news of a job
    that begins may say already that it has ended; what it wrote is told after that."""
    if generation["status"] not in ("SUCCEEDED", "FAILED", "ABORTED"):
        return False
    answered = any(each["role"] == "ASSISTANT" and each["order"] == generation["order"] for each in messages)
    return answered and not any(each["status"] in ("PENDING", "STREAMING") for each in messages)


class Viewer:
    """What a careful client knows: messages by key, streams with text and end. Raises on a gap or a repeat."""

    def __init__(self) -> None:
        self.cursor: str | None = None
        self.events: list[dict[str, Any]] = []
        self.messages: dict[str, dict[str, Any]] = {}
        self.streams: dict[str, dict[str, Any]] = {}
        self.ended: dict[str, str] = {}

    def take(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        self.cursor = event["cursor"]
        match event["__typename"]:
            case "MessageSaved":
                self.messages[event["uiMessage"]["key"]] = event["uiMessage"]
            case "StreamStarted":
                stream = event["stream"]
                assert stream["id"] not in self.streams, "a stream starts once"
                key = stream["uiMessage"]["key"]
                self.streams[stream["id"]] = {"key": key, "text": "", "end": stream["end"]}
            case "StreamAdvanced":
                self._advance(event["delta"])
            case "StreamEnded":
                key = self.streams[event["streamId"]]["key"]
                if event["state"] == "FINISHED":
                    assert self.messages[key]["status"] == "SUCCESS", "FINISHED never comes before its MessageSaved"
                self.ended[event["streamId"]] = event["state"]
            case "ResyncRequired":
                raise AssertionError(event["reason"])
            case _:
                pass

    def _advance(self, delta: dict[str, Any]) -> None:
        stream = self.streams[delta["streamId"]]
        assert delta["start"] == stream["end"], f"a gap or a repeat: {delta['start']} after {stream['end']}"
        assert delta["streamId"] not in self.ended, "nothing comes after the end"
        stream["end"] = delta["end"]
        stream["text"] += delta["text"]

    def finished(self, generation_id: str) -> bool:
        """Whether it has ended, and all that it wrote has been told."""
        changes = (e["generation"] for e in self.events if e["__typename"] == "GenerationChanged")
        told = [generation for generation in changes if generation["id"] == generation_id]
        return bool(told) and self.streams.keys() <= self.ended.keys() and has_ended(told[-1], self.messages.values())

    def texts(self) -> list[str]:
        """The texts of the messages told of, in order."""
        return [event["uiMessage"]["text"] for event in self.events if event["__typename"] == "MessageSaved"]

    def deltas(self) -> int:
        return sum(event["__typename"] == "StreamAdvanced" for event in self.events)


class Socket:
    """One graphql-transport-ws connection with one subscription on it."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket

    async def next(self) -> dict[str, Any]:
        """The next message of the server."""
        async with asyncio.timeout(DEADLINE):
            return dict(json.loads(await self._socket.recv()))

    async def event(self) -> dict[str, Any]:
        message = await self.next()
        assert message["type"] == "next", message
        data = message["payload"]["data"]
        return dict(next(iter(data.values())))

    async def feed(self, viewer: Viewer, until: Callable[[Viewer], bool]) -> None:
        """Lets the viewer take events until it has what it wants."""
        while not until(viewer):
            viewer.take(await self.event())


@asynccontextmanager
async def subscribed(url: str, query: str, **variables: Any) -> AsyncGenerator[Socket, None]:
    """A socket that has been acknowledged and has subscribed."""
    async with websockets.connect(url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        subscribe = {"id": "1", "type": "subscribe", "payload": {"query": query, "variables": variables}}
        await socket.send(json.dumps(subscribe))
        yield Socket(socket)


@asynccontextmanager
async def watching(url: str, thread_id: str, viewer: Viewer) -> AsyncGenerator[Socket, None]:
    """A socket that goes on from the viewer's cursor."""
    async with subscribed(url, EVENTS, id=thread_id, after=viewer.cursor) as socket:
        yield socket
