"""How the log is published on Kafka: where it is, how to get in, what the topic is like."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

_LAST_PORT = 65_535

_PACKED_BY = {"lz4": "lz4", "snappy": "snappy"}
"""Compression -> module that it needs and that is not always there."""


class KafkaSettings(BaseModel):
    """Each field is read from `CHRONODESK_KAFKA__<NAME>`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    servers: str = Field(
        default="", description="host:port of brokers, separated by commas; empty: no Kafka."
    )
    topic: str = Field(
        default="chronodesk.events",
        pattern=r"^[a-zA-Z0-9._-]{1,200}$",
        description="Topic of the feed; made if it is missing, with a partition per lane.",
    )
    source: str = Field(
        default="/chronodesk",
        pattern=r"^\S+[^/\s]$",
        description="Names this desk in each event (CloudEvents `source`), such as its address.",
    )
    compression: Literal["none", "gzip", "lz4", "snappy", "zstd"] = "zstd"
    replication: int = Field(
        default=-1,
        ge=-1,
        le=32,
        description="Copies of a topic that is made here; -1: as the cluster does by default.",
    )
    views: bool = Field(
        default=False,
        description="Whether workers bring views up to date from the topic, instead of the log.",
    )
    group: str = Field(
        default="chronodesk.views",
        pattern=r"^[a-zA-Z0-9._-]{1,200}$",
        description="Consumer group of these workers.",
    )
    intake: str = Field(
        default="chronodesk.intake",
        pattern=r"^[a-zA-Z0-9._-]{1,200}$",
        description="Topic of reports that other systems leave; what is refused of them goes to the"
        " topic of that name with `.dead` behind it. Both are made if they are missing.",
    )
    intake_token: SecretStr | None = Field(
        default=None, description="Token in whose name reports of the topic are taken in."
    )
    intake_group: str = Field(
        default="chronodesk.intake",
        pattern=r"^[a-zA-Z0-9._-]{1,200}$",
        description="Consumer group of the workers that take them in.",
    )
    intake_partitions: int = Field(
        default=8,
        ge=1,
        le=1024,
        description="Partitions of the topic of intake when it is made: so many workers share it.",
    )
    security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    username: str | None = Field(default=None, description="For SASL.")
    password: SecretStr | None = None
    ca_file: Path | None = Field(
        default=None, description="Certificates to trust for SSL, unless the system's."
    )

    @field_validator("servers")
    @classmethod
    def _addresses(cls, listed: str) -> str:
        for server in listed.split(",") if listed.strip() else ():
            host, _, port = server.strip().rpartition(":")
            if not host or not port.isdecimal() or not 0 < int(port) <= _LAST_PORT:
                raise ValueError("must be host:port, such as kafka-1:9092,kafka-2:9092")
        return listed

    @field_validator("compression")
    @classmethod
    def _can_pack(cls, compression: str) -> str:
        module = _PACKED_BY.get(compression)
        if module and find_spec(module) is None:
            package = {"snappy": "python-snappy"}.get(module, module)
            raise ValueError(f"for this, install {package}; zstd is always there")
        return compression

    @model_validator(mode="after")
    def _where(self) -> Self:
        if self.views and not self.servers.strip():
            raise ValueError(
                "views from Kafka want CHRONODESK_KAFKA__SERVERS, too, such as kafka-1:9092"
            )
        return self

    @model_validator(mode="after")
    def _who(self) -> Self:
        if self.security.startswith("SASL") and (self.username is None or self.password is None):
            raise ValueError(
                "SASL wants CHRONODESK_KAFKA__USERNAME and CHRONODESK_KAFKA__PASSWORD, too"
            )
        return self

    @property
    def addresses(self) -> tuple[str, ...]:
        """The brokers; none: there is no Kafka."""
        return tuple(server.strip() for server in self.servers.split(",") if server.strip())

    @property
    def codec(self) -> str | None:
        """The compression, or None for none."""
        return None if self.compression == "none" else self.compression

    @property
    def handed_in_by(self) -> str | None:
        """The token of intake in the clear."""
        return None if self.intake_token is None else self.intake_token.get_secret_value()

    @property
    def options(self) -> dict[str, Any]:
        """How to get in, in the words of kafka-python."""
        found: dict[str, Any] = {"security_protocol": self.security}
        if self.ca_file is not None:
            found["ssl_cafile"] = str(self.ca_file)
        if self.security.startswith("SASL") and self.password is not None:
            found["sasl_mechanism"] = self.mechanism
            found["sasl_plain_username"] = self.username
            found["sasl_plain_password"] = self.password.get_secret_value()
        return found
