"""The schema as text: what `weft schema print` writes and the committed snapshot holds."""

from pathlib import Path
from typing import Final

from weft import schema as schema_room
from weft.resolvers.root import schema

SNAPSHOT: Final = Path(schema_room.__file__).with_name("schema.graphql")


def print_schema() -> str:
    """The SDL of the API, the same text every time, with a newline at its end."""
    return schema.as_str().rstrip("\n") + "\n"
