"""Builds a projection anew from the log, beside the one that readers use, then swaps the two."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from domain.position import Position
from domain.record import record
from domain.recorded import Recorded
from projections.advance import Unit, advance, refresh
from projections.folding import Loader
from projections.ports import Build, Feed, Kept, Projection, RowsRefused, RowStore

PAGE = 5_000
"""Events per transaction; larger than for live running, for nobody waits for the first of them."""


REFRESH = 1_000
"""Rows per transaction that are told what the stream beside them says by now."""


class Phase(StrEnum):
    """What a build is doing."""

    CLEAN_UP = "clean up"
    """Removing what an interrupted build left behind."""
    LOAD = "load"
    INDEX = "index"
    CATCH_UP = "catch-up"
    SWAP = "swap"


@record
class Rebuilding:
    """How far a build is: events applied, and events in the log when it was asked."""

    projection: str
    done: int
    total: int
    phase: Phase = Phase.LOAD


OnProgress = Callable[[Rebuilding], None]
Stop = Callable[[], bool]


def rebuild(
    projection: Projection,
    feed: Feed,
    store: RowStore,
    progress: OnProgress = lambda _: None,
    stop: Stop = lambda: False,
    *,
    loader: Loader | None = None,
) -> bool:
    """Build from zero, catch up, swap. Readers see the old rows until they see all the new ones.

    The replaced copy is kept, for `back`; one that was kept before is dropped first. With `loader`
    (of the same log and tables), a projection that is `by_stream` is loaded that way. False when
    another process is building this projection or `stop` said so; then nothing has changed for
    readers. Raises Unavailable; what was built so far is removed by the next attempt.
    """
    left = store.positions(projection.name, Build.NEXT) is not None
    with store.building(projection) as mine:
        if not mine:
            return False
        building = _Building(projection, feed, store, progress, stop)
        if left:
            building.tell(Phase.CLEAN_UP)
        store.drop(projection, Build.KEPT)
        if building.load(loader) and building.take_place(Build.NEXT):
            return True
        store.drop(projection, Build.NEXT)
        return False


def back(
    projection: Projection,
    feed: Feed,
    store: RowStore,
    progress: OnProgress = lambda _: None,
    stop: Stop = lambda: False,
) -> bool:
    """Let readers see the copy that a rebuild replaced, once it has caught up; the other is kept.

    False, with nothing changed, when there is none of this version, another process is building
    this projection, or `stop` said so. Raises Unavailable.
    """
    with store.building(projection) as mine:
        if not mine or not any(_is_of(projection, kept) for kept in store.kept()):
            return False
        return _Building(projection, feed, store, progress, stop).take_place(Build.KEPT)


def fill(
    projection: Projection,
    feed: Feed,
    store: RowStore,
    build: Build,
    *,
    until: Position,
    progress: OnProgress = lambda _: None,
    stop: Stop = lambda: False,
    loader: Loader | None = None,
) -> bool:
    """Bring a new and empty copy to `until`; False when stopped before. Raises RowsRefused."""
    if projection.by_stream and loader is not None:
        total = _events(until)

        def loaded(done: int, of: int) -> None:
            now = total * done // of if of else total
            progress(Rebuilding(projection=projection.name, done=now, total=total))

        if not loader.load(projection, build, until, loaded, stop):
            return False
    return catch_up(
        projection, feed, store, build, until=until, progress=progress, stop=stop, phase=Phase.LOAD
    )


def catch_up(
    projection: Projection,
    feed: Feed,
    store: RowStore,
    build: Build,
    *,
    until: Position | None = None,
    progress: OnProgress = lambda _: None,
    stop: Stop = lambda: False,
    phase: Phase = Phase.CATCH_UP,
) -> bool:
    """Bring a copy to `until` (default: to where the log ends now); False when stopped before."""
    goal = until or feed.head()
    reached = store.positions(projection.name, build) or Position()
    total = _events(goal)
    done = sum(min(reached.at(lane), end) for lane, end in goal.lanes)

    def tell() -> None:
        progress(Rebuilding(projection=projection.name, done=done, total=total, phase=phase))

    tell()
    for lane, end in goal.lanes:
        position = reached.at(lane)
        while position < end:
            if stop():
                return False
            unit = Unit(projection=projection, lane=lane, load=feed.load, build=build)
            now = advance(store, unit, _pages_until(feed, lane, end))
            if now is None:
                return False
            done += now - position
            position = now
            tell()
        unit = Unit(projection=projection, lane=lane, load=feed.load, build=build)
        while refresh(store, unit, REFRESH):
            if stop():
                return False
    return True


class _Building:
    """One build under way."""

    def __init__(
        self,
        projection: Projection,
        feed: Feed,
        store: RowStore,
        progress: OnProgress,
        stop: Stop,
    ) -> None:
        self._projection = projection
        self._feed = feed
        self._store = store
        self._progress = progress
        self._stop = stop
        self._until = feed.head()

    def tell(self, phase: Phase) -> None:
        """Begin a phase that has no numbers of its own."""
        total = _events(self._until)
        done = 0 if phase is Phase.CLEAN_UP else total
        self._progress(
            Rebuilding(projection=self._projection.name, done=done, total=total, phase=phase)
        )

    def load(self, loader: Loader | None) -> bool:
        """Make NEXT, fill and index it; False when stopped before."""
        projection, feed, store = self._projection, self._feed, self._store
        store.create(projection, feed.lanes(), Build.NEXT)
        try:
            if not fill(
                projection,
                feed,
                store,
                Build.NEXT,
                until=self._until,
                progress=self._progress,
                stop=self._stop,
                loader=loader,
            ):
                return False
            self.tell(Phase.INDEX)
            store.index(projection, Build.NEXT)
        except RowsRefused:
            # Some row fits the table and no index. In a copy that is indexed from the beginning,
            # the event at fault is found and parked as in live running.
            store.create(projection, feed.lanes(), Build.NEXT)
            store.index(projection, Build.NEXT)
        return True

    def take_place(self, build: Build) -> bool:
        """Catch up and swap, again and again until no reader and no worker is in the way."""
        while catch_up(
            self._projection,
            self._feed,
            self._store,
            build,
            progress=self._progress,
            stop=self._stop,
        ):
            self.tell(Phase.SWAP)
            if self._store.swap(self._projection, build):
                return True
        return False


def _is_of(projection: Projection, kept: Kept) -> bool:
    return (kept.projection, kept.version) == (projection.name, projection.version)


def _events(position: Position) -> int:
    return sum(end for _, end in position.lanes)


def _pages_until(feed: Feed, lane: int, end: int) -> Callable[[int], Sequence[Recorded[Any]]]:
    """Pages that do not go past `end`, so that a copy can be stopped at an exact position."""
    return lambda after: feed.page(lane, after, min(PAGE, end - after)) if after < end else ()
