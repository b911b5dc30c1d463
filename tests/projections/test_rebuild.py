"""Rebuilding beside the live copy: readers see all of the old rows, then all of the new ones."""

from dataclasses import replace
from threading import Event, Thread
from typing import Any

import pytest
from psycopg import sql

from domain.recorded import Recorded
from projections import history, queue
from projections.ports import Build, Rows
from projections.rebuild import Phase, Rebuilding, back, catch_up, rebuild
from projections.run import Runner
from projections.verify import verify
from tests.projections.log import Log, opened, said, ticket
from tests.projections.postgres import Views, eventually, running

QUEUE = queue.PROJECTION
LIVE = f"queue_v{QUEUE.version}"
NEXT = f"{LIVE}_next"
KEPT = f"{LIVE}_kept"
NEWER = f"queue_v{QUEUE.version + 1}"


def log_of(tickets: int) -> Log:
    log = Log(lanes=2)
    for n in range(1, tickets + 1):
        log.write(ticket(f"t{n}"), opened(n, n), said(f"hello {n}", n + 1))
    return log


def schemas(views: Views) -> list[str]:
    found = views.rows("SELECT nspname FROM pg_namespace WHERE nspname ~ '_v[0-9]+' ORDER BY 1")
    return [name for (name,) in found]


def test_a_reader_never_sees_an_empty_or_half_built_view(views: Views) -> None:
    log = log_of(300)
    views.catch_up(log, (QUEUE,))
    stop, seen = Event(), set[int]()

    def look() -> None:
        reader = views.reader()
        while not stop.is_set():
            seen.add(reader.fetch("SELECT count(*) AS n FROM read.ticket")[0]["n"])

    looker = Thread(target=look)
    looker.start()
    for _ in range(5):
        assert rebuild(QUEUE, log, views.store)
    stop.set()
    looker.join()
    assert seen == {300}
    assert schemas(views) == [LIVE, KEPT]
    indexes = views.rows(f"SELECT count(*) FROM pg_indexes WHERE schemaname = '{LIVE}'")
    assert indexes == [(sum(len(table.indexes) + 1 for table in QUEUE.tables),)]


def test_writing_goes_on_while_a_copy_is_built(views: Views) -> None:
    log = log_of(50)
    runner = views.catch_up(log, (QUEUE,))

    def write_more(progress: Rebuilding) -> None:
        n = 1000 + progress.done
        log.write(ticket(f"t{n}-{len(log.all())}"), opened(n))

    with running(runner):
        assert rebuild(QUEUE, log, views.store, progress=write_more)
    views.catch_up(log, (QUEUE,))
    checked = verify(QUEUE, log, views.store)
    assert checked is not None
    assert checked.sound
    tickets = len({recorded.stream for recorded in log.all()})
    assert len(views.reader().fetch("SELECT ticket FROM read.ticket")) == tickets


def test_a_growing_table_is_analysed_before_autovacuum_comes(views: Views) -> None:
    log = log_of(600)
    views.catch_up(log, (history.PROJECTION,), page=300)
    statistics = "SELECT count(*) FROM pg_stats WHERE schemaname = 'history_v3'"
    assert views.rows(statistics) == [(0,)]
    log.write(ticket("t1"), *(said(f"more {n}", n) for n in range(1200)))
    views.catch_up(log, (history.PROJECTION,), page=300)
    assert views.rows(statistics)[0][0] > 0


def test_progress_ends_at_the_total(views: Views) -> None:
    log = log_of(10)
    views.catch_up(log, (QUEUE,))
    steps: list[Rebuilding] = []
    assert rebuild(QUEUE, log, views.store, progress=steps.append)
    assert (steps[0].done, steps[0].total) == (0, 20)
    assert (steps[-1].done, steps[-1].total) == (20, 20)


def test_an_interrupted_build_leaves_the_live_copy_and_is_cleaned_up(views: Views) -> None:
    log = log_of(10)
    views.catch_up(log, (QUEUE,))

    def interrupt(progress: Rebuilding) -> None:
        if progress.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(QUEUE, log, views.store, progress=interrupt)
    assert schemas(views) == [LIVE, NEXT]
    assert len(queue.page(views.reader()).rows) == 10
    phases: list[Phase] = []
    assert rebuild(QUEUE, log, views.store, progress=lambda now: phases.append(now.phase))
    assert list(dict.fromkeys(phases)) == list(Phase)
    assert schemas(views) == [LIVE, KEPT]
    phases.clear()
    assert not rebuild(
        QUEUE, log, views.store, stop=lambda: True, progress=lambda now: phases.append(now.phase)
    )
    assert Phase.CLEAN_UP not in phases
    assert schemas(views) == [LIVE]


def test_a_copy_that_is_behind_the_live_one_does_not_take_its_place(views: Views) -> None:
    log = log_of(10)
    views.catch_up(log, (QUEUE,))
    with views.store.building(QUEUE):
        views.store.create(QUEUE, log.lanes(), Build.NEXT)
        assert not views.store.swap(QUEUE)
    assert len(queue.page(views.reader()).rows) == 10


