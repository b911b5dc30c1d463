"""What the demo's desk promises: a Korean working week with its holidays, and two policies."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid5

from api.services import Services
from commands.envelope import Command, Request
from commands.sla.calendars import SetCalendar
from commands.sla.policies import SetPolicy
from commands.sla.rejudge import RejudgeHistory
from domain.actor import Actor, ActorKind
from domain.conditions import ALWAYS, AnyOf, Comparison, Op
from domain.ids import SLA_BOOK, CalendarId, CommandId, PolicyId, WorkspaceId
from domain.sla.policy import ClockName, Promise, Recipient, Step, Target
from domain.ticket.words import Category, Priority

_SEOUL, _ALL_DAY = CalendarId("seoul"), CalendarId("24x7")
_HOUR = 3600.0
_BY = Actor(kind=ActorKind.RULE, id="demo", rule_version=1)
_NAMESPACE = UUID("9f3e3a70-44b4-5c77-8c1e-1d0f2f5d7a61")


def promise(opened: Services, since: datetime) -> None:
    """Set calendar and policies of an untouched book, and have them judge all since `since`."""
    workspace = WorkspaceId(opened.settings.workspace)
    if opened.handler.states.load(workspace, SLA_BOOK).version:
        return
    for command in _commands(opened, since):
        opened.handler.handle(
            Request(
                workspace=workspace,
                command=command,
                command_id=CommandId(uuid5(_NAMESPACE, f"{workspace}/{command.name}/{command}")),
                by=_BY,
            )
        )


def _commands(opened: Services, since: datetime) -> Iterator[Command]:
    year = opened.clock.now().year
    hours = ("09:00-12:00", "13:00-18:00")
    yield SetCalendar(
        calendar=_SEOUL,
        display_name="Seoul, with a lunch break",
        zone="Asia/Seoul",
        weekly=dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), hours),
        holidays=tuple(opened.holidays().public_holidays("KR", since.year, year + 1)),
    )
    yield SetPolicy(
        policy=PolicyId("urgent"),
        display_name="Urgent, and very important requesters",
        rank=10,
        condition=AnyOf(
            any=(
                Comparison(attribute="priority", op=Op.IS, values=("urgent",)),
                Comparison(attribute="vip", op=Op.IS, values=(True,)),
            )
        ),
        promises=_promises(_ALL_DAY, respond=0.5, resolve=4),
    )
    yield SetPolicy(
        policy=PolicyId("standard"),
        display_name="Everybody else",
        rank=100,
        condition=ALWAYS,
        promises=_promises(_SEOUL, respond=4, resolve=24),
    )
    yield RejudgeHistory(since=since, reason="The demo's tickets are judged by its own promises.")


def _promises(calendar: CalendarId, respond: float, resolve: float) -> tuple[Promise, ...]:
    """Hours of the calendar to the first and to every next answer, and to the resolution."""
    warned = Step(name="three quarters used", share=0.75, notify=(Recipient.ASSIGNEE,))
    late = Step(name="an hour late", after=_HOUR, notify=(Recipient.QUEUE_LEAD,))
    pauses = frozenset({Category.WAITING_REQUESTER})
    return (
        _promise(ClockName.FIRST_RESPONSE, calendar, respond, steps=(warned, late)),
        _promise(ClockName.NEXT_RESPONSE, calendar, respond, steps=(warned,)),
        _promise(ClockName.RESOLUTION, calendar, resolve, steps=(warned, late), pauses=pauses),
    )


def _promise(
    clock: ClockName,
    calendar: CalendarId,
    hours: float,
    *,
    steps: tuple[Step, ...],
    pauses: frozenset[Category] = frozenset(),
) -> Promise:
    """Half of the time for high priorities, twice as much for low ones."""
    shares = {Priority.URGENT: 0.5, Priority.HIGH: 0.5, Priority.NORMAL: 1, Priority.LOW: 2}
    return Promise(
        clock=clock,
        targets={
            priority: Target(seconds=hours * share * _HOUR, calendar=calendar)
            for priority, share in shares.items()
        },
        paused_in=pauses,
        steps=steps,
    )
