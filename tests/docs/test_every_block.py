"""Every block of the docs is in a language that a test here runs, or allowed not to be run, with a reason."""

from typing import Final

import pytest
from tests.docs.allowed import NOT_RUN, TEXT
from tests.docs.blocks import Block, blocks_of, every_block

RUN: Final = {
    "python": "test_python_blocks",
    "graphql": "test_graphql_blocks",
    **dict.fromkeys(("sh", "bash", "shell", "console"), "test_shell_blocks"),
    **dict.fromkeys(("json", "yaml", "toml", "dockerfile"), "test_data_blocks"),
    **dict.fromkeys(("ts", "tsx", "js", "jsx", "mjs"), "test_script_blocks"),
}
MOST_ALLOWED: Final = 8


@pytest.mark.parametrize("block", every_block(), ids=lambda block: block.place)
def test_a_block_is_run_or_allowed_not_to_be(block: Block) -> None:
    language = block.language
    assert language in RUN or language in TEXT or block.begins in NOT_RUN, f"nothing runs {language or 'this'}"


def test_what_is_allowed_is_there_has_a_reason_and_is_little() -> None:
    assert set(NOT_RUN) <= {block.begins for block in every_block()}
    assert all(len(reason) > 20 for reason in NOT_RUN.values())
    assert len(NOT_RUN) <= MOST_ALLOWED


def test_a_block_is_found_with_its_place_its_title_and_what_it_prints() -> None:
    text = 'Text\n\n```python title="a.py"\nprint(1)\n```\n\n```text title="prints"\n1\n```\n\n'
    listed = "- item\n\n    ```sh\n    make run\n    ```\n"
    program, printed, inner = blocks_of("page.md", text + listed)
    assert (program.place, program.language, program.title, program.prints) == ("page.md:3", "python", "a.py", "1\n")
    assert (printed.line, printed.language) == (7, "text")
    assert (inner.text, inner.line) == ("make run\n", 13)
