"""`python -m tools.docs build`: the site of docs/ in site/, or what is wrong with it; `serve` shows it as you write."""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import Any, Final

from tools.docs.decisions_index import decisions_index
from tools.docs.errors_reference import errors_reference
from tools.docs.examples_page import examples_page
from tools.docs.graphql_reference import graphql_reference
from tools.docs.operator_reference import commands_reference, settings_reference
from tools.docs.python_reference import python_reference
from tools.docs.site_check import problems, unlisted

from weft.resolvers.sdl import print_schema

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
SITE: Final = ROOT / "site"
# It colours every letter of a warning, whoever reads.
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
_ZENSICAL: Final = str(Path(sys.executable).with_name("zensical"))


def generated() -> dict[str, str]:
    """The pages that are made from the code, by their path in docs/."""
    sdl = print_schema()
    pages = {f"reference/graphql/{name}": text for name, text in graphql_reference(sdl).items()}
    pages |= {f"reference/python/{name}": text for name, text in python_reference().items()}
    return pages | {
        "reference/settings.md": settings_reference(),
        "reference/commands.md": commands_reference(),
        "reference/errors.md": errors_reference(sdl),
        "examples/index.md": examples_page(DOCS / "examples"),
        "decisions/index.md": decisions_index(DOCS / "decisions"),
        # From the root its links go into docs/, from here they start there.
        "changelog.md": (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").replace("](docs/", "]("),
    }


def write(pages: Mapping[str, str]) -> None:
    """Writes what has changed, and removes pages of an earlier run that are no more."""
    for path in (DOCS / "reference").rglob("*.md"):
        if path.relative_to(DOCS).as_posix() not in pages:
            path.unlink()
    for name, text in pages.items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def build() -> int:
    write(generated())
    shutil.rmtree(SITE, ignore_errors=True)
    built = subprocess.run(
        [_ZENSICAL, "build", "--clean", "--strict"], cwd=ROOT, check=False, text=True, stdout=PIPE, stderr=STDOUT
    )
    print(_COLOURS.sub("", built.stdout), end="")
    yaml: Any = import_module("yaml")
    configured = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    found = [*unlisted(DOCS, configured["nav"]), *(problems(SITE) if built.returncode == 0 else [])]
    for problem in found:
        print(problem, file=sys.stderr)
    return built.returncode or bool(found)


def serve() -> int:
    write(generated())
    return subprocess.run([_ZENSICAL, "serve"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit({"build": build, "serve": serve}[sys.argv[1] if len(sys.argv) > 1 else "build"]())
