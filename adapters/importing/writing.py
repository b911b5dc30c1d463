"""Batches of cases into the log: all of a batch at once, only once, and on from where it stopped.

Nothing but the log remembers how far an import came. The id of a case's command is derived from
its rows, so the same rows are never written twice; and a batch leaves a command of its own behind
when it is done, so the same file is recognised batch by batch, without looking at its cases.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import blake2b

from adapters.importing.findings import Findings
from adapters.importing.grouping import WaitingCase
from adapters.importing.ids import command_of, stream_of_case
from adapters.importing.kept import only_new, seen_in
from adapters.importing.mapping import ImportRefused, Mapping
from adapters.importing.people import Named, registered, stream
from adapters.importing.telling import Task, Teller, Told
from adapters.processes import crew
from commands.ports import (
    BulkStore,
    Clock,
    EventStore,
    NewEvent,
    Numbers,
    Packed,
    PackedWrite,
    Receipt,
    VersionConflict,
)
from domain.ids import CommandId, StreamId, TicketNumber, WorkspaceId
from domain.record import record

_ATTEMPTS = 5


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
class _Batch:
    """Cases on their way into the log.

    `done`: it holds all of them. `begun`: it holds something of the first one.
    """

    cases: list[WaitingCase]
    mark: CommandId
    digest: str
    done: bool
    begun: bool

    @property
    def rows(self) -> int:
        return sum(len(case.waiting) for case in self.cases)


class Writer:
    """Writes batches of cases of one file. Not safe to share between threads."""

    def __init__(
        self,
        store: EventStore,
        bulk: BulkStore,
        numbers: Numbers,
        clock: Clock,
        *,
        workspace: WorkspaceId,
        mapping: Mapping,
        columns: list[str],
    ) -> None:
        self._store = store
        self._bulk = bulk
        self._numbers = numbers
        self._clock = clock
        self._workspace = workspace
        self._mapping = mapping
        self._columns = columns
        self._teller = Teller(workspace, mapping, columns)
        self._registered: set[Named] = set()
        self._marks: list[Packed] = []
        self.tally = Tally()

    def write(self, batches: Iterable[list[WaitingCase]], processes: int) -> Iterator[int]:
        """Write what the log does not hold of these cases; yields the rows of each batch.

        Histories are told by `processes` processes, a few batches ahead of the one that is being
        written. Raises StoreUnavailable or ProcessLost; the import can then be started again from
        the beginning.
        """
        ahead: deque[_Batch] = deque()

        def tasks() -> Iterator[Task]:
            for cases in batches:
                ahead.append(self._look_at(cases))
                yield self._task(ahead[-1])

        with crew(processes, Teller, self._workspace, self._mapping, self._columns) as tellers:
            for told in tellers.each(tasks()):
                batch = ahead.popleft()
                self._write(batch, told)
                yield batch.rows
        self._bulk.append_history(self._marks)

    def _look_at(self, cases: list[WaitingCase]) -> _Batch:
        mark, digest = self._mark(cases)
        done = self._store.answered(self._workspace, mark, digest) is not None
        # An import goes on where it stopped: when the first case is new, the others are as well,
        # or nearly all of them. What a wrong guess misses, the append notices.
        begun = not done and bool(self._store.load(self._workspace, self._stream(cases[0])))
        return _Batch(cases=cases, mark=mark, digest=digest, done=done, begun=begun)

    def _task(self, batch: _Batch) -> Task:
        """What can be told without a look at the log: new cases."""
        cases = () if batch.done or batch.begun else batch.cases
        numbers = self._numbers.take(self._workspace, len(cases)) if cases else (0,)
        return Task(cases=cases, first_number=numbers[0], recorded_at=self._clock.now())

    def _write(self, batch: _Batch, told: Sequence[Told]) -> None:
        self.tally.cases += len(batch.cases)
        if batch.done:
            self.tally.rows_already_there += batch.rows
            return
        if batch.begun:
            told = self._going_on(batch.cases)
        versions = self._append(told, batch)
        # Word that this batch is done, written with the next one. A shortcut only.
        first = self._stream(batch.cases[0])
        version = versions.get(first)
        if version is None:
            version = len(self._store.load(self._workspace, first))
        self._marks.append(
            Packed(
                workspace=self._workspace,
                command=batch.mark.bytes,
                fingerprint=batch.digest,
                recorded_at=self._clock.now(),
                writes=(PackedWrite(stream=first, expected_version=version, events=()),),
            )
        )

    def _going_on(self, cases: Iterable[WaitingCase]) -> list[Told]:
        """What the log does not hold of cases that it may hold something of."""
        now = self._clock.now()
        held = {case.name: self._store.load(self._workspace, self._stream(case)) for case in cases}
        new = sum(not events for events in held.values())
        numbers = iter(self._numbers.take(self._workspace, new) if new else ())
        told = []
        for case in cases:
            events = held[case.name]
            rows = self._teller.rows(case)
            fresh = only_new(rows, events, self._mapping) if events else rows
            self.tally.rows_already_there += len(rows) - len(fresh)
            if not fresh:
                continue
            seen = seen_in(events, self._mapping)
            number = seen.ticket.number if seen else TicketNumber(next(numbers))
            told.append(self._teller.tell(case, fresh, number, now, seen))
        return told

    def _append(self, told: Sequence[Told], batch: _Batch) -> dict[StreamId, int]:
        """Write, and tell those again that somebody else has written to meanwhile."""
        versions: dict[StreamId, int] = {}
        for _ in range(_ATTEMPTS):
            marks, self._marks = self._marks, []
            people = self._people(told)
            before = len(marks) + len(people)
            outcomes = self._bulk.append_history([*marks, *people, *(one.request for one in told)])
            self.tally.people += sum(map(_is_new, outcomes[len(marks) : before]))
            overtaken = set()
            for one, outcome in zip(told, outcomes[before:], strict=True):
                stream_ = one.request.writes[0].stream
                if isinstance(outcome, VersionConflict):
                    overtaken.add(stream_)
                else:
                    versions[stream_] = outcome.version
                    self._count(one, outcome)
            if not overtaken:
                return versions
            told = self._going_on([case for case in batch.cases if self._stream(case) in overtaken])
        raise ImportRefused(
            "Somebody else keeps writing to the same cases. Let the other import finish first."
        )

    def _people(self, told: Sequence[Told]) -> list[Packed]:
        """Registrations of those who turn up for the first time in this run."""
        first: dict[Named, datetime] = {}
        for one in told:
            for named, at in one.named.items():
                if named not in self._registered:
                    first.setdefault(named, at)
        self._registered |= first.keys()
        system, now = self._mapping.system, self._clock.now()
        return [
            self._teller.request(
                stream(system, named),
                0,
                (NewEvent(event=registered(system, named, at)),),
                what=f"register|{stream(system, named)}",
                fingerprint=f"import {system}",
                recorded_at=now,
            )
            for named, at in first.items()
        ]

    def _count(self, told: Told, receipt: Receipt) -> None:
        tally = self.tally
        if receipt.repeated:
            tally.rows_already_there += told.rows
            return
        tally.rows_written += told.rows
        tally.events += told.request.events
        if told.request.writes[0].expected_version:
            tally.cases_grown += 1
        else:
            tally.cases_new += 1
        for kind, place in told.odd:
            tally.anomalies.add(kind, place)

    def _mark(self, cases: Sequence[WaitingCase]) -> tuple[CommandId, str]:
        digest = blake2b(digest_size=16)
        for case in cases:
            digest.update(case.name.encode() + b"\0" + self._teller.digest(case).encode())
        text = digest.hexdigest()
        return command_of(self._workspace, f"batch|{self._mapping.system}|{text}"), text

    def _stream(self, case: WaitingCase) -> StreamId:
        return stream_of_case(self._mapping.system, case.name)


def _is_new(outcome: Receipt | VersionConflict) -> bool:
    return isinstance(outcome, Receipt) and not outcome.repeated
