"""The way to a Kafka cluster, and how its failures are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kafka.errors import (
    InvalidProducerEpochError,
    KafkaConfigurationError,
    KafkaError,
    MessageSizeTooLargeError,
    ProducerFencedError,
    RecordListTooLargeError,
)

from projections.publish_ports import Superseded, TopicUnavailable, TopicUnusable

ANSWER = 10_000
"""Milliseconds for an answer to one request."""

BOOTSTRAP = 5_000
"""Milliseconds until a cluster that does not let us in counts as away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where a cluster is and how to get in; `security` are options of kafka-python for that."""

    servers: tuple[str, ...]
    security: dict[str, Any] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, Any]:
        """What every client of kafka-python is told."""
        return {
            "bootstrap_servers": list(self.servers),
            "client_id": "chronodesk",
            "request_timeout_ms": ANSWER,
            "bootstrap_timeout_ms": BOOTSTRAP,
            "reconnect_backoff_max_ms": 1_000,
            **self.security,
        }

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what kafka-python raises into what the ports say."""
        try:
            yield
        except (ProducerFencedError, InvalidProducerEpochError) as error:
            raise Superseded("another publisher has taken over") from error
        except (MessageSizeTooLargeError, RecordListTooLargeError) as error:
            raise TopicUnusable(
                "A record is longer than what the topic takes in one piece: raise max.message.bytes"
                f" of the topic. Kafka says: {error}"
            ) from error
        except KafkaConfigurationError:
            raise
        except (KafkaError, OSError) as error:
            where = ", ".join(self.servers)
            # kafka-python says of a wrong password, too, that there was no answer in time.
            raise TopicUnavailable(
                f"Kafka at {where} cannot be reached, or does not let us in: {error}"
            ) from error
