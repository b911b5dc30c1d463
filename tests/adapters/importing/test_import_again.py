"""The same rows twice, more rows later, and imports that were killed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from adapters.importing import run
from adapters.importing.findings import Anomaly
from adapters.importing.ids import ticket_of
from adapters.importing.mapping import Mapping
from adapters.postgres.bulk import PostgresBulkStore
from adapters.postgres.numbers import PostgresNumbers
from adapters.postgres.pool import open_pool
from adapters.postgres.store import PostgresStore
from commands.ports import Append, NewEvent, StoreUnavailable, StreamWrite
from domain.actor import Actor, ActorKind
from domain.ids import CommandId, ticket_stream
from domain.ticket.events import HistoryRowKept, TicketResolved
from domain.ticket.words import Status
from tests.adapters.importing.conftest import HOME, Desk, Write, row

OLD = [
    row("A1", 0, "2024-03-01 09:00", "New"),
    row("A1", 1, "2024-03-01 10:00", "Work"),
    row("A1", 1, "2024-03-01 10:00", "Work"),
    row("A2", 0, "2024-03-01 11:00", "New"),
]


def contents(desk: Desk) -> list[object]:
    return [(r.stream, r.version, r.event, r.source) for r in desk.log()]


def test_the_same_file_twice_adds_nothing(desk: Desk, write: Write, snapshots: Mapping) -> None:
    path = write(OLD)
    first = desk.takes(path, snapshots)
    before = contents(desk)
    again = desk.takes(path, snapshots)
    assert contents(desk) == before
    assert (first.rows_written, first.rows_already_there) == (4, 0)
    assert (again.rows_written, again.rows_already_there, again.events_written) == (0, 4, 0)


def test_the_same_rows_in_another_file_add_nothing(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    desk.takes(write(OLD), snapshots)
    before = contents(desk)
    again = desk.takes(write(OLD[3:] + OLD[:3]), snapshots)
    assert contents(desk) == before
    assert again.rows_already_there == 4


def test_a_newer_file_adds_only_what_is_new(desk: Desk, write: Write, snapshots: Mapping) -> None:
    desk.takes(write(OLD), snapshots)
    before = contents(desk)
    # The source has filled in by now when A1 was solved, on its old rows as well.
    solved = {"solved": "2024-03-02 09:00"}
    newer = write(
        [
            row("A1", 0, "2024-03-01 09:00", "New", **solved),
            row("A1", 1, "2024-03-01 10:00", "Work", **solved),
            row("A1", 1, "2024-03-01 10:00", "Work", **solved),
            row("A1", 2, "2024-03-02 09:00", "Solved", **solved),
            row("A2", 0, "2024-03-01 11:00", "New"),
            row("A3", 0, "2024-03-02 12:00", "New"),
        ]
    )
    report = desk.takes(newer, snapshots)
    assert contents(desk)[: len(before)] == before
    assert (report.rows_written, report.rows_already_there) == (2, 4)
    assert (report.cases_new, report.cases_grown) == (1, 1)
    assert desk.ticket("acme", "A1").status is Status.RESOLVED
    assert desk.ticket("acme", "A1").resolved_at == datetime(2024, 3, 2, tzinfo=UTC)
    assert desk.ticket("acme", "A3").number == 3
    assert desk.takes(newer, snapshots).events_written == 0


def test_growing_step_by_step_ends_like_one_import(write: Write, snapshots: Mapping) -> None:
    def file(upto: int, solved: str) -> Path:
        known = {"solved": solved}
        owned = {"owner": "Kim", "group": "Desk", **known}
        rows = [
            row("A1", 0, "2024-03-01 09:00", "New", group="Net", **known),
            row("A1", 1, "2024-03-01 10:00", "Ask", group="Net", **known),
            row("A1", 2, "2024-03-03 11:00", "Solved", **owned),
            row("A1", 3, "2024-03-03 15:00", "Solved", **owned),
            row("A1", 4, "2024-03-03 16:00", "Work", **owned),
            row("A1", 5, "2024-03-04 16:00", "Shut", **owned),
        ]
        return write(rows[:upto])

    def lifecycle(desk: Desk) -> list[object]:
        return [e for e in desk.case("acme", "A1") if not isinstance(e, HistoryRowKept)]

    at_once, by_steps = Desk(), Desk()
    at_once.takes(file(6, "2024-03-03 15:00"), snapshots)
    by_steps.takes(file(1, "?"), snapshots)
    by_steps.takes(file(2, "?"), snapshots)
    by_steps.takes(file(3, "2024-03-03 11:00"), snapshots)
    by_steps.takes(file(4, "2024-03-03 15:00"), snapshots)
    by_steps.takes(file(6, "2024-03-03 15:00"), snapshots)
    assert lifecycle(by_steps) == lifecycle(at_once)


def test_a_row_that_comes_late_is_kept_but_changes_nothing(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    desk.takes(write(OLD), snapshots)
    late = row("A1", 1, "2024-03-01 09:30", "Ask")
    report = desk.takes(write([*OLD[:1], late, *OLD[1:]]), snapshots)
    assert report.rows_written == 1
    assert desk.ticket("acme", "A1").status is Status.OPEN
    assert Anomaly.LATE_ROW in (desk.case("acme", "A1")[-1].anomaly or "")


def test_work_done_here_meanwhile_is_not_lost(desk: Desk, write: Write, snapshots: Mapping) -> None:
    desk.takes(write(OLD), snapshots)
    stream = ticket_stream(ticket_of("acme", "A1"))
    resolved = TicketResolved(
        requester=desk.ticket("acme", "A1").requester,
        code="done",
        by=Actor(kind=ActorKind.AGENT, id="lee"),
        at=datetime(2024, 3, 2, tzinfo=UTC),
    )
    desk.store.append(
        Append(
            workspace=HOME,
            command_id=CommandId(UUID(int=1)),
            fingerprint="",
            correlation_id="",
            recorded_at=resolved.at,
            writes=(
                StreamWrite(
                    stream=stream,
                    expected_version=len(desk.store.load(HOME, stream)),
                    events=(NewEvent(event=resolved),),
                ),
            ),
        )
    )
    report = desk.takes(write([*OLD, row("A1", 2, "2024-03-03 09:00", "Work")]), snapshots)
    assert report.rows_written == 1
    assert desk.ticket("acme", "A1").reopened == 1


def test_a_killed_import_goes_on_where_it_stopped(
    write: Write, snapshots: Mapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "CASES_PER_BATCH", 2)
    path = write([row(f"A{n}", 0, "2024-03-01 09:00", "Work", who="Kim") for n in range(9)])
    whole, killed = Desk(), Desk()
    whole.takes(path, snapshots)
    for allowed in range(12):
        killed.store = FailsAfter(killed.store, allowed)
        try:
            killed.takes(path, snapshots)
        except StoreUnavailable:
            pass
        else:
            break
        finally:
            killed.store = killed.store.inner
    tickets = [r for r in killed.log() if r.source]
    assert [(r.stream, r.event.kind, r.source) for r in tickets] == [
        (r.stream, r.event.kind, r.source) for r in whole.log() if r.source
    ]
    assert len(killed.rows()) == 9


class FailsAfter:
    """A store that is lost after so many appends; the last one was written, but nobody heard."""

    def __init__(self, inner: object, appends: int) -> None:
        self.inner = inner
        self.left = appends

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def append_history(self, requests: object) -> object:
        outcome = self.inner.append_history(requests)  # type: ignore[attr-defined]
        if self.left == 0:
            raise StoreUnavailable
        self.left -= 1
        return outcome


def test_two_imports_at_once_write_each_row_once(write: Write, snapshots: Mapping) -> None:
    path, desk = write(OLD), Desk()
    desk.store = Overtaken(desk.store, lambda: Desk(store=inner).takes(path, snapshots))
    inner = desk.store.inner
    report = desk.takes(path, snapshots)
    assert len(desk.rows()) == 4
    assert (report.rows_written, report.rows_already_there) == (0, 4)


def test_a_case_that_another_import_began_meanwhile_is_gone_on_with(
    write: Write, snapshots: Mapping
) -> None:
    newer = write(OLD, name="newer.csv")
    older, desk = write(OLD[:1], name="older.csv"), Desk()
    desk.store = Overtaken(desk.store, lambda: Desk(store=inner).takes(older, snapshots))
    inner = desk.store.inner
    report = desk.takes(newer, snapshots)
    assert len(desk.rows()) == 4
    assert (report.rows_written, report.rows_already_there) == (3, 1)
    assert (report.cases_new, report.cases_grown) == (1, 1)


class Overtaken:
    """A store in which something else happens just before the first append."""

    def __init__(self, inner: Any, first: Callable[[], object]) -> None:
        self.inner = inner
        self._first: Callable[[], object] | None = first

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def append_history(self, requests: Any) -> Any:
        if self._first:
            first, self._first = self._first, None
            first()
        return self.inner.append_history(requests)


def test_on_postgresql_the_same_is_written_and_only_once(
    database_url: str, write: Write, snapshots: Mapping
) -> None:
    path, in_memory = write(OLD), Desk()
    in_memory.takes(path, snapshots)
    pool = open_pool(database_url, 2)
    try:
        desk = Desk(
            store=PostgresStore(pool), bulk=PostgresBulkStore(pool), numbers=PostgresNumbers(pool)
        )
        desk.takes(path, snapshots)
        assert desk.takes(path, snapshots).rows_already_there == 4
        assert contents(desk) == contents(in_memory)
    finally:
        pool.close()


def test_processes_write_the_same_as_one(
    write: Write, snapshots: Mapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "CASES_PER_BATCH", 3)
    monkeypatch.setattr(run, "_ROWS_WORTH_PROCESSES", 1)
    path = write(
        [
            row(f"A{n}", rev, f"2024-03-01 {9 + rev:02}:00", "Work", who=f"Kim{n % 4}")
            for rev in range(3)
            for n in range(20)
        ]
    )
    alone, together = Desk(), Desk(processes=3)
    first, second = alone.takes(path, snapshots), together.takes(path, snapshots)
    assert contents(together) == contents(alone)
    assert replace(first, seconds=0) == replace(second, seconds=0)
    assert together.takes(path, snapshots).rows_already_there == 60
