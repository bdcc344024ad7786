"""The scripts of the docs in one npm project, with all that they may import: the client from its source."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.docs.blocks import ROOT, Block, of

CLIENT: Final = ROOT / "clients" / "typescript"
TYPED: Final = ("ts", "tsx")
PLAIN: Final = ("js", "jsx", "mjs")
_OPTIONS: Final[dict[str, Any]] = {
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
}


def write_project(folder: Path) -> None:
    """A folder for each page, with its blocks as the files that readers save them as."""
    for name, path in _packages():
        _link(folder / "node_modules" / name, path)
    _link_client(folder / "node_modules" / "weft-client")
    for block in of(*TYPED, *PLAIN):
        if block.page.startswith("docs/recipes/"):
            continue  # files of a project of its own, which tests/recipes checks
        path = folder / file_of(block)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text)
    (folder / "tsconfig.json").write_text(
        json.dumps({"compilerOptions": _OPTIONS, "include": ["**/*"], "exclude": ["node_modules"]})
    )


def folder_of(page: str) -> str:
    """Where the blocks of a page are."""
    return page.removesuffix(".md").replace("/", "_")


def file_of(block: Block) -> Path:
    """Where a reader would have saved it, beside the other blocks of its page."""
    suffix = {"js": "mjs"}.get(block.language, block.language)
    return Path(folder_of(block.page)) / (block.title or f"line_{block.line}.{suffix}")


def _packages() -> Iterator[tuple[str, Path]]:
    """Every installed npm package of this repository, the client's first."""
    for modules in (CLIENT / "node_modules", *sorted(ROOT.glob("*/*/node_modules"))):
        for path in sorted(modules.iterdir()) if modules.exists() else ():
            if path.name.startswith("@"):
                yield from ((f"{path.name}/{inner.name}", inner) for inner in path.iterdir())
            elif not path.name.startswith("."):
                yield path.name, path


def _link(there: Path, path: Path) -> None:
    if not there.is_symlink():
        there.parent.mkdir(parents=True, exist_ok=True)
        there.symlink_to(path)


def _link_client(there: Path) -> None:
    """The package as it is published, but from its source, so that nothing has to be built."""
    there.mkdir()
    (there / "src").symlink_to(CLIENT / "src")
    manifest = json.loads((CLIENT / "package.json").read_text())
    manifest["exports"] = {
        name: target["default"].replace("./dist/", "./src/").replace(".js", ".ts")
        for name, target in manifest["exports"].items()
    }
    (there / "package.json").write_text(json.dumps(manifest))
