"""The past judged under other policies, beside reading and decoding the same events alone.

Tickets per second, by all cores. Once with a policy that could touch every ticket, so that each is
judged twice, and once with a policy for urgent tickets, so that most are judged once. Nothing that
looks at events can outrun reading them, which is done as the comparison does it.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from adapters.postgres import what_if
from adapters.postgres.projection_fill import Streams
from adapters.processes import cores, crew
from api.services import Services
from bench.context import Bench
from bench.desk import UNTIL, WORKSPACE, services, tell
from bench.figure import Aim, Figure, at_least
from bench.load import Load, once, rounds
from domain.actor import Actor, ActorKind
from domain.conditions import ALWAYS, Comparison, Condition, Op
from domain.ids import PolicyId
from domain.record import with_changes
from domain.sla.book import Book
from domain.sla.book_events import PolicySet
from domain.sla.policy import Options, Target
from domain.sla.starter import STARTER
from projections.what_if import Period, Question, question

_READ = "reading and decoding the same events"
_ALL, _FEW = "tickets judged twice", "tickets, few of them judged twice"
_AIM: Aim = at_least(100_000 / 60, of="value")
_EVERYTHING = 10**15
_BY = Actor(kind=ActorKind.RULE, id="bench", rule_version=1)
_URGENT = Comparison(attribute="priority", op=Op.IS, values=("urgent",))


def measure(bench: Bench) -> Iterator[Figure]:
    url = bench.url(bench.database())
    tickets = bench.scale.judged
    bench.say(f"what-if: the histories of {tickets:,} tickets")
    with services(url) as opened:
        tell(opened, tickets)
        done = rounds(
            bench.scale.rounds,
            {
                _READ: lambda: once(tickets, partial(_read, opened)),
                _ALL: lambda: once(tickets, partial(_compare, opened, _half(ALWAYS))),
                _FEW: lambda: once(tickets, partial(_compare, opened, _half(_URGENT))),
            },
        )
    yield _figure("what_if.all", _ALL, done[_ALL], done[_READ])
    yield _figure("what_if.few", _FEW, done[_FEW], done[_READ])


def _figure(name: str, what: str, loads: Sequence[Load], read: Sequence[Load]) -> Figure:
    return Figure(
        name=name,
        what=f"what-if over {what}",
        unit="1/s",
        values=[load.per_second for load in loads],
        yardstick=_READ,
        yardsticks=[load.per_second for load in read],
        aims=(_AIM,),
        more={"tickets": loads[0].count},
    )


def _half(condition: Condition) -> Question:
    """The built-in targets halved, for the tickets of a condition."""
    edit = PolicySet(
        policy=PolicyId("half"),
        name="Half",
        rank=1,
        condition=condition,
        promises=tuple(
            with_changes(
                promise,
                targets={
                    priority: Target(seconds=target.seconds / 2, calendar=target.calendar)
                    for priority, target in promise.targets.items()
                },
            )
            for promise in STARTER.promises
        ),
        options=Options(),
        effective_at=UNTIL,
        by=_BY,
        at=UNTIL,
    )
    period = Period(start=UNTIL.replace(year=UNTIL.year - 1), end=UNTIL)
    return question(Book(), [edit], period, UNTIL, by=("priority", "queue"))


def _compare(opened: Services, asked: Question) -> None:
    opened.histories(_EVERYTHING).compare(WORKSPACE, asked, lambda *_: None, lambda: False)


def _read(opened: Services) -> None:
    url = opened.database_url
    histories = what_if.PostgresHistories(url, cores(), _EVERYTHING)
    heads, ranges = histories.ranges(WORKSPACE)
    with crew(min(cores(), len(ranges)), Reading, url, heads) as readers:
        for _ in readers.each(ranges):
            pass


class Reading:
    """What a process does that only reads."""

    def __init__(self, url: str, heads: dict[int, int]) -> None:
        self._reader = what_if.Histories(url, WORKSPACE, heads)

    def __call__(self, streams: Streams) -> int:
        return sum(len(events) for _, events in self._reader.of(streams))
