"""A log that was restored while programs know the one from before: they decide on nothing old."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from adapters.clock import SystemClock
from adapters.postgres.lanes import Lanes
from adapters.postgres.numbers import PostgresNumbers
from adapters.postgres.pool import open_pool
from adapters.postgres.snapshots import PostgresSnapshots
from adapters.postgres.store import PostgresStore
from api.snapshots import SnapshotKeeper
from commands import COMMANDS
from commands.envelope import Command, Outcome, Request
from commands.handle import Handler
from commands.people.agent import DeactivateAgent, RegisterAgent, RenameAgent
from commands.people.queue import CreateQueue
from commands.ports import Append, Appended, Numbers, StoreUnavailable
from commands.states import States
from domain.errors import Refused
from domain.ids import AgentId, CommandId, QueueId, agent_stream
from tests.contracts.requests import HERE, KIM
from tests.database import with_database

ANN = AgentId("ann")
LED_BY_ANN = CreateQueue(queue=QueueId("desk"), display_name="Desk", lead=ANN)


class Program:
    """What a process knows."""

    def __init__(
        self, store: PostgresStore, snapshots: PostgresSnapshots, numbers: Numbers
    ) -> None:
        self.store, self.snapshots = store, snapshots
        self.states = States(store, snapshots)
        self.handler = Handler(store, numbers, SystemClock(), COMMANDS, self.states)

    def ask(self, command: Command) -> Outcome:
        """Again while the connections are gone that the restore ended."""
        request = Request(workspace=HERE, command=command, command_id=CommandId(uuid4()), by=KIM)
        for _ in range(10):
            try:
                return self.handler.handle(request)
            except StoreUnavailable:
                continue
        raise AssertionError("It does not come back.")


@contextmanager
def program(url: str) -> Iterator[Program]:
    with open_pool(url, 4) as pool:
        yield Program(PostgresStore(pool), PostgresSnapshots(pool), PostgresNumbers(pool))


class Backup:
    """A copy of a database, which can take its place again."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._name = str(conninfo_to_dict(url)["dbname"])
        self._copy("{copy}", "{name}")

    def restore(self) -> None:
        self._do("DROP DATABASE {name} WITH (FORCE)")
        self._copy("{name}", "{copy}")
        Lanes(self._url).fence()

    def drop(self) -> None:
        self._do("DROP DATABASE {copy}")

    def _copy(self, to: str, of: str) -> None:
        self._do(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            f" WHERE datname = '{self._name}'",
            f"CREATE DATABASE {to} TEMPLATE {of}",
        )

    def _do(self, *statements: str) -> None:
        names = {
            "name": sql.Identifier(self._name),
            "copy": sql.Identifier(f"{self._name}_copy"),
        }
        with psycopg.connect(with_database(self._url, "postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(sql.SQL(statement).format(**names))


@pytest.fixture
def backup(database_url: str) -> Iterator[Backup]:
    """Of a log in which Ann is registered, and no more."""
    with program(database_url) as first:
        first.ask(RegisterAgent(agent=ANN, display_name="Ann"))
    made = Backup(database_url)
    yield made
    made.drop()


def test_what_is_under_way_is_decided_again(
    backup: Backup, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another command of the process is fenced while this one is between look and append."""
    with program(database_url) as old, program(database_url) as other:
        old.ask(RenameAgent(agent=ANN, display_name="Anna"))
        backup.restore()
        other.ask(DeactivateAgent(agent=ANN, reason="left"))
        append = old.store.append
        once: list[None] = []

        def late(request: Append) -> Appended:
            if not once:
                once.append(None)
                old.ask(RegisterAgent(agent=AgentId("zoe"), display_name="Zoe"))
            return append(request)

        monkeypatch.setattr(old.store, "append", late)
        with pytest.raises(Refused, match="not active"):
            old.ask(LED_BY_ANN)


def test_no_refusal_is_told_from_the_log_that_was_lost(backup: Backup, database_url: str) -> None:
    with program(database_url) as old:
        old.ask(DeactivateAgent(agent=ANN, reason="left"))
        backup.restore()
        assert len(old.ask(LED_BY_ANN).events) == 1


def test_no_state_of_the_log_that_was_lost_is_shown(backup: Backup, database_url: str) -> None:
    with program(database_url) as old:
        for n in range(3):
            old.ask(RenameAgent(agent=ANN, display_name=f"Ann {n}"))
        backup.restore()
        for _ in range(10):
            try:
                shown = old.states.load(HERE, agent_stream(ANN))
                break
            except StoreUnavailable:
                continue
        assert (shown.version, shown.state.name) == (1, "Ann")


def test_no_snapshot_is_taken_of_the_log_that_was_lost(backup: Backup, database_url: str) -> None:
    with program(database_url) as old:
        for n in range(12):
            old.ask(RenameAgent(agent=ANN, display_name=f"Ann {n}"))
        known, epoch = old.states.load(HERE, agent_stream(ANN)), old.store.epoch()
        assert old.snapshots.take(HERE, agent_stream(ANN), known, epoch=epoch)
        backup.restore()
        with program(database_url) as other:
            for n in range(6):
                other.ask(RenameAgent(agent=ANN, display_name=f"Other {n}"))
            while True:
                try:
                    assert not old.snapshots.take(HERE, agent_stream(ANN), known, epoch=epoch)
                    assert SnapshotKeeper(old.snapshots, old.states, long=5).round() == 1
                    break
                except StoreUnavailable:
                    continue
            other.snapshots.look()
            (kept,) = other.snapshots.load(HERE, [agent_stream(ANN)]).values()
            assert (kept.version, kept.state.name) == (7, "Other 5")
