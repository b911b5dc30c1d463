"""Loading by COPY, in one process and in two: the same rows and parked events as event by event."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from adapters.clock import SystemClock
from adapters.postgres.numbers import PostgresNumbers
from adapters.postgres.pool import open_pool
from adapters.postgres.projection_fill import CopyGone
from adapters.postgres.projection_load import PostgresLoader
from adapters.postgres.store import PostgresStore
from commands import COMMANDS
from commands.add_note import AddNote
from commands.envelope import Request
from commands.handle import Handler
from commands.merge import Merge
from commands.open_ticket import OpenTicket
from commands.people.requester import RegisterRequester
from domain.ids import SLA_BOOK, CommandId, RequesterId, StreamId, TicketId, WorkspaceId, ident_of
from domain.recorded import Recorded
from domain.sla.book import fold
from projections import PROJECTIONS, conversation, history, queue
from projections.ports import Build, Key, Projection, Rows, Table
from projections.rebuild import rebuild
from projections.verify import verify
from tests.projections.log import HOME, KIM
from tests.projections.postgres import Views, views_on

TICKETS = 12


@contextmanager
def desk(url: str) -> Iterator[tuple[Views, PostgresStore]]:
    """Some tickets with notes and merges in the log, and all views up to date."""
    with views_on(url) as views, open_pool(url) as pool:
        store = PostgresStore(pool)
        handler = Handler(store, PostgresNumbers(pool), SystemClock(), COMMANDS)

        def ask(command: Any) -> TicketId:
            request = Request(
                workspace=HOME, command=command, command_id=CommandId(uuid4()), by=KIM
            )
            return TicketId(ident_of(handler.handle(request).stream))

        ann = RequesterId("ann")
        ask(RegisterRequester(requester=ann, display_name="Ann"))
        tickets = [
            ask(OpenTicket(requester=ann, subject=f"Fire {n}", description="Smoke."))
            for n in range(TICKETS)
        ]
        for ticket in tickets:
            ask(AddNote(ticket=ticket, body="psst"))
        ask(Merge(ticket=tickets[0], into=tickets[1]))
        views.catch_up(store)
        yield views, store


@pytest.mark.parametrize("processes", [1, 2])
def test_a_load_gives_what_a_fold_in_log_order_gives(
    database_url: str, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    monkeypatch.setattr("adapters.postgres.projection_load._LEAST", 5)  # several ranges
    monkeypatch.setattr("adapters.postgres.projection_load._MOST", 7)
    loader = PostgresLoader(database_url, processes)
    with desk(database_url) as (views, store):
        for projection in PROJECTIONS:
            checked = verify(projection, store, views.store, loader=loader)
            assert checked is not None
            assert checked.sound, projection.name
        assert rebuild(queue.PROJECTION, store, views.store, loader=loader)
        checked = verify(queue.PROJECTION, store, views.store)
        assert checked is not None
        assert checked.sound


class _Watched:
    """Rows that remember which stream a key belongs to."""

    def __init__(self, store: PostgresStore) -> None:
        self.stream: StreamId = StreamId("")
        self.owners: dict[tuple[str, Key], set[StreamId]] = {}
        self._rows: dict[tuple[str, Key], Any] = {}
        self._store = store

    def beside(self, workspace: WorkspaceId) -> Any:
        return fold(r.event for r in self._store.load(workspace, SLA_BOOK))

    def history(
        self, workspace: WorkspaceId, stream: StreamId, version: int
    ) -> Sequence[Recorded[Any]]:
        return self._store.load(workspace, stream)[:version]

    def get(self, table: Table, key: Key) -> Any | None:
        self._note(table, key)
        return self._rows.get((table.name, key))

    def put(self, table: Table, row: Any) -> None:
        key = tuple(getattr(row, name) for name in table.key)
        self._note(table, key)
        self._rows[table.name, key] = row

    def delete(self, table: Table, key: Key) -> None:
        self._note(table, key)
        self._rows.pop((table.name, key), None)

    def add(self, table: Table, row: Any) -> None:
        """Anybody may add."""

    def _note(self, table: Table, key: Key) -> None:
        self.owners.setdefault((table.name, key), set()).add(self.stream)


def shared(projection: Projection, store: PostgresStore) -> list[tuple[str, Key]]:
    """Keys that several streams have to do with."""
    rows = _Watched(store)
    for lane, head in store.head().lanes:
        for recorded in store.page(lane, 0, head):
            if recorded.stream.partition(":")[0] in projection.wants:
                rows.stream = recorded.stream
                projection.apply(recorded, rows)
    return [key for key, streams in rows.owners.items() if len(streams) > 1]


def test_who_says_by_stream_is_by_stream(database_url: str) -> None:
    with desk(database_url) as (_, store):
        for projection in PROJECTIONS:
            assert not projection.by_stream or shared(projection, store) == [], projection.name

        def crosswise(recorded: Recorded[Any], rows: Rows) -> None:
            rows.get(queue.TICKET, (recorded.workspace, "the same for all"))

        liar = replace(queue.PROJECTION, apply=crosswise)
        assert shared(liar, store) == [("ticket", (HOME, "the same for all"))]


def test_two_streams_that_write_one_row_are_folded_in_log_order(database_url: str) -> None:
    """The primary key finds a wrong declaration; the copy is then built event by event."""

    def crosswise(recorded: Recorded[Any], rows: Rows) -> None:
        rows.put(conversation.THREAD, _thread(recorded))

    liar = replace(conversation.PROJECTION, apply=crosswise, keys=lambda _: ())
    with desk(database_url) as (views, store):
        last = store.page(0, 0, 1000)[-1]
        assert rebuild(liar, store, views.store, loader=PostgresLoader(database_url, 1))
        found = views.reader().fetch("SELECT at FROM read.conversation_thread")
        assert [row["at"] for row in found] == [last.event.at]


def _thread(recorded: Recorded[Any]) -> conversation.Thread:
    return conversation.Thread(workspace=recorded.workspace, ticket="one", at=recorded.event.at)


@pytest.mark.parametrize("fault", ["apply", "database"])
def test_events_are_parked_as_in_live_running(database_url: str, fault: str) -> None:
    def picky(recorded: Recorded[Any], rows: Rows) -> None:
        bad = recorded.version == 2 and recorded.position % 2
        if bad and fault == "apply":
            raise ValueError("two is too many")
        history.apply(recorded, rows)
        row = rows.get(history.TICKET_VERSION, (HOME, ident_of(recorded.stream), recorded.version))
        if bad and row is not None:
            rows.put(history.TICKET_VERSION, replace(row, subject="\0"))

    with desk(database_url) as (views, store):
        poisoned = replace(history.PROJECTION, apply=picky)
        outcomes = []
        for loader in (None, PostgresLoader(database_url, 1)):
            assert rebuild(poisoned, store, views.store, loader=loader)
            parked = [(p.stream, p.stream_version, p.position) for p in views.store.parked()]
            rows = views.reader().fetch(
                "SELECT ticket, version, subject, valid_to FROM read.ticket_version ORDER BY 1, 2"
            )
            outcomes.append((parked, rows))
        assert len(outcomes[0][0]) > TICKETS // 3
        assert outcomes[0] == outcomes[1]


def test_a_process_left_over_writes_to_no_later_copy(database_url: str) -> None:
    with desk(database_url) as (views, store):
        projection = queue.PROJECTION
        views.store.create(projection, store.lanes(), Build.NEXT)

        def begin_anew(done: int, _: int) -> None:
            if not done:
                views.store.create(projection, store.lanes(), Build.NEXT)

        with pytest.raises(CopyGone):
            PostgresLoader(database_url, 1).load(
                projection, Build.NEXT, store.head(), begin_anew, lambda: False
            )
        schema = f"queue_v{projection.version}_next"
        assert views.rows(f"SELECT count(*) FROM {schema}.ticket") == [(0,)]
