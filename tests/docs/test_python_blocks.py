"""The Python of a page is one program: its blocks run after each other, and print what the page says that they print.

A block may `await`, and finds `weft` (an open Weft) and `thread` (one of Ann's, with an answer in it), as the page
tells its readers to have. A `main()` of a page is run.
"""

import ast
import asyncio
import inspect
import io
import sys
from contextlib import redirect_stdout
from types import ModuleType
from typing import Any

import pytest
from tests.docs.blocks import ROOT, Block, of
from tests.docs.world import ADDRESS, World

from weft.storage.embedded import EmbeddedMongo

PAGES = sorted({block.page for block in of("python")})
SECONDS = 30


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("keyless")
async def test_the_program_of_a_page_runs_and_prints_what_the_page_says(
    page: str, world: World, mongod: EmbeddedMongo, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEFT_MONGODB_URI", mongod.uri)
    monkeypatch.setenv("WEFT_DATABASE", database)
    monkeypatch.chdir(ROOT)
    # A page that sets prices sets them for its readers' process, not for the tests after it.
    monkeypatch.setattr("weft.llm.prices._own", {})
    names: dict[str, Any] = {"__name__": page, "weft": world.weft, "thread": await world.thread()}
    for block in (each for each in of("python") if each.page == page):
        # A file has what it imports, and those after it may import from it.
        own = names if block.title is None else {"__name__": block.title.removesuffix(".py")}
        printed = await _run(block, ADDRESS.sub(world.address, block.text), own)
        if block.title is not None:
            monkeypatch.setitem(sys.modules, own["__name__"], _module(own))
        if block.prints is not None:
            assert printed == block.prints, block.place


def _module(names: dict[str, Any]) -> ModuleType:
    module = ModuleType(str(names["__name__"]))
    vars(module).update(names)
    return module


async def _run(block: Block, text: str, names: dict[str, Any]) -> str:
    """What a block prints, and `main()` if the block has one."""
    names.pop("main", None)
    program = compile(text, block.place, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    out = io.StringIO()
    async with asyncio.timeout(SECONDS):
        with redirect_stdout(out):
            running = eval(program, names)
            if inspect.isawaitable(running):
                await running
            if inspect.iscoroutinefunction(main := names.get("main")):
                await main()
    return out.getvalue()
