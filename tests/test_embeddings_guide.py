"""The program of the guide to embeddings does what the guide says."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from weft.storage.embedded import EmbeddedMongo

GUIDE = Path(__file__).parents[1] / "docs" / "embeddings.md"


def test_the_example_of_the_embeddings_guide_shows_what_it_says(
    mongod: EmbeddedMongo, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEFT_MONGODB_URI", mongod.uri)
    monkeypatch.setenv("WEFT_DATABASE", database)
    [program] = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(), flags=re.MULTILINE | re.DOTALL)
    module: dict[str, Any] = {"__name__": "embeddings"}
    exec(compile(program, str(GUIDE), "exec"), module)
    assert asyncio.run(module["look_at_vectors"]()) == ["1 made", "custom:lengths: 1", "[17.0, 1.0]"]
