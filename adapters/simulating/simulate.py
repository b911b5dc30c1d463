"""Runs all stories in the order of time and yields what is to be appended, ticket by ticket."""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random

from adapters.packing import pack
from adapters.processes import crew
from adapters.simulating import stories
from adapters.simulating.arrivals import Arrival
from adapters.simulating.case import Case, Story
from adapters.simulating.cast import Cast, Person
from adapters.simulating.desk import SYSTEM, Desk, Step
from adapters.simulating.plan import Plan
from adapters.simulating.topics import QUEUES, TOPICS, Topic
from adapters.simulating.windows import Window, windows
from commands.people.agent import RegisterAgent
from commands.people.organisation import RegisterOrganisation
from commands.people.queue import CreateQueue
from commands.people.requester import RegisterRequester
from commands.people.team import CreateTeam
from commands.ports import Append, Numbers, Packed
from domain.actor import Actor, ActorKind
from domain.errors import Refused
from domain.ids import QueueId, TeamId
from domain.ticket.words import Status

_DUPLICATES, _COMEBACKS = 0.025, 0.02
_RECENT, _CLOSED = 100, 400
"""Cases remembered because somebody might write about them again."""

_DUPLICATE_WITHIN = timedelta(hours=6)
_BY = Actor(kind=ActorKind.RULE, id=SYSTEM, rule_version=1)


def simulate(
    plan: Plan, numbers: Numbers, recorded_at: datetime, processes: int = 1
) -> Iterator[Sequence[Packed]]:
    """What happens from `plan.start` until `plan.end`, marked as simulated, ready to be written.

    Exactly `plan.tickets` are opened; those of the last days are still being worked on at the
    end. Memory grows with the tickets that are not closed, not with all. What is told depends on
    the plan, `recorded_at` and the ticket numbers alone, and not on the number of processes.

    Each sequence has to be written as a whole: it holds a ticket from its opening to its end (and
    what was merged into it). If a ticket were written step by step, the timers of a running desk
    would find it waiting since long ago, and act before its story went on.
    """
    with crew(min(processes, plan.strands), Teller, plan, recorded_at) as tellers:
        for told in tellers.each(windows(plan, numbers), place=_strand_of):
            yield from told


class Teller:
    """Tells the windows of some strands, each strand's in the order of time."""

    def __init__(self, plan: Plan, recorded_at: datetime) -> None:
        self._begun: dict[int, Strand] = {}
        self._new = partial(Strand, plan, recorded_at)

    def __call__(self, window: Window) -> list[list[Packed]]:
        """What has come to its end in the window, ticket by ticket."""
        if window.strand not in self._begun:
            self._begun[window.strand] = self._new(window.strand)
        told = self._begun[window.strand].tell(window)
        return [[*map(pack, together)] for together in told if together]


def _strand_of(window: Window) -> int:
    return window.strand


