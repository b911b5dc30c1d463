"""What the read side needs from the outside world, and what a projection is made of."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from domain.ids import StreamId, WorkspaceId
from domain.position import Position
from domain.record import record
from domain.recorded import Recorded
from projections.lease_ports import Lease

Key = tuple[Hashable, ...]
R = TypeVar("R")


@record
class Table:
    """A table of a read model, one record type per table.

    `row` is a frozen record; its field names are the column names. `key` names the columns of
    the primary key, the workspace first. `ddl` maps column names to SQL types (with NOT NULL,
    DEFAULT as wanted). `indexes` are the parts of CREATE INDEX after the table's name, e.g.
    "(workspace, queue) WHERE status <> 'closed'". With `summed`, these columns are numbers that
    `Rows.add` changes by a difference, so that several lanes may write the same row. `by_stream`:
    what an event's `keys` name here only earlier events of its stream have put, so that for the
    first event of a stream nothing needs to be read. `searched`: its readers are kept in their
    workspace by the view that they read, instead of row-level security, so that operators which
    PostgreSQL does not know to be leakproof (words, arrays) can use an index.
    """

    name: str
    row: type[Any]
    key: tuple[str, ...]
    ddl: Mapping[str, str]
    indexes: tuple[str, ...] = ()
    summed: tuple[str, ...] = ()
    by_stream: bool = False
    searched: bool = False


@record
class Beside:
    """One stream of each workspace that all others are judged by, such as its calendars.

    `fold` makes of its events what `Rows.beside` gives. `refresh(find, rows, lane, limit)` lets up
    to `limit` rows of a lane know what it says by now, and tells how many there were.
    """

    stream: StreamId
    fold: Callable[[Sequence[Recorded[Any]]], Any]
    refresh: "Callable[[Find, Rows, int, int], int]"


Where = Sequence[tuple[str, str, Any]]
"""Column, one of `=`, `<` and `>=`, and value; all of them hold."""

Find = Callable[[Table, Where, int], list[Any]]
"""Up to so many stored rows of a table for which a condition holds."""


class Rows(Protocol):
    """The rows that a projection works on while a batch is applied; written once at its end."""

    def get(self, table: Table, key: Key) -> Any | None:
        """The row under `key` as it is now, this batch's changes included."""

    def put(self, table: Table, row: Any) -> None:
        """Insert or replace the row under its key."""

    def delete(self, table: Table, key: Key) -> None:
        """Remove the row under `key`, if there is one."""

    def add(self, table: Table, row: Any) -> None:
        """Add the `summed` columns of `row` to the row under its key (inserting it at zero)."""

    def beside(self, workspace: WorkspaceId) -> Any:
        """What the stream beside says; the same object until it says something else."""

    def history(
        self, workspace: WorkspaceId, stream: StreamId, version: int
    ) -> Sequence[Recorded[Any]]:
        """All events of a stream up to a version, for the rare case that needs them."""


@record
class Projection:
    """One read model: pure functions and tables. The runtime does the rest.

    `version` is bumped whenever tables or `apply` change: the model is then rebuilt, never
    migrated. `wants` are the stream categories it reads ("ticket", "agent", ...).
    `keys(recorded)` lists the rows that `apply` will `get`, so that they are read in one go.
    `apply(recorded, rows)` changes rows; it looks at nothing else. `by_stream`: what an event gets,
    puts and deletes no event of another stream ever does (it may `add` to the same rows), so that
    streams can be folded one after the other, in any order and in several processes. `beside`: a
    stream that it looks at, too, and which may say something else about rows that are there.
    """

    name: str
    version: int
    tables: tuple[Table, ...]
    wants: frozenset[str]
    keys: Callable[[Recorded[Any]], Iterable[tuple[Table, Key]]]
    apply: Callable[[Recorded[Any], Rows], None]
    by_stream: bool = False
    beside: Beside | None = None


class Feed(Protocol):
    """The log as a reader sees it: per lane, gapless and in order."""

    def lanes(self) -> Sequence[int]:
        """The lanes of the log, ascending."""

    def page(self, lane: int, after: int, limit: int) -> Sequence[Recorded[Any]]:
        """Up to `limit` events of a lane with a position greater than `after`, in order.

        An event that this program cannot read ends the page before it. A page that would begin
        with it raises UnreadableEvent, each time: its lane stays there, and no other.
        """

    def head(self) -> Position:
        """The last position of every lane."""

    def load(
        self, workspace: WorkspaceId, stream: StreamId, *, after: int = 0
    ) -> Sequence[Recorded[Any]]:
        """The events of one stream with a version greater than `after`, in order."""

    def wait(self, beyond: Position, timeout: float) -> bool:
        """Wait up to `timeout` seconds for any lane to be past `beyond`; False when it was not.

        A wake-up may be late or spurious: the caller polls in any case.
        """


class Reader(Protocol):
    """Read access to the views of one workspace, and of no other."""

    def fetch(
        self, query: str, params: Mapping[str, Any] | None = None, *, counts: bool = False
    ) -> list[dict[str, Any]]:
        """Rows of a SELECT over `read.<table>`; placeholders are written `%(name)s`.

        With `counts`, much is read to say little about it: that gets more memory.

        Row-level security adds the workspace. Arrays come as lists, jsonb as Python values,
        instants in UTC. Raises Unavailable when the database is lost, InvalidQuery for a value that
        no row can have.
        """


