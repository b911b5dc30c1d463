"""Cases written into the log in batches: all at once, only once, and on from where it stopped.

Nothing but the log remembers how far an import came. The id of a case's command is derived from
its rows, so the same rows are never written twice; and a batch leaves a command of its own behind
when it is done, so the same file is recognised batch by batch, without looking at its cases.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from uuid import UUID, uuid5

from adapters.importing.case_history import History, Seen, history
from adapters.importing.case_rows import CaseRows
from adapters.importing.findings import Findings, Place
from adapters.importing.grouping import WaitingCase
from adapters.importing.kept import only_new, seen_in
from adapters.importing.mapping import ImportRefused, Mapping
from adapters.importing.people import Named, registered, stream
from commands.ports import (
    Append,
    Appended,
    Clock,
    EventStore,
    NewEvent,
    Numbers,
    StreamWrite,
    VersionConflict,
)
from domain.ids import CommandId, StreamId, TicketId, TicketNumber, WorkspaceId, ticket_stream
from domain.record import record

_NAMESPACE = UUID("b7f4c3de-6a52-5d0e-9a6b-1f6f1f1e2a90")
_ATTEMPTS = 5


def ticket_of(system: str, case: str) -> TicketId:
    """The ticket that a case becomes: the same for the same case of the same system."""
    return TicketId(str(uuid5(_NAMESPACE, f"ticket|{system}|{case}")))


class Tally:
    """What has been written so far."""

    def __init__(self) -> None:
        self.rows_written = 0
        self.rows_already_there = 0
        self.cases = 0
        self.cases_new = 0
        self.cases_grown = 0
        self.events = 0
        self.people = 0
        self.anomalies = Findings()


@record
class _Planned:
    """One case on its way into the log: what is new of it, and at which version it goes on."""

    case: WaitingCase
    stream: StreamId
    version: int
    told: History


class Writer:
    """Writes batches of cases of one file. Not safe to share between threads."""

    def __init__(
        self,
        store: EventStore,
        numbers: Numbers,
        clock: Clock,
        *,
        workspace: WorkspaceId,
        mapping: Mapping,
        columns: list[str],
    ) -> None:
        self._store = store
        self._numbers = numbers
        self._clock = clock
        self._workspace = workspace
        self._mapping = mapping
        self._ready = CaseRows(mapping, columns)
        self._columns = blake2b("\0".join(columns).encode(), digest_size=16).hexdigest()
        self._registered: set[Named] = set()
        self.tally = Tally()

    def write(self, batch: Sequence[WaitingCase]) -> None:
        """Write what the log does not hold of these cases.

        Raises StoreUnavailable; the import can then be started again from the beginning.
        """
        self.tally.cases += len(batch)
        mark, digest = self._mark(batch)
        if self._store.answered(self._workspace, mark, digest) is not None:
            self.tally.rows_already_there += sum(len(case.rows) for case in batch)
            return
        # An import goes on where it stopped: when the first case is new, the others are as well,
        # or nearly all of them. What a wrong guess misses, the append notices.
        known = bool(self._store.load(self._workspace, self._stream(batch[0])))
        planned = self._plan(batch, look=known)
        versions = self._append(planned)
        first = self._stream(batch[0])
        self._remember(first, versions.get(first), mark, digest)

    def _plan(self, batch: Sequence[WaitingCase], *, look: bool) -> list[_Planned]:
        held = {
            case.name: self._store.load(self._workspace, self._stream(case)) if look else ()
            for case in batch
        }
        new = sum(not events for events in held.values())
        numbers = iter(self._numbers.take(self._workspace, new) if new else ())
        planned = []
        for case in batch:
            events = held[case.name]
            rows = self._ready.ready(case.rows)
            fresh = only_new(rows, events, self._mapping) if events else rows
            self.tally.rows_already_there += len(rows) - len(fresh)
            if not fresh:
                continue
            seen = seen_in(events, self._mapping)
            number = seen.ticket.number if seen else TicketNumber(next(numbers))
            told = history(
                case.name, fresh, self._mapping, ready=self._ready, number=number, seen=seen
            )
            planned.append(
                _Planned(case=case, stream=self._stream(case), version=_version(seen), told=told)
            )
        return planned

    def _append(self, planned: list[_Planned]) -> dict[StreamId, int]:
        """Write, and plan those again that somebody else has written to meanwhile."""
        versions: dict[StreamId, int] = {}
        for _ in range(_ATTEMPTS):
            now = self._clock.now()
            people = self._people(planned, now)
            cases = [self._case(plan, now) for plan in planned]
            outcomes = self._store.append_many([*people, *cases])
            self.tally.people += sum(
                isinstance(outcome, Appended) and not outcome.repeated
                for outcome in outcomes[: len(people)]
            )
            overtaken = []
            for plan, outcome in zip(planned, outcomes[len(people) :], strict=True):
                if isinstance(outcome, VersionConflict):
                    overtaken.append(plan.case)
                else:
                    versions[plan.stream] = outcome.version
                    self._count(plan, outcome)
            if not overtaken:
                return versions
            planned = self._plan(overtaken, look=True)
        raise ImportRefused(
            "Somebody else keeps writing to the same cases. Let the other import finish first."
        )

    def _people(self, planned: Sequence[_Planned], now: datetime) -> list[Append]:
        """Registrations of those who turn up for the first time in this run."""
        first: dict[Named, datetime] = {}
        for plan in planned:
            for named, at in plan.told.named.items():
                if named not in self._registered:
                    first.setdefault(named, at)
        self._registered |= first.keys()
        system = self._mapping.system
        return [
            self._request(
                stream(system, named),
                0,
                (NewEvent(event=registered(system, named, at)),),
                what=f"register|{stream(system, named)}",
                fingerprint=f"import {system}",
                now=now,
            )
            for named, at in first.items()
        ]

    def _case(self, plan: _Planned, now: datetime) -> Append:
        return self._request(
            plan.stream,
            plan.version,
            plan.told.events,
            what=f"case|{self._mapping.system}|{plan.case.name}|{self._digest(plan.case)}",
            fingerprint=self._digest(plan.case),
            now=now,
        )

    def _request(
        self,
        stream_id: StreamId,
        version: int,
        events: tuple[NewEvent, ...],
        *,
        what: str,
        fingerprint: str,
        now: datetime,
    ) -> Append:
        return Append(
            workspace=self._workspace,
            command_id=self._command(what),
            fingerprint=fingerprint,
            correlation_id=f"import {self._mapping.system}",
            recorded_at=now,
            writes=(StreamWrite(stream=stream_id, expected_version=version, events=events),),
        )

    def _remember(
        self, stream_id: StreamId, version: int | None, mark: CommandId, digest: str
    ) -> None:
        """Leave word that this batch is done. A shortcut only: it may be missing."""
        if version is None:
            version = len(self._store.load(self._workspace, stream_id))
        self._store.append_many(
            [
                Append(
                    workspace=self._workspace,
                    command_id=mark,
                    fingerprint=digest,
                    correlation_id=f"import {self._mapping.system}",
                    recorded_at=self._clock.now(),
                    writes=(StreamWrite(stream=stream_id, expected_version=version, events=()),),
                )
            ]
        )

    def _count(self, plan: _Planned, outcome: Appended) -> None:
        tally = self.tally
        if outcome.repeated:
            tally.rows_already_there += plan.told.rows
            return
        tally.rows_written += plan.told.rows
        tally.events += len(plan.told.events)
        if plan.version:
            tally.cases_grown += 1
        else:
            tally.cases_new += 1
        for kind, row, detail in plan.told.odd:
            place = Place(line=row.line, row=row.number, case=plan.case.name, detail=detail)
            tally.anomalies.add(kind, place)

    def _mark(self, batch: Sequence[WaitingCase]) -> tuple[CommandId, str]:
        digest = blake2b(digest_size=16)
        for case in batch:
            digest.update(case.name.encode() + b"\0" + self._digest(case).encode())
        text = digest.hexdigest()
        return self._command(f"batch|{self._mapping.system}|{text}"), text

    def _digest(self, case: WaitingCase) -> str:
        return f"{self._columns}{case.digest}"

    def _command(self, what: str) -> CommandId:
        return CommandId(uuid5(_NAMESPACE, f"{self._workspace}|{what}"))

    def _stream(self, case: WaitingCase) -> StreamId:
        return ticket_stream(ticket_of(self._mapping.system, case.name))


def _version(seen: Seen | None) -> int:
    return seen.ticket.version if seen else 0
