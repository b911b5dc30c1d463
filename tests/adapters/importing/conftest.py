"""A desk to import into, and small histories of our own making."""

import gzip
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.clock import SetClock
from adapters.importing.ids import ticket_of
from adapters.importing.mapping import Mapping, load_mapping, parse_mapping
from adapters.importing.report import ImportReport
from adapters.importing.run import OnProgress, import_history
from adapters.memory import MemoryNumbers, MemoryStore
from commands.ports import BulkStore, EventStore, Numbers
from domain.ids import WorkspaceId, ticket_stream
from domain.recorded import Recorded
from domain.ticket.events import HistoryRowKept
from domain.ticket.state import Ticket, fold

HOME = WorkspaceId("default")
ROOT = Path(__file__).parents[3]


@dataclass
class Desk:
    """A log with nothing in it, and the ways to import into it and to look at it."""

    store: Any = field(default_factory=MemoryStore)
    bulk: BulkStore | None = None
    processes: int = 1
    numbers: Numbers = field(default_factory=MemoryNumbers)

    def takes(
        self, path: Path, mapping: Mapping, on_progress: OnProgress = lambda _: None
    ) -> ImportReport:
        store: EventStore = self.store
        return import_history(
            path,
            mapping,
            store=store,
            bulk=self.bulk or self.store,
            numbers=self.numbers,
            clock=SetClock(datetime(2026, 1, 1, tzinfo=UTC)),
            workspace=HOME,
            on_progress=on_progress,
            processes=self.processes,
        )

    def log(self) -> list[Recorded[Any]]:
        return [
            recorded
            for lane, head in self.store.head().lanes
            for recorded in self.store.page(lane, 0, head)
        ]

    def rows(self) -> list[Recorded[HistoryRowKept]]:
        return [recorded for recorded in self.log() if isinstance(recorded.event, HistoryRowKept)]

    def case(self, system: str, case: str) -> list[Any]:
        stream = ticket_stream(ticket_of(system, case))
        return [recorded.event for recorded in self.store.load(HOME, stream)]

    def ticket(self, system: str, case: str) -> Ticket:
        return fold(self.case(system, case))


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="session")
def servicenow() -> Mapping:
    return load_mapping("servicenow_incidents")


SNAPSHOTS: dict[str, Any] = {
    "system": "acme",
    "kind": "snapshot-log",
    "case": "id",
    "order": "rev",
    "time": {"column": "updated", "format": "%Y-%m-%d %H:%M", "zone": "Asia/Seoul"},
    "unknown": ["", "?"],
    "state": "state",
    "statuses": {
        "New": "new",
        "Work": "open",
        "Ask": "pending",
        "Wait": "on_hold",
        "Solved": "resolved",
        "Shut": "closed",
    },
    "opened": "opened",
    "resolved": "solved",
    "back_filled": [{"columns": ["solved"], "known_at": "solved"}],
    "actor": "who",
    "attributes": {"queue": "group", "agent": "owner", "requester": "asker"},
}
HEADER = ["id", "rev", "updated", "state", "opened", "solved", "who", "group", "owner", "asker"]


@pytest.fixture(scope="session")
def snapshots() -> Mapping:
    """A mapping for a system of our own invention, whose times are Korean."""
    return parse_mapping(SNAPSHOTS, "a test")


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write rows (lists of cells, or lines as they are) below a header into a file."""

    def to_file(
        rows: Sequence[Sequence[str] | str],
        *,
        name: str = "log.csv",
        header: Sequence[str] = HEADER,
        encoding: str = "utf-8",
    ) -> Path:
        lines = [",".join(header), *(r if isinstance(r, str) else ",".join(r) for r in rows)]
        content = "".join(f"{line}\n" for line in lines).encode(encoding)
        path = tmp_path / name
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return to_file


def row(case: str, rev: int, updated: str, state: str, **cells: str) -> list[str]:
    """One row of the invented system; cells that are not given are unknown."""
    known = {"id": case, "rev": str(rev), "updated": updated, "state": state, **cells}
    return [known.get(column, "?") for column in HEADER]


def real(folder: str, name: str) -> Path:
    """A file of the real data, or a skipped test."""
    data = Path(os.environ.get("CHRONODESK_TEST_DATA") or ROOT.parent / "shared" / "data")
    path = data / folder / name
    if not path.is_file():
        pytest.skip(
            f"{path} is not there; set CHRONODESK_TEST_DATA to the folder that has {folder}."
        )
    return path
