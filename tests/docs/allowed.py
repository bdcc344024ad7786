"""The blocks that are not run, each with the reason. Whoever adds one says why it cannot be run."""

from typing import Final

NOT_RUN: Final = {
    'docs/operations.md: mongodump --uri "$WEFT_MONGODB_URI" --oplog --gzip --archive=weft.gz': (
        "MongoDB's own tools do not come with Weft, and the page says that these two lines were not run"
    ),
    "docs/operations.md: location / {": "a part of nginx's configuration, and there is no nginx where tests run",
}

TEXT: Final = ("text",)
"""Languages of what is shown and not done: output, a shape with holes. No program may hide in them."""
