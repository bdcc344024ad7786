"""The programs of docs/examples on one page, each with what its docstring says."""

import ast
from pathlib import Path

_HEAD = """# Examples

Whole programs. Each is an app: `weft dev docs.examples.memory:app` runs it with the demo model, `WEFT_MODEL` names
another one. The tests run every one of them.

"""


def examples_page(folder: Path) -> str:
    """The page. Raises ValueError for a program that does not say what it shows."""
    return _HEAD + "".join(_example(path) for path in sorted(folder.glob("*.py")))


def _example(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    module = ast.parse(text)
    said = ast.get_docstring(module)
    if not said:
        raise ValueError(f"{path} does not say what it shows")
    # The last paragraph of each is how to run it.
    about, _, run = said.rpartition("\n\n")
    code = "".join(text.splitlines(keepends=True)[module.body[0].end_lineno :]).strip()
    head = (
        f"## {path.stem.replace('_', ' ').capitalize()} {{ #{path.stem} }}\n\n{about}\n\n```sh\n{run.strip()}\n```\n\n"
    )
    return f'{head}```python title="docs/examples/{path.name}"\n{code}\n```\n\n'
