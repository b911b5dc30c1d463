"""Histories are read and judged in processes, by a role that can change nothing."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from adapters.clock import SystemClock
from adapters.postgres import what_if
from adapters.postgres.bulk import LOADER, PostgresBulkStore
from adapters.postgres.numbers import PostgresNumbers
from adapters.postgres.pool import open_pool
from adapters.postgres.store import PostgresStore
from adapters.postgres.what_if import PostgresHistories, historian
from adapters.simulating.plan import Plan
from adapters.simulating.simulate import simulate
from adapters.simulating.write import write
from domain.actor import Actor, ActorKind
from domain.conditions import ALWAYS, Comparison, Condition, Op
from domain.ids import PolicyId, WorkspaceId
from domain.record import with_changes
from domain.sla.book import Book
from domain.sla.book_events import PolicySet
from domain.sla.policy import Options, Target
from domain.sla.starter import STARTER
from projections.what_if import Comparison as Compared
from projections.what_if import Period, Question, Stopped, Tally, TooMuch, compare, question

HOME, OTHER = WorkspaceId("default"), WorkspaceId("other")
START, END = datetime(2025, 9, 1, tzinfo=UTC), datetime(2025, 9, 8, tzinfo=UTC)
NOW = datetime(2025, 10, 1, tzinfo=UTC)
TICKETS = 60
EVERYTHING = 10**9
KIM = Actor(kind=ActorKind.AGENT, id="kim")
HIGH = Comparison(attribute="priority", op=Op.IS, values=("high",))


@pytest.fixture(scope="module")
def url(databases: Any) -> Iterator[str]:
    """A log with the tickets of two workspaces."""
    with databases.fresh(migrated=True) as made:
        with (
            open_pool(made, 2, role="chronodesk_writer") as pool,
            open_pool(made, 1, role=LOADER) as loading,
        ):
            for workspace, tickets in ((HOME, TICKETS), (OTHER, 5)):
                plan = Plan(workspace=workspace, tickets=tickets, seed=3, start=START, end=END)
                told = simulate(plan, PostgresNumbers(pool), SystemClock().now(), 1)
                write(PostgresBulkStore(loading), told, lambda *_: None)
        yield made


def half(condition: Condition = ALWAYS) -> Question:
    """The targets of the built-in policy, halved."""
    edit = PolicySet(
        policy=PolicyId("half"),
        name="Half",
        rank=1,
        condition=condition,
        promises=tuple(
            with_changes(
                promise,
                targets={
                    priority: Target(seconds=target.seconds / 2, calendar=target.calendar)
                    for priority, target in promise.targets.items()
                },
            )
            for promise in STARTER.promises
        ),
        options=Options(),
        effective_at=NOW,
        by=KIM,
        at=NOW,
    )
    return question(Book(), [edit], Period(start=START, end=NOW), NOW, by=("priority",), keep=500)


def found(
    url: str,
    asked: Question,
    *,
    processes: int = 1,
    most: int = EVERYTHING,
    workspace: WorkspaceId = HOME,
    progress: Callable[[int, int], None] = lambda *_: None,
    stop: Callable[[], bool] = lambda: False,
) -> Compared:
    histories = PostgresHistories(url, processes, most)
    return histories.compare(workspace, asked, progress, stop).told(asked.by, 0, 500)


def test_it_comes_to_what_the_store_and_the_judge_come_to(url: str) -> None:
    asked, tally = half(), Tally()
    with psycopg.connect(url) as connection:
        streams = connection.execute(
            "SELECT stream FROM chronodesk.stream WHERE workspace = %s AND stream LIKE 'ticket:%%'",
            [HOME],
        ).fetchall()
    with open_pool(url, 1, role="chronodesk_writer") as pool:
        store = PostgresStore(pool)
        for (stream,) in streams:
            compare(asked, stream.partition(":")[2], store.load(HOME, stream), tally)
    told = found(url, asked)
    assert told == tally.told(asked.by, 0, 500)
    assert told.tickets == TICKETS
    assert told.newly_breached.total > 0


def test_several_processes_come_to_the_same(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = found(url, half(HIGH))
    monkeypatch.setattr(what_if, "_LEAST", 50)
    monkeypatch.setattr(what_if, "_MOST", 50)
    seen: list[tuple[int, int]] = []
    assert found(url, half(HIGH), processes=2, progress=lambda *at: seen.append(at)) == alone
    assert 0 < alone.judged_twice < TICKETS
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert seen[0][0] == 0
    assert seen[-1][0] == seen[-1][1]


def test_each_workspace_is_by_itself(url: str) -> None:
    assert found(url, half(), workspace=OTHER).tickets == 5
    assert found(url, half(), workspace=WorkspaceId("nobody")).tickets == 0


def test_it_can_be_stopped(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what_if, "_LEAST", 50)
    monkeypatch.setattr(what_if, "_MOST", 50)
    done: list[int] = []
    with pytest.raises(Stopped):
        found(url, half(), progress=lambda n, _: done.append(n), stop=lambda: len(done) > 1)
    assert len(done) == 2


def test_too_much_is_refused_before_anything_is_read(url: str) -> None:
    with pytest.raises(TooMuch, match="chronodesk what-if"):
        found(url, half(), most=10)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO chronodesk.topic (name) VALUES ('odd')",
        "DELETE FROM chronodesk.event",
        "UPDATE chronodesk.lane SET head = 0",
        "CREATE TABLE odd (n int)",
        "SELECT FROM chronodesk.lane FOR UPDATE",
        "SELECT * FROM chronodesk.command",
    ],
)
@pytest.mark.parametrize("read_only", [True, False])
def test_the_historian_cannot_write(url: str, statement: str, read_only: bool) -> None:
    with historian(url) as connection:
        if not read_only:
            connection.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.Error) as refused:
            connection.execute(statement)
    kinds = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)
    assert isinstance(refused.value, kinds), refused.value


def test_the_historian_may_call_none_of_our_functions(url: str) -> None:
    with historian(url) as connection:
        allowed = connection.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'chronodesk'::regnamespace"
            " AND prorettype <> 'trigger'::regtype AND has_function_privilege(oid, 'EXECUTE')"
        ).fetchall()
    assert allowed == []


def test_nothing_is_locked_while_it_runs(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between ranges there is no transaction; in one, there are only the locks of a reader."""
    locks: set[str] = set()

    def spied(asked: Question, ticket: str, events: Any, tally: Tally) -> None:
        with psycopg.connect(url) as connection:
            locks.update(_locks(connection))
        compare(asked, ticket, events, tally)

    monkeypatch.setattr(what_if, "compare", spied)
    found(url, half())
    assert locks <= {"AccessShareLock", "ExclusiveLock on its own transaction"}
    assert "AccessShareLock" in locks


def _locks(connection: Connection[Any]) -> set[str]:
    rows = connection.execute(
        "SELECT mode || CASE locktype WHEN 'virtualxid' THEN ' on its own transaction' ELSE '' END"
        " FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE pid <> pg_backend_pid() AND pg_stat_activity.datname = current_database()"
    ).fetchall()
    return {mode for (mode,) in rows}
