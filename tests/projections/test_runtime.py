"""The runtime on PostgreSQL: exactly once, whatever fails; one bad event stops no other."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Thread
from typing import Any

import orjson
import psycopg
import pytest

from adapters.postgres import projection_batch as adapter
from adapters.postgres.projections import PostgresRowStore
from domain.ids import RequesterId
from domain.position import Position
from domain.recorded import Recorded
from domain.ticket.events import TicketFieldSet, TicketRenamed, TicketTagged
from projections import history, queue, run
from projections.ports import Rows, Unavailable
from projections.progress import Progress
from projections.run import Runner
from projections.verify import verify
from tests.database import with_database
from tests.projections.log import AWAY, KIM, Log, minute, opened, said, ticket
from tests.projections.postgres import Views, eventually, running

QUEUE = queue.PROJECTION


def write_tickets(log: Log, first: int, last: int) -> None:
    for n in range(first, last + 1):
        log.write(ticket(f"t{n}"), opened(n, n), said(f"hello {n}", n + 1))


def counted(views: Views) -> int:
    return int(views.rows("SELECT coalesce(sum(tickets), 0) FROM queue_v4.ticket_count")[0][0])


def drain(runner: Runner) -> None:
    while runner.step():
        pass


class Crash(Exception):
    pass


def test_a_crash_between_the_rows_and_the_position_applies_nothing_twice(
    views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log()
    write_tickets(log, 1, 20)
    commit = adapter.PostgresBatch.commit

    def crashing(self: Any, changes: Any, position: int) -> None:
        commit(self, changes, position)
        raise Crash

    runner = Runner(log, views.store, [QUEUE], page=7)
    assert runner.step() > 0
    monkeypatch.setattr(adapter.PostgresBatch, "commit", crashing)
    assert runner.step() == 0
    assert "Crash" in str(runner.lag()[0].error)
    monkeypatch.setattr(adapter.PostgresBatch, "commit", commit)
    while runner.step():
        pass
    assert counted(views) == 20
    assert runner.lag()[0].error is None
    assert runner.lag()[0].events == 0


def test_a_connection_cut_in_the_middle_of_a_batch_applies_nothing_twice(views: Views) -> None:
    log = Log()
    write_tickets(log, 1, 20)
    cut: list[Recorded[Any]] = []

    def apply_and_cut(recorded: Recorded[Any], rows: Rows) -> None:
        queue.apply(recorded, rows)
        if recorded.position == 30 and not cut:
            cut.append(recorded)
            views.rows(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    runner = Runner(log, views.store, [replace(QUEUE, apply=apply_and_cut)], page=8)
    with pytest.raises(Unavailable):
        drain(runner)
    views.catch_up(log, (QUEUE,))
    assert counted(views) == 20
    checked = verify(QUEUE, log, views.store)
    assert checked is not None
    assert checked.sound


def test_two_runners_at_once_count_each_ticket_once(views: Views) -> None:
    log = Log(lanes=2)
    write_tickets(log, 1, 150)
    Runner(log, views.store, [QUEUE]).step()
    one, other = (Runner(log, views.store, [QUEUE], page=5) for _ in range(2))
    with running(one), running(other):
        write_tickets(log, 151, 300)
        assert Progress(views.store).wait(log.head(), ["queue"], timeout=60)
    assert counted(views) == 300


def test_a_position_held_by_another_worker_is_skipped_not_waited_for(views: Views) -> None:
    log = Log()
    write_tickets(log, 1, 2)
    views.store.prepare(QUEUE, [0])
    with views.store.begin(QUEUE, 0) as held:
        assert held is not None
        with views.store.begin(QUEUE, 0) as other:
            assert other is None
        assert Runner(log, views.store, [QUEUE]).step() == 0


def renamed(subject: str, at: float) -> TicketRenamed:
    return TicketRenamed(
        by=KIM, at=minute(at), requester=RequesterId("ann"), subject=subject, previous=""
    )


def picky(recorded: Recorded[Any], rows: Rows) -> None:
    queue.apply(recorded, rows)
    if getattr(recorded.event, "subject", "") == "poison":
        raise ValueError("no such subject")


def test_a_poison_event_is_parked_with_the_later_ones_of_its_ticket(views: Views) -> None:
    log = Log()
    log.write(ticket("bad"), opened(1), renamed("poison", 1), renamed("after", 2))
    log.write(ticket("good"), opened(2), renamed("fine", 1))
    runner = views.catch_up(log, (replace(QUEUE, apply=picky),))
    log.write(ticket("bad"), renamed("later", 3))
    while runner.step():
        pass

    subjects = {r["ticket"]: r["subject"] for r in queue.page(views.reader()).rows}
    assert subjects == {"bad": "Printer 1 is on fire", "good": "fine"}
    parked = runner.parked()
    assert [(p.stream, p.stream_version) for p in parked] == [
        (ticket("bad"), 2),
        (ticket("bad"), 3),
        (ticket("bad"), 4),
    ]
    assert parked[0].reason == "ValueError: no such subject"
    assert [(lag.events, lag.parked) for lag in runner.lag()] == [(0, 3)]

    assert runner.retry() == (0, 3)
    mended = Runner(log, views.store, [QUEUE])
    assert mended.retry("queue") == (3, 0)
    subjects = {r["ticket"]: r["subject"] for r in queue.page(views.reader()).rows}
    assert subjects == {"bad": "later", "good": "fine"}
    checked = verify(QUEUE, log, views.store)
    assert checked is not None
    assert checked.sound


def test_an_event_that_the_database_refuses_is_found_and_parked(views: Views) -> None:
    log = Log()
    write_tickets(log, 1, 10)
    log.write(ticket("t5"), renamed("a NUL: \0", 60))
    log.write(ticket("t6"), renamed("too late?", 61))
    runner = views.catch_up(log, (QUEUE,))
    assert [(p.stream, p.stream_version) for p in runner.parked()] == [(ticket("t5"), 3)]
    assert counted(views) == 10
    row = queue.ticket(views.reader(), "t6")
    assert row is not None
    assert row["subject"] == "too late?"


def test_a_projection_that_fails_at_every_event_does_not_stop_the_others(views: Views) -> None:
    def fail(recorded: Recorded[Any], rows: Rows) -> None:
        raise KeyError(recorded.version)

    broken = replace(history.PROJECTION, apply=fail)
    log = Log()
    write_tickets(log, 1, 3)
    runner = views.catch_up(log, (broken, QUEUE))
    assert len(runner.parked("history")) == 6
    assert counted(views) == 3


def test_a_lost_database_is_waited_for(views: Views) -> None:
    log = Log()
    write_tickets(log, 1, 3)
    runner = views.catch_up(log, (QUEUE,))
    name = views.rows("SELECT current_database()")[0][0]
    elsewhere = with_database(views.url, "postgres")
    with running(runner), psycopg.connect(elsewhere, autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            [name],
        )
        write_tickets(log, 4, 6)
        with pytest.raises(Unavailable):
            views.reader().fetch("SELECT 1")
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        eventually(lambda: counted(views) == 6)


def test_a_reader_waits_for_its_own_write(views: Views) -> None:
    log = Log()
    write_tickets(log, 1, 1)
    runner = Runner(log, views.store, [QUEUE], progress=(progress := Progress(views.store)))
    runner.step()
    assert progress.wait(log.head(), ["queue"], timeout=0)
    write_tickets(log, 2, 2)
    assert not progress.wait(log.head(), ["queue"], timeout=0.05)
    thread = Thread(target=runner.step)
    thread.start()
    assert progress.wait(log.head(), ["queue"], timeout=60)
    thread.join()
    assert not progress.wait(Position.of({0: 99}), ["queue"], timeout=0.05)
    assert not progress.wait(log.head(), ["no such view"], timeout=0.05)


def test_what_a_crash_of_the_server_took_back_is_applied_again_without_a_new_event(
    views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "RECHECK", 0.0)
    log = Log()
    write_tickets(log, 1, 3)
    runner = Runner(log, views.store, [QUEUE], progress=(progress := Progress(views.store)))
    drain(runner)
    assert progress.wait(log.head(), ["queue"], timeout=0)
    views.rows(
        "WITH gone AS (DELETE FROM queue_v4.ticket), counts AS (DELETE FROM queue_v4.ticket_count)"
        " UPDATE chronodesk.projection_position SET position = 0 RETURNING 1"
    )  # as if the last batches had not reached the disk
    assert runner.step() == 0
    assert counted(views) == 3
    assert progress.wait(log.head(), ["queue"], timeout=0)


def test_a_reader_is_not_promised_what_a_crash_took_back(views: Views) -> None:
    log = Log()
    write_tickets(log, 1, 3)
    views.store.prepare(QUEUE, [0])
    progress = Progress(views.store)
    progress.reached("queue", 0, 6)
    assert progress.wait(log.head(), ["queue"], timeout=0)
    progress.reached("queue", 0, 2)
    assert not progress.wait(log.head(), ["queue"], timeout=0.05)


def test_a_huge_number_in_a_field_neither_parks_its_ticket_nor_breaks_the_list(
    views: Views,
) -> None:
    log = Log()
    large = TicketFieldSet(
        by=KIM, at=minute(1), requester=RequesterId("ann"), name="n", value=1e300, previous=None
    )
    log.write(ticket("t"), opened(1), large)
    views.catch_up(log)
    log.write(ticket("t"), renamed("later", 2))
    runner = views.catch_up(log)
    assert runner.parked() == []
    row = queue.page(views.reader()).rows[0]
    assert (row["subject"], row["fields"]) == ("later", {"n": 1e300})
    assert orjson.loads(orjson.dumps(row["fields"])) == {"n": 1e300}


def test_rows_of_another_workspace_cannot_be_read(views: Views) -> None:
    log = Log()
    log.write(ticket("mine"), opened(1), TicketTagged(tag="x", by=KIM, at=minute(1)))
    log.write(ticket("theirs"), opened(1), workspace=AWAY)
    views.catch_up(log)
    for table in ("ticket", "ticket_count", "ticket_version", "conversation_entry"):
        seen = views.reader().fetch(f"SELECT DISTINCT workspace FROM read.{table}")
        assert seen == [{"workspace": "home"}], table
        there = views.reader(AWAY).fetch(f"SELECT DISTINCT workspace FROM read.{table}")
        assert there == [{"workspace": "away"}], table
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        views.reader().fetch("SELECT * FROM chronodesk.projection")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        views.reader().fetch("SELECT * FROM queue_v4.ticket")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        views.reader().fetch("DELETE FROM read.ticket RETURNING ticket")


def test_a_program_that_starts_waits_for_no_batch(views: Views) -> None:
    assert views.store.prepare(QUEUE, [0]) == QUEUE.version
    with ThreadPoolExecutor(1) as another, views.store.begin(QUEUE, 0) as batch:
        assert batch is not None
        start = another.submit(PostgresRowStore(views.pool).prepare, QUEUE, [0])
        assert start.result(timeout=60) == QUEUE.version
