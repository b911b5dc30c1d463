"""A small projection, and a stand on which row stores are tested with it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from domain.ids import StreamId, WorkspaceId
from domain.record import record
from projections.columns import columns_of
from projections.lease_ports import Lease, Leases
from projections.ports import (
    Build,
    Key,
    Parked,
    Projection,
    RowStore,
    Table,
    TableChange,
)

HOME = WorkspaceId("home")


@record
class Book:
    workspace: str
    title: str
    pages: int
    readers: tuple[str, ...] = ()
    notes: dict[str, Any]


@record
class Shelf:
    workspace: str
    name: str
    books: int


BOOK = Table(name="book", row=Book, key=("workspace", "title"), ddl=columns_of(Book))
SHELF = Table(
    name="shelf",
    row=Shelf,
    key=("workspace", "name"),
    ddl=columns_of(Shelf),
    summed=("books",),
)


def _nothing(*_: object) -> Iterable[tuple[Table, Key]]:
    return ()


LIBRARY = Projection(
    name="library",
    version=1,
    tables=(BOOK, SHELF),
    wants=frozenset({"ticket"}),
    keys=_nothing,
    apply=lambda *_: None,
)


def book(title: str, pages: int = 100) -> Book:
    return Book(workspace=HOME, title=title, pages=pages, readers=("ann", "kim"), notes={"a": [1]})


def put(*books: Book) -> list[TableChange]:
    return [TableChange(table=BOOK, upserts=books)]


def on_shelf(books: int) -> list[TableChange]:
    return [TableChange(table=SHELF, adds=[Shelf(workspace=HOME, name="top", books=books)])]


def parked(position: int, stream: str, reason: str = "because") -> Parked:
    return Parked(
        projection="library",
        version=1,
        workspace=HOME,
        stream=StreamId(stream),
        stream_version=1,
        lane=0,
        position=position,
        reason=reason,
    )


@dataclass(frozen=True)
class Stand:
    """A store to be tested, workers beside it, and the hand on its clock."""

    store: RowStore
    worker: Callable[[str], Leases]
    pass_time: Callable[[float], None]

    def commit(
        self,
        changes: Sequence[TableChange],
        position: int,
        build: Build = Build.LIVE,
        lease: Lease | None = None,
    ) -> None:
        with self.store.begin(LIBRARY, 0, build, lease) as batch:
            assert batch is not None
            batch.commit(changes, position)

    def read(self, table: Table, *keys: Key, build: Build = Build.LIVE) -> dict[Key, Any]:
        with self.store.begin(LIBRARY, 0, build) as batch:
            assert batch is not None
            return batch.read(table, keys)

    def state(self, lease: Lease | None = None) -> object:
        with self.store.begin(LIBRARY, 0, lease=lease) as batch:
            assert batch is not None
            return batch.state
