"""All scripts of the docs in one project: TypeScript is checked strictly, against the client's source; JavaScript must
parse, and what it does is proved where `RUN_BY` says. The page that a frontend begins with is used in a browser."""

import asyncio
import subprocess
from pathlib import Path
from typing import Final

import pytest
from tests.docs.blocks import ROOT, of
from tests.docs.scripts import CLIENT, PLAIN, folder_of, write_project
from tests.docs.world import ADDRESS, World

SECONDS: Final = 120
FIRST: Final = "docs/start/frontend.md"
RUN_BY: Final = {
    "docs/ai-sdk.md": "tests/adapters/node.py",
    "docs/security.md": "tests/identity/test_guide.py",
    "docs/transports.md": "tests/protocol/test_guide.py",
}
# What Vite's template puts there.
INDEX: Final = (
    '<link rel="icon" href="data:," /><div id="root"></div><script type="module" src="/src/main.tsx"></script>'
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    write_project(folder)
    return folder


def test_the_scripts_of_the_docs_fit_the_packages_that_they_import(project: Path) -> None:
    compiler = CLIENT / "node_modules" / ".bin" / "tsc"
    told = subprocess.run(
        [compiler, "--project", project], capture_output=True, text=True, check=False, timeout=SECONDS
    )
    assert told.returncode == 0, told.stdout


def test_what_a_page_shows_in_javascript_is_run_somewhere() -> None:
    assert {block.page for block in of(*PLAIN)} <= set(RUN_BY)
    for page, test in RUN_BY.items():
        assert Path(page).name in (ROOT / test).read_text(), f"{test} does not read {page}"


async def test_the_first_page_of_a_frontend_chats_and_asks_in_a_browser(world: World, project: Path) -> None:
    folder = project / folder_of(FIRST)
    config = folder / "vite.config.ts"
    config.write_text(ADDRESS.sub(world.address, config.read_text()))
    (folder / "index.html").write_text(INDEX)
    (folder / "package.json").write_text('{"type": "module"}')
    process = await asyncio.create_subprocess_exec(
        "node", Path(__file__).with_name("frontend.mjs"), folder,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(SECONDS):
        printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()
    assert printed.decode().splitlines() == [
        "proved: 2 messages after a question with a tool call",
        "proved: 0 questions after it was allowed",
    ]
