"""What speaks to Kafka, where one is named.

Its library is loaded then alone: it would slow down every start.
"""

from typing import TYPE_CHECKING, Any

from psycopg import Connection
from psycopg_pool import ConnectionPool

from adapters.postgres.projection_leases import PostgresLeases
from api.kafka_settings import KafkaSettings
from commands.intake_ports import DeadLetters, Inbox
from projections.ports import Feed
from projections.publish import Publisher

if TYPE_CHECKING:
    from adapters.kafka.connection import Connection as Cluster
    from adapters.kafka.feed import KafkaFeed
    from adapters.kafka.group import KafkaGroup


def publisher(
    settings: KafkaSettings, feed: Feed, pool: ConnectionPool[Connection[Any]]
) -> Publisher | None:
    """What publishes the log; None: no Kafka is named."""
    if not settings.addresses:
        return None
    from adapters.kafka.topic import KafkaTopic

    topic = KafkaTopic(
        _cluster(settings),
        settings.topic,
        source=settings.source,
        compression=settings.codec,
        replication=settings.replication,
    )
    return Publisher(feed, topic, leases=PostgresLeases(pool))


def intake_topics(settings: KafkaSettings) -> tuple[Inbox, DeadLetters] | None:
    """Where reports are left, and those that are refused; None: no Kafka is named."""
    if not settings.addresses:
        return None
    from adapters.kafka.dead_letters import KafkaDeadLetters
    from adapters.kafka.inbox import KafkaInbox

    cluster = _cluster(settings)
    copies = settings.replication
    inbox = KafkaInbox(
        cluster,
        settings.intake,
        settings.intake_group,
        partitions=settings.intake_partitions,
        replication=copies,
    )
    letters = KafkaDeadLetters(
        cluster, settings.intake, compression=settings.codec, replication=copies
    )
    return inbox, letters


def kafka_feed(settings: KafkaSettings, log: Feed) -> "KafkaFeed":
    """The log as the topic has it, for workers of one consumer group."""
    from adapters.kafka.feed import KafkaFeed

    return KafkaFeed(_cluster(settings), settings.topic, settings.group, log.load)


def kafka_group(settings: KafkaSettings) -> "KafkaGroup | None":
    """Who is in that group; None: no Kafka is named."""
    if not settings.addresses:
        return None
    from adapters.kafka.group import KafkaGroup

    return KafkaGroup(_cluster(settings), settings.topic, settings.group)


def _cluster(settings: KafkaSettings) -> "Cluster":
    from adapters.kafka.connection import Connection as Cluster

    return Cluster(servers=settings.addresses, security=settings.options)
