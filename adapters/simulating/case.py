"""One request: who asks about what, who works on it, and how they take their steps."""

from collections.abc import Generator
from datetime import datetime, timedelta
from random import Random
from typing import TypeAlias

from adapters.simulating.cast import Cast, Person, Worker
from adapters.simulating.desk import Desk, Step
from adapters.simulating.phrases import phrases
from adapters.simulating.topics import Topic
from commands.envelope import Command
from commands.ports import Append
from domain.actor import Actor, ActorKind
from domain.ids import CommandId, QueueId, TicketId
from domain.ticket.state import Ticket
from domain.ticket.words import Channel, Priority

Story: TypeAlias = Generator[Step, CommandId, None]
"""Yields steps in the order of time; each is answered by the id of its command."""

_PATIENCE = {Priority.URGENT: 0.2, Priority.HIGH: 0.5, Priority.NORMAL: 1.0, Priority.LOW: 2.2}
"""How long things take by priority, relative to the normal one."""

_NIGHTS = 2.2  # hours of the calendar that an hour of work takes, nights and weekends included


class Told:
    """What stories have told so far, to be written together; `going_on` of them have not ended."""

    def __init__(self) -> None:
        self.appends: list[Append] = []
        self.going_on = 0


class Case:
    """What a story is about; `now` is the instant of its last step (UTC)."""

    def __init__(
        self,
        *,
        desk: Desk,
        cast: Cast,
        rng: Random,
        topic: Topic,
        person: Person,
        now: datetime,
    ) -> None:
        self.desk = desk
        self.cast = cast
        self.rng = rng
        self.topic = topic
        self.person = person
        self.now = now
        self.channel = Channel.WEB
        self.queue = QueueId(topic.queue)
        self.agent: Worker | None = None
        self.ticket = TicketId("")
        self.told = Told()
        self._phrases = phrases(person.language)
        self._slots = self._phrases.slots(rng) | {
            "name": person.name,
            "org": person.company.name,
            "agent": "",
        }

    # ── State and chance ─────────────────────────────────────────────────────────────────────────

    @property
    def state(self) -> Ticket:
        return self.desk.ticket(self.ticket)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def some(self, hours: float, spread: float = 0.9) -> timedelta:
        """A duration around a median of `hours`; long ones are rare, not impossible."""
        return timedelta(hours=hours * self.rng.lognormvariate(0, spread))

    def effort(self, hours: float) -> timedelta:
        """How long some hours of work take by the calendar, by the urgency of the case."""
        return self.some(hours * _NIGHTS * _PATIENCE[self.state.priority])

    # ── Steps ────────────────────────────────────────────────────────────────────────────────────

    def on_arrival(self, command: Command) -> Step:
        """The requester's first step: whenever they write is when they are awake."""
        return self._step(Actor(kind=ActorKind.REQUESTER, id=self.person.id), command)

    def by_requester(self, command: Command, after: timedelta) -> Step:
        self.now = self.person.awake.next(self.now + after, self.rng)
        return self._step(Actor(kind=ActorKind.REQUESTER, id=self.person.id), command)

    def by_agent(self, command: Command, after: timedelta) -> Step:
        worker = self.given_to()
        self.now = worker.hours.next(self.now + after, self.rng)
        return self._step(Actor(kind=ActorKind.AGENT, id=worker.id), command)

    def by_rule(self, rule: str, version: int, command: Command, at: datetime) -> Step:
        self.now = max(self.now, at)
        return self._step(Actor(kind=ActorKind.RULE, id=rule, rule_version=version), command)

    def given_to(self, worker: Worker | None = None) -> Worker:
        """Let `worker` take over; None: whoever has it, or somebody of the queue's team."""
        taken = worker or self.agent or self.cast.worker(self.queue, self.now, self.rng)
        if taken is not self.agent:
            self.agent = taken
            self._slots["agent"] = taken.name
        return taken

    def _step(self, by: Actor, command: Command) -> Step:
        return Step(at=self.now, by=by, command=command)

    # ── Words ────────────────────────────────────────────────────────────────────────────────────

    def say(self, name: str) -> str:
        """A phrase that fits every topic."""
        return self._phrases.common(name, self._slots, self.rng)

    def tell(self, name: str) -> str:
        """A phrase about the topic."""
        return self._phrases.about(self.topic.phrases, name, self._slots, self.rng)

    def letter(self, body: str) -> str:
        """What the requester writes, with the usual courtesies."""
        return _paragraphs(self.say("greetings"), body, self.say("closings"))

    def answer(self, body: str) -> str:
        """What the agent writes."""
        self.given_to()
        return _paragraphs(self.say("agent_greetings"), body, self.say("agent_closings"))


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
