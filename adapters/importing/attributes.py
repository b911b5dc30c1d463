"""What a case says about itself besides its status, and the events of its changes."""

from collections.abc import Collection

from adapters.importing.mapping import Mapping
from adapters.importing.snapshot import Row, Snapshot
from domain.actor import Actor
from domain.ids import TicketNumber
from domain.ticket.events import (
    TicketAssigned,
    TicketCategorised,
    TicketEvent,
    TicketFieldSet,
    TicketOpened,
    TicketPrioritised,
    TicketQueued,
    TicketRequesterChanged,
)
from domain.ticket.state import Ticket
from domain.ticket.words import FieldValue

EXTERNAL_ID = "external_id"
"""Custom field with the case's name in the source."""


class Attributes:
    """The attributes of one case, as they stand after the rows so far; begins at `ticket`.

    `watched` are the columns that attributes are read from.
    """

    def __init__(
        self, mapping: Mapping, watched: frozenset[str], snapshot: Snapshot, ticket: Ticket
    ) -> None:
        self._columns = mapping.attributes
        self._watched = watched
        self._snapshot = snapshot
        self.requester = ticket.requester
        self._queue = ticket.queue
        self._agent = ticket.agent
        self._category = ticket.category
        self._levels = (ticket.priority, ticket.impact, ticket.urgency)
        self._fields: dict[str, FieldValue] = dict(ticket.fields)

    def opened(self, row: Row, case: str, number: TicketNumber) -> TicketOpened:
        """The opening as the first row tells of it, by and at the row's own."""
        told = self._snapshot
        self.requester, self._queue = told.requester(row) or told.nobody(), told.queue(row)
        self._category, self._fields = told.category(row), told.fields(row)
        self._levels = (told.priority(row), told.impact(row), told.urgency(row))
        priority, impact, urgency = self._levels
        return TicketOpened(
            number=number,
            requester=self.requester,
            subject=told.subject(row, case),
            channel=told.channel(row),
            queue=self._queue,
            priority=priority,
            impact=impact,
            urgency=urgency,
            category=self._category,
            language=told.language(row),
            region=told.region(row),
            fields={EXTERNAL_ID: case, **self._fields},
            by=self._snapshot.importer,
            at=row.at,
        )

    def assigned(self, row: Row, by: Actor) -> TicketAssigned | None:
        """Who works on it from this row on, when that is another than before."""
        if not self._snapshot.says_agent(row):
            return None
        agent, previous = self._snapshot.agent(row), self._agent
        if agent == previous:
            return None
        self._agent = agent
        return TicketAssigned(agent=agent, previous=previous, by=by, at=row.at)

    def changes(self, row: Row, changed: Collection[str], by: Actor) -> list[TicketEvent]:
        """Events for everything else that `row` changes, given the columns that it changed."""
        if self._watched.isdisjoint(changed):
            return []
        told, columns, at = self._snapshot, self._columns, row.at
        events: list[TicketEvent] = []
        # A row that names nobody does not make the ticket nobody's.
        requester = told.requester(row)
        if requester is not None and requester != self.requester:
            events.append(
                TicketRequesterChanged(requester=requester, previous=self.requester, by=by, at=at)
            )
            self.requester = requester
        if columns.queue and (queue := told.queue(row)) != self._queue:
            events.append(TicketQueued(queue=queue, previous=self._queue, by=by, at=at))
            self._queue = queue
        if columns.category and (category := told.category(row)) != self._category:
            events.append(
                TicketCategorised(category=category, previous=self._category, by=by, at=at)
            )
            self._category = category
        return [*events, *self._prioritised(row, by), *self._fields_set(row, by)]

    def _prioritised(self, row: Row, by: Actor) -> list[TicketEvent]:
        told, columns, previous = self._snapshot, self._columns, self._levels
        priority, impact, urgency = self._levels = (
            told.priority(row) if columns.priority else previous[0],
            told.impact(row) if columns.impact else previous[1],
            told.urgency(row) if columns.urgency else previous[2],
        )
        if self._levels == previous:
            return []
        return [
            TicketPrioritised(
                priority=priority,
                previous=previous[0],
                impact=impact,
                previous_impact=previous[1],
                urgency=urgency,
                previous_urgency=previous[2],
                by=by,
                at=row.at,
            )
        ]

    def _fields_set(self, row: Row, by: Actor) -> list[TicketEvent]:
        now, before = self._snapshot.fields(row), self._fields
        self._fields = {**before, **dict.fromkeys(self._columns.fields), **now}
        return [
            TicketFieldSet(
                requester=self.requester,
                name=name,
                value=now.get(name),
                previous=before.get(name),
                by=by,
                at=row.at,
            )
            for name in self._columns.fields
            if now.get(name) != before.get(name)
        ]
