"""Hypothesis: books with a history, and tickets that go through anything a ticket can.

Everything is at whole minutes, so that a judge that counts minutes can be compared. What happens
follows the lifecycle; several tickets are not kept, but what merges say about others is invented.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from domain.actor import Actor
from domain.happened import Happened
from domain.ids import (
    MessageId,
    PolicyId,
    QueueId,
    RequesterId,
    TicketId,
    TicketNumber,
    ticket_stream,
)
from domain.recorded import Recorded
from domain.sla.book import Book, fold
from domain.sla.book_events import (
    BookEvent,
)
from domain.sla.counting import settled, unnoted
from domain.sla.judge import advanced
from domain.sla.judge import fold as fold_clocks
from domain.ticket.events import (
    MessageReceived,
    NoteAdded,
    ReplySent,
    SlaBreached,
    SlaEscalated,
    TicketAbsorbed,
    TicketAcknowledged,
    TicketAssigned,
    TicketCancelled,
    TicketCategorised,
    TicketClosed,
    TicketHeld,
    TicketMerged,
    TicketMergeSettled,
    TicketOpened,
    TicketPended,
    TicketPrioritised,
    TicketQueued,
    TicketReleased,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketStatusRestored,
    TicketUnmerged,
)
from domain.ticket.words import Channel, ClosedBecause, Priority, Status
from tests.domain.sla_books import GAPS, OPENS, books
from tests.domain.slow_calendar import at_minute, minute_of
from tests.given import BOT, KIM, LEE, MINA, TICKET, Log, event_of

# ── Tickets ──────────────────────────────────────────────────────────────────────────────────────

_QUEUES = (None, QueueId("hardware"), QueueId("billing"))


@dataclass
class Model:
    """A ticket's events so far and what the next one may be. `undoable` are versions by aspect."""

    events: list[Happened]
    now: int
    status: Status = Status.NEW
    before_merge: Status = Status.NEW
    settled: bool = False
    absorbed: list[str] = field(default_factory=list)
    undoable: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)

    def add(self, kind: Callable[..., Happened], *, by: Actor = KIM, **more: Any) -> None:
        self.events.append(kind(by=by, at=at_minute(self.now), **more))

    def becomes(self, status: Status, kind: Callable[..., Happened], **more: Any) -> None:
        self.add(kind, **more)
        self.undoable.setdefault("status", []).append((len(self.events), self.status))
        self.status = status

    def changes(self, aspect: str, kind: Callable[..., Happened], **more: Any) -> None:
        self.add(kind, previous=None, **more)
        self.undoable.setdefault(aspect, []).append((len(self.events), None))

    @property
    def recorded(self) -> tuple[Recorded[Any], ...]:
        stream = ticket_stream(TICKET)
        return Log(streams={stream: list(self.events)}).history(stream)


_MINA = RequesterId("mina")
_WORK = (Status.NEW, Status.OPEN, Status.PENDING, Status.ON_HOLD)
_WAITS = (Status.PENDING, Status.ON_HOLD)
_NOT_FINAL = (*_WORK, Status.RESOLVED)


def _said(model: Model, kind: Callable[..., Happened], by: Actor) -> None:
    message = MessageId(f"m{len(model.events)}")
    model.add(kind, by=by, message=message, requester=_MINA, body="?", channel=Channel.WEB)


def _ask(model: Model, draw: st.DrawFn) -> None:
    _said(model, MessageReceived, MINA)
    if model.status in _WAITS:
        model.becomes(Status.OPEN, TicketResumed, reason="wrote")
    elif model.status is Status.RESOLVED:
        model.becomes(Status.OPEN, TicketReopened, reason="wrote")


def _reply(model: Model, draw: st.DrawFn) -> None:
    _said(model, ReplySent, draw(st.sampled_from([KIM, LEE, BOT])))
    then = draw(st.integers(0, 3)) if model.status in _WORK else 0
    if then == 1:
        model.becomes(Status.PENDING, TicketPended, reason="asked")
    elif then == 2:
        _resolve(model, draw)


