"""Keeps projections up to date with the log: in batches, exactly once, whatever fails."""

import logging
import time
from collections.abc import Iterable, Sequence
from threading import Event, Thread
from typing import Any

from domain.ids import StreamId, WorkspaceId
from domain.position import Position
from domain.record import record
from domain.recorded import Recorded
from projections.advance import Unit, advance, retry
from projections.ports import Feed, Parked, Projection, RowStore, Unavailable
from projections.progress import Progress
from projections.rebuild import rebuild

PAGE = 2_000
"""Events per transaction: the cost of a commit is spread thin, and memory stays small."""

POLL = 0.5
"""Seconds between looks at the log when no wake-up arrives: this bounds how late a view can be."""

RECHECK = 5.0
"""Seconds for which a position is taken from memory. Batches are committed without waiting for the
disk, so a server that crashed may come back a little earlier than it was, and nobody says so."""

BACK_OFF = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds to wait after the first, second ... failure in a row; the last one repeats."""

_log = logging.getLogger(__name__)


@record
class Lag:
    """How far a projection is behind on a lane, in events; `error` is its latest failure."""

    projection: str
    version: int
    lane: int
    position: int
    head: int
    parked: int
    error: str | None = None

    @property
    def events(self) -> int:
        return max(0, self.head - self.position)


class Runner:
    """Advances projections. Several may run, in any number of processes: work is never doubled.

    `progress` hears of every commit. One thread calls `run` or `step`; `lag` and `parked` may be
    called from any.
    """

    def __init__(
        self,
        feed: Feed,
        row_store: RowStore,
        projections: Iterable[Projection],
        *,
        progress: Progress | None = None,
        page: int = PAGE,
    ) -> None:
        self._feed = feed
        self._store = row_store
        self._projections = tuple(projections)
        self._progress = progress or Progress(row_store)
        self._page = page
        self._reached: dict[tuple[str, int], int] = {}
        self._look_at = 0.0
        self._errors: dict[tuple[str, int], str] = {}
        self._outdated: tuple[Projection, ...] | None = None

    def step(self) -> int:
        """Advance every projection by up to a page per lane; how many events that were, summed.

        Raises Unavailable or what the feed raises when the database is lost; a failure of one
        projection alone is kept for `lag` and does not stop the others.
        """
        if self._outdated is None:
            self._outdated = self._prepare()
        look = time.monotonic() >= self._look_at
        if look:
            self._look_at = time.monotonic() + RECHECK
        head = self._feed.head()
        taken = 0
        for lane, end in head.lanes:
            pages = _Pages(self._feed, lane, self._page)
            for projection in self._projections:
                known = self._reached.get((projection.name, lane), -1)
                if projection not in self._outdated and (look or known < end):
                    taken += self._advance(projection, lane, pages)
        return taken

    def run(self, stop: Event) -> None:
        """Keep projections up to date until `stop` is set. Never raises: it waits and goes on.

        Projections whose code is newer than their tables are built anew at the start, in a thread
        of their own, while the tables as they are go on being read.
        """
        builder: Thread | None = None
        failures = 0
        while not stop.is_set():
            try:
                before = self._feed.head()
                taken = self.step()
                if self._outdated and builder is None:
                    builder = Thread(target=self._build, args=(stop,), name="projection builder")
                    builder.start()
                failures = 0
                if not taken:
                    self._feed.wait(before, POLL)
            except Exception as error:  # noqa: BLE001 - whatever it was, views must go on
                pause = BACK_OFF[min(failures, len(BACK_OFF) - 1)]
                failures += 1
                _log.warning("projections wait %.1f s: %s", pause, error)
                stop.wait(pause)
        if builder is not None:
            builder.join()

    def lag(self) -> list[Lag]:
        """The distance of every projection to the head of every lane. Raises Unavailable."""
        head = self._feed.head()
        parked = self._store.parked()
        lags = []
        for projection in self._projections:
            reached = self._store.positions(projection.name) or Position()
            lags += [
                Lag(
                    projection=projection.name,
                    version=projection.version,
                    lane=lane,
                    position=reached.at(lane),
                    head=end,
                    parked=sum(p.projection == projection.name and p.lane == lane for p in parked),
                    error=self._errors.get((projection.name, lane)),
                )
                for lane, end in head.lanes
            ]
        return lags

    def parked(self, name: str | None = None) -> list[Parked]:
        """Events that were put aside, with the reason, in the order of the log."""
        return self._store.parked(name)

    def retry(self, name: str | None = None) -> tuple[int, int]:
        """Apply parked events again (of one projection); how many made it and how many are left."""
        done = 0
        for projection in self._projections:
            wanted = name in (None, projection.name)
            streams: dict[tuple[int, WorkspaceId, StreamId], list[Parked]] = {}
            for parked in self._store.parked(projection.name) if wanted else ():
                where = (parked.lane, parked.workspace, parked.stream)
                streams.setdefault(where, []).append(parked)
            for (lane, workspace, stream), waiting in streams.items():
                events = [self._feed.page(lane, p.position - 1, 1)[0] for p in waiting]
                unit = Unit(projection=projection, lane=lane)
                done += retry(self._store, unit, (workspace, stream), events)
        return done, len(self._store.parked(name))

    def _prepare(self) -> tuple[Projection, ...]:
        """Make tables where there are none; the projections whose tables are out of date."""
        lanes = self._feed.lanes()
        outdated = []
        for projection in self._projections:
            live = self._store.prepare(projection, lanes)
            if live < projection.version:
                outdated.append(projection)
            elif live > projection.version:
                _log.warning(
                    "%s is at version %d, newer than this program's %d: left to newer workers",
                    projection.name,
                    live,
                    projection.version,
                )
        return tuple(outdated)

    def _build(self, stop: Event) -> None:
        for projection in self._outdated or ():
            while not stop.is_set():
                try:
                    done = rebuild(projection, self._feed, self._store, stop=stop.is_set)
                except Exception as error:  # noqa: BLE001 - try again, as in `run`
                    _log.warning("building %s failed, trying again: %s", projection.name, error)
                    done = False
                if done or self._is_current(projection):
                    self._outdated = tuple(p for p in self._outdated or () if p != projection)
                    break
                stop.wait(BACK_OFF[-1])

    def _is_current(self, projection: Projection) -> bool:
        """Another process may have built it meanwhile."""
        try:
            return self._store.prepare(projection, self._feed.lanes()) >= projection.version
        except Unavailable:
            return False

    def _advance(self, projection: Projection, lane: int, pages: "_Pages") -> int:
        unit = (projection.name, lane)
        before = self._reached.get(unit)
        try:
            reached = advance(self._store, Unit(projection=projection, lane=lane), pages.after)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - a fault of one view must not stop the others
            self._errors[unit] = f"{type(error).__name__}: {error}"
            _log.exception("projection %s, lane %d", projection.name, lane)
            return 0
        self._errors.pop(unit, None)
        if reached is None:
            return 0
        self._reached[unit] = reached
        self._progress.reached(projection.name, lane, reached)
        return max(0, reached - before) if before is not None else min(reached, 1)


class _Pages:
    """Pages of one lane during one step: projections at the same position share the decoding."""

    def __init__(self, feed: Feed, lane: int, limit: int) -> None:
        self._feed = feed
        self._lane = lane
        self._limit = limit
        self._read: dict[int, Sequence[Recorded[Any]]] = {}

    def after(self, position: int) -> Sequence[Recorded[Any]]:
        if position not in self._read:
            self._read[position] = self._feed.page(self._lane, position, self._limit)
        return self._read[position]
