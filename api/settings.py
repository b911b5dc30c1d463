"""Configuration by environment and a `.env` file, typed and checked before anything starts."""

import re
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

from api.auth.provider_settings import ProviderSettings
from api.kafka_settings import KafkaSettings

_KIND = re.compile(r"\.[A-Za-z0-9_-]+|[a-z*]+/[a-z0-9.+*-]+")

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
    upload_limit: int = Field(
        default=26_214_400,
        ge=1_024,
        le=1_073_741_824,
        description="Longest file beside a message, in bytes.",
    )
    upload_per_day: int = Field(
        default=1_073_741_824,
        ge=0,
        description="Bytes of files that one person may bring in a day; 0 turns the limit off.",
    )
    upload_only: str = Field(
        default="",
        description="Media types (`image/*`) or endings (`.pdf`), separated by commas, of the only "
        "files that are taken; empty: all but programs and scripts.",
    )
    upload_never: str = Field(
        default="", description="The same, of files that are not taken besides these."
    )
    unsent_hours: float = Field(
        default=48,
        ge=1,
        le=24 * 366,
        description="After so long a file that is in no message and no draft is removed.",
    )
    blobs_dir: Path | None = Field(
        default=None, description="Where files are kept; `blobs` in the data folder unless given."
    )
    intake_hooks: Path | None = Field(
        default=None,
        description="Folder of mappings (NAME.yaml) for webhooks at /api/v1/intake/hooks/NAME.",
    )
    s3_bucket: str | None = Field(
        default=None, description="Bucket of a store that speaks S3, to keep files there instead."
    )
    s3_prefix: str = Field(default="", description="What every key in the bucket begins with.")
    s3_endpoint: str | None = Field(
        default=None, description="Address of the store, unless it is Amazon's."
    )
    s3_region: str | None = Field(default=None, description="Region of the bucket.")
    s3_access_key: str | None = Field(
        default=None, description="Without it, boto3 looks where it always does."
    )
    s3_secret_key: SecretStr | None = None
    kafka: KafkaSettings = Field(
        default=KafkaSettings(), description="Where the log is published, if anywhere."
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

    @field_validator("upload_only", "upload_never")
    @classmethod
    def _kinds(cls, listed: str) -> str:
        for kind in listed.split(",") if listed.strip() else ():
            if not _KIND.fullmatch(kind.strip()):
                raise ValueError("must be media types or endings, such as image/*, .pdf")
        return listed

    @field_validator("s3_bucket")
    @classmethod
    def _speaks_s3(cls, bucket: str | None) -> str | None:
        if bucket and find_spec("boto3") is None:
            raise ValueError("to keep files in a bucket, install chronodesk[s3]")
        return bucket or None

    @field_validator("s3_secret_key")
    @classmethod
    def _both_or_none(cls, secret: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        if secret is not None and not others.data.get("s3_access_key"):
            raise ValueError("belongs to an access key; give CHRONODESK_S3_ACCESS_KEY, too")
        return secret

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
    def files(self) -> Path:
        """The folder of files beside messages."""
        return self.blobs_dir or self.data_dir / "blobs"

    @property
    def s3(self) -> dict[str, str | None]:
        """Where files are kept in a bucket; empty: in the folder."""
        if self.s3_bucket is None:
            return {}
        secret = self.s3_secret_key
        return {
            "bucket": self.s3_bucket,
            "prefix": self.s3_prefix,
            "endpoint": self.s3_endpoint,
            "region": self.s3_region,
            "access_key": self.s3_access_key,
            "secret_key": secret.get_secret_value() if secret else None,
        }

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
