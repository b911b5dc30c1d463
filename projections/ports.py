"""What the read side needs from the outside world, and what a projection is made of."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from domain.position import Position
from domain.record import record
from domain.recorded import Recorded

Key = tuple[Hashable, ...]
R = TypeVar("R")


@record
class Table:
    """A table of a read model, one record type per table.

    `row` is a frozen record; its field names are the column names. `key` names the columns of
    the primary key, the workspace first. `ddl` maps column names to SQL types (with NOT NULL,
    DEFAULT as wanted). `indexes` are the parts of CREATE INDEX after the table's name, e.g.
    "(workspace, queue) WHERE status <> 'closed'". With `summed`, these columns are numbers that
    `Rows.add` changes by a difference, so that several lanes may write the same row.
    """

    name: str
    row: type[Any]
    key: tuple[str, ...]
    ddl: Mapping[str, str]
    indexes: tuple[str, ...] = ()
    summed: tuple[str, ...] = ()


class Rows(Protocol):
    """The rows that a projection works on while a batch is applied; written once at its end."""

    def get(self, table: Table, key: Key) -> Any | None:
        """The row under `key` as it is now, this batch's changes included."""

    def put(self, table: Table, row: Any) -> None:
        """Insert or replace the row under its key."""

    def delete(self, table: Table, key: Key) -> None: ...

    def add(self, table: Table, row: Any) -> None:
        """Add the `summed` columns of `row` to the row under its key (inserting it at zero)."""


@record
class Projection:
    """One read model: pure functions and tables. The runtime does the rest.

    `version` is bumped whenever tables or `apply` change: the model is then rebuilt, never
    migrated. `wants` are the stream categories it reads ("ticket", "agent", ...).
    `keys(recorded)` lists the rows that `apply` will `get`, so that they are read in one go.
    `apply(recorded, rows)` changes rows; it looks at nothing else.
    """

    name: str
    version: int
    tables: tuple[Table, ...]
    wants: frozenset[str]
    keys: Callable[[Recorded[Any]], Iterable[tuple[Table, Key]]]
    apply: Callable[[Recorded[Any], Rows], None]


class Feed(Protocol):
    """The log as a reader sees it: per lane, gapless and in order."""

    def lanes(self) -> Sequence[int]: ...

    def page(self, lane: int, after: int, limit: int) -> Sequence[Recorded[Any]]:
        """Up to `limit` events of a lane with a position greater than `after`, in order."""

    def head(self) -> Position:
        """The last position of every lane."""

    def wait(self, beyond: Position, timeout: float) -> bool:
        """Wait up to `timeout` seconds for any lane to be past `beyond`; False when it was not.

        A wake-up may be late or spurious: the caller polls in any case.
        """
