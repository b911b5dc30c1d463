"""Keeps projections up to date with the log: in batches, exactly once, whatever fails."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from threading import Event, Thread
from typing import Any, TypeVar

from domain.ids import StreamId, WorkspaceId
from domain.record import record
from domain.recorded import Recorded
from projections.advance import Unit, advance, refresh, retry
from projections.folding import Loader
from projections.lease_ports import Leases, Work
from projections.ports import Feed, LeaseLost, Parked, Projection, RowStore, Unavailable
from projections.progress import Progress, nobody
from projections.rebuild import rebuild
from projections.row_memory import RowMemory
from projections.sharing import Share

R = TypeVar("R")

PAGE = 2_000
"""Events per transaction: the cost of a commit is spread thin, and memory stays small."""

POLL = 0.5
"""Seconds between looks at the log when no wake-up arrives: this bounds how late a view can be."""

RECHECK = 5.0
"""Seconds for which a position is taken from memory. Batches are committed without waiting for the
disk, so a server that crashed may come back a little earlier than it was, and nobody says so."""

REFRESH = 500
"""Rows per transaction that are told what lies beside them: new events do not wait for long."""

LINGER = 0.025
"""Seconds to let more events gather after a batch that was not a whole page. An event that comes
alone does not wait; of many, each costs less."""

_SHORTEST = 50
"""Events per transaction when longer pages fail."""

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
        leases: Leases | None = None,
        loader: Loader | None = None,
        tail: Feed | None = None,
        page: int = PAGE,
    ) -> None:
        """With `leases`, `run` advances what it holds, and takes its share.

        With `tail`, that is what is followed, for as many of the lanes as it has; `feed` stays what
        views are built from and compared with.

        A `step` by itself holds nothing: the lock on each position keeps it apart from others.
        `loader` fills views that are out of date (see rebuild.py).
        """
        self._feed = feed
        self._tail = tail or feed
        self._store = row_store
        self._projections = tuple(projections)
        self._progress = progress or Progress(row_store)
        self._share = None if leases is None else Share(leases, self._able)
        self._loader = loader
        self._page = page
        self._memories: dict[tuple[str, int], RowMemory] = {}
        self._lanes: tuple[int, ...] = ()
        self._reached: dict[tuple[str, int], int] = {}
        self._look_at = 0.0
        self._errors: dict[tuple[str, int], str] = {}
        self._behind: set[tuple[str, int]] = set()
        self._failures = 0
        self._outdated: tuple[Projection, ...] | None = None
        self._newer: set[str] = set()

    def step(self) -> int:
        """Advance every projection by up to a page per lane; how many events that were, summed.

        Raises Unavailable or what the feed raises when the database is lost; a failure of one
        projection alone is kept for `lag` and does not stop the others.
        """
        look = time.monotonic() >= self._look_at
        head = self._tail.head()
        lanes = tuple(lane for lane, _ in head.lanes)
        if self._outdated is None or lanes != self._lanes:
            self._outdated = self._prepare(lanes)
            self._lanes = lanes
            if self._share is not None and self._share.active:
                self._share.renew()
        if look:
            self._look_at = time.monotonic() + RECHECK
        # A page that failed again and again may be too long for this machine.
        limit = max(min(_SHORTEST, self._page), self._page >> self._failures)
        taken = 0
        for lane, end in head.lanes:
            pages = _Pages(self._tail, lane, limit)
            for projection in self._projections:
                known = self._reached.get((projection.name, lane), -1)
                if projection in self._outdated:
                    continue
                if look or known < end:
                    taken += self._advance(projection, lane, pages)
                if look or (projection.name, lane) in self._behind:
                    taken += self._refresh(projection, lane)
        return taken

    def run(self, stop: Event, beat: Callable[[], None] = nobody) -> None:
        """Keep projections up to date until `stop` is set. Never raises: it waits and goes on.

        `beat` hears of each round that could be done, also when nothing was due.

        Projections whose code is newer than their tables are built anew at the start, in a thread
        of their own, while the tables as they are go on being read.
        """
        builder: Thread | None = None
        with self._share or nullcontext():
            while not stop.is_set():
                try:
                    before = self._tail.head()
                    taken = self.step()
                    if self._outdated and builder is None:
                        builder = Thread(target=self._build, args=(stop,), name="view builder")
                        builder.start()
                    self._failures = 0
                    beat()
                    if not taken:
                        self._tail.wait(before, POLL)
                    elif taken < self._page:
                        stop.wait(LINGER)
                except Exception as error:  # noqa: BLE001 - whatever it was, views must go on
                    pause = BACK_OFF[min(self._failures, len(BACK_OFF) - 1)]
                    self._failures += 1
                    _log.warning("projections wait %.1f s: %s", pause, error)
                    stop.wait(pause)
        if builder is not None:
            builder.join()

    def lag(self) -> list[Lag]:
        """The distance of every projection to the head of every lane. Raises Unavailable."""
        head = self._feed.head()
        found = {(s.projection, s.lane): s for s in self._store.standings()}
        lags = []
        for projection in self._projections:
            for lane, end in head.lanes:
                standing = found.get((projection.name, lane))
                lags.append(
                    Lag(
                        projection=projection.name,
                        version=projection.version,
                        lane=lane,
                        position=standing.position if standing else 0,
                        head=end,
                        parked=standing.parked if standing else 0,
                        error=self._errors.get((projection.name, lane)),
                    )
                )
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
                unit = Unit(projection=projection, lane=lane, load=self._feed.load)
                done += retry(self._store, unit, (workspace, stream), events)
        return done, len(self._store.parked(name))

    def _able(self) -> list[Work]:
        """What this program could advance: projections whose tables are of its version."""
        outdated = self._outdated or ()
        return [
            _work(projection, lane)
            for lane in self._lanes
            for projection in self._projections
            if projection not in outdated and projection.name not in self._newer
        ]

    def _prepare(self, lanes: Sequence[int]) -> tuple[Projection, ...]:
        """Make tables where there are none; the projections whose tables are out of date."""
        outdated = []
        self._newer = set()
        for projection in self._projections:
            live = self._store.prepare(projection, lanes)
            if live < projection.version:
                outdated.append(projection)
            elif live > projection.version:
                self._newer.add(projection.name)
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
                    done = rebuild(
                        projection, self._feed, self._store, stop=stop.is_set, loader=self._loader
                    )
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
        memory = self._memories.setdefault(unit, RowMemory())

        def after(position: int) -> Sequence[Recorded[Any]]:
            events = pages.after(position)
            beside = projection.beside
            if beside is not None and any(recorded.stream == beside.stream for recorded in events):
                self._behind.add(unit)
            return events

        reached = self._try(
            projection, lane, lambda mine: advance(self._store, mine, after, memory)
        )
        if reached is None:
            return 0
        self._reached[unit] = reached
        self._progress.reached(projection.name, lane, reached)
        return max(0, reached - before) if before is not None else min(reached, 1)

    def _refresh(self, projection: Projection, lane: int) -> int:
        """Rows that what lies beside them says something else about; how many were told."""
        if projection.beside is None:
            return 0
        done = self._try(projection, lane, lambda mine: refresh(self._store, mine, REFRESH)) or 0
        unit = (projection.name, lane)
        (self._behind.add if done else self._behind.discard)(unit)
        return done

    def _try(self, projection: Projection, lane: int, do: Callable[[Unit], R]) -> R | None:
        """Do something with a unit; None when another worker has it, or it fails by itself."""
        lease = None
        if self._share is not None and self._share.active:
            lease = self._share.lease(_work(projection, lane))
            if lease is None:
                return None
        unit = (projection.name, lane)
        try:
            done = do(Unit(projection=projection, lane=lane, load=self._feed.load, lease=lease))
        except Unavailable:
            raise
        except LeaseLost as lost:
            if self._share is not None:
                self._share.lost(_work(projection, lane), lost)
            return None
        except Exception as error:  # noqa: BLE001 - a fault of one view must not stop the others
            told = f"{type(error).__name__}: {error}"
            if self._errors.get(unit) != told:  # it may be tried many times a second
                _log.exception("projection %s, lane %d", projection.name, lane)
            self._errors[unit] = told
            return None
        self._errors.pop(unit, None)
        return done


def _work(projection: Projection, lane: int) -> Work:
    return projection.name, projection.version, lane


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
