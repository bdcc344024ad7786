"""The documents that a server executes when it does not execute all: manifests, as Relay's compiler and graphql-codegen
write them when they persist operations. They are JSON objects: `{"<id>": "<document>"}`, ids with or without `sha256:`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from weft.errors import ConfigError
from weft.threads.json_values import is_object

SETTING = "WEFT_DOCUMENTS"


def normal_id(given: str) -> str:
    """An id as it is looked up."""
    return given.removeprefix("sha256:").lower()


@dataclass(frozen=True, slots=True)
class DocumentList:
    """`by_id` has the texts by their ids, `texts` all of them."""

    by_id: Mapping[str, str]
    texts: frozenset[str]

    @staticmethod
    def read(path: Path) -> "DocumentList":
        """From a manifest, or from all `*.json` of a folder. Raises ConfigError that names a bad one."""
        texts: dict[str, str] = {}
        for file in _files(path):
            for id_, text in _manifest(file):
                if texts.setdefault(id_, text) != text:
                    raise ConfigError(f"{SETTING}: {file} has another document for the id {id_:.100}")
        if not texts:
            raise ConfigError(f"{SETTING}: {path} has no documents; nothing could be asked of this server")
        return DocumentList(texts, frozenset(texts.values()))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(path.glob("*.json"))


def _manifest(file: Path) -> Iterator[tuple[str, str]]:
    try:
        content: object = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{SETTING}: {file} cannot be read: {error.strerror}") from None
    except ValueError:
        raise ConfigError(f"{SETTING}: {file} is not JSON") from None
    if not is_object(content) or not all(isinstance(text, str) for text in content.values()):
        raise ConfigError(f'{SETTING}: {file} is no manifest: it must be an object of {{"<id>": "<document>"}}')
    for id_, text in content.items():
        yield normal_id(id_), text
