"""Faults for worker processes: each wraps the row store that the worker uses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class TrackingOutside:
    """The position is moved in a transaction of its own, after the rows."""

    def __init__(
        self, rows: Any, pool: Any, between: Callable[[str], None] = lambda _: None
    ) -> None:
        """`between` the two is called with the projection's name."""
        self._rows = rows
        self._pool = pool
        self._between = between

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rows, name)

    @contextmanager
    def begin(self, projection: Any, lane: int, *given: Any, **named: Any) -> Iterator[Any]:
        with self._rows.begin(projection, lane, *given, **named) as batch:
            rows_only = None if batch is None else _RowsOnly(batch)
            yield rows_only
        if rows_only is not None and rows_only.reached is not None:
            self._between(projection.name)
            with self._pool.connection() as connection:
                connection.execute(
                    "UPDATE chronodesk.projection_position SET position = %s"
                    " WHERE lane = %s AND schema = (SELECT schema FROM chronodesk.projection"
                    " WHERE name = %s AND build = 'live')",
                    [rows_only.reached, lane, projection.name],
                )


class _RowsOnly:
    """A batch that is committed at the position at which it began."""

    def __init__(self, batch: Any) -> None:
        self._batch = batch
        self.reached: int | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def commit(self, changes: Any, position: int) -> None:
        self._batch.commit(changes, self._batch.position)
        self.reached = position


FAULTS: dict[str, Callable[[Any, Any], Any]] = {"tracking outside": TrackingOutside}
