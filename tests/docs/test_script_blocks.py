"""All scripts of the docs in one project: TypeScript is checked strictly, against the client's source; JavaScript must
parse, and what it does is proved where `RUN_BY` says."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.docs.blocks import ROOT, Block, of

CLIENT: Final = ROOT / "clients" / "typescript"
TYPED: Final = ("ts", "tsx")
PLAIN: Final = ("js", "jsx", "mjs")
SECONDS: Final = 120
RUN_BY: Final = {
    "docs/ai-sdk.md": "tests/adapters/node.py",
    "docs/security.md": "tests/identity/test_guide.py",
    "docs/transports.md": "tests/protocol/test_guide.py",
}


def file_of(block: Block) -> Path:
    """Where a reader would have saved it, beside the other blocks of its page."""
    suffix = {"js": "mjs", "mjs": "mjs"}.get(block.language, block.language)
    name = block.title or f"line_{block.line}.{suffix}"
    return Path(block.page.removesuffix(".md").replace("/", "_")) / name


def packages() -> Iterator[tuple[str, Path]]:
    """Every installed npm package of this repository, the client's first."""
    for modules in (CLIENT / "node_modules", *sorted(ROOT.glob("*/*/node_modules"))):
        for path in sorted(modules.iterdir()) if modules.exists() else ():
            if path.name.startswith("@"):
                yield from ((f"{path.name}/{inner.name}", inner) for inner in path.iterdir())
            elif not path.name.startswith("."):
                yield path.name, path


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the blocks, and all that they may import."""
    folder = tmp_path_factory.mktemp("docs")
    for name, path in packages():
        there = folder / "node_modules" / name
        if not there.is_symlink():
            there.parent.mkdir(parents=True, exist_ok=True)
            there.symlink_to(path)
    for block in of(*TYPED, *PLAIN):
        path = folder / file_of(block)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text)
    options = {
        "target": "ES2022",
        "lib": ["ES2023", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
        "module": "ESNext",
        "moduleResolution": "bundler",
        "moduleDetection": "force",
        "jsx": "react-jsx",
        "types": [],
        "strict": True,
        "noUncheckedIndexedAccess": True,
        "exactOptionalPropertyTypes": True,
        "skipLibCheck": True,
        "allowJs": True,
        "noEmit": True,
        "paths": {
            "weft-client": [str(CLIENT / "src" / "index.ts")],
            "weft-client/react": [str(CLIENT / "src" / "react" / "index.ts")],
            "weft-client/operations": [str(CLIENT / "src" / "generated" / "operations.ts")],
        },
    }
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["*/*"]}))
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