def _note(model: Model, draw: st.DrawFn) -> None:
    message = MessageId(f"n{len(model.events)}")
    by = draw(st.sampled_from([KIM, BOT]))
    model.add(NoteAdded, by=by, message=message, requester=_MINA, body="psst")


def _acknowledge(model: Model, draw: st.DrawFn) -> None:
    model.add(TicketAcknowledged)


def _assign(model: Model, draw: st.DrawFn) -> None:
    model.add(TicketAssigned, by=draw(st.sampled_from([KIM, BOT])), agent="lee", previous=None)


def _queue(model: Model, draw: st.DrawFn) -> None:
    model.changes("queue", TicketQueued, queue=draw(st.sampled_from(_QUEUES)))


def _prioritise(model: Model, draw: st.DrawFn) -> None:
    model.changes("priority", TicketPrioritised, priority=draw(st.sampled_from(Priority)))


def _categorise(model: Model, draw: st.DrawFn) -> None:
    category = draw(st.sampled_from([None, "printer"]))
    model.changes("category", TicketCategorised, category=category)


def _pend(model: Model, draw: st.DrawFn) -> None:
    model.becomes(Status.PENDING, TicketPended, reason="asked")


def _hold(model: Model, draw: st.DrawFn) -> None:
    model.becomes(Status.ON_HOLD, TicketHeld, reason="supplier")


def _resume(model: Model, draw: st.DrawFn) -> None:
    model.becomes(Status.OPEN, TicketResumed, reason="back")


def _resolve(model: Model, draw: st.DrawFn) -> None:
    model.becomes(Status.RESOLVED, TicketResolved, requester=_MINA, code="fixed")


def _reopen(model: Model, draw: st.DrawFn) -> None:
    model.becomes(Status.OPEN, TicketReopened, reason="no")


def _close(model: Model, draw: st.DrawFn) -> None:
    model.becomes(Status.CLOSED, TicketClosed, because=ClosedBecause.TIMER)


def _cancel(model: Model, draw: st.DrawFn) -> None:
    model.becomes(Status.CANCELLED, TicketCancelled, reason="spam")


def _merge(model: Model, draw: st.DrawFn) -> None:
    model.before_merge, model.settled = model.status, False
    model.undoable.pop("status", None)
    model.add(TicketMerged, into=TicketId("t-2"))
    model.status = Status.MERGED


def _settle(model: Model, draw: st.DrawFn) -> None:
    if not model.settled:
        model.add(TicketMergeSettled, into=TicketId("t-2"))
        model.settled = True


def _unmerge(model: Model, draw: st.DrawFn) -> None:
    model.add(TicketUnmerged, parted_from=TicketId("t-2"), status=model.before_merge)
    model.status = model.before_merge


def _absorb(model: Model, draw: st.DrawFn) -> None:
    source = f"s{len(model.events)}"
    opened = model.now - draw(st.sampled_from([0, 10, 700, 4000]))
    asked = draw(st.sampled_from([None, opened]))
    model.add(
        TicketAbsorbed,
        source=TicketId(source),
        opened_at=at_minute(opened),
        asked_at=None if asked is None else at_minute(asked),
    )
    model.absorbed.append(source)


def _release(model: Model, draw: st.DrawFn) -> None:
    if model.absorbed:
        source = draw(st.sampled_from(model.absorbed))
        model.absorbed.remove(source)
        model.add(TicketReleased, source=TicketId(source))


def _undo(model: Model, draw: st.DrawFn) -> None:
    """The last change of something that was not undone yet."""
    aspects = sorted(aspect for aspect, versions in model.undoable.items() if versions)
    if model.status in (Status.MERGED, Status.CLOSED):
        aspects = [aspect for aspect in aspects if aspect != "status"]
    if not aspects:
        return
    aspect = draw(st.sampled_from(aspects))
    version, previous = model.undoable[aspect].pop()
    undoes: dict[str, Any] = {"undoes": event_of(version)}
    if aspect == "status":
        model.add(TicketStatusRestored, status=previous, previous=model.status, **undoes)
        model.status = previous
    elif aspect == "queue":
        model.add(TicketQueued, queue=None, previous=None, **undoes)
    elif aspect == "category":
        model.add(TicketCategorised, category=None, previous=None, **undoes)
    else:
        model.add(TicketPrioritised, priority=Priority.NORMAL, previous=Priority.LOW, **undoes)