class InvalidQuery(ValueError):
    """A value in a query is of no use: a text with a NUL, a forged place to go on from."""


class Unavailable(Exception):
    """The database cannot be reached now; it is worth trying again."""


class ViewMissing(Unavailable):
    """A view is not there as this program reads it: it is being built, such as after an update."""


class LeaseLost(Exception):
    """Another worker has this work now: nothing was written, and nothing may be."""


class TablesChanged(Exception):
    """A projection's tables are not those that its version was built with."""


class RowsRefused(Exception):
    """The rows of a batch cannot be stored, whatever is tried: an event in it is at fault."""


class Build(StrEnum):
    """Which copy of a projection's tables is meant. At most one of each exists."""

    LIVE = "live"
    """The one that `read.<table>` shows."""
    NEXT = "next"
    """Being built beside the live one, to take its place."""
    CHECK = "check"
    """Built to be compared with the live one, then dropped."""
    KEPT = "kept"
    """The one that was live before, to go back to."""


@record
class TableChange:
    """What one batch does to one table.

    All three parts are sorted by key: two writers that take row locks in the same order cannot
    wait for each other in a circle.
    """

    table: Table
    upserts: Sequence[Any] = ()
    deletes: Sequence[Key] = ()
    adds: Sequence[Any] = ()


@record
class Parked:
    """An event that a projection could not take, or that waits behind such a one of its stream."""

    projection: str
    version: int
    workspace: WorkspaceId
    stream: StreamId
    stream_version: int
    lane: int
    position: int
    reason: str


@record
class Standing:
    """How far the live copy of a projection is on a lane, and how many events are parked there."""

    projection: str
    version: int
    lane: int
    position: int
    parked: int


@record
class Kept:
    """A copy that was replaced and is kept: since when, on which version, and its size in bytes."""

    projection: str
    version: int
    since: datetime
    size: int


class Batch(Protocol):
    """One transaction on one projection and lane, which nobody else can advance meanwhile."""

    @property
    def position(self) -> int:
        """The position of the last event that the rows contain."""

    @property
    def state(self) -> Hashable:
        """Names what the rows are: no two commits to a copy and lane leave the same one.

        After `commit` it is what the next batch finds, unless another one came in between.
        """

    @property
    def parked(self) -> frozenset[tuple[WorkspaceId, StreamId]]:
        """Streams with parked events: what follows in them has to wait as well."""

    def read(self, table: Table, keys: Sequence[Key]) -> dict[Key, Any]:
        """The rows that exist under `keys`, in one go."""

    def find(self, table: Table, where: Where, limit: int) -> list[Any]:
        """Up to `limit` rows for which `where` holds."""

    def park(self, parked: Sequence[Parked]) -> None:
        """Put events aside; an event that is parked already gets the new reason."""

    def unpark(self, parked: Sequence[Parked]) -> None:
        """Forget parked events: they are in the rows now."""

    def commit(self, changes: Sequence[TableChange], position: int) -> None:
        """Write rows, parked events and position together, once. Raises RowsRefused, LeaseLost."""


class RowStore(Protocol):
    """Where the tables of projections live. All methods raise Unavailable."""

    def prepare(self, projection: Projection, lanes: Sequence[int]) -> int:
        """Make sure that a live copy exists (an empty one if need be); its version.

        A lane that the live copy does not know begins at zero. Raises TablesChanged.
        """

    def begin(
        self,
        projection: Projection,
        lane: int,
        build: Build = Build.LIVE,
        lease: Lease | None = None,
    ) -> AbstractContextManager[Batch | None]:
        """Lock the position of a copy at `projection.version`; leaving without `commit` undoes all.

        None: another worker has it in this moment, or there is no such copy of this version. With
        a `lease`, raises LeaseLost when it is not the current one.
        """

    def positions(self, name: str, build: Build = Build.LIVE) -> Position | None:
        """How far a copy is, whatever its version; None when there is none."""

    def standings(self) -> list[Standing]:
        """How far all live copies are on each of their lanes, in one look."""

    def parked(self, name: str | None = None) -> list[Parked]:
        """Parked events of the live copies (of one projection), in the order of the log."""

    def building(self, projection: Projection) -> AbstractContextManager[bool]:
        """The right to build a copy, held by one at a time; False when another has it.

        Taking it removes what an interrupted build left behind.
        """

    def create(self, projection: Projection, lanes: Sequence[int], build: Build) -> None:
        """Make the tables of a copy, empty and without secondary indexes."""

    def index(self, projection: Projection, build: Build) -> None:
        """Add the secondary indexes to a copy that was loaded without them."""

    def swap(self, projection: Projection, build: Build = Build.NEXT) -> bool:
        """Let readers see this copy from now on, and keep the one they saw as KEPT.

        False, and nothing done, while it is behind the live copy: a reader never goes back.
        """

    def kept(self) -> list[Kept]:
        """The copies that `swap` kept, by projection."""

    def drop(self, projection: Projection, build: Build) -> None:
        """Remove a copy, if there is one."""

    def frozen(self, projection: Projection) -> AbstractContextManager[Position]:
        """Keep the live copy as it is for a moment, to compare it; gives its position."""

    def differences(
        self, projection: Projection, table: Table, limit: int
    ) -> Iterator[tuple[Key, Any | None, Any | None]]:
        """Keys whose rows differ between the live and the CHECK copy, with both rows."""