class Strand:
    """A share of a plan's requests, with people of its own, on the desk that all share."""

    def __init__(self, plan: Plan, recorded_at: datetime, strand: int) -> None:
        self._plan = plan
        self._rng = Random(f"{plan.seed}/{strand}")  # noqa: S311 - it has to repeat, not to surprise
        self._desk = Desk(plan, strand, recorded_at)
        self._cast = Cast(plan, strand)
        self._known: set[str] = set()
        self._agenda: list[tuple[datetime, int, Step, Case, Story]] = []
        self._entry = count()
        self._recent: deque[Case] = deque(maxlen=_RECENT)
        self._closed: deque[Case] = deque()
        self._found()
        founded = self._desk.take()  # the same for every strand: the first one tells of it
        self._founded = founded if strand == 0 else []

    def tell(self, window: Window) -> Iterator[Sequence[Append]]:
        """What comes to its end in the next window of time; in the last one, all the rest."""
        yield self._founded
        self._founded = []
        for arrival, number in window.arrivals:
            yield from self._until(arrival.at)
            self._desk.number = number
            yield from self._begin(arrival)
        yield from self._until(window.end)
        if window.is_last:
            unfinished = {id(case.told): case.told for _, _, _, case, _ in sorted(self._agenda)}
            yield from (told.appends for told in unfinished.values())

    # ── Stories ──────────────────────────────────────────────────────────────────────────────────

    def _begin(self, arrival: Arrival) -> Iterator[Sequence[Append]]:
        """Somebody writes: mostly something new."""
        kind = self._rng.random()
        if kind < _COMEBACKS and self._closed:
            of = self._closed[self._rng.randrange(len(self._closed))]
            self._closed.remove(of)
            case = self._case(of.topic, of.person, arrival.at)
            yield from self._advance(case, stories.comeback(case, of))
            return
        if kind < _COMEBACKS + _DUPLICATES and (found := self._going_on(arrival.at)):
            case = self._case(found.topic, found.person, arrival.at)
            case.told = found.told
            yield from self._advance(case, stories.duplicate(case, found))
            return
        person = self._cast.requester(korean=arrival.korean, rng=self._rng)
        topic = self._rng.choices(TOPICS, [topic.weight for topic in TOPICS])[0]
        case = self._case(topic, person, arrival.at)
        if self._register(case):
            yield self._desk.take()
        self._recent.append(case)
        yield from self._advance(case, stories.new_request(case))

    def _case(self, topic: Topic, person: Person, at: datetime) -> Case:
        return Case(
            desk=self._desk, cast=self._cast, rng=self._rng, topic=topic, person=person, now=at
        )

    def _going_on(self, at: datetime) -> Case | None:
        """A case that began lately and is being worked on."""
        found = [
            case
            for case in self._recent
            if case.ticket
            and case.state.exists
            and case.state.status.is_backlog
            and case.state.opened_at is not None
            and at - case.state.opened_at < _DUPLICATE_WITHIN
        ]
        return self._rng.choice(found) if found else None

    def _until(self, instant: datetime) -> Iterator[Sequence[Append]]:
        """Take all steps before `instant`."""
        while self._agenda and self._agenda[0][0] < instant:
            _, _, step, case, story = heappop(self._agenda)
            yield from self._take(step, case, story)

    def _advance(self, case: Case, story: Story) -> Iterator[Sequence[Append]]:
        """The first step is taken at once: the requester has come."""
        case.told.going_on += 1
        yield from self._take(next(story), case, story)

    def _take(self, step: Step, case: Case, story: Story) -> Iterator[Sequence[Append]]:
        """Take one step and note the next one, or give what has been told when it was the last.

        A story may expect that a step is refused.
        """
        try:
            try:
                command = self._desk.do(step)
                case.told.appends.extend(self._desk.take())
                following = story.send(command)
            except Refused as refusal:
                following = story.throw(refusal)
            heappush(self._agenda, (following.at, next(self._entry), following, case, story))
        except StopIteration:
            self._ended(case)
            case.told.going_on -= 1
            if not case.told.going_on:
                yield case.told.appends
                case.told.appends = []  # the case may be remembered for long

    def _ended(self, case: Case) -> None:
        if case.state.status is not Status.CLOSED:
            self._desk.forget(case.ticket)
            return
        self._closed.append(case)
        if len(self._closed) > _CLOSED:
            self._desk.forget(self._closed.popleft().ticket)

    # ── The desk and its people ──────────────────────────────────────────────────────────────────

    def _found(self) -> None:
        """Queues, teams, agents and organisations, before the first request."""
        at = self._plan.start
        for company in self._cast.companies():
            registered = RegisterOrganisation(
                organisation=company.id,
                display_name=company.name,
                region=company.region,
                segment=company.segment,
            )
            self._desk.found(Step(at=at, by=_BY, command=registered))
        for name, display_name in QUEUES.items():
            team = CreateTeam(team=TeamId(name), display_name=display_name)
            self._desk.found(Step(at=at, by=_BY, command=team))
        for agent in self._cast.agents:
            hired = RegisterAgent(
                agent=agent.id,
                display_name=agent.name,
                email=f"{agent.id}@desk.example",
                teams=(agent.team,),
            )
            self._desk.found(Step(at=at, by=_BY, command=hired))
        for name, display_name in QUEUES.items():
            lead = self._cast.lead(QueueId(name))
            queue = CreateQueue(queue=QueueId(name), display_name=display_name, lead=lead.id)
            self._desk.found(Step(at=at, by=_BY, command=queue))

    def _register(self, case: Case) -> bool:
        """A requester is registered when they first write; False: they were before."""
        person = case.person
        if person.id in self._known:
            return False
        self._known.add(person.id)
        registered = RegisterRequester(
            requester=person.id,
            display_name=person.name,
            emails=(person.email,),
            language=person.language,
            organisation=person.company.id,
            region=person.company.region,
            vip=person.vip,
        )
        self._desk.do(Step(at=case.now, by=_BY, command=registered))
        return True
