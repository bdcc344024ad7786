"""Settings come from the environment, each with a default that serves one machine with nothing else installed."""

from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from weft.errors import ConfigError

SearchSetting: TypeAlias = Literal["auto", "atlas", "embedded"]
SearchLanguage: TypeAlias = Literal[
    "none",
    "danish",
    "dutch",
    "english",
    "finnish",
    "french",
    "german",
    "hungarian",
    "italian",
    "norwegian",
    "portuguese",
    "romanian",
    "russian",
    "spanish",
    "swedish",
    "turkish",
]


class Settings(BaseSettings):
    """`WEFT_` and the name in capitals: `WEFT_PORT=9000`."""

    model_config = SettingsConfigDict(env_prefix="WEFT_", env_ignore_empty=True)

    host: str = Field(default="127.0.0.1", description="Address to listen on; only loopback without authentication.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    data_dir: Path = Field(default=Path(".weft"), description="Where the embedded MongoDB keeps its data.")
    mongodb_uri: SecretStr | None = Field(default=None, description="A replica set or Atlas; without it, embedded.")
    stream_timeout: float = Field(
        default=600, ge=1, le=86_400, description="Seconds that a stream of another writer lives without an append."
    )
    search: SearchSetting = Field(
        default="auto",
        description="Who searches: `atlas`, MongoDB's own search indexes; `embedded`, Weft; `auto`, by what there is.",
    )
    search_language: SearchLanguage = Field(
        default="english", description="Whose words Weft's own search knows the forms of; `none` for no language."
    )
    search_memory_mb: int = Field(
        default=256, ge=1, le=1_000_000, description="Megabytes of vectors that Weft's own search keeps in memory."
    )
    database: str = Field(default="weft", description="Name of the database.")


def from_environment() -> Settings:
    """The settings of this process.

    Raises:
        ConfigError: a variable has a value that it cannot have; the message names the first such one.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = f"WEFT_{str(first['loc'][0]).upper()}"
        raise ConfigError(f"{name} is not usable: {first['msg'].lower()}") from None
