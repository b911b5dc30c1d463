"""The shortest way from a topic to durable rows: kafka-python's consumer, an insert per record."""

import time
from concurrent.futures import ThreadPoolExecutor

from kafka import KafkaConsumer
from psycopg_pool import ConnectionPool

from bench.load import Load

NAME = "kafka-python's consumer, with an insert and commit over psycopg of each record"


def consume(servers: str, topic: str, count: int, url: str, threads: int) -> Load:
    """Insert each of `count` records in one of so many threads; the offset is committed after."""
    with (
        KafkaConsumer(
            topic,
            bootstrap_servers=servers,
            group_id=f"{topic}.bare",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        ) as consumer,
        ConnectionPool(
            url, min_size=threads, max_size=threads, kwargs={"autocommit": True}
        ) as rows,
        ThreadPoolExecutor(threads) as pool,
    ):

        def insert(value: bytes) -> None:
            with rows.connection() as connection:
                connection.execute("INSERT INTO single (data) VALUES (%s)", [value])

        rows.wait()
        done, begun = 0, 0.0
        while done < count:
            found = consumer.poll(1_000)
            begun = begun or time.perf_counter()
            values = [record.value for records in found.values() for record in records]
            list(pool.map(insert, values))
            if values:
                consumer.commit()
            done += len(values)
        return Load(count=done, seconds=time.perf_counter() - begun)
