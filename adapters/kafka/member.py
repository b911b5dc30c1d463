"""Joining a consumer group that deals out the partitions of one topic."""

from typing import Any

from kafka import KafkaConsumer
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor

from adapters.kafka.connection import Connection
from adapters.kafka.group import client_id
from projections.publish_ports import TopicUnavailable

SLICE = 0.5
"""Seconds of one poll. It ends when records come; a shorter one may end before a rebalance does,
which kafka-python then begins anew, and two members could keep each other from ever ending it."""

NEWS = 3_000
"""Milliseconds until a topic that was made, or a partition that was added, is noticed."""

SESSION = 6_000
"""Milliseconds after which the partitions of a member that is not heard of go to others."""


def joined(connection: Connection, topic: str, group: str, at_once: int) -> Any:
    """A consumer in the group, which gives up to `at_once` records of what is committed at a time.

    Offsets are committed by whoever has it. Raises TopicUnavailable while there is no such topic,
    and errors of kafka-python.
    """
    consumer = KafkaConsumer(
        **connection.options | {"client_id": client_id()},
        group_id=group,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        partition_assignment_strategy=(CooperativeStickyAssignor,),
        session_timeout_ms=SESSION,
        heartbeat_interval_ms=SESSION // 6,
        max_poll_records=at_once,
        fetch_max_wait_ms=100,
        metadata_max_age_ms=NEWS,
        allow_auto_create_topics=False,
        metrics_enabled=False,
    )
    try:
        # A group whose leader does not know the topic's partitions yet gives out none of them, and
        # does not look again when it does.
        there = consumer.partitions_for_topic(topic)
        if there:
            consumer.subscribe([topic])
    except BaseException:
        _leave(consumer)
        raise
    if not there:
        _leave(consumer)
        raise TopicUnavailable(f"There is no topic {topic} yet: whoever writes to it makes it.")
    return consumer


def _leave(consumer: Any) -> None:
    consumer.close(autocommit=False, timeout_ms=2_000)
