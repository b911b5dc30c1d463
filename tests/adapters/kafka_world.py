"""A log on PostgreSQL that is published on Kafka and read from there."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any
from uuid import uuid4

from kafka.admin import KafkaAdminClient

from adapters.kafka.connection import Connection
from adapters.kafka.feed import KafkaFeed
from adapters.kafka.topic import KafkaTopic
from adapters.postgres.pool import open_pool
from adapters.postgres.schema import migrate
from adapters.postgres.store import PostgresStore
from commands.ports import Append, Appended, VersionConflict
from domain.ids import CommandId, StreamId, WorkspaceId
from domain.position import Position
from domain.recorded import Recorded
from projections.publish import Publisher
from tests.contracts.requests import request, ticket, write
from tests.projections.postgres import eventually


class PublishedStore:
    """commands.ports.EventStore on the log, and projections.ports.Feed on the topic.

    An append is answered when readers of the topic can have it, as contracts of stores expect.
    """

    def __init__(self, store: PostgresStore, feed: KafkaFeed) -> None:
        self._store = store
        self.feed = feed

    def epoch(self, *, fresh: bool = False) -> int:
        return self._store.epoch(fresh=fresh)

    def append(self, request: Append) -> Appended:
        answer = self._store.append(request)
        self.catch_up()
        return answer

    def append_many(self, requests: Sequence[Append]) -> list[Appended | VersionConflict]:
        answers = self._store.append_many(requests)
        self.catch_up()
        return answers

    def answered(
        self, workspace: WorkspaceId, command_id: CommandId, fingerprint: str
    ) -> Appended | None:
        return self._store.answered(workspace, command_id, fingerprint)

    def load(
        self, workspace: WorkspaceId, stream: StreamId, *, after: int = 0
    ) -> tuple[Recorded[Any], ...]:
        return tuple(self.feed.load(workspace, stream, after=after))

    def load_many(
        self, workspace: WorkspaceId, after: Mapping[StreamId, int]
    ) -> dict[StreamId, tuple[Recorded[Any], ...]]:
        return self._store.load_many(workspace, after)

    def lanes(self) -> Sequence[int]:
        return self.feed.lanes()

    def page(self, lane: int, after: int, limit: int) -> Sequence[Recorded[Any]]:
        return self.feed.page(lane, after, limit)

    def head(self) -> Position:
        return self.feed.head()

    def wait(self, beyond: Position, timeout: float) -> bool:
        return self.feed.wait(beyond, timeout)

    def catch_up(self) -> None:
        """Wait until all that is in the log is at hand."""
        head = self._store.head()
        for _ in range(100):
            if head.covered_by(self.feed.head()):
                return
            self.feed.wait(self.feed.head(), 0.5)
        raise AssertionError("it never came")


@contextmanager
def one_lane(url: str) -> Iterator[PostgresStore]:
    """A log with one lane, in an empty database."""
    migrate(url, lanes=1)
    with open_pool(url) as pool:
        yield PostgresStore(pool)


def fill(store: PostgresStore, count: int, begin: int = 0) -> None:
    """Open so many tickets, one event each; `begin` is the number of the first one."""
    store.append_many([request(write(ticket(n), 0, f"{n}")) for n in range(begin, begin + count)])


@contextmanager
def published(servers: str, store: PostgresStore) -> Iterator[str]:
    """The name of a topic in which the log is published, while the block lasts."""
    name = f"test-{uuid4().hex}"
    topic = KafkaTopic(Connection(servers=(servers,)), name, source="/chronodesk", replication=1)
    stop = Event()
    thread = Thread(target=Publisher(store, topic).run, args=[stop])
    thread.start()
    try:
        yield name
    finally:
        stop.set()
        thread.join()
        with KafkaAdminClient(bootstrap_servers=servers) as admin:
            if name in admin.list_topics():
                admin.delete_topics([name])


@contextmanager
def following(
    servers: str, store: PostgresStore, topic: str, *, group: str = "", lanes: int | None = None
) -> Iterator[KafkaFeed]:
    """A member of a group, once it has so many lanes (all of the log, unless said)."""
    feed = KafkaFeed(Connection(servers=(servers,)), topic, group or f"{topic}.views", store.load)
    wanted = len(store.lanes()) if lanes is None else lanes
    try:
        eventually(lambda: len(feed.lanes()) == wanted)
        yield feed
    finally:
        feed.close()
