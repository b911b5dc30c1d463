"""Import a history file: the one function that the front door calls."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Literal, TypeAlias

from adapters.importing.findings import BrokenRow, Findings
from adapters.importing.grouping import Grouping, WaitingCase
from adapters.importing.mapping import Mapping
from adapters.importing.opening import Opened
from adapters.importing.reading import ReadRow, instant_of, open_rows, read
from adapters.importing.report import Found, ImportReport
from adapters.importing.writing import Writer
from commands.ports import BulkStore, Clock, EventStore, Numbers
from domain.ids import WorkspaceId
from domain.record import record

CASES_PER_BATCH = 400
ROWS_PER_BATCH = 2_500
"""What is written in one transaction at most, unless a single case has more rows than that; others
who write to the log wait for it.

The number of cases decides as a rule: then a newer file, in which old cases have grown and new
ones follow them, falls into the same batches, and those that did not change are recognised.
"""

_ROWS_PER_TICK = 1_000

_ROWS_WORTH_PROCESSES = 20_000
"""Fewer are written in the time that further processes take to start."""


@record
class Progress:
    """How far an import is. First all rows are read, then all cases are written.

    While reading, `done` of `total` are bytes of the file; while writing, rows.
    """

    phase: Literal["reading", "writing"]
    done: int
    total: int


OnProgress: TypeAlias = Callable[[Progress], None]


def import_history(
    path: Path,
    mapping: Mapping,
    *,
    store: EventStore,
    bulk: BulkStore,
    numbers: Numbers,
    clock: Clock,
    workspace: WorkspaceId,
    on_progress: OnProgress = lambda _: None,
    processes: int = 1,
) -> ImportReport:
    """Bring the history in `path` (CSV or XES, plain or gzip) into the log of `workspace`.

    The same file again adds nothing; a newer one adds only what is new; after a crash the same
    call goes on where the last one stopped. Memory is bounded by the largest single case and one
    batch; the rows wait in a temporary file of about the size of the unpacked import.

    Large files are worked on by `processes` processes, to the same effect as by one.

    Raises ImportRefused when the file or the mapping cannot be used at all, StoreUnavailable, and
    ProcessLost when a process was killed.
    """
    began = monotonic()
    opened = Opened(path)
    rows = open_rows(opened, mapping)
    taken = _Taken()
    with Grouping() as grouping:
        for chunk in _chunks(taken.good(read(rows, mapping))):
            grouping.add(chunk)
            on_progress(Progress(phase="reading", done=opened.done, total=opened.total))
        writer = Writer(
            store, bulk, numbers, clock, workspace=workspace, mapping=mapping, columns=rows.columns
        )
        if taken.rows < _ROWS_WORTH_PROCESSES:
            processes = 1
        written = 0
        for more in writer.write(_batches(grouping.cases()), processes):
            written += more
            on_progress(Progress(phase="writing", done=written, total=taken.rows))
    tally = writer.tally
    return ImportReport(
        file=path.name,
        system=mapping.system,
        rows_read=taken.rows + taken.broken.total,
        rows_written=tally.rows_written,
        rows_already_there=tally.rows_already_there,
        rows_broken=taken.broken.total,
        cases=tally.cases,
        cases_new=tally.cases_new,
        cases_grown=tally.cases_grown,
        events_written=tally.events,
        people_registered=tally.people,
        first_at=taken.first_at,
        last_at=taken.last_at,
        seconds=monotonic() - began,
        damage=opened.damage,
        broken=_found(taken.broken),
        anomalies=_found(tally.anomalies),
    )


class _Taken:
    """Counts the rows on their way and sets the broken ones apart."""

    def __init__(self) -> None:
        self.rows = 0
        self.broken = Findings()
        self._first: int | None = None
        self._last: int | None = None

    def good(self, rows: Iterator[ReadRow | BrokenRow]) -> Iterator[ReadRow]:
        for row in rows:
            if isinstance(row, BrokenRow):
                self.broken.add(row.kind, row.place)
                continue
            self.rows += 1
            self._first = row.at if self._first is None else min(self._first, row.at)
            self._last = row.at if self._last is None else max(self._last, row.at)
            yield row

    @property
    def first_at(self) -> datetime | None:
        return None if self._first is None else instant_of(self._first)

    @property
    def last_at(self) -> datetime | None:
        return None if self._last is None else instant_of(self._last)


def _chunks(rows: Iterator[ReadRow]) -> Iterator[list[ReadRow]]:
    while chunk := list(islice(rows, _ROWS_PER_TICK)):
        yield chunk


def _batches(cases: Iterator[WaitingCase]) -> Iterator[list[WaitingCase]]:
    batch: list[WaitingCase] = []
    size = 0
    for case in cases:
        full = len(batch) == CASES_PER_BATCH or size + len(case.waiting) > ROWS_PER_BATCH
        if batch and full:
            yield batch
            batch, size = [], 0
        batch.append(case)
        size += len(case.waiting)
    if batch:
        yield batch


def _found(findings: Findings) -> tuple[Found, ...]:
    return tuple(Found(kind=kind, count=count, first=first) for kind, count, first in findings)
