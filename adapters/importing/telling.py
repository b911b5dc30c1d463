"""From the rows of a case to the request that writes its history: all that needs no log.

It takes most of an import's time, so several processes do it at once.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from adapters.importing.case_history import Seen, history
from adapters.importing.case_rows import CaseRows
from adapters.importing.findings import Anomaly, Place
from adapters.importing.grouping import WaitingCase
from adapters.importing.ids import command_of, stream_of_case
from adapters.importing.mapping import Mapping
from adapters.importing.people import Named
from adapters.importing.snapshot import Row
from adapters.packing import pack
from commands.ports import Append, NewEvent, Packed, StreamWrite
from domain.ids import StreamId, TicketNumber, WorkspaceId
from domain.record import record


@record
class Task:
    """Cases that the log has nothing of, and the number that the first one gets."""

    cases: Sequence[WaitingCase]
    first_number: int
    recorded_at: datetime


class Told(NamedTuple):
    """One case ready to be written. `named`: who turns up in it, and when for the first time."""

    request: Packed
    rows: int
    named: dict[Named, datetime]
    odd: list[tuple[Anomaly, Place]]


class Teller:
    """Tells the histories of one file's cases."""

    def __init__(self, workspace: WorkspaceId, mapping: Mapping, columns: list[str]) -> None:
        self._workspace = workspace
        self._mapping = mapping
        self._ready = CaseRows(mapping, columns)
        self._columns = blake2b("\0".join(columns).encode(), digest_size=16).hexdigest()

    def __call__(self, task: Task) -> list[Told]:
        """All that the file has of these cases."""
        return [
            self.tell(case, self.rows(case), TicketNumber(number), task.recorded_at)
            for number, case in enumerate(task.cases, task.first_number)
        ]

    def rows(self, case: WaitingCase) -> list[Row]:
        """The rows of a case as they may be shown."""
        return self._ready.ready(case.rows())

    def tell(
        self,
        case: WaitingCase,
        rows: Sequence[Row],
        number: TicketNumber,
        recorded_at: datetime,
        seen: Seen | None = None,
    ) -> Told:
        """The request that writes `rows`; `seen` is what the log has of the case."""
        told = history(case.name, rows, self._mapping, ready=self._ready, number=number, seen=seen)
        request = self.request(
            stream_of_case(self._mapping.system, case.name),
            seen.ticket.version if seen else 0,
            told.events,
            what=f"case|{self._mapping.system}|{case.name}|{self.digest(case)}",
            fingerprint=self.digest(case),
            recorded_at=recorded_at,
        )
        odd = [
            (kind, Place(line=row.line, row=row.number, case=case.name, detail=detail))
            for kind, row, detail in told.odd
        ]
        return Told(request=request, rows=told.rows, named=told.named, odd=odd)

    def request(
        self,
        stream: StreamId,
        version: int,
        events: tuple[NewEvent, ...],
        *,
        what: str,
        fingerprint: str,
        recorded_at: datetime,
    ) -> Packed:
        """A request of this import; `what` it is about names its command."""
        return pack(
            Append(
                workspace=self._workspace,
                command_id=command_of(self._workspace, what),
                fingerprint=fingerprint,
                correlation_id=f"import {self._mapping.system}",
                recorded_at=recorded_at,
                writes=(StreamWrite(stream=stream, expected_version=version, events=events),),
            )
        )

    def digest(self, case: WaitingCase) -> str:
        """Of the case's rows under the file's columns."""
        return f"{self._columns}{case.digest}"
