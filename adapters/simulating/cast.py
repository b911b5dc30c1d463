"""Who is there: organisations, agents in teams, and requesters who differ in how often they ask."""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from uuid import uuid5

from adapters.simulating.hours import (
    EUROPEAN_AWAKE,
    EUROPEAN_DAY,
    KOREAN_AWAKE,
    KOREAN_DAY,
    KOREAN_LATE,
    KOREAN_WEEKEND,
    Hours,
)
from adapters.simulating.names import (
    EUROPEAN_FIRST,
    EUROPEAN_LAST,
    EUROPEAN_ORGANISATIONS,
    KOREAN_GIVEN,
    KOREAN_ORGANISATIONS,
    KOREAN_SURNAMES,
)
from adapters.simulating.plan import Plan
from adapters.simulating.topics import QUEUES
from domain.ids import AgentId, OrganisationId, QueueId, RequesterId, TeamId
from domain.record import record

_TEAMS = (
    *("accounts", "applications", "workplace", "network", "service-desk", "finance", "security"),
    *("accounts", "applications", "workplace", "network", "service-desk", "applications"),
    "workplace",
)
"""The team of each agent, in turns: a bigger desk has more of each."""

_SHIFTS = (KOREAN_DAY, EUROPEAN_DAY, KOREAN_DAY, KOREAN_LATE, EUROPEAN_DAY, KOREAN_WEEKEND)
"""The shift of each turn through the teams."""

_FEWEST, _MOST = 2 * len(_TEAMS), 600
_TICKETS_A_DAY = 6  # that one agent takes care of
_KOREAN_SPEAKERS, _VIPS = 0.93, 0.012  # shares of the requesters in Korea, and of all
_LARGEST_POPULATION = 20_000  # requesters, whose states are kept in memory


@record
class Worker:
    """An agent at work."""

    id: AgentId
    name: str
    team: TeamId
    hours: Hours


@record
class Company:
    """An organisation that requesters belong to."""

    id: OrganisationId
    name: str
    region: str
    segment: str
    domain: str


@record
class Person:
    """A requester. `awake` is when they may write."""

    id: RequesterId
    name: str
    email: str
    language: str
    company: Company
    vip: bool
    awake: Hours


class Cast:
    """Everybody; agents and organisations are the same for every plan of a workspace.

    Requesters belong to one strand of the plan each.
    """

    def __init__(self, plan: Plan, strand: int) -> None:
        wanted = round(plan.tickets_per_day / _TICKETS_A_DAY)
        self.agents = [_agent(k) for k in range(max(_FEWEST, min(_MOST, wanted)))]
        self.korean = [_company(f"kr-{k + 1:02}", *c) for k, c in enumerate(KOREAN_ORGANISATIONS)]
        self.european = [
            _company(f"eu-{k + 1:02}", *c) for k, c in enumerate(EUROPEAN_ORGANISATIONS)
        ]
        self._plan = plan
        self._population = max(40, min(_LARGEST_POPULATION, plan.tickets // 4)) // plan.strands
        self._strand = strand
        self._people: dict[tuple[bool, int], Person] = {}
        self._teams = {
            TeamId(team): [agent for agent in self.agents if agent.team == team] for team in QUEUES
        }

    def lead(self, queue: QueueId) -> Worker:
        """Who answers for a queue and its team."""
        return self._teams[TeamId(queue)][0]

    def worker(self, queue: QueueId, at: datetime, rng: Random) -> Worker:
        """Somebody of the queue's team, if possible on shift at `at`."""
        team = self._teams[TeamId(queue)]
        return rng.choice([agent for agent in team if agent.hours.contain(at)] or team)

    def colleague(self, of: Worker, rng: Random) -> Worker:
        """Somebody else of the same team, if there is anybody."""
        return rng.choice([agent for agent in self._teams[of.team] if agent is not of] or [of])

    def requester(self, *, korean: bool, rng: Random) -> Person:
        """Somebody: a few ask often and most ask hardly ever."""
        rank = int(self._population * rng.random() ** 2) * self._plan.strands + self._strand
        if (korean, rank) not in self._people:
            self._people[korean, rank] = self._person(korean, rank, rng)
        return self._people[korean, rank]

    def companies(self) -> Iterator[Company]:
        yield from self.korean
        yield from self.european

    def _person(self, korean: bool, rank: int, rng: Random) -> Person:  # noqa: FBT001
        companies = self.korean if korean else self.european
        company = companies[int(len(companies) * rng.random() ** 2)]
        region = "kr" if korean else "eu"
        return Person(
            id=RequesterId(str(uuid5(self._plan.namespace, f"requester/{region}/{rank}"))),
            name=(
                rng.choice(KOREAN_SURNAMES) + rng.choice(KOREAN_GIVEN)
                if korean
                else f"{rng.choice(EUROPEAN_FIRST)} {rng.choice(EUROPEAN_LAST)}"
            ),
            email=f"user{rank + 1:05}@{company.domain}",
            language="ko" if korean and rng.random() < _KOREAN_SPEAKERS else "en",
            company=company,
            vip=rng.random() < _VIPS,
            awake=KOREAN_AWAKE if korean else EUROPEAN_AWAKE,
        )


def _agent(k: int) -> Worker:
    hours = _SHIFTS[k // len(_TEAMS) % len(_SHIFTS)]
    if hours is EUROPEAN_DAY:
        first = EUROPEAN_FIRST[k * 5 % len(EUROPEAN_FIRST)]
        name = f"{first} {EUROPEAN_LAST[k * 11 % len(EUROPEAN_LAST)]}"
    else:
        name = (
            KOREAN_SURNAMES[k * 3 % len(KOREAN_SURNAMES)] + KOREAN_GIVEN[k * 7 % len(KOREAN_GIVEN)]
        )
    return Worker(
        id=AgentId(f"agent-{k + 1:03}"),
        name=name,
        team=TeamId(_TEAMS[k % len(_TEAMS)]),
        hours=hours,
    )


def _company(key: str, name: str, region: str, segment: str, domain: str) -> Company:
    return Company(
        id=OrganisationId(f"org-{key}"), name=name, region=region, segment=segment, domain=domain
    )
