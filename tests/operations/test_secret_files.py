"""Secrets may be in files: read once at the start, refused with a clear reason, and never shown."""

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from weft import Agent, create_app
from weft.doctor import examine
from weft.errors import ConfigError, ProviderError
from weft.llm.openai_sdk import OPENAI
from weft.secret_files import MAX_BYTES, secret
from weft.settings import Settings, from_environment, is_secret, variable_of

HELD = "0123456789abcdef0123456789abcdef-held"
SECRETS = [name for name, field in Settings.model_fields.items() if is_secret(field)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "held"


def test_a_directory_a_missing_file_and_one_that_is_not_ours_to_read_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for path, why in ((tmp_path, "Is a directory"), (tmp_path / "none", "No such file or directory")):
        monkeypatch.setenv("WEFT_JWT_SECRET_FILE", str(path))
        with pytest.raises(ConfigError) as refused:
            from_environment()
        assert refused.value.message == f"WEFT_JWT_SECRET_FILE is not usable: cannot read {path}: {why}"


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"  \n", "is empty"),
        (b"\xff\xfe\x00secret", "is not text in UTF-8"),
        (b"secret\0", "holds a zero byte"),
        (b"s" * (MAX_BYTES + 1), "has more than 65,536 bytes"),
    ],
)
def test_what_is_no_secret_is_refused_and_not_quoted(
    monkeypatch: pytest.MonkeyPatch, file: Path, held: bytes, why: str
) -> None:
    file.write_bytes(held)
    monkeypatch.setenv("WEFT_MONGODB_URI_FILE", str(file))
    with pytest.raises(ConfigError) as refused:
        from_environment()
    assert refused.value.message == f"WEFT_MONGODB_URI_FILE is not usable: {file} {why}"


def test_a_file_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY_FILE", "/dev/zero")
    with pytest.raises(ConfigError, match="has more than 65,536 bytes"):
        create_app([], settings=Settings())


@pytest.mark.parametrize("name", [*map(variable_of, SECRETS), "OPENAI_API_KEY", "ANTHROPIC_API_KEY"])
def test_given_twice_it_is_refused(monkeypatch: pytest.MonkeyPatch, file: Path, name: str) -> None:
    file.write_text(HELD)
    monkeypatch.setenv(name, HELD)
    monkeypatch.setenv(f"{name}_FILE", str(file))
    with pytest.raises(ConfigError) as refused:
        create_app([])
    assert refused.value.message == f"{name} and {name}_FILE are both set; set one of them"


def test_every_setting_that_is_a_secret_can_be_in_a_file(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    assert SECRETS == ["mongodb_uri", "jwt_secret"]
    for name in SECRETS:
        file.write_text(f"{HELD}-{name}\r\n")
        path = file.rename(file.with_name(name))
        monkeypatch.setenv(f"{variable_of(name)}_FILE", str(path))
    settings = from_environment()
    for name in SECRETS:
        value: SecretStr = getattr(settings, name)
        assert value.get_secret_value() == f"{HELD}-{name}"
    assert HELD not in repr(settings)


def test_what_stands_in_a_file_has_to_be_as_good_as_what_a_variable_holds(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    file.write_text("short and guessable\n")
    monkeypatch.setenv("WEFT_JWT_SECRET_FILE", str(file))
    with pytest.raises(ConfigError, match="WEFT_JWT_SECRET is not usable: it must have at least 32 bytes") as refused:
        from_environment()
    assert "guessable" not in refused.value.message


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    file.write_text(HELD)
    monkeypatch.setenv("WEFT_JWT_SECRET", "")
    monkeypatch.setenv("WEFT_JWT_SECRET_FILE", str(file))
    monkeypatch.setenv("WEFT_MONGODB_URI_FILE", "")
    settings = from_environment()
    assert settings.jwt_secret is not None
    assert settings.mongodb_uri is None


def test_a_file_is_read_once_so_that_all_of_a_process_has_one_secret(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    file.write_text("first\n")
    monkeypatch.setenv("ANTHROPIC_API_KEY_FILE", str(file))
    assert secret("ANTHROPIC_API_KEY") == "first"
    file.write_text("second\n")
    assert secret("ANTHROPIC_API_KEY") == "first"


def test_a_provider_has_its_key_from_a_file_and_says_when_it_cannot(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    file.write_text("sk-from-a-file\n")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY_FILE", str(file))
    assert OPENAI.api_key() == "sk-from-a-file"
    monkeypatch.setenv("OPENAI_API_KEY_FILE", str(file.with_name("gone")))
    with pytest.raises(ProviderError, match="OPENAI_API_KEY_FILE is not usable: cannot read"):
        OPENAI.api_key()


async def test_the_doctor_says_where_secrets_come_from_and_not_what_they_are(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    file.write_text(f"{HELD}\n")
    monkeypatch.setenv("WEFT_JWT_SECRET_FILE", str(file))
    monkeypatch.setenv("OPENAI_API_KEY_FILE", str(file))
    monkeypatch.setenv("WEFT_MONGODB_URI", f"mongodb://u:{HELD}@127.0.0.1:1/?replicaSet=x&serverSelectionTimeoutMS=1")
    app = create_app([Agent("a", model="openai:gpt-5-mini")])
    findings = {each.subject: each async for each in examine(app)}
    assert findings["WEFT_JWT_SECRET"].found == f"from the file {file}"
    assert findings["WEFT_MONGODB_URI"].found == "from the environment"
    assert findings["agent a"].found == f"model openai:gpt-5-mini, OPENAI_API_KEY from the file {file}"
    assert HELD not in repr(findings)
    own = create_app([], settings=Settings.model_validate({"jwt_secret": f"{HELD}-2", "mongodb_uri": None}))
    own.settings.mongodb_uri = SecretStr(os.environ["WEFT_MONGODB_URI"])
    findings = {each.subject: each async for each in examine(own)}
    assert findings["WEFT_JWT_SECRET"].found == "given by the app's own code"
