"""Checks that a projection's rows are what the log says: builds it again and compares."""

from collections.abc import Callable
from typing import Any

from domain.position import Position
from domain.record import record
from projections.advance import Unit, refresh
from projections.folding import Loader
from projections.ports import Build, Feed, Key, Parked, Projection, RowsRefused, RowStore
from projections.rebuild import REFRESH, Rebuilding, catch_up, fill


@record
class Difference:
    """A key whose live row is not the one that the log gives; None where there is no row."""

    table: str
    key: Key
    live: Any | None
    recomputed: Any | None


@record
class Verification:
    """The outcome for one projection, at `position`."""

    projection: str
    position: Position
    differences: tuple[Difference, ...]
    parked: tuple[Parked, ...]

    @property
    def sound(self) -> bool:
        return not self.differences and not self.parked


def verify(
    projection: Projection,
    feed: Feed,
    store: RowStore,
    progress: Callable[[Rebuilding], None] = lambda _: None,
    *,
    limit: int = 20,
    loader: Loader | None = None,
) -> Verification | None:
    """Recompute from zero in tables of its own, and list up to `limit` differing keys per table.

    The live copy stands still during the comparison only. `loader` as in `rebuild`. None when this
    projection is being built or checked by another process, or its live version is not this
    program's. Raises Unavailable.
    """
    with store.building(projection) as mine:
        if not mine or store.prepare(projection, feed.lanes()) != projection.version:
            return None
        store.create(projection, feed.lanes(), Build.CHECK)
        try:
            seen = store.positions(projection.name) or Position()
            try:
                fill(
                    projection,
                    feed,
                    store,
                    Build.CHECK,
                    until=seen,
                    progress=progress,
                    loader=loader,
                )
            except RowsRefused:
                store.create(projection, feed.lanes(), Build.CHECK)
                catch_up(projection, feed, store, Build.CHECK, until=seen, progress=progress)
            for lane in feed.lanes():
                unit = Unit(projection=projection, lane=lane, load=feed.load)
                while refresh(store, unit, REFRESH):
                    pass
            with store.frozen(projection) as position:
                catch_up(projection, feed, store, Build.CHECK, until=position, progress=progress)
                return Verification(
                    projection=projection.name,
                    position=position,
                    differences=tuple(
                        Difference(table=table.name, key=key, live=live, recomputed=again)
                        for table in projection.tables
                        for key, live, again in store.differences(projection, table, limit)
                    ),
                    parked=tuple(store.parked(projection.name)),
                )
        finally:
            store.drop(projection, Build.CHECK)
