"""The `eventsourcing` library's own tests of a persistence module, on ours."""

from collections.abc import Iterator
from threading import Timer
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import (
    InfrastructureFactory,
    IntegrityError,
    OperationalError,
    StoredEvent,
    Tracking,
)
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.tests import application as of_applications
from eventsourcing.tests import persistence as of_persistence
from eventsourcing.utils import Environment, get_topic
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from adapters.postgres.log import Batch
from adapters.postgres.pool import open_pool
from adapters.postgres.recorder import (
    Factory,
    LogAggregateRecorder,
    LogApplicationRecorder,
    LogProcessRecorder,
    LogTrackingRecorder,
    SnapshotRecorder,
)
from adapters.postgres.recorder.datastore import Datastore

MODULE = "adapters.postgres.recorder"

# The library's tests look for its own warnings.
pytestmark = pytest.mark.filterwarnings("always::DeprecationWarning")


class OnDatabase:
    """Gives each test a database of its own, and a recorder made of a datastore in it."""

    uuids: ClassVar[bool] = True
    make: ClassVar[type]

    @pytest.fixture(autouse=True)
    def _datastore(self, empty_database_url: str) -> Iterator[None]:
        with open_pool(empty_database_url, 12) as pool:
            self.datastore = Datastore(pool, "es_tests", uuids=self.uuids)
            self.datastore.create()
            yield

    def create_recorder(self) -> Any:
        return type(self).make(self.datastore)

    def new_originator_id(self) -> UUID | str:
        return uuid4() if self.uuids else f"ticket:{uuid4()}"


class TestAggregateRecorder(OnDatabase, of_persistence.AggregateRecorderTestCase):
    make = LogAggregateRecorder


class TestAggregateRecorderWithTextIds(TestAggregateRecorder):
    uuids = False


class TestSnapshotRecorder(OnDatabase, of_persistence.AggregateRecorderTestCase):
    make = SnapshotRecorder


class TestApplicationRecorder(OnDatabase, of_persistence.ApplicationRecorderTestCase[Any]):
    make = LogApplicationRecorder

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestApplicationRecorderWithTextIds(TestApplicationRecorder):
    uuids = False


class TestPositionsOfOneWriteStayTogether(
    OnDatabase, of_persistence.NonInterleavingNotificationIDsBaseCase
):
    make = LogApplicationRecorder


class TestTrackingRecorder(OnDatabase, of_persistence.TrackingRecorderTestCase):
    make = LogTrackingRecorder


class TestProcessRecorder(OnDatabase, of_persistence.ProcessRecorderTestCase):
    make = LogProcessRecorder


class SpecialTrackingRecorder(LogTrackingRecorder):
    """Stands for an application's own."""


class TestFactory(of_persistence.InfrastructureFactoryTestCase[Factory]):
    @pytest.fixture(autouse=True)
    def _environment(self, empty_database_url: str) -> None:
        self.env = Environment(
            "TestCase", {"PERSISTENCE_MODULE": MODULE, "POSTGRES_URL": empty_database_url}
        )

    def expected_factory_class(self) -> type[Factory]:
        return Factory

    def expected_aggregate_recorder_class(self) -> type[LogAggregateRecorder]:
        return LogAggregateRecorder

    def expected_application_recorder_class(self) -> type[LogApplicationRecorder]:
        return LogApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[LogTrackingRecorder]:
        return LogTrackingRecorder

    def tracking_recorder_subclass(self) -> type[LogTrackingRecorder]:
        return SpecialTrackingRecorder

    def expected_process_recorder_class(self) -> type[LogProcessRecorder]:
        return LogProcessRecorder


