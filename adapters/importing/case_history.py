"""The rows of one case become events: what changed from row to row, and every row itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapters.importing.attributes import Attributes
from adapters.importing.case_rows import CaseRows
from adapters.importing.findings import Anomaly
from adapters.importing.lifecycle import Ending, Standing, Step, advance
from adapters.importing.mapping import Mapping
from adapters.importing.people import Named
from adapters.importing.snapshot import Row, Snapshot
from commands.ports import NewEvent
from domain.actor import Actor
from domain.ids import TicketNumber
from domain.record import record
from domain.recorded import Source
from domain.ticket.events import (
    HistoryRowKept,
    TicketAcknowledged,
    TicketEvent,
)
from domain.ticket.state import Ticket
from domain.ticket.words import Status

_DONE = frozenset({Status.RESOLVED, Status.CLOSED, Status.CANCELLED})


@record
class Seen:
    """What the log already holds of a case: its rows, and the ticket that they led to.

    `last` are the cells as they were after the last row, `latest` the latest instant of any event.
    """

    ticket: Ticket
    last: dict[str, str]
    last_order: int | None
    latest: datetime
    closed_at: datetime | None


@record
class History:
    """Events of one case to be written after those that are there.

    `named` are the people and queues in them, each with the instant when it first turns up;
    `odd` lists anomalies with the row that they belong to and what they are about.
    """

    events: tuple[NewEvent, ...]
    rows: int
    named: dict[Named, datetime]
    odd: tuple[tuple[Anomaly, Row, str], ...]


def history(
    case: str,
    rows: Sequence[Row],
    mapping: Mapping,
    *,
    ready: CaseRows,
    number: TicketNumber,
    seen: Seen | None = None,
) -> History:
    """Events for `rows`, which are not in the log yet; `seen` is what it has of the case.

    A new case takes `number`. Rows keep the order they are given in: a log is written in the order
    in which things happened, and where its order numbers or times disagree with that, the row says
    so in its `anomaly`.
    """
    return _Teller(case, mapping, ready, seen).tell(rows, number)


class _Teller:
    def __init__(self, case: str, mapping: Mapping, ready: CaseRows, seen: Seen | None) -> None:
        ticket = seen.ticket if seen else Ticket()
        self._case = case
        self._mapping = mapping
        self._ready = ready
        self._seen = seen
        self._events: list[TicketEvent] = []
        self._odd: list[tuple[Anomaly, str]] = []
        self._snapshot = Snapshot(mapping, self._note)
        self._attributes = Attributes(mapping, ready.watched, self._snapshot, ticket)
        self._acknowledged = ticket.acknowledged_at is not None
        self._standing = Standing(
            status=ticket.status,
            resolved_at=ticket.resolved_at,
            closed_at=seen.closed_at if seen else None,
        )
        self._last = seen.last if seen else {}
        self._last_order = seen.last_order if seen else None
        self._before = seen.latest if seen else None
        self._told: dict[tuple[datetime, str], list[dict[str, str]]] = {}

    def tell(self, rows: Sequence[Row], number: TicketNumber) -> History:
        written: list[NewEvent] = []
        odd: list[tuple[Anomaly, Row, str]] = []
        named: dict[Named, datetime] = {}
        for row in rows:
            self._events, self._odd = [], []
            source = Source(system=self._mapping.system, case=self._case, row=row.number)
            if self._seen is None and row is rows[0]:
                self._look_at_case(rows)
                self._open(row, number)
            by = self._snapshot.actor(row, self._mapping.actor)
            opening = len(self._events)
            changed = self._changed(row)
            self._follow(row, changed if not opening else {}, by)
            self._events.insert(opening, self._kept(row, changed, by))
            self._last, self._before, self._last_order = row.cells, row.at, row.order
            written += [NewEvent(event=event, source=source) for event in self._events]
            odd += [(kind, row, detail) for kind, detail in self._odd]
            for name in self._snapshot.take_named():
                named.setdefault(name, row.at)
        return History(events=tuple(written), rows=len(rows), named=named, odd=tuple(odd))

    def _open(self, row: Row, number: TicketNumber) -> None:
        opened_at = self._ready.instant(row, self._mapping.opened, self._note)
        created_at = self._ready.instant(row, self._mapping.created, self._note)
        at = opened_at or row.at
        if created_at is not None and created_at < at:
            self._note(Anomaly.CREATED_BEFORE_OPENED, str(at - created_at))
        if row.at < at:
            self._note(Anomaly.ROW_BEFORE_OPENING, str(at - row.at))
        by = self._snapshot.actor(row, self._mapping.opener or self._mapping.actor)
        opened = self._attributes.opened(row, self._case, number)
        self._events.append(replace(opened, by=by, at=at))

    def _follow(self, row: Row, changed: dict[str, str], by: Actor) -> None:
        """Events for what the row changed - none if it tells of a time that others overtook."""
        self._look_at_row(row)
        applies = self._mapping.applies_when
        if applies is not None and row.cells.get(applies.column, "") not in applies.values:
            return
        if self._seen is not None and row.at < self._seen.latest:
            self._note(Anomaly.LATE_ROW, "")
            return
        if changed:
            self._events += self._attributes.changes(row, changed, by)
        if assigned := self._attributes.assigned(row, by):
            self._events.append(assigned)
            self._acknowledged |= by.is_agent
            if assigned.agent is not None and self._standing.status is Status.NEW:
                self._standing = replace(self._standing, status=Status.OPEN)
        self._change_status(row, by)

    def _change_status(self, row: Row, by: Actor) -> None:
        wanted = self._mapping.statuses.get(row.state)
        if wanted is None:
            if row.state not in self._mapping.statuses and self._mapping.other_states == "report":
                self._note(Anomaly.UNKNOWN_STATE, row.state[:60])
            return
        if wanted is not Status.NEW and not self._acknowledged and by.is_agent:
            self._events.append(TicketAcknowledged(by=by, at=row.at))
            self._acknowledged = True
        ended = wanted in _DONE
        step = Step(
            row=row,
            wanted=wanted,
            by=by,
            requester=self._attributes.requester,
            code=self._snapshot.resolution_code(row) if ended else "",
            kind=self._mapping.kind,
            before=self._before,
            resolved=self._ending(row, self._mapping.resolved) if ended else Ending(),
            closed=self._ending(row, self._mapping.closed) if ended else Ending(),
            closed_because=self._mapping.closed_because,
        )
        advanced = advance(self._standing, step)
        self._standing = advanced.standing
        self._events += advanced.events
        for kind in advanced.odd:
            self._note(kind, row.state[:60])

    def _ending(self, row: Row, column: str | None) -> Ending:
        if column is None:
            return Ending()
        return Ending(told=True, at=self._ready.instant(row, column, self._note))

    def _changed(self, row: Row) -> dict[str, str]:
        """Cells that differ from the row before; an empty text: the value became unknown."""
        last, now = self._last, row.cells
        changed = {name: cell for name, cell in now.items() if last.get(name) != cell}
        for name in last.keys() - now.keys():
            changed[name] = ""
        return changed

    def _kept(self, row: Row, changed: dict[str, str], by: Actor) -> HistoryRowKept:
        return HistoryRowKept(
            requester=self._attributes.requester,
            state=row.state,
            changed=changed,
            anomaly="; ".join(dict.fromkeys(kind for kind, _ in self._odd)) or None,
            by=by,
            at=row.at,
        )

    def _look_at_case(self, rows: Sequence[Row]) -> None:
        """What is odd about the case as a whole, said with its first row."""
        statuses = {self._mapping.statuses.get(row.state) for row in rows}
        if Status.NEW in self._mapping.statuses.values() and Status.NEW not in statuses:
            self._note(Anomaly.NO_NEW, rows[0].state[:60])
        if statuses <= _DONE:
            self._note(Anomaly.ONLY_DONE, "")

    def _look_at_row(self, row: Row) -> None:
        """What is odd about the row beside those before it."""
        if self._before is not None and row.at < self._before:
            self._note(Anomaly.TIME_GOES_BACK, str(self._before - row.at))
        if row.order is not None and self._last_order is not None:
            if row.order < self._last_order:
                self._note(Anomaly.ORDER_GOES_BACK, f"{row.order} after {self._last_order}")
            elif row.order > self._last_order + 1:
                self._note(Anomaly.ORDER_GAP, f"{row.order} after {self._last_order}")
        if row.ahead and row.ahead.keys() <= row.cells.keys():
            self._note(Anomaly.LATE_KNOWLEDGE, ", ".join(sorted(row.ahead)))
        alike = self._told.setdefault((row.at, row.state), [])
        if row.cells in alike:
            self._note(Anomaly.DUPLICATE, "")
        alike.append(row.cells)

    def _note(self, kind: Anomaly, detail: str) -> None:
        self._odd.append((kind, detail))
