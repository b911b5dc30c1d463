"""Topics that are made when they are missing."""

import time
from collections.abc import Mapping
from contextlib import suppress

from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import TopicAlreadyExistsError

from adapters.kafka.connection import Connection
from projections.publish_ports import TopicUnavailable

SEEN_WITHIN = 10.0
"""Seconds in which a topic that was made must be seen."""

FOR_EVER = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
"""Of a topic from which nothing is ever deleted."""


def made(
    connection: Connection,
    name: str,
    partitions: int,
    configuration: Mapping[str, str],
    replication: int = -1,
) -> int:
    """How many partitions a topic has, which is made with so many if it is not there.

    Raises TopicUnavailable.
    """
    with connection.explained(), KafkaAdminClient(**connection.options) as admin:
        found = _partitions(admin, name)
        if found:
            return found
        new = NewTopic(name, partitions, replication, topic_configs=dict(configuration))
        with suppress(TopicAlreadyExistsError):  # by another process, just now
            admin.create_topics([new])
        return _seen(admin, name)


def _partitions(admin: KafkaAdminClient, name: str) -> int:
    """How many partitions a topic has; 0: there is none."""
    if name not in admin.list_topics():
        return 0
    (told,) = admin.describe_topics([name])
    return len(told["partitions"])


def _seen(admin: KafkaAdminClient, name: str) -> int:
    """As `_partitions`, of a topic that was made just now: brokers hear of it one by one."""
    deadline = time.monotonic() + SEEN_WITHIN
    while time.monotonic() < deadline:
        if found := _partitions(admin, name):
            return found
        time.sleep(0.05)
    raise TopicUnavailable(f"The topic {name} was made, and is not seen yet.")
