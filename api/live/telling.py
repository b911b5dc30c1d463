"""What a stretch of the log says to whom: events in, messages of live streams out."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from api.live.lists import Lists, Rows
from api.live.place import Place, Seals
from api.live.sight import Sight
from api.live.text import event_text
from api.resources import PUBLIC_EVENTS
from domain.ids import WorkspaceId, category_of, ident_of
from domain.position import Position
from domain.record import record
from domain.recorded import Recorded
from domain.ticket.events import TicketRequesterChanged

TICKET = "ticket"

NO_CONFIGURATION = frozenset({TICKET, "requester", "organisation"})
"""Categories of streams that are the desk's work. All others say how the desk is set up."""


@record
class Message:
    """What goes into a stream; `recorded_at` is when the oldest event in it was written."""

    text: bytes
    recorded_at: datetime


class Telling:
    """A stretch of the log, lane by lane, and what its readers are told.

    Events of one ticket that follow each other become one message. Others in between keep them
    apart: a message's position says "all up to here", and after a lost connection the reader goes
    on from there without missing one and without getting one twice.
    """

    def __init__(
        self,
        events: Sequence[Recorded[Any]],
        after: Place,
        upto: Position,
        lists: Callable[[WorkspaceId], Lists],
        seals: Callable[[WorkspaceId], Seals],
    ) -> None:
        """`events` are all those after `after` and up to `upto`, by lane and position."""
        self.after = after
        self.upto = upto
        self._events = events
        self._lists = lists
        self._seals = seals
        self._views: dict[WorkspaceId, _Views] = {}
        self._known: dict[Sight, list[Message]] = {}

    def knows(self, sight: Sight) -> bool:
        """Whether `messages` can be told without asking the database."""
        return sight in self._known

    def messages(self, sight: Sight, beyond: Position | None = None) -> list[Message]:
        """What somebody is told, in order; `beyond`: who knows all up to there already.

        Raises Unavailable.
        """
        if beyond is not None:
            return self._messages(sight, beyond)
        known = self._known.get(sight)
        if known is None:
            known = self._known[sight] = self._messages(sight, self.after.position)
        return known

    def _messages(self, sight: Sight, beyond: Position) -> list[Message]:
        views = self._views_of(sight.workspace)
        told = [
            _Told(recorded, kinds)
            for recorded in self._events
            if recorded.workspace == sight.workspace
            and recorded.position > beyond.at(recorded.lane)
            and (kinds := views.kinds_for(sight, recorded)) is not None
        ]
        runs, seals = list(_runs(told)), self._seals(sight.workspace)
        found = []
        for n, run in enumerate(runs):
            last = n == len(runs) - 1
            at = self.upto if last else self._passed(run[-1].recorded)
            event, data = views.shown(sight, run)
            place = Place(position=at.joined(beyond), epoch=self.after.epoch)
            text = event_text(event, data, seals.seal(place))
            found.append(Message(text=text, recorded_at=run[0].recorded.recorded_at))
        return found

    def _passed(self, recorded: Recorded[Any]) -> Position:
        """How far somebody is who was told of this event, and of all before it."""
        lanes = dict(self.after.position.lanes)
        lanes |= {lane: end for lane, end in self.upto.lanes if lane < recorded.lane}
        lanes[recorded.lane] = recorded.position
        return Position.of(lanes)

    def _views_of(self, workspace: WorkspaceId) -> "_Views":
        if workspace not in self._views:
            tickets = {
                ident_of(recorded.stream)
                for recorded in self._events
                if recorded.workspace == workspace and category_of(recorded.stream) == TICKET
            }
            self._views[workspace] = _Views(self._lists(workspace), tickets)
        return self._views[workspace]


class _Told:
    """An event, and the kinds that are named of it: itself, or nothing."""

    __slots__ = ("kinds", "recorded")

    def __init__(self, recorded: Recorded[Any], kinds: tuple[str, ...]) -> None:
        self.recorded = recorded
        self.kinds = kinds


def _runs(told: Iterable[_Told]) -> Iterable[list[_Told]]:
    """What follows each other in a lane and is about the same stream."""
    run: list[_Told] = []
    for one in told:
        if run and (one.recorded.lane, one.recorded.stream) != (
            run[-1].recorded.lane,
            run[-1].recorded.stream,
        ):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


class _Views:
    """Rows of the tickets that some events are about, each list read once and when it is needed."""

    def __init__(self, lists: Lists, tickets: Iterable[str]) -> None:
        self._lists = lists
        self._tickets = sorted(tickets)

    @cached_property
    def _rows(self) -> Rows:
        return self._lists.queue(self._tickets)

    @cached_property
    def _own(self) -> Rows:
        return self._lists.own(self._tickets)

    def kinds_for(self, sight: Sight, recorded: Recorded[Any]) -> tuple[str, ...] | None:
        """The kinds that somebody is told of an event; None: that there was one, not even that."""
        if category_of(recorded.stream) != TICKET:
            configures = category_of(recorded.stream) not in NO_CONFIGURATION
            return () if sight.config and configures else None
        kind = recorded.event.kind
        if sight.requester is None:
            return (kind,) if sight.events else ()
        row = self._own.get(ident_of(recorded.stream))
        if row is None or row["requester"] != sight.requester:
            return () if _lost(recorded.event, sight.requester) else None
        if kind in PUBLIC_EVENTS:
            return (kind,)
        # What is internal may still change what the requester sees, such as the subject. If another
        # event changed the row after it, that one tells.
        return () if row["updated_at"] == recorded.occurred_at else None

    def shown(self, sight: Sight, run: Sequence[_Told]) -> tuple[str, dict[str, Any]]:
        """The event's name and data for what was told in a row."""
        last = run[-1].recorded
        category, ident = category_of(last.stream), ident_of(last.stream)
        if category != TICKET:
            return "config", {"category": category, "id": ident}
        row = self._row(sight, ident)
        named = row if row is not None else self._own.get(ident) if sight.requester else None
        return TICKET, {
            "ticket": ident,
            "number": None if named is None else named["number"],
            "version": last.version,
            "kinds": [kind for one in run for kind in one.kinds],
            "by": _by(sight, last.event.by),
            "at": last.occurred_at,
            "row": row,
        }

    def _row(self, sight: Sight, ident: str) -> dict[str, Any] | None:
        if sight.requester is None:
            return self._rows.get(ident)
        row = self._own.get(ident)
        return row if row is not None and row["requester"] == sight.requester else None


def _lost(event: Any, requester: str) -> bool:
    """Whether a ticket was this requester's until this event."""
    return isinstance(event, TicketRequesterChanged) and event.previous == requester


def _by(sight: Sight, by: Any) -> dict[str, Any] | None:
    """Who did it. A requester is told that we did, not who of us."""
    if not sight.events:
        return None
    shown = by.id if sight.requester is None or by.is_requester else None
    return {"kind": by.kind, "id": shown}
