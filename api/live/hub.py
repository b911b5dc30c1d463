"""The readers of this process, and how far all of them have been told."""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterable, Sequence
from threading import Condition

from api.edge.metrics import Metrics
from api.live.place import Place
from api.live.reasons import Reset
from api.live.subscriber import Subscriber, soon
from api.live.telling import Message, Telling
from api.problems import Problem
from domain.position import Position


class Hub:
    """Safe to share between threads.

    A reader is in or out, and the place moves, under one lock: who joins at a place gets exactly
    what is told after it.
    """

    def __init__(self, per_person: int, metrics: Metrics) -> None:
        """One person may have so many streams here."""
        self._per_person = per_person
        self._metrics = metrics
        self._readers: set[Subscriber] = set()
        self._place: Place | None = None
        self._closed = False
        self._changed = Condition()

    def enter(self, reader: Subscriber, start: Place, wanted: Position | None) -> Place:
        """Join; where the others are. Raises Problem (too-many-streams, unavailable).

        `start` is where to begin if there are no others; `wanted` how far the reader was told
        before, in the log of `start`, for the lanes that it names.
        """
        with self._changed:
            if self._closed:
                raise Problem("unavailable", "This process is about to end.", headers=_SOON)
            same = [one for one in self._readers if _same_person(one, reader)]
            if len(same) >= self._per_person:
                raise Problem(
                    "too-many-streams",
                    f"You have {len(same)} live streams open here, and may have no more.",
                    headers={"Retry-After": "10"},
                    limit=self._per_person,
                )
            place = self._place = self._place or start
            reader.place = place
            if (
                wanted is not None
                and place.epoch == start.epoch
                and not wanted.covered_by(place.position)
            ):
                reader.beyond = place.position.joined(wanted)
                reader.place = Place(position=reader.beyond, epoch=place.epoch)
            self._readers.add(reader)
            self._metrics.streams(len(self._readers))
            self._changed.notify_all()
            return place

    def leave(self, reader: Subscriber) -> None:
        """Without readers nobody follows the log, and the next one begins where it is then."""
        with self._changed:
            self._readers.discard(reader)
            self._metrics.streams(len(self._readers))
            if not self._readers:
                self._place = None

    def place(self) -> Place | None:
        """How far everybody has been told; None without readers."""
        with self._changed:
            return self._place

    def wait_for_readers(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds until there is a reader."""
        with self._changed:
            return self._changed.wait_for(lambda: self._place is not None, timeout)

    def readers(self) -> list[Subscriber]:
        with self._changed:
            return list(self._readers)

    def tell(self, telling: Telling) -> None:
        """A stretch of the log to everybody, if that is what comes next. Raises Unavailable.

        What it says to whom is found out before, without the lock, as it reads the database.
        """
        while True:
            with self._changed:
                readers = list(self._readers)
            for reader in readers:
                telling.messages(reader.sight)
            with self._changed:
                place = self._place
                if place != telling.after:
                    return
                if all(telling.knows(one.sight) for one in self._readers):
                    self._put(telling)
                    self._place = Place(position=telling.upto, epoch=telling.after.epoch)
                    return

    def _put(self, telling: Telling) -> None:
        """Give each reader what is for it, with one call into each loop, however many there are."""
        for_loops: dict[AbstractEventLoop, list[tuple[Subscriber, Sequence[Message]]]] = {}
        for reader in self._readers:
            messages = telling.messages(reader.sight, reader.beyond)
            if reader.beyond is not None and reader.beyond.covered_by(telling.upto):
                reader.beyond = None
            for_loops.setdefault(reader.loop, []).append((reader, messages))
        for loop, given in for_loops.items():
            soon(loop, _put_all, given, telling.upto)

    def reset(self, reason: Reset, place: Place) -> None:
        """Everybody looks at everything again, and is told what comes after `place`."""
        with self._changed:
            if self._place is None:
                return
            self._place = place
            for reader in self._readers:
                reader.beyond = None
                reader.call(reader.reset, reason, place)

    def end(self, whom: Callable[[Subscriber], bool]) -> None:
        """No more for some readers."""
        with self._changed:
            ended: Iterable[Subscriber] = [one for one in self._readers if whom(one)]
        for reader in ended:
            reader.call(reader.end)

    @property
    def closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        """No more for anybody, and nobody joins."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self.end(lambda _: True)


_SOON = {"Retry-After": "1"}


def _put_all(given: Sequence[tuple[Subscriber, Sequence[Message]]], upto: Position) -> None:
    for reader, messages in given:
        reader.put(messages, upto)


def _same_person(one: Subscriber, other: Subscriber) -> bool:
    mine, theirs = one.principal, other.principal
    return (mine.workspace, mine.person, mine.is_requester) == (
        theirs.workspace,
        theirs.person,
        theirs.is_requester,
    )
