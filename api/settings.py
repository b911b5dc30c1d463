"""Configuration by environment and a `.env` file, typed and checked before anything starts."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, StringConstraints, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

from api.auth.provider_settings import ProviderSettings

Seconds = Annotated[float, Field(ge=0)]
ProviderId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]


class WrongSettings(Exception):
    """The configuration cannot be used; the message says which variable to change, and how."""


class Settings(BaseSettings):
    """Each field is read from `CHRONODESK_<NAME>`; the defaults run a help desk on one machine."""

    model_config = SettingsConfigDict(
        env_prefix="CHRONODESK_",
        env_nested_delimiter="__",
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
    )

    database_url: SecretStr | None = Field(
        default=None, description="PostgreSQL to use instead of the embedded one."
    )
    data_dir: Path = Field(
        default=Path(".chronodesk"), description="Where the embedded PostgreSQL keeps its data."
    )
    workspace: str = Field(
        default="default",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$",
        description="Workspace of logins and of the command line, unless they name another.",
    )
    host: str = Field(default="127.0.0.1", description="Address the server listens on.")
    port: int = Field(default=8000, ge=1, le=65_535)
    lanes: int = Field(
        default=1, ge=1, le=1024, description="Lanes of a new log; an existing log keeps its own."
    )
    pool_size: int = Field(
        default=16,
        ge=2,
        le=200,
        description="Connections to the log, and as many to everything else, per process.",
    )
    processes: int = Field(
        default=1, ge=1, le=64, description="Processes of `chronodesk serve` that answer requests."
    )
    threads: int = Field(
        default=32, ge=2, le=500, description="Requests worked on at once, per process."
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"
    body_limit: int = Field(
        default=1_048_576, ge=1_024, le=104_857_600, description="Longest request body, in bytes."
    )
    rate_per_minute: int = Field(
        default=6_000, ge=0, description="Requests a minute per token; 0 turns the limit off."
    )
    anonymous_per_minute: int = Field(
        default=600, ge=0, description="Requests a minute per address without a valid token."
    )
    logins_per_minute: int = Field(
        default=30, ge=0, description="Attempts to sign in a minute, per address."
    )
    session_hours: float = Field(
        default=12, gt=0, le=24 * 366, description="Life of a session, from signing in."
    )
    password_sign_in: bool = Field(
        default=True, description="Whether people may sign in with e-mail address and password."
    )
    oidc: dict[ProviderId, ProviderSettings] = Field(
        default={}, description="OpenID Connect providers that people may sign in through."
    )
    lockout_after: int = Field(
        default=5,
        ge=0,
        le=500,
        description="Wrong passwords for an account until it is locked; 0 turns that off.",
    )
    lockout_after_per_address: int = Field(
        default=30,
        ge=0,
        le=4_000,
        description="Wrong passwords from an address until it is locked; 0 turns that off.",
    )
    lockout_seconds: float = Field(
        default=15, gt=0, le=86_400, description="First lock; each further one is twice as long."
    )
    lockout_most_seconds: float = Field(
        default=900, gt=0, le=7 * 86_400, description="Longest lock."
    )
    public_url: str | None = Field(
        default=None,
        description="Address that browsers know the desk by, such as https://desk.example.com.",
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks, separated by commas, of proxies whose word counts on "
        "where a request came from, and whether by https.",
    )
    token_cache_seconds: Seconds = Field(
        default=2, le=60, description="A revoked token works at most this much longer."
    )
    streams_per_person: int = Field(
        default=20, ge=1, le=1_000, description="Live streams of one person, per process."
    )
    stream_seconds: float = Field(
        default=3_600,
        gt=0,
        le=86_400,
        description="After so long a live stream ends and its reader connects again, to whichever "
        "process has room.",
    )
    read_wait_seconds: Seconds = Field(
        default=5, le=60, description="Longest wait for a view to show a write just made."
    )

    @field_validator("database_url", mode="before")
    @classmethod
    def _postgres(cls, url: object) -> object:
        text = url.get_secret_value() if isinstance(url, SecretStr) else url
        if text is None or text == "":
            return None
        if not isinstance(text, str) or not text.startswith(("postgresql://", "postgres://")):
            raise ValueError("must look like postgresql://user:password@host:5432/database")
        return text

    @field_validator("public_url")
    @classmethod
    def _origin(cls, url: str | None) -> str | None:
        parts = urlsplit(url or "")
        if not url:
            return None
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
            raise ValueError("must be an origin, such as https://desk.example.com")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, listed: str) -> str:
        for network in listed.split(",") if listed.strip() else ():
            try:
                ip_network(network.strip(), strict=False)
            except ValueError:
                raise ValueError(
                    "must be addresses or networks, such as 10.0.0.7, 10.1.0.0/16"
                ) from None
        return listed

    @property
    def url(self) -> str | None:
        """The database's URL in the clear, or None for the embedded server."""
        return self.database_url.get_secret_value() if self.database_url else None


def load_settings(**overrides: object) -> Settings:
    """Read the environment; `overrides` (options of the command line) come first.

    Raises WrongSettings with one sentence per mistake.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [
            f"{_variable(fault['loc'])}: {fault['msg'].removeprefix('Value error, ')}. Correct it "
            "in the environment or in .env, or remove it to use the default."
            for fault in error.errors(include_input=False, include_url=False)
        ]
        raise WrongSettings("\n".join(lines)) from None
    except SettingsError as error:
        raise WrongSettings(
            f"The environment or .env cannot be read: {error}. A mapping is written as JSON, such "
            """as CHRONODESK_OIDC__COMPANY__ROLES='{"helpdesk": "agent"}'."""
        ) from None


def _variable(place: tuple[int | str, ...]) -> str:
    """The name of the variable that a mistake is in."""
    return "CHRONODESK_" + "__".join(str(part).upper() for part in place)
