"""Lets the clocks of a ticket hear of its events, and of what the book says anew."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from domain.ids import SLA_BOOK, StreamId, WorkspaceId, ident_of, stream_of
from domain.record import with_changes
from domain.recorded import Recorded
from domain.sla import judge
from domain.sla.book import Book, touches
from domain.sla.book_events import EditTookEffect
from domain.sla.clock import NOT_OPENED
from projections.kpi.dimensions import changed
from projections.kpi.rows import DIMENSIONS
from projections.kpi.steps import What, meaning
from projections.ports import Find, Key, Rows, Table
from projections.sla_board.judged import Judged, with_all
from projections.sla_board.rows import (
    BOOK,
    REFRESHED,
    TICKET,
    SlaBookRow,
    SlaRefreshedRow,
    SlaTicketRow,
)
from projections.sla_board.state_text import from_text
from projections.sla_board.write import Cause, write

MOST_WORKSPACES = 1_000_000
"""With a book of their own."""


def keys(recorded: Recorded[Any]) -> Iterable[tuple[Table, Key]]:
    """The ticket's row; what an event needs of the clocks lies in there."""
    if recorded.stream != SLA_BOOK:
        yield TICKET, (recorded.workspace, ident_of(recorded.stream))


def apply(recorded: Recorded[Any], rows: Rows) -> None:
    """Let the ticket's clocks hear of an event. Without an opening there are no clocks."""
    workspace, stream = recorded.workspace, recorded.stream
    if stream == SLA_BOOK:
        rows.put(BOOK, SlaBookRow(workspace=workspace, version=recorded.version))
        return
    found: SlaTicketRow | None = rows.get(TICKET, (workspace, ident_of(stream)))
    meant = meaning(recorded.event)
    if found is None:
        if meant is None or meant[0] is not What.OPENED:
            return
        found = _opened(recorded, meant[1])
    book: Book = rows.beside(workspace)
    version = max(found.book, book.version_known_at(recorded.recorded_at))
    before = brought(found, book, version, rows)
    known = book.first(version)
    state = judge.evolve(
        before.state, recorded, known, lambda: rows.history(workspace, stream, recorded.version)
    )
    ticket = with_changes(
        before.ticket,
        **({} if meant is None else changed(before.ticket, *meant)),
        version=recorded.version,
        status=state.status.value,
        last_at=state.at or recorded.event.at,
        imported=_imported(before, state.status != before.state.status, recorded),
        book=version,
    )
    undoes = recorded.event.undoes is not None
    if undoes:
        earlier = rows.history(workspace, stream, recorded.version - 1)
        before = with_all(before, rows, judge.fold(earlier, before.book))
    after = Judged(ticket=ticket, state=state, decided={}, book=known)
    cause = Cause(version=recorded.version, at=ticket.last_at, late=undoes)
    write(before, after, cause, rows).keep(rows)


def brought(ticket: SlaTicketRow, book: Book, version: int, rows: Rows) -> Judged:
    """A ticket with its clocks, judged by the book's `version`.

    What the book says from some instant on the clocks take at that instant. What it says about
    earlier ones than they have counted, which only a re-judgement does (and an edit that met an
    event on the way into the log), has the whole history judged anew.
    """
    held = book.first(ticket.book)
    if not ticket.state:
        return Judged(ticket=ticket, state=NOT_OPENED, decided={}, book=held)
    state, decided = from_text(ticket.state, held)
    judged = Judged(ticket=ticket, state=state, decided=decided, book=held)
    for n in range(ticket.book + 1, version + 1):
        event, known = book.events[n - 1], book.first(n)
        if touches(event) > ticket.last_at:
            judged = _crossed(judged, known, event.at, rows)
        elif not isinstance(event, EditTookEffect):
            judged = _judged_anew(judged, known, max(event.at, ticket.last_at), rows)
    return judged


def _crossed(judged: Judged, book: Book, at: datetime, rows: Rows) -> Judged:
    """The clocks after what the book says about the time up to `at`, when it was heard of."""
    state = judge.advanced(judged.state, book, at)
    if state is judged.state:
        return judged
    ticket = with_changes(judged.ticket, book=book.version)
    after = Judged(ticket=ticket, state=state, decided={}, book=book)
    return write(judged, after, Cause(version=-book.version, at=state.at or at), rows)


def _judged_anew(judged: Judged, book: Book, at: datetime, rows: Rows) -> Judged:
    ticket = with_changes(judged.ticket, book=book.version)
    history = rows.history(WorkspaceId(ticket.workspace), _stream(ticket), ticket.version)
    whole = with_all(judged, rows, judge.fold(history, judged.book))
    again = Judged(ticket=ticket, state=judge.fold(history, book), decided={}, book=book)
    return write(whole, again, Cause(version=-book.version, at=at, late=True), rows)


def refresh(find: Find, rows: Rows, lane: int, limit: int) -> int:
    """Let up to `limit` tickets of a lane know what their book says by now; how many there were.

    Those are the ones with a running clock, for which it says something else from some instant on,
    and the ones that ended after an instant about which it does.
    """
    done = 0
    for newest in find(BOOK, (), MOST_WORKSPACES):
        workspace, version = WorkspaceId(newest.workspace), newest.version
        reached: SlaRefreshedRow | None = rows.get(REFRESHED, (workspace, lane))
        since = 0 if reached is None else reached.version
        if since >= version:
            continue
        book: Book = rows.beside(workspace)
        of = (("workspace", "=", workspace), ("lane", "=", lane))
        found = find(TICKET, (*of, ("live", "=", True), ("book", "<", version)), limit - done)
        for n in range(since + 1, version + 1):
            if done + len(found) < limit:
                touched = ("last_at", ">=", touches(book.events[n - 1]))
                ended = (*of, ("live", "=", False), ("book", "<", n), touched)
                found += find(TICKET, ended, limit - done - len(found))
        for ticket in {row.ticket: row for row in found}.values():
            _refreshed(ticket, book, version, rows)
        done += len(found)
        if done >= limit:
            return done
        rows.put(REFRESHED, SlaRefreshedRow(workspace=workspace, lane=lane, version=version))
    return done


def _refreshed(ticket: SlaTicketRow, book: Book, version: int, rows: Rows) -> None:
    judged = brought(ticket, book, version, rows)
    if ticket.live:
        # Nothing has happened, but what is foreseen may be something else.
        known = book.first(version)
        after = with_changes(judged, ticket=with_changes(judged.ticket, book=version), book=known)
        judged = write(judged, after, Cause(version=ticket.version, at=ticket.last_at), rows)
    judged.keep(rows)


def _opened(recorded: Recorded[Any], given: dict[str, Any]) -> SlaTicketRow:
    named = {name: given[name] for name in DIMENSIONS if name in given}
    return SlaTicketRow(
        **{**named, "tags": tuple(named["tags"])},
        workspace=recorded.workspace,
        ticket=ident_of(recorded.stream),
        lane=recorded.lane,
        number=given["number"],
        version=0,
        status="",
        last_at=recorded.event.at,
        known_at=recorded.recorded_at,
        imported=recorded.source is not None,
        live=False,
        book=0,
        state="",
    )


def _imported(before: Judged, changes_status: bool, recorded: Recorded[Any]) -> bool:  # noqa: FBT001
    """A status that nothing here has changed since it was imported is evidence, no promise."""
    return recorded.source is not None if changes_status else before.ticket.imported


def _stream(ticket: SlaTicketRow) -> StreamId:
    return stream_of("ticket", ticket.ticket)
