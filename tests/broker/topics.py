"""Topics that tests make, and what is in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic


@contextmanager
def topic(servers: str, partitions: int = 1, **configuration: str) -> Iterator[str]:
    """A topic of the test's own. Configuration is given with _ for each dot."""
    name = f"test-{uuid4().hex}"
    configs = {key.replace("_", "."): value for key, value in configuration.items()}
    with KafkaAdminClient(bootstrap_servers=servers) as admin:
        admin.create_topics([NewTopic(name, partitions, 1, topic_configs=configs)])
    yield name
    with KafkaAdminClient(bootstrap_servers=servers) as admin:
        admin.delete_topics([name])


def read_all(
    servers: str, name: str, partition: int, *, isolation: str = "read_committed"
) -> list[Any]:
    """All records of a partition that a consumer of this isolation is given, in their order."""
    place = TopicPartition(name, partition)
    records: list[Any] = []
    with KafkaConsumer(
        bootstrap_servers=servers, isolation_level=isolation, enable_auto_commit=False
    ) as consumer:
        consumer.assign([place])
        consumer.seek_to_beginning(place)
        end = consumer.end_offsets([place])[place]
        while consumer.position(place) < end:
            for found in consumer.poll(500).values():
                records += found
    return records