_ACTS: Sequence[tuple[Callable[[Model, st.DrawFn], None], tuple[Status, ...]]] = (
    (_ask, _NOT_FINAL),
    (_reply, _NOT_FINAL),
    (_note, (*_NOT_FINAL, Status.CLOSED)),
    (_acknowledge, (Status.NEW,)),
    (_assign, _WORK),
    (_queue, _WORK),
    (_prioritise, _NOT_FINAL),
    (_categorise, _NOT_FINAL),
    (_pend, (Status.NEW, Status.OPEN, Status.ON_HOLD)),
    (_hold, (Status.NEW, Status.OPEN, Status.PENDING)),
    (_resume, _WAITS),
    (_resolve, _WORK),
    (_reopen, (Status.RESOLVED,)),
    (_close, (Status.RESOLVED,)),
    (_cancel, _NOT_FINAL),
    (_merge, _NOT_FINAL),
    (_settle, (Status.MERGED,)),
    (_unmerge, (Status.MERGED,)),
    (_absorb, _NOT_FINAL),
    (_release, _NOT_FINAL),
    (_undo, (*_NOT_FINAL, Status.CANCELLED)),
)


def _watch(model: Model, book: Book) -> None:
    """The log says what the clocks have reached, as the watcher would write it now."""
    history, now = model.recorded, at_minute(model.now)
    for track in advanced(fold_clocks(history, book), book, now).tracks:
        counted = settled(track, now)
        for reached in unnoted(counted):
            of: dict[str, Any] = {
                "clock": track.clock.value,
                "instance": track.instance,
                "policy": PolicyId("p"),
                "policy_version": 1,
                "by": BOT,
                "at": reached.at,
            }
            is_breach = reached.name == "breach"
            model.events.append(
                SlaBreached(**of) if is_breach else SlaEscalated(**of, step=reached.name)
            )


@st.composite
def tickets(draw: st.DrawFn, book: Book | None = None, steps: int = 14) -> Sequence[Recorded[Any]]:
    """The history of a ticket, with what a watcher wrote into it when there is a `book`."""
    origin = draw(st.sampled_from([None, None, None, OPENS - 900]))
    opening = TicketOpened(
        number=TicketNumber(1),
        requester=_MINA,
        subject="Help",
        queue=draw(st.sampled_from(_QUEUES)),
        priority=draw(st.sampled_from([Priority.NORMAL, Priority.NORMAL, *Priority])),
        origin_opened_at=None if origin is None else at_minute(origin),
        by=draw(st.sampled_from([MINA, MINA, KIM])),
        at=at_minute(OPENS),
    )
    model = Model(events=[opening], now=OPENS)
    for _ in range(draw(st.integers(0, steps) | st.integers(steps // 2, steps))):
        model.now += draw(GAPS)
        acts = [act for act, statuses in _ACTS if model.status in statuses]
        if acts:
            draw(st.sampled_from(acts))(model, draw)
        if book is not None and draw(st.integers(0, 5)) == 0:
            _watch(model, book)
    return model.recorded


@dataclass(frozen=True)
class Case:
    """A book, a ticket, and a minute to look at it."""

    edits: Sequence[BookEvent]
    book: Book
    events: Sequence[Recorded[Any]]
    minute: int


@st.composite
def cases(draw: st.DrawFn, *, rejudged: bool = True, watched: bool = True) -> Case:
    of = draw(books(rejudged=rejudged))
    book = fold(of)
    events = draw(tickets(book if watched else None))
    looked_after = minute_of(draw(st.sampled_from([events[0], *events[-4:]])).event.at)
    return Case(of, book, events, looked_after + draw(GAPS) + draw(st.integers(0, 60)))
