"""What happened to a ticket, as the slow judge looks at it, and where clocks begin in that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from domain.conditions import Attributes, attributes_of
from domain.recorded import Recorded
from domain.sla.policy import BotReply, ClockName, FollowUp, OnBehalf
from domain.ticket.events import (
    MessageReceived,
    NoteAdded,
    ReplySent,
    SlaBreached,
    SlaEscalated,
    SlaWarningRaised,
    TicketAbsorbed,
    TicketAcknowledged,
    TicketAssigned,
    TicketOpened,
    TicketReleased,
)
from domain.ticket.state import Ticket, evolve
from domain.ticket.words import Status
from tests.domain.slow_book import Held, SlowBook
from tests.domain.slow_calendar import minute_of

BREACH = "breach"
DONE = (Status.RESOLVED, Status.CLOSED)


@dataclass(frozen=True)
class Fact:
    """An event, when it took effect, and the ticket before and after it."""

    minute: int
    version: int
    event: Any
    before: Ticket
    after: Ticket

    @property
    def queues(self) -> tuple[str | None, str | None]:
        return self.before.queue, self.after.queue

    @property
    def sets_done(self) -> bool:
        """Resolved or closed by this."""
        return self.after.status in DONE and self.before.status is not self.after.status

    @property
    def comes_back(self) -> bool:
        return self.before.status in DONE and self.after.status.is_backlog

    @property
    def asks(self) -> bool:
        event = self.event
        if isinstance(event, TicketOpened):
            return event.by.is_requester or bool(event.messages)
        return isinstance(event, MessageReceived)

    @property
    def touches(self) -> bool:
        """An agent did something that shows that the ticket was seen."""
        if isinstance(self.event, TicketAcknowledged):
            return True
        seen = isinstance(self.event, ReplySent | NoteAdded | TicketAssigned)
        return seen and self.event.by.is_agent

    @property
    def attributes(self) -> Attributes:
        return attributes_of(self.after)


class Story:
    """A history without undone events, up to an instant, with what the book says about it."""

    def __init__(self, minutes: Sequence[int], events: Sequence[Recorded[Any]], book: SlowBook):
        self.book = book
        self.facts: list[Fact] = []
        ticket = Ticket()
        for minute, recorded in zip(minutes, events, strict=True):
            after = evolve(ticket, recorded.event)
            fact = Fact(minute, recorded.version, recorded.event, ticket, after)
            self.facts.append(fact)
            ticket = after
        self.opened = self.facts[0].minute

    def policy(self, fact: Fact) -> Held | None:
        return self.book.policy(fact.attributes, fact.minute, self.opened)

    def answers(self, fact: Fact) -> bool:
        """A public reply of the kind that counts."""
        if not isinstance(fact.event, ReplySent):
            return False
        if fact.event.by.is_agent:
            return True
        policy = self.policy(fact)
        return policy is not None and policy.options.bot_reply is BotReply.STOPS

    def promised(self, clock: ClockName, fact: Fact) -> bool:
        return clock in self.book.promised(fact.minute)

    @property
    def on_behalf(self) -> bool:
        return not self.facts[0].asks

    def rule_on_behalf(self, fact: Fact) -> OnBehalf:
        policy = self.policy(fact)
        return OnBehalf.FIRST_MESSAGE if policy is None else policy.options.on_behalf

    # ── Where clocks begin ───────────────────────────────────────────────────────────────────

    def beginnings(self) -> Iterator[tuple[ClockName, int]]:
        """Clocks, and the place of the fact at which each begins. Not those that begin anew."""
        for clock in (ClockName.ACKNOWLEDGE, ClockName.RESOLUTION, ClockName.TOTAL_RESOLUTION):
            if self.promised(clock, self.facts[0]):
                yield clock, 0
        first = self.first_response()
        if first is not None:
            yield ClockName.FIRST_RESPONSE, first
        yield from self._waits(first)
        yield from self._updates()
        yield from self._stays()

    def first_response(self) -> int | None:
        for place, fact in enumerate(self.facts):
            if self.promised(ClockName.FIRST_RESPONSE, fact) and self._may_ask(place):
                return place
            if any(one.asks for one in self.facts[: place + 1]) and self.answers(fact):
                return None
            if self._exempt_asks(fact):
                return None
        return None

    def _may_ask(self, place: int) -> bool:
        fact = self.facts[place]
        rule = self.rule_on_behalf(fact)
        if self.on_behalf and rule is OnBehalf.EXEMPT:
            return False
        absorbed = isinstance(fact.event, TicketAbsorbed) and fact.event.asked_at is not None
        return fact.asks or absorbed or (place == 0 and rule is OnBehalf.OPENING)

    def _exempt_asks(self, fact: Fact) -> bool:
        return self.on_behalf and fact.asks and self.rule_on_behalf(fact) is OnBehalf.EXEMPT

    def _waits(self, first: int | None) -> Iterator[tuple[ClockName, int]]:
        """The first message after each answer, once the first response was given."""
        answered = waiting = asked = False
        for place, fact in enumerate(self.facts):
            asked = asked or fact.asks
            if self.answers(fact):
                waiting = False
            late = answered or self._exempt_asks(fact)
            begins = fact.asks and late and not waiting
            if begins and self.promised(ClockName.NEXT_RESPONSE, fact):
                waiting = True
                yield ClockName.NEXT_RESPONSE, place
            given = first is not None and place > first and self.answers(fact)
            answered = late or given or (asked and self.answers(fact))

    def _updates(self) -> Iterator[tuple[ClockName, int]]:
        for place, fact in enumerate(self.facts):
            begins = self.answers(fact) and fact.after.status.is_backlog
            if begins and self.promised(ClockName.UPDATE, fact):
                yield ClockName.UPDATE, place

    def _stays(self) -> Iterator[tuple[ClockName, int]]:
        """Each time that the ticket comes into a queue with work to do."""
        for place, fact in enumerate(self.facts):
            was, now = fact.queues
            comes = place == 0 or was != now or fact.comes_back
            here = now is not None and fact.after.status.is_backlog
            if comes and here and self.promised(ClockName.HANDLING, fact):
                yield ClockName.HANDLING, place

    # ── The starts of other tickets ──────────────────────────────────────────────────────────

    def others(self, clock: ClockName, begin: int, place: int) -> list[int]:
        """Since when other tickets have been there that came to this one during the clock."""
        held: dict[str, int | None] = {}
        for fact in self.facts[begin : place + 1]:
            event = fact.event
            if isinstance(event, TicketAbsorbed):
                first = clock is ClockName.FIRST_RESPONSE
                since = event.asked_at if first else event.opened_at
                held[event.source] = None if since is None else minute_of(since)
            elif isinstance(event, TicketReleased):
                held.pop(event.source, None)
        takes = (ClockName.FIRST_RESPONSE, ClockName.RESOLUTION, ClockName.TOTAL_RESOLUTION)
        starts = [since for since in held.values() if since is not None and clock in takes]
        opening = self.facts[0]
        origin, policy = opening.event.origin_opened_at, self.policy(opening)
        if (
            origin is not None
            and begin == 0
            and clock in (*takes, ClockName.ACKNOWLEDGE)
            and policy is not None
            and policy.options.follow_up is FollowUp.INHERIT_START
        ):
            starts.append(minute_of(origin))
        return starts

    def said(self, clock: ClockName, instance: int, name: str, minute: int) -> bool:
        """The log says of a point of the clock that it was reached, at that very minute."""
        return any(
            isinstance(fact.event, SlaBreached | SlaWarningRaised | SlaEscalated)
            and fact.minute == minute
            and (fact.event.clock, fact.event.instance) == (clock.value, instance)
            and getattr(fact.event, "step", BREACH) == name
            for fact in self.facts
        )

    def moments(self, begin: int, until: int) -> Iterator[tuple[int, int | None]]:
        """Minutes after a fact at which anything happens, and which fact; None: in the book.

        What the book says from a minute on holds for the facts of that minute.
        """
        after = self.facts[begin].minute
        edits = [(m, 0, None) for m in self.book.boundaries() if after < m <= until]
        facts = [(f.minute, n, n) for n, f in enumerate(self.facts) if n > begin]
        for minute, _, place in sorted(
            [*((m, -1, p) for m, _, p in edits), *facts], key=lambda entry: entry[:2]
        ):
            yield minute, place
