"""A guide's program does what the guide says: it is run as it stands, against the real MongoDB."""

import re
from pathlib import Path
from typing import Any

import pytest

from weft.storage.embedded import EmbeddedMongo

GUIDES = Path(__file__).parents[1] / "docs"


def test_the_example_of_the_testing_guide_passes(
    mongod: EmbeddedMongo, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEFT_MONGODB_URI", mongod.uri)
    monkeypatch.setenv("WEFT_DATABASE", database)
    [program] = re.findall(
        r"^```python\n(.*?)^```$", (GUIDES / "testing.md").read_text(), flags=re.MULTILINE | re.DOTALL
    )
    module: dict[str, Any] = {}

    exec(compile(program, "testing.md", "exec"), module)

    module["test_support_greets_a_customer"]()
