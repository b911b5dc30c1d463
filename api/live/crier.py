"""Tells readers what is not in the log: messages to people, who is on a ticket, and who must go."""

import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any

import structlog

from api.auth.ports import Access
from api.live.hub import Hub
from api.live.ports import Announcements, Presences
from api.live.subscriber import Subscriber
from api.live.text import event_text
from commands.ports import Clock
from domain.ids import TicketId, WorkspaceId
from domain.presence import Present
from domain.record import record

PRESENCE = "presence"

EVERY = 1.0
"""Seconds between looks whose time on a ticket is over."""

LOOK_AT_TOKENS = 5.0
"""Seconds between looks whether tokens of open streams have ended."""

log = structlog.get_logger("live")


@record
class Announced:
    """A message as it was heard; see Announcements."""

    workspace: WorkspaceId
    person: str | None
    event: str
    data: Any


class Crier:
    """One thread calls `run`; `heard` and `missed` may be called from others."""

    def __init__(
        self,
        hub: Hub,
        presences: Presences,
        announcements: Announcements,
        access: Access,
        clock: Clock,
    ) -> None:
        self._hub = hub
        self._presences = presences
        self._announcements = announcements
        self._access = access
        self._clock = clock
        self._inbox: SimpleQueue[Announced | None] = SimpleQueue()
        self._expire_at = 0.0
        self._look_at = 0.0

    def heard(self, workspace: WorkspaceId, person: str | None, event: str, data: Any) -> None:
        """See Announcements.listen."""
        self._inbox.put(Announced(workspace=workspace, person=person, event=event, data=data))

    def missed(self) -> None:
        """Messages were lost: readers have to connect anew, and to look at what is kept."""
        self._hub.end(lambda _: True)

    def wake(self) -> None:
        """Let `run` see that it has to stop."""
        self._inbox.put(None)

    def run(self, stop: Event) -> None:
        """Tell readers what is heard until `stop` is set. Never raises."""
        while not stop.is_set():
            try:
                self.round()
            except Exception as error:  # noqa: BLE001 - whatever it was, readers are waiting
                log.warning("who is on which ticket is not up to date", error=str(error))
                self.missed()
                stop.wait(EVERY)

    def round(self) -> None:
        """Tell what was heard, waiting a little for it, and see who must go."""
        heard = self._take()
        readers = self._hub.readers()
        if readers and heard:
            self._tell(heard, readers)
        now = time.monotonic()
        if readers and now >= self._expire_at:
            self._expire_at = now + EVERY
            for workspace, ticket in self._presences.expire():
                self._announcements.tell(workspace, None, PRESENCE, {"ticket": ticket})
        if readers and now >= self._look_at:
            self._look_at = now + LOOK_AT_TOKENS
            tokens = {reader.principal.token for reader in readers}
            ended = self._access.ended(tokens, self._clock.now())
            self._hub.end(lambda reader: reader.principal.token in ended)

    def _take(self) -> list[Announced]:
        """All that has come, once something has or it is time to look after the rest."""
        found = []
        try:
            message = self._inbox.get(timeout=EVERY)
            while True:
                if message is not None:
                    found.append(message)
                message = self._inbox.get_nowait()
        except Empty:
            return found

    def _tell(self, heard: Sequence[Announced], readers: Sequence[Subscriber]) -> None:
        moved: dict[WorkspaceId, dict[TicketId, None]] = {}
        for message in heard:
            if message.event == PRESENCE:
                moved.setdefault(message.workspace, {})[message.data["ticket"]] = None
            else:
                text = event_text(message.event, message.data)
                for reader in readers:
                    if _is_for(reader, message):
                        reader.call(reader.say, text)
        for workspace, tickets in moved.items():
            seeing = [one for one in readers if one.sight.presence]
            seeing = [one for one in seeing if one.sight.workspace == workspace]
            if seeing:
                people = self._presences.on(workspace, list(tickets))
                for ticket in tickets:
                    text = presence_text(ticket, people.get(ticket, ()))
                    for reader in seeing:
                        reader.call(reader.say, text)


def presence_text(ticket: TicketId, people: Sequence[Present]) -> bytes:
    """Who is on a ticket, as an event."""
    return event_text(PRESENCE, {"ticket": ticket, "people": people})


def _is_for(reader: Subscriber, message: Announced) -> bool:
    who = reader.principal
    if who.workspace != message.workspace or who.is_requester:
        return False
    return message.person is None or message.person == who.person
