"""Settings come from the environment, each with a default that serves one machine with nothing else installed."""

from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypeVar, get_args
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from weft.errors import ConfigError
from weft.secret_files import secret

SHORTEST_SECRET = 32
"""Bytes. A secret that can be guessed lets anybody be anybody."""

_MIB: Final = 1024 * 1024

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


class LimitSettings(BaseSettings):
    """How much anybody may ask for: `WEFT_LIMIT_` and the name in capitals. Whoever asks for more is told the limit."""

    model_config = SettingsConfigDict(env_prefix="WEFT_LIMIT_", env_ignore_empty=True)

    body_bytes: int = Field(default=4 * _MIB, ge=1024, description="Bytes of the body of a GraphQL request.")
    chat_body_bytes: int = Field(
        default=16 * _MIB, ge=1024, description="Bytes of a post of the AI SDK, which sends whole chats."
    )
    frame_bytes: int = Field(default=4 * _MIB, ge=1024, description="Bytes of a message of a WebSocket.")
    prompt_bytes: int = Field(
        default=_MIB,
        ge=1,
        le=12 * _MIB,
        description="Bytes as JSON of a prompt, or of the content in its place. The request around it counts for "
        "`body_bytes` and `frame_bytes`.",
    )
    metadata_bytes: int = Field(
        default=16 * 1024,
        ge=2,
        le=_MIB,
        description="Bytes as JSON of the metadata of a thread or a message, or of what tools and handlers are given.",
    )
    title_characters: int = Field(
        default=2000, ge=1, le=100_000, description="Characters of a thread's title, and of its summary."
    )
    document_characters: int = Field(default=100_000, ge=1, description="Characters of a GraphQL document.")
    document_tokens: int = Field(default=5_000, ge=1, description="Tokens of a GraphQL document.")
    document_depth: int = Field(default=15, ge=1, description="Fields within each other in a GraphQL document.")
    document_aliases: int = Field(default=100, ge=0, description="Aliases of an operation, its fragments included.")
    document_fields: int = Field(default=5_000, ge=1, description="Fields of an operation, its fragments included.")
    document_directives: int = Field(default=100, ge=0, description="Directives of an operation, fragments included.")
    cost: int = Field(
        default=20_000, ge=1, description="Nodes that an operation may answer with, by the sizes of its pages."
    )
    deadline: float = Field(default=30, gt=0, le=3600, description="Seconds that an operation may take.")
    answer_deadline: float = Field(
        default=600, gt=0, le=86_400, description="Seconds for one that waits for a model's answer."
    )
    head_seconds: float = Field(
        default=10,
        gt=0,
        le=3600,
        description="Seconds from a connection, or the first byte of a later request, to the end of its headers.",
    )
    body_seconds: float = Field(
        default=60, gt=0, le=86_400, description="Seconds from the end of a request's headers to the end of its body."
    )
    connections: int = Field(
        default=0,
        ge=0,
        description="Connections, WebSockets included, of one address (of IPv6: of one /64) that a server holds open; "
        "0 for as many as they like. Only where clients connect to Weft itself: behind a proxy all have its address.",
    )
    operations: int = Field(default=100, ge=1, description="Operations under way at once on one WebSocket.")
    sockets: int = Field(
        default=100, ge=0, description="WebSockets of one viewer that a server holds open; 0 for as many as they like."
    )
    streams: int = Field(
        default=100, ge=0, description="Open HTTP streams of one viewer on one server; 0 for as many as they like."
    )
    generations: int = Field(
        default=20, ge=0, description="Answers of one viewer that are queued or running at once; 0 for no limit."
    )


class LogSettings(BaseSettings):
    """How commands log: `WEFT_LOG_FORMAT`, `WEFT_LOG_LEVEL`."""

    model_config = SettingsConfigDict(env_prefix="WEFT_LOG_", env_ignore_empty=True)

    format: Literal["json", "text"] | None = Field(
        default=None, description="`json`, an object a line; `text`, for people; without it, text at a terminal only."
    )
    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What is logged, and all that is worse."
    )
    errors: Literal["whole", "places"] | None = Field(
        default=None,
        description="Of errors that Weft did not foresee `whole`, also what they say, which may quote what users said; "
        "`places`, their kind and where they happened; without it whole at a terminal only.",
    )