def test_a_swap_gives_way_to_a_reader(views: Views) -> None:
    log = log_of(10)
    views.catch_up(log, (QUEUE,))
    with views.store.building(QUEUE):
        views.store.create(QUEUE, log.lanes(), Build.NEXT)
        assert catch_up(QUEUE, log, views.store, Build.NEXT)
        with views.pool.connection() as slow, slow.transaction():
            slow.execute("SELECT count(*) FROM read.ticket")
            assert not views.store.swap(QUEUE)
        assert views.store.swap(QUEUE)


def test_the_replaced_copy_is_kept_and_catches_up_before_readers_see_it_again(views: Views) -> None:
    log = log_of(10)
    views.catch_up(log, (QUEUE,))
    assert views.store.kept() == []
    assert not back(QUEUE, log, views.store), "there is nothing to go back to"
    mark = sql.SQL("UPDATE {} SET subject = 'as it was' WHERE ticket = 't3'")
    with views.pool.connection() as connection:
        connection.execute(mark.format(sql.Identifier(LIVE, "ticket")))
    assert rebuild(QUEUE, log, views.store)
    (kept,) = views.store.kept()
    assert (kept.projection, kept.version) == ("queue", QUEUE.version)
    assert kept.size > 0
    log.write(ticket("new"), opened(99, 99))
    views.catch_up(log, (QUEUE,))

    def subjects() -> dict[str, str]:
        found = views.reader().fetch("SELECT ticket, subject FROM read.ticket")
        return {row["ticket"]: row["subject"] for row in found}

    assert subjects()["t3"] != "as it was"
    assert not views.store.swap(QUEUE, Build.KEPT), "it is behind what readers have seen"
    assert back(QUEUE, log, views.store)
    assert (subjects()["t3"], len(subjects())) == ("as it was", 11)
    assert schemas(views) == [LIVE, KEPT]
    assert back(QUEUE, log, views.store)
    assert (subjects()["t3"] != "as it was", len(subjects())) == (True, 11)
    log.write(ticket("newer"), opened(100, 100))
    views.catch_up(log, (QUEUE,))
    assert len(subjects()) == 12


def test_another_program_s_version_is_not_gone_back_to(views: Views) -> None:
    log = log_of(3)
    views.catch_up(log, (QUEUE,))
    newer = replace(QUEUE, version=QUEUE.version + 1)
    assert rebuild(newer, log, views.store)
    assert not back(newer, log, views.store)
    assert schemas(views) == [KEPT, NEWER]
    assert back(QUEUE, log, views.store), "its own program can"
    assert schemas(views) == [LIVE, f"{NEWER}_kept"]


def test_only_one_builds_at_a_time(views: Views) -> None:
    log = log_of(1)
    views.catch_up(log, (QUEUE,))
    with views.store.building(QUEUE) as mine:
        assert mine
        assert not rebuild(QUEUE, log, views.store)


def test_code_with_a_newer_version_builds_beside_the_old_one(views: Views) -> None:
    log = log_of(20)
    views.catch_up(log, (QUEUE,))

    def louder(recorded: Recorded[Any], rows: Rows) -> None:
        queue.apply(recorded, rows)
        key = (recorded.workspace, recorded.stream.partition(":")[2])
        row = rows.get(queue.TICKET, key)
        assert row is not None
        rows.put(queue.TICKET, replace(row, subject=row.subject.upper()))

    newer = replace(QUEUE, version=QUEUE.version + 1, apply=louder)
    runner = Runner(log, views.store, [newer, history.PROJECTION])
    runner.step()
    assert queue.page(views.reader()).rows[0]["subject"] == "Printer 20 is on fire"
    with running(runner):
        eventually(lambda: schemas(views) == ["history_v3", KEPT, NEWER])
        log.write(ticket("t1"), said("one more", 99))
        eventually(lambda: (queue.ticket(views.reader(), "t1") or {}).get("version") == 3)
    assert queue.page(views.reader()).rows[0]["subject"] == "PRINTER 1 IS ON FIRE"

    old = Runner(log, views.store, [QUEUE])
    log.write(ticket("t1"), said("for the new one", 100))
    assert old.step() == 0, "a worker with old code leaves the newer tables alone"


def test_a_wrong_row_is_found(views: Views) -> None:
    log = log_of(10)
    views.catch_up(log, (QUEUE,))
    views.store.prepare(QUEUE, log.lanes())
    with views.pool.connection() as connection:
        table = sql.Identifier(LIVE, "ticket")
        forge = sql.SQL("UPDATE {} SET subject = 'forged' WHERE ticket = 't3'")
        connection.execute(forge.format(table))
        connection.execute(sql.SQL("DELETE FROM {} WHERE ticket = 't4'").format(table))
    checked = verify(QUEUE, log, views.store)
    assert checked is not None
    assert [d.key for d in checked.differences] == [("home", "t3"), ("home", "t4")]
    assert checked.differences[0].live["subject"] == "forged"  # type: ignore[index]
    assert checked.differences[1].live is None
    assert views.store.positions("queue", Build.CHECK) is None
    assert rebuild(QUEUE, log, views.store)
    mended = verify(QUEUE, log, views.store)
    assert mended is not None
    assert mended.sound
