"""Tools that hang, flood or raise what ends a process: their call ends with an error, and nobody else is harmed."""

from pathlib import Path

import pytest
from tests.live.desk import desk
from tests.live.runs import Run
from tests.live.server import serving

from weft.storage.types import Database

OUTPUTS = """
query Outputs($id: ID!) { thread(id: $id) { messages { edges { node { role status text content } } } } }"""
ERRORS = {
    "hang": "Error: the tool did not end within 2 seconds",
    "block": "Error: the tool did not end within 2 seconds",
    "flood": "Error: the output is over 1,048,576 bytes as JSON, the most that a tool may give; give less",
    "leave": "Error: SystemExit: 3",
    "interrupt": "Error: KeyboardInterrupt",
}


@pytest.mark.parametrize("name", ERRORS)
async def test_a_tool_that_does_not_behave_harms_nobody_else(
    env: dict[str, str], log: Path, db: Database, name: str
) -> None:
    """`hang` and `block` stand at the desk until all is over: nothing here waits for them."""
    async with desk("hang", "block") as at, serving(env | at.env, log) as server:
        bad, other = Run(env, at), Run(env, at)
        await bad.begin(server, name)
        if name in ("hang", "block"):
            await at.reached(name)
        await other.begin(server, "echo")
        await other.end(server)
        generation = (await bad.end(server))["generation"]
        assert (generation["status"], at.reports[name]) == ("SUCCEEDED", 1)
        data = await server.call(OUTPUTS, id=bad.thread)
        _, _, called, said = [edge["node"] for edge in data["thread"]["messages"]["edges"]]
        (output,) = [part["output"] for part in called["content"]]
        assert output == {"type": "error-text", "value": ERRORS[name]}
        assert said["text"] == "Step 2: after 1 results."
        await other.begin(server, "echo")
        await other.end(server)
