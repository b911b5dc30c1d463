"""The live streams of this process: opened when somebody looks, fed by two threads."""

from collections.abc import Callable
from functools import partial
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

from api.auth.ports import Access
from api.edge.metrics import Metrics
from api.live.crier import Crier, presence_text
from api.live.followed import Followed
from api.live.hub import Hub
from api.live.lists import Lists
from api.live.notices import Notices, Notified
from api.live.place import Place, Seals, missing
from api.live.ports import Announcements, Presences
from api.live.reasons import Reset
from api.live.subscriber import Chunk, Subscriber
from api.live.tail import Tail
from api.live.telling import Telling
from api.live.text import event_text, opening_text
from api.signing import Signer
from commands.ports import Clock
from domain.access import Principal
from domain.ids import WorkspaceId
from domain.position import Position
from domain.record import record

MOST_REPLAYED = 2_000
"""Events of the log that are looked through for somebody who comes back. Whoever missed more is
quicker to look at everything again."""


@record
class Told:
    """What a reader who comes back was told: up to a position, or nothing that can be gone on from.

    The position names the lanes that the reader's token named.
    """

    position: Position | None = None
    reason: Reset | None = None


class Live:
    """Its threads begin with the first stream of the process. Leaving the block ends them."""

    def __init__(
        self,
        *,
        followed: Followed,
        announcements: Announcements,
        presences: Presences,
        access: Access,
        lists: Callable[[WorkspaceId], Lists],
        notified: Notified,
        signer: Signer,
        clock: Clock,
        metrics: Metrics,
        per_person: int,
    ) -> None:
        """One person may have `per_person` streams here."""
        self._followed = followed
        self._announcements = announcements
        self._presences = presences
        self._lists = lists
        self._seals = partial(Seals, signer)
        self._clock = clock
        self._metrics = metrics
        self._hub = Hub(per_person, metrics)
        notices = Notices(self._hub, notified)
        self._tail = Tail(self._hub, followed, lists, self._seals, notices.tell)
        self._crier = Crier(self._hub, presences, announcements, access, clock)
        self._starting = Lock()
        self._stop = Event()
        self._threads: list[Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()
        with self._starting:
            self._stop.set()
            self._crier.wake()
            for thread in self._threads:
                thread.join()

    def end(self) -> None:
        """All streams end, and no other begins: this process is about to stop. Returns at once."""
        self._hub.close()

    @property
    def ended(self) -> bool:
        """Whether this process is about to stop."""
        return self._hub.closed

    # ── One stream ───────────────────────────────────────────────────────────────────────────────

    def subscriber(self, principal: Principal) -> Subscriber:
        """A reader in the running loop, who has not joined yet."""
        seal = self._seals(principal.workspace).seal
        return Subscriber(principal, seal, self._metrics.stream_reset)

    def position(self, workspace: WorkspaceId) -> str:
        """Where a stream has to begin for a page that reads the views from now on, as a token.

        Raises Unavailable or StoreUnavailable.
        """
        return self._seals(workspace).seal(self._hub.place() or self._followed.place())

    def join(self, reader: Subscriber, token: str | None) -> bytes:
        """Take a reader in; how the stream begins. `token`: the position that was told last.

        Raises Problem (too-many-streams) or Unavailable.
        """
        self._start()
        start = self._hub.place() or self._followed.place()
        told = Told() if token is None else self._told(reader, token, start)
        place = self._hub.enter(reader, start, told.position)
        if place.epoch != start.epoch:
            told = Told(reason=Reset.OTHER_LOG)
        seal = self._seals(reader.sight.workspace).seal
        if told.position is not None:
            begin = Position.of(dict(place.position.lanes) | dict(told.position.lanes))
            parts = [opening_text(seal(Place(position=begin, epoch=place.epoch)))]
            parts += self._missed(reader, begin, place)
        else:
            parts = [opening_text(seal(place))]
            if told.reason is not None:
                self._metrics.stream_reset(told.reason)
                parts.append(event_text("reset", {"reason": told.reason}, seal(place)))
        return b"".join([*parts, *self._present(reader)])

    def leave(self, reader: Subscriber) -> None:
        """A reader has gone, or never came in."""
        self._hub.leave(reader)

    def sent(self, chunk: Chunk) -> None:
        """A reader has taken this."""
        now = self._clock.now()
        for recorded_at in chunk.recorded_at:
            self._metrics.told((now - recorded_at).total_seconds())

    # ── Inside ───────────────────────────────────────────────────────────────────────────────────

    def _start(self) -> None:
        with self._starting:
            if self._threads or self._stop.is_set():
                return
            self._announcements.listen(self._crier.heard, self._crier.missed)
            self._threads = [
                Thread(target=self._tail.run, args=[self._stop], name="live tail"),
                Thread(target=self._crier.run, args=[self._stop], name="live crier"),
            ]
            for thread in self._threads:
                thread.start()

    def _told(self, reader: Subscriber, token: str, start: Place) -> Told:
        """What a token says, if it is of the log that is here now."""
        opened = self._seals(reader.sight.workspace).open(token)
        if opened is None:
            return Told(reason=Reset.UNKNOWN)
        position, epoch = opened
        if epoch not in (None, start.epoch) or not position.covered_by(self._followed.head()):
            return Told(reason=Reset.OTHER_LOG)
        known = {lane: position.at(lane) for lane, _ in position.lanes}
        behind = {lane: end for lane, end in start.position.lanes if lane in known}
        if missing(position, Position.of(behind)) > MOST_REPLAYED:
            return Told(reason=Reset.TOO_OLD)
        return Told(position=position)

    def _missed(self, reader: Subscriber, begin: Position, place: Place) -> list[bytes]:
        """What happened between `begin` and the place where everybody here is."""
        lower = {lane: min(at, begin.at(lane)) for lane, at in place.position.lanes}
        after = Place(position=Position.of(lower), epoch=place.epoch)
        events = self._followed.events(after.position, place.position)
        telling = Telling(events, after, place.position, self._lists, self._seals)
        return [message.text for message in telling.messages(reader.sight, begin)]

    def _present(self, reader: Subscriber) -> list[bytes]:
        """Who is on which ticket, for somebody who has heard nothing of that yet."""
        if not reader.sight.presence:
            return []
        everywhere = self._presences.on(reader.sight.workspace)
        return [presence_text(ticket, people) for ticket, people in everywhere.items()]