class _SecretFiles(PydanticBaseSettingsSource):
    """Settings that are secrets, from files: `WEFT_JWT_SECRET_FILE` names the file with `WEFT_JWT_SECRET`."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return secret(variable_of(field_name)) if is_secret(field) else None, field_name, False

    def __call__(self) -> dict[str, Any]:
        read = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in read.items() if value is not None}


class Settings(BaseSettings):
    """`WEFT_` and the name in capitals: `WEFT_PORT=9000`. A secret may be in a file: `WEFT_JWT_SECRET_FILE=/run/it`."""

    model_config = SettingsConfigDict(env_prefix="WEFT_", env_ignore_empty=True)

    host: str = Field(
        default="127.0.0.1", description="Address to listen on, of IPv4 or IPv6; only loopback without authentication."
    )
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    data_dir: Path = Field(
        default=Path(".weft"),
        description="Folder where the embedded MongoDB keeps its data; used without `mongodb_uri`.",
    )
    mongodb_uri: SecretStr | None = Field(
        default=None,
        description="URI of a replica set or Atlas; without it, embedded. Or `WEFT_MONGODB_URI_FILE`: a file with it.",
    )
    stream_timeout: float = Field(
        default=600, ge=1, le=86_400, description="Seconds that a stream of another writer lives without an append."
    )
    retention_days: float | None = Field(
        default=None, gt=0, description="Threads without a message for so many days are deleted; without it, none is."
    )
    search: SearchSetting = Field(
        default="auto",
        description="Who searches: `atlas`, MongoDB's own search indexes; `embedded`, Weft; `auto`, by what there is.",
    )
    search_language: SearchLanguage = Field(
        default="english", description="Whose words searches know the forms of; `none` for no language."
    )
    search_memory_mb: int = Field(
        default=256,
        ge=1,
        le=1_000_000,
        description="Megabytes of vectors that Weft's own search keeps in memory, in each process.",
    )
    metrics: bool = Field(default=True, description="Whether `/metrics` answers, to operators; `off` for not.")
    worker_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Port on which `weft worker` answers `/metrics`, `/healthz` and `/readyz`; 0 takes a free one; "
        "without it, it listens nowhere.",
    )
    worker_host: str = Field(
        default="127.0.0.1",
        description="Address for `worker_port`. Nobody is asked who they are there, and told nothing but counts.",
    )
    database: str = Field(
        default="weft", description="Name of the database in MongoDB: 1 to 63 letters, digits, `_` or `-`."
    )
    auth: Literal["on", "off"] | None = Field(
        default=None,
        description="Whether callers must say who they are; without it, if there is a way to, by tokens or a function.",
    )
    allowed_origins: str | None = Field(
        default=None,
        description="Origins of pages that may ask besides our own, such as `https://app.example.com`; several "
        "with commas between.",
    )
    playground_servers: str | None = Field(
        default=None,
        description="Origins of other Weft servers that our page at `/` may speak to, such as "
        "`https://weft.example.com`; several with commas between. Those must allow our origin.",
    )
    introspection: Literal["on", "trusted", "off"] = Field(
        default="trusted",
        description="Whom the schema is told, and what a misspelt field may have meant: everybody; viewers with the "
        "scope `admin` or `service`, and this machine without authentication; nobody.",
    )
    graphiql: Literal["on", "off"] | None = Field(
        default=None, description="Whether `/graphiql` is there; without it, only without authentication."
    )
    documents: Path | None = Field(
        default=None,
        description="A manifest of persisted documents, or a folder of them: with authentication nothing else is "
        "executed.",
    )
    documents_except_admins: bool = Field(
        default=False, description="Whether viewers with the scope `admin` may send any document."
    )
    jwt_secret: SecretStr | None = Field(
        default=None,
        description="Signs tokens by HS256; 32 bytes or more. Or `WEFT_JWT_SECRET_FILE`: a file with it.",
    )
    jwks_url: str | None = Field(
        default=None,
        description="Address where the issuer publishes the keys of its tokens: https, or of this machine.",
    )
    jwt_audience: str | None = Field(
        default=None,
        description="Whom tokens must be for (`aud`); several with commas between. Without it, tokens that name none.",
    )
    jwt_issuer: str | None = Field(
        default=None, description="Who must have issued tokens (`iss`); without it, anybody with the key."
    )
    jwt_leeway: float = Field(
        default=60, ge=0, le=600, description="Seconds that the clocks of issuers may be apart from this one's."
    )
    jwt_scopes_claim: str | None = Field(
        default=None, description="The claim that may say `admin` or `service`; without it tokens are for users."
    )
    limits: LimitSettings = Field(default_factory=LimitSettings, description="See `LimitSettings`.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What code gives goes first; of the others only one may be there."""
        return init_settings, env_settings, _SecretFiles(settings_cls)

    @property
    def origins(self) -> tuple[str, ...]:
        """Those of other sites."""
        return _listed(self.allowed_origins)

    @property
    def remote_servers(self) -> tuple[str, ...]:
        """Origins that the playground may speak to besides its own."""
        return _listed(self.playground_servers)

    @field_validator("allowed_origins", "playground_servers")
    @classmethod
    def _exact(cls, given: str | None) -> str | None:
        for origin in (each.strip() for each in (given or "").split(",")):
            parts = urlsplit(origin)
            exact = f"{parts.scheme}://{parts.netloc}"
            if origin and (
                origin != exact.lower() or parts.scheme not in ("http", "https") or set(origin) & set("*;' ")
            ):
                raise ValueError(
                    f"{origin!r:.200} is no origin; give scheme, name and port, as in https://app.example.com"
                )
        return given

    @field_validator("jwt_secret")
    @classmethod
    def _long_enough(cls, given: SecretStr | None) -> SecretStr | None:
        if given is not None and len(given.get_secret_value().encode()) < SHORTEST_SECRET:
            raise ValueError(f"it must have at least {SHORTEST_SECRET} bytes; make one with: openssl rand -hex 32")
        return given

    @field_validator("jwks_url")
    @classmethod
    def _safe(cls, given: str | None) -> str | None:
        if given is not None:
            address = urlsplit(given)
            local = address.scheme == "http" and address.hostname in ("127.0.0.1", "localhost", "::1")
            if not address.hostname or not (address.scheme == "https" or local):
                raise ValueError("it must be an https address, or one of this machine")
        return given