class WithEnvironment:
    """Applications of the library find our module by the environment of the process."""

    @pytest.fixture(autouse=True)
    def _environment(
        self, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[None]:
        monkeypatch.setenv("PERSISTENCE_MODULE", MODULE)
        monkeypatch.setenv("POSTGRES_URL", empty_database_url)
        # The library's tests leave their applications open.
        made: list[InfrastructureFactory[Any]] = []
        construct = Factory.__init__

        def remember(factory: Factory, env: Any) -> None:
            construct(factory, env)
            made.append(factory)

        monkeypatch.setattr(Factory, "__init__", remember)
        yield
        for factory in made:
            factory.close()


class TestApplication(WithEnvironment, of_applications.ApplicationTestCase):
    pass


class TestExampleApplication(WithEnvironment, of_applications.ExampleApplicationTestCase):
    expected_factory_topic = get_topic(Factory)


class Seen(LogTrackingRecorder):
    """A read model in the same transaction as its tracking: the ids of the aggregates made."""

    def __init__(self, datastore: Datastore) -> None:
        super().__init__(datastore)
        self._table = sql.Identifier(datastore.schema, "seen")
        with datastore.connection() as connection:
            connection.execute(
                sql.SQL("CREATE TABLE IF NOT EXISTS {} (id uuid)").format(self._table)
            )

    def add(self, aggregate: UUID, tracking: Tracking) -> None:
        with self.datastore.connection() as connection, connection.transaction():
            connection.execute(
                sql.SQL("INSERT INTO {} VALUES (%s)").format(self._table), [aggregate]
            )
            self.insert_tracking_on(connection, tracking)

    def all(self) -> list[UUID]:
        with self.datastore.connection() as connection:
            found = connection.execute(sql.SQL("SELECT id FROM {}").format(self._table))
            return [row[0] for row in found]


class SeeCreated(Projection[Seen]):
    topics = (get_topic(Aggregate.Created),)

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.view.add(domain_event.originator_id, tracking)


class TestReadModel(WithEnvironment):
    def test_a_projection_of_the_library_follows_the_log(self) -> None:
        with ProjectionRunner(
            application_class=Application[UUID], projection_class=SeeCreated, view_class=Seen
        ) as runner:
            made = [Aggregate() for _ in range(3)]
            for aggregate in made:
                aggregate.trigger_event(Aggregate.Event)
                saved = runner.app.save(aggregate)
            runner.projection.view.wait(runner.app.name, saved[0].notification.id, timeout=60)
            assert runner.projection.view.all() == [aggregate.id for aggregate in made]


class TestBeyondTheLibrarysTests(OnDatabase):
    make = LogProcessRecorder

    @pytest.mark.parametrize("tracking", [None, Tracking("upstream", 1)], ids=["plain", "tracked"])
    def test_a_write_whose_answer_got_lost_is_no_conflict(
        self, monkeypatch: pytest.MonkeyPatch, tracking: Tracking | None
    ) -> None:
        recorder = self.create_recorder()
        append = LogProcessRecorder._append
        lost = iter([True, False])

        def append_and_lose_the_answer(
            self: LogProcessRecorder, batch: Batch, tracking: Tracking | None
        ) -> list[int]:
            written = append(self, batch, tracking)
            if next(lost):
                raise OperationalError("The connection was lost.")
            return written

        monkeypatch.setattr(LogProcessRecorder, "_append", append_and_lose_the_answer)
        one, other = _event(1), _event(1)
        two = StoredEvent(one.originator_id, 2, one.topic, one.state)
        assert recorder.insert_events([one, other, two], tracking=tracking) == [1, 2, 3]
        assert recorder.select_events(one.originator_id) == [one, two]
        assert recorder.max_notification_id() == 3
        assert recorder.max_tracking_id("upstream") == (1 if tracking else None)

    def test_events_and_tracking_are_written_together_or_not_at_all(self) -> None:
        recorder = self.create_recorder()
        recorder.insert_events([], tracking=Tracking("upstream", 5))
        with pytest.raises(IntegrityError):
            recorder.insert_events([_event(1)], tracking=Tracking("upstream", 5))
        assert recorder.max_notification_id() is None
        first = _event(1)
        recorder.insert_events([first])
        with pytest.raises(IntegrityError):
            recorder.insert_events([first], tracking=Tracking("upstream", 6))
        assert recorder.max_tracking_id("upstream") == 5

    def test_a_subscription_gets_what_another_process_writes(self) -> None:
        here, elsewhere = self.create_recorder(), self.create_recorder()
        with here.subscribe(topics=["wanted"]) as subscription:
            for n in range(3):
                wanted = StoredEvent(uuid4(), 1, "wanted", b"")
                elsewhere.insert_events([_event(1), wanted, _event(1)])
                assert next(subscription).id == 3 * n + 2

    def test_a_subscription_that_waits_can_be_stopped_from_elsewhere(self) -> None:
        with self.create_recorder().subscribe() as subscription:
            Timer(0.1, subscription.stop).start()
            assert list(subscription) == []

    def test_a_lost_server_is_told_in_the_words_of_the_library(self) -> None:
        recorder = self.create_recorder()
        self.datastore.pool.close()
        with pytest.raises(OperationalError):
            recorder.insert_events([_event(1)])


class TestEnvironment:
    @pytest.mark.parametrize(
        ("env", "says"),
        [
            ({}, "POSTGRES_URL or POSTGRES_DBNAME"),
            ({"POSTGRES_URL": "x", "ORIGINATOR_ID_TYPE": "number"}, "'uuid' or 'text'"),
            ({"POSTGRES_URL": "x", "POSTGRES_POOL_SIZE": "none"}, "how many connections"),
            ({"POSTGRES_URL": "x", "POSTGRES_SCHEMA": "s" * 60}, "Shorten"),
        ],
    )
    def test_what_is_wrong_is_said(self, env: dict[str, str], says: str) -> None:
        with pytest.raises(OSError, match=says):
            Factory(Environment("Desk", env))

    def test_the_parts_of_an_address_may_be_given_one_by_one(self, empty_database_url: str) -> None:
        parts = conninfo_to_dict(empty_database_url)
        env = {
            f"POSTGRES_{name.upper()}": str(parts[name])
            for name in ("dbname", "host", "port", "user", "password")
            if name in parts
        }
        factory = Factory(Environment("Desk", env))
        try:
            assert factory.application_recorder().insert_events([_event(1)]) == [1]
        finally:
            factory.close()


def test_two_applications_share_nothing(empty_database_url: str) -> None:
    env = {"POSTGRES_URL": empty_database_url}
    one = Factory(Environment("One", env))
    two = Factory(Environment("Two", env))
    try:
        first, second = one.application_recorder(), two.application_recorder()
        first.insert_events([_event(1)])
        assert second.max_notification_id() is None
        assert second.insert_events([_event(1)]) == [1]
    finally:
        one.close()
        two.close()


def _event(version: int) -> StoredEvent:
    return StoredEvent(uuid4(), version, get_topic(Aggregate.Created), b"{}")
