"""Every command of the docs is one that there is, called as it may be; every curl is sent to a real server."""

import asyncio
import json
import shlex

import pytest
from tests.docs.allowed import NOT_RUN
from tests.docs.blocks import of
from tests.docs.shell import check, commands_in, words_of
from tests.docs.world import ADDRESS, Reader, World, assert_well

SECONDS = 30
SHELL = [block for block in of("sh", "bash", "shell", "console") if block.begins not in NOT_RUN]
COMMANDS = [(block, command) for block in SHELL for command in commands_in(block)]
PLAIN = [(block.place, command) for block, command in COMMANDS if words_of(command)[:1] != ["curl"]]
CURLS = [(block.place, command) for block, command in COMMANDS if words_of(command)[:1] == ["curl"]]


@pytest.mark.parametrize(("place", "command"), PLAIN)
def test_a_command_is_called_as_it_may_be(place: str, command: str) -> None:
    check(command)


@pytest.mark.parametrize(("place", "command"), CURLS)
async def test_a_curl_gets_an_answer_that_nothing_is_wrong_with(place: str, command: str, world: World) -> None:
    reader = Reader(world, await world.thread())
    sent = ADDRESS.sub(world.address, await reader.filled(command))
    process = await asyncio.create_subprocess_exec(*shlex.split(sent), stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(SECONDS):
        if "event-stream" in sent:
            async with reader.happening():
                told = await process.stdout.readuntil(b"data: ") + await process.stdout.readline()
            process.terminate()
        else:
            told = await process.stdout.read()
        code = await process.wait()
    text = told.decode().rpartition("data: ")[2]
    assert code == 0 or "event-stream" in sent, told
    if not text.startswith("{"):
        return
    assert_well(json.loads(text))


def test_a_block_of_commands_is_not_empty() -> None:
    assert all(list(commands_in(block)) for block in SHELL)


@pytest.mark.parametrize(
    "command",
    [
        "weft serv main:app",
        "weft serve",
        "weft keys issue --scop admin",
        "make tset",
        "npm install no-such-one",
        "rm x",
    ],
)
def test_a_command_that_there_is_not_is_found(command: str) -> None:
    with pytest.raises(BaseException):  # noqa: B017, PT011 - each checker has an error of its own
        check(command)