def _listed(given: str | None) -> tuple[str, ...]:
    return tuple(each.strip() for each in (given or "").split(",") if each.strip())


def variable_of(name: str) -> str:
    """The variable of a field of `Settings`."""
    return f"WEFT_{name.upper()}"


def is_secret(field: FieldInfo) -> bool:
    """Whether a field holds what nobody may see."""
    return SecretStr in (field.annotation, *get_args(field.annotation))


S = TypeVar("S", bound=BaseSettings)
_PREFIXES: Final = {LimitSettings.__name__: "WEFT_LIMIT_", LogSettings.__name__: "WEFT_LOG_"}


def from_environment() -> Settings:
    """The settings of this process.

    Raises:
        ConfigError: a variable has a value that it cannot have; the message names the first such one.
    """
    return _read(Settings)


def log_settings() -> LogSettings:
    """How this process logs. Raises ConfigError as `from_environment` does."""
    return _read(LogSettings)


def _read(kind: type[S]) -> S:
    try:
        return kind()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        prefix = _PREFIXES.get(error.title, "WEFT_")
        name = f"{prefix}{str(first['loc'][0]).upper()}"
        said = first["msg"].removeprefix("Value error, ")
        raise ConfigError(f"{name} is not usable: {said[:1].lower()}{said[1:]}") from None
