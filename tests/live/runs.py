"""A run of several steps, followed by a viewer from its beginning to its end, whatever becomes of its servers."""

from typing import Any

from tests.live.desk import Desk
from tests.live.server import ServerProcess
from tests.live.viewer import Viewer, watching
from tests.support import wait_until

RUN = """
query Run($id: ID!, $generation: ID!) {
  thread(id: $id) {
    messages { edges { node { order stepOrder role status text content usage { inputTokens outputTokens } } } }
    uiMessages { edges { node { key text status } } }
    streams(states: [STREAMING]) { id }
    usage { inputTokens outputTokens totalTokens }
    pendingApprovals { toolCallId approval { id } }
  }
  generation: node(id: $generation) {
    ... on Generation { status error attempts usage { inputTokens outputTokens totalTokens } }
  }
}"""
APPROVE = """
mutation Approve($input: ToolDecisionInput!) {
  approveToolCall(input: $input) { stillPending userErrors { code } }
}"""


class TurnViewer(Viewer):
    """An answer that goes on after it was broken off or waited has several streams, and is PENDING between them."""

    def take(self, event: dict[str, Any]) -> None:
        if event["__typename"] != "StreamEnded":
            super().take(event)
            return
        self.events.append(event)
        self.cursor = event["cursor"]
        self.ended[event["streamId"]] = event["state"]


class Run:
    """A run of three steps, seen by a viewer from its beginning to its end over several servers."""

    def __init__(self, env: dict[str, str], desk: Desk) -> None:
        self.env = env | desk.env
        self.desk = desk
        self.viewer = TurnViewer()
        self.thread = ""
        self.generation = ""

    async def begin(self, server: ServerProcess, agent: str) -> None:
        self.thread = await server.new_thread()
        self.viewer.cursor = (await server.thread(self.thread))["cursor"]
        self.generation = (await server.send(self.thread, agent))["generation"]["id"]

    async def end(self, server: ServerProcess) -> dict[str, Any]:
        """Follows it to its end, from what the viewer knows; returns what is stored then."""
        async with watching(server.socket_url, self.thread, self.viewer) as socket:
            await socket.feed(self.viewer, lambda viewer: viewer.finished(self.generation))
        return await self.stored(server)

    async def stored(self, server: ServerProcess) -> dict[str, Any]:
        return await server.call(RUN, id=self.thread, generation=self.generation)

    async def waits(self, server: ServerProcess) -> str:
        """Waits until nothing runs before somebody decides; the id of the question."""

        async def holds() -> bool:
            return bool((await self.stored(server))["generation"]["status"] == "WAITING")

        await wait_until(holds)
        return await self.question(server)

    async def question(self, server: ServerProcess) -> str:
        (asked,) = (await self.stored(server))["thread"]["pendingApprovals"]
        return str(asked["approval"]["id"])

    async def approve(self, server: ServerProcess, question: str) -> None:
        done = await server.call(APPROVE, input={"threadId": self.thread, "approvalId": question})
        assert done["approveToolCall"] == {"stillPending": 0, "userErrors": []}
