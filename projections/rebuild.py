"""Builds a projection anew from the log, beside the one that readers use, then swaps the two."""

from collections.abc import Callable, Sequence
from typing import Any

from domain.position import Position
from domain.record import record
from domain.recorded import Recorded
from projections.advance import Unit, advance
from projections.ports import Build, Feed, Projection, RowStore

PAGE = 5_000
"""Events per transaction; larger than for live running, for nobody waits for the first of them."""


@record
class Rebuilding:
    """How far a build is: events applied, and events in the log when it was asked."""

    projection: str
    done: int
    total: int


def rebuild(
    projection: Projection,
    feed: Feed,
    store: RowStore,
    progress: Callable[[Rebuilding], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Build from zero, catch up, swap. Readers see the old rows until they see all the new ones.

    False when another process is building this projection or `stop` said so; then nothing has
    changed. Raises Unavailable; what was built so far is removed by the next attempt.
    """
    with store.building(projection) as mine:
        if not mine:
            return False
        store.create(projection, feed.lanes(), Build.NEXT)
        if not catch_up(projection, feed, store, Build.NEXT, progress=progress, stop=stop):
            store.drop(projection, Build.NEXT)
            return False
        store.index(projection, Build.NEXT)
        while catch_up(projection, feed, store, Build.NEXT, progress=progress, stop=stop):
            if store.swap(projection):
                return True
        store.drop(projection, Build.NEXT)
        return False


def catch_up(
    projection: Projection,
    feed: Feed,
    store: RowStore,
    build: Build,
    *,
    until: Position | None = None,
    progress: Callable[[Rebuilding], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Bring a copy to `until` (default: to where the log ends now); False when stopped before."""
    goal = until or feed.head()
    reached = store.positions(projection.name, build) or Position()
    total = sum(end for _, end in goal.lanes)
    done = sum(min(reached.at(lane), end) for lane, end in goal.lanes)
    progress(Rebuilding(projection=projection.name, done=done, total=total))
    for lane, end in goal.lanes:
        position = reached.at(lane)
        while position < end:
            if stop():
                return False
            unit = Unit(projection=projection, lane=lane, build=build)
            now = advance(store, unit, _pages_until(feed, lane, end))
            if now is None:
                return False
            done += now - position
            position = now
            progress(Rebuilding(projection=projection.name, done=done, total=total))
    return True


def _pages_until(feed: Feed, lane: int, end: int) -> Callable[[int], Sequence[Recorded[Any]]]:
    """Pages that do not go past `end`, so that a copy can be stopped at an exact position."""
    return lambda after: feed.page(lane, after, min(PAGE, end - after)) if after < end else ()
