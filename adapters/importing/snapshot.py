"""One row in the words of the domain: what the case was after it, and who made it."""

from collections.abc import Callable
from collections.abc import Mapping as Values
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from adapters.importing.findings import Anomaly
from adapters.importing.mapping import ActorColumn, Mapping
from adapters.importing.people import NOBODY, Named, Role, ident, importer, named_as
from domain.actor import Actor, ActorKind
from domain.checks import NAME_LIMIT, SUBJECT_LIMIT, VALUE_LIMIT
from domain.ids import AgentId, QueueId, RequesterId
from domain.record import record
from domain.ticket.words import Channel, FieldValue, Level, Priority

T = TypeVar("T")


@record
class Row:
    """One row of a case, read: its place in the file, its instant, and its known cells.

    `cells` holds no unknown values and nothing that was not yet known at `at`. `ahead` holds the
    cells that the source filled in later, for those who may look ahead.
    """

    number: int
    line: int
    at: datetime
    state: str
    order: int | None
    cells: dict[str, str]
    ahead: dict[str, str]


class Snapshot:
    """Reads attributes from rows; notes who is named and what did not fit."""

    def __init__(self, mapping: Mapping, note: Callable[[Anomaly, str], None]) -> None:
        self._mapping = mapping
        self._system = mapping.system
        self._note = note
        self.importer = importer(mapping.system)
        self._named: dict[Named, None] = {}

    def take_named(self) -> list[Named]:
        """Who was named since the last call, each once."""
        named = list(self._named)
        self._named.clear()
        return named

    def requester(self, row: Row) -> RequesterId | None:
        """Who asked."""
        name = self._text(row, self._mapping.attributes.requester)
        return RequesterId(self._ident(Role.REQUESTER, name)) if name else None

    def nobody(self) -> RequesterId:
        """A stand-in for the requester whom no row names."""
        return RequesterId(self._ident(Role.REQUESTER, NOBODY))

    def queue(self, row: Row) -> QueueId | None:
        """Where the case waits."""
        name = self._text(row, self._mapping.attributes.queue)
        return QueueId(self._ident(Role.QUEUE, name)) if name else None

    def agent(self, row: Row) -> AgentId | None:
        """Who works on it."""
        column = self._mapping.attributes.agent
        name = self._text(row, column.column if column else None)
        return AgentId(self._ident(Role.AGENT, name)) if name else None

    def says_agent(self, row: Row) -> bool:
        """Whether rows in this state tell who works on the case at all."""
        column = self._mapping.attributes.agent
        return column is not None and (not column.on or row.state in column.on)

    def actor(self, row: Row, column: ActorColumn | None) -> Actor:
        """Who made the row."""
        name = row.cells.get(column.column) if column else None
        if not column or not name:
            return self.importer
        if name in column.rules:
            return Actor(kind=ActorKind.RULE, id=ident(self._system, name), rule_version=1)
        return _agent(self._ident(Role.AGENT, name[:NAME_LIMIT]))

    def category(self, row: Row) -> str | None:
        """The category, as the file names it."""
        return self._text(row, self._mapping.attributes.category)

    def region(self, row: Row) -> str | None:
        """The region, as the file names it."""
        return self._text(row, self._mapping.attributes.region)

    def language(self, row: Row) -> str | None:
        """The language tag."""
        return self._text(row, self._mapping.attributes.language)

    def channel(self, row: Row) -> Channel:
        """How the case came in."""
        column = self._mapping.attributes.channel
        return (self._listed(row, column.column, column.values) if column else None) or Channel.API

    def priority(self, row: Row) -> Priority:
        """The priority; normal when the row does not say."""
        column = self._mapping.attributes.priority
        found = self._listed(row, column.column, column.values) if column else None
        return found or Priority.NORMAL

    def impact(self, row: Row) -> Level | None:
        """How many are affected."""
        column = self._mapping.attributes.impact
        return self._listed(row, column.column, column.values) if column else None

    def urgency(self, row: Row) -> Level | None:
        """How soon it matters."""
        column = self._mapping.attributes.urgency
        return self._listed(row, column.column, column.values) if column else None

    def subject(self, row: Row, case: str) -> str:
        """The columns that make the subject, as far as they are known; else the case's name."""
        parts = (row.cells.get(column) for column in self._mapping.attributes.subject)
        return self._cut(" / ".join(part for part in parts if part), SUBJECT_LIMIT) or case

    def resolution_code(self, row: Row) -> str:
        """How it was solved, as the source calls it."""
        return self._text(row, self._mapping.attributes.resolution_code) or "unknown"

    def fields(self, row: Row) -> dict[str, FieldValue]:
        """Custom fields that have a value."""
        wanted = self._mapping.attributes.fields
        return {
            name: self._cut(row.cells[column], VALUE_LIMIT)
            for name, column in wanted.items()
            if column in row.cells
        }

    def _text(self, row: Row, column: str | None) -> str | None:
        value = row.cells.get(column) if column else None
        return self._cut(value, NAME_LIMIT) if value else None

    def _cut(self, value: str, limit: int) -> str:
        if len(value) <= limit:
            return value
        self._note(Anomaly.VALUE_CUT, f"{len(value)} characters, {limit} are taken")
        return value[:limit]

    def _listed(self, row: Row, column: str, values: Values[str, T]) -> T | None:
        value = row.cells.get(column)
        if value is None:
            return None
        if value not in values:
            self._note(Anomaly.UNLISTED_VALUE, f"{column}: {value[:60]}")
        return values.get(value)

    def _ident(self, role: Role, name: str) -> str:
        self._named[named_as(role, name)] = None
        return ident(self._system, name)


@lru_cache(1 << 14)
def _agent(ident_: str) -> Actor:
    return Actor(kind=ActorKind.AGENT, id=ident_)
