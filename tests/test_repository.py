"""Rules of the repository itself: links, locks and versions that must not drift apart."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NPM_LOCKS = sorted(ROOT.glob("*/*/package-lock.json"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("room", ["schema", "resolvers", "storage", "subscriptions"])
def test_a_link_at_the_root_leads_to_its_room(room: str) -> None:
    link = ROOT / room

    assert link.is_symlink()
    assert link.resolve() == ROOT / "src" / "weft" / room


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-docs.lock"])
def test_a_lock_file_pins_every_package_by_hash_and_names_no_index(lock: str) -> None:
    text = read(lock)
    packages = re.split(r"\n(?=[a-z0-9])", text.split("\n", 2)[2])

    assert all(re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", entry, re.DOTALL) for entry in packages)
    assert not re.search(r"https?://|file:|--index-url|--find-links", text)


@pytest.mark.parametrize("lock", NPM_LOCKS, ids=lambda path: path.parent.name)
def test_an_npm_lock_names_no_registry(lock: Path) -> None:
    assert '"resolved"' not in lock.read_text(encoding="utf-8")


def test_both_locks_agree() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9-]+==[^ ]+", read(name), flags=re.MULTILINE))

    assert pins("requirements.lock") < pins("requirements-dev.lock")


def test_the_newest_release_in_the_changelog_is_the_version_of_the_package() -> None:
    declared = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", read("CHANGELOG.md"), flags=re.MULTILINE)

    assert released[0] == declared == version("weft")
