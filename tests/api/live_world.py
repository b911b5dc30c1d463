"""Live streams without a network and without threads: every step is taken by hand.

The log is a MemoryStore of two lanes; views are as far as somebody moves them. Several processes
follow the log, each by itself, and readers connect to any of them.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any, cast

from adapters.clock import SystemClock
from adapters.memory import MemoryStore
from adapters.memory_live import MemoryAnnouncements, MemoryPresences
from api.auth.ports import Access
from api.edge.metrics import Metrics
from api.live.followed import SHOWN, Followed
from api.live.live import Live
from api.live.subscriber import Subscriber
from api.signing import Signer
from domain.access import Principal, Role
from domain.actor import Actor, ActorKind
from domain.happened import Happened
from domain.ids import MessageId, RequesterId, StreamId, TicketNumber, ident_of
from domain.position import Position
from domain.recorded import Recorded
from domain.ticket.events import (
    NoteAdded,
    ReplySent,
    TicketOpened,
    TicketRequesterChanged,
)
from domain.ticket.words import Channel
from projections.ports import RowStore, Standing
from projections.progress import Progress
from tests.api.streams import Got, Parser
from tests.contracts.requests import HERE, request, ticket, write

KIM = Actor(kind=ActorKind.AGENT, id="kim")
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LANES = 2
PUBLIC = "ticket.reply_sent"


class World:
    """The log, how far its views are, and what they say."""

    def __init__(self) -> None:
        self.store = MemoryStore(LANES)
        self.seen = dict.fromkeys(range(LANES), 0)
        self.signer = Signer(b"key")
        self.loop = asyncio.new_event_loop()
        self._versions: dict[StreamId, int] = {}
        self._owners: dict[StreamId, RequesterId] = {}
        self._now = AT

    def close(self) -> None:
        self.loop.close()

    # ── What happens ─────────────────────────────────────────────────────────────────────────────

    def reply(self, n: int) -> None:
        self._append(n, self._message(ReplySent, n, channel=Channel.WEB))

    def note(self, n: int) -> None:
        self._append(n, self._message(NoteAdded, n))

    def give(self, n: int, requester: str) -> None:
        previous = self._owner(n)
        self._append(
            n,
            TicketRequesterChanged(
                requester=RequesterId(requester), previous=previous, by=KIM, at=self._tick()
            ),
        )
        self._owners[ticket(n)] = RequesterId(requester)

    def _message(self, kind: Any, n: int, **more: Any) -> Happened:
        message: Happened = kind(
            message=MessageId("m"),
            requester=self._owner(n),
            body="text",
            by=KIM,
            at=self._tick(),
            **more,
        )
        return message

    def _owner(self, n: int) -> RequesterId:
        stream = ticket(n)
        if stream not in self._owners:
            self._owners[stream] = RequesterId(("mina", "jun")[n % 2])
            opened = TicketOpened(
                number=TicketNumber(n + 1),
                requester=self._owners[stream],
                subject="Printer",
                by=KIM,
                at=self._tick(),
            )
            self._append(n, opened)
        return self._owners[stream]

    def _append(self, n: int, event: Happened) -> None:
        stream = ticket(n)
        version = self._versions.get(stream, 0)
        self.store.append(request(write(stream, version, event)))
        self._versions[stream] = version + 1

    def _tick(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now

    # ── What the views say ───────────────────────────────────────────────────────────────────────

    def show(self, lane: int, events: int) -> None:
        """The views come so many events further in a lane."""
        self.seen[lane] = min(self.seen[lane] + events, self.store.head().at(lane))

    def show_all(self) -> None:
        self.seen = dict(self.store.head().lanes)

    def standings(self) -> list[Standing]:
        return [
            Standing(projection=name, version=1, lane=lane, position=at, parked=0)
            for name in sorted(SHOWN)
            for lane, at in self.seen.items()
        ]

    def positions(self, name: str) -> Position:
        return Position.of(self.seen)

    def events(self) -> list[Recorded[Any]]:
        return [event for lane in range(LANES) for event in self.store.page(lane, 0, 10**6)]

    def queue(self, tickets: Sequence[str]) -> dict[str, dict[str, Any]]:
        return {ident: row for ident, row in self._rows().items() if ident in tickets}

    own = queue

    def _rows(self) -> dict[str, dict[str, Any]]:
        rows: dict[str, dict[str, Any]] = {}
        for recorded in self.events():
            if recorded.position <= self.seen[recorded.lane]:
                ident, event = ident_of(recorded.stream), recorded.event
                row = rows.setdefault(ident, {"id": ident, "messages": 0})
                match event:
                    case TicketOpened():
                        row |= {"number": event.number, "requester": event.requester}
                    case TicketRequesterChanged():
                        row["requester"] = event.requester
                    case ReplySent():
                        row["messages"] += 1
                    case _:
                        pass
                if not isinstance(event, NoteAdded):
                    row["updated_at"] = event.at
        return rows

    # ── Processes ────────────────────────────────────────────────────────────────────────────────

    def process(self) -> "Process":
        return Process(self)


class Process(Live):
    """The live streams of one process; nothing goes on by itself."""

    def __init__(self, world: World) -> None:
        rows = cast("RowStore", world)
        super().__init__(
            followed=Followed(world.store, world.store, rows, Progress(rows), ()),
            announcements=MemoryAnnouncements(),
            presences=MemoryPresences(lambda: 0.0, 25.0),
            access=cast("Access", None),
            lists=lambda _: world,
            notified=lambda _, __: (),
            signer=world.signer,
            clock=SystemClock(),
            metrics=Metrics(),
            per_person=10,
        )
        self.loop = world.loop

    def _start(self) -> None:
        """No threads."""

    def follow(self) -> None:
        """Tell what there is to tell, if the views have come along."""
        at_once = Event()
        at_once.set()  # do not wait for views that have not come
        if self._hub.place() is not None:
            self._tail.round(at_once)
        self.settle()

    def settle(self) -> None:
        """Let the loop do what it was asked to."""
        self.loop.run_until_complete(asyncio.sleep(0))


class Client:
    """A browser: it remembers the last event's id, and what a cut connection left half is lost."""

    def __init__(self, role: Role, person: str) -> None:
        self.principal = Principal(
            workspace=HERE, person=person, role=role, name=person, token=f"token of {person}"
        )
        self.got: list[Got] = []
        self.parser = Parser()
        self.text = b""
        self.began: Position | None = None
        self._process: Process | None = None
        self._reader: Subscriber | None = None
        self._rest = b""

    @property
    def is_connected(self) -> bool:
        return self._reader is not None

    def connect(self, process: Process, cut: float | None = None) -> None:
        """Join, and get the beginning of the stream, or a part of it."""

        async def join() -> tuple[Subscriber, bytes]:
            reader = process.subscriber(self.principal)
            return reader, process.join(reader, self.parser.last_id or None)

        self.parser = Parser(last_id=self.parser.last_id, _id=self.parser.last_id)
        self._rest = b""
        self._process = process
        self._reader, text = process.loop.run_until_complete(join())
        if self.began is None:
            self.began = self._reader.place.position
            cut = None  # the first id arrives: before that there is nothing to go on from
        self._take(text, cut)

    def read(self, cut: float | None = None) -> None:
        """Take what waits, or a part of it; a heartbeat if nothing does."""
        if self._reader is not None and self._process is not None:
            self._reader._heartbeat = 0.0
            chunk = self._process.loop.run_until_complete(self._reader.next())
            assert chunk is not None
            self._take(chunk.text, cut)

    def disconnect(self) -> None:
        if self._process is not None and self._reader is not None:
            self._process.leave(self._reader)
        self._process = self._reader = None

    def cut_off(self, cut: int) -> "Client":
        """Somebody who has got the same, but so many bytes of it, and then lost the connection."""
        other = Client(self.principal.role, self.principal.person)
        other._parse(self.text[:cut])
        other.began = self.began if other.parser.last_id else None
        return other

    def _take(self, text: bytes, cut: float | None) -> None:
        taken = text[: round(len(text) * (1 if cut is None else cut))]
        self.text += taken
        self._parse(taken)
        if cut is not None:
            self.disconnect()

    def _parse(self, text: bytes) -> None:
        whole = self._rest + text
        *lines, self._rest = whole.split(b"\n")
        for line in lines:
            got = self.parser.line(line.decode())
            if got is not None:
                self.got.append(got)
