"""Stories about clocks with seven promises, and a reader who adds up what a text says."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.conditions import ALWAYS, Condition
from domain.happened import Happened
from domain.ids import (
    CalendarId,
    PolicyId,
    RequesterId,
    ticket_stream,
)
from domain.recorded import Recorded
from domain.sla.book import Book
from domain.sla.book_events import PolicySet
from domain.sla.explain import explain
from domain.sla.explanation import Explanation
from domain.sla.policy import PAUSES, ClockName, Options, Promise, Step, Target
from domain.ticket.events import (
    TicketPended,
    TicketPrioritised,
    TicketResolved,
    TicketResumed,
)
from domain.ticket.words import Priority
from tests.given import KIM, OPENED, TICKET, Log, happened

HOUR = 3_600
MONDAY = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)  # 9 o'clock in Seoul


def hour(n: float) -> datetime:
    return MONDAY + timedelta(hours=n)


def policy(
    hours: float,
    *,
    ident: str = "gold",
    rank: int = 1,
    condition: Condition = ALWAYS,
    calendar: str = "office-hours",
    at: datetime = MONDAY - timedelta(days=30),
    options: Options | None = None,
    resolved_counts: bool = False,
) -> PolicySet:
    """All seven clocks; urgent tickets have half of the time, with a warning at half of that."""

    def target(priority: Priority) -> Target:
        share = 0.5 if priority is Priority.URGENT else 1.0
        return Target(seconds=hours * HOUR * share, calendar=CalendarId(calendar))

    return PolicySet(
        policy=PolicyId(ident),
        name=ident.title(),
        rank=rank,
        condition=condition,
        promises=tuple(
            Promise(
                clock=clock,
                targets={priority: target(priority) for priority in Priority},
                paused_in=PAUSES[clock],
                counts_resolved=resolved_counts,
                steps=(Step(name="half", share=0.5),),
            )
            for clock in ClockName
        ),
        options=options or Options(),
        effective_at=at,
        by=KIM,
        at=at,
    )


def ticket(*later: Happened, at: datetime = MONDAY) -> Sequence[Recorded[Any]]:
    stream = ticket_stream(TICKET)
    return Log(streams={stream: [replace(OPENED, at=at), *later]}).history(stream)


def told(
    events: Sequence[Recorded[Any]], book: Book, instant: datetime, clock: ClockName
) -> Explanation:
    return next(one for _, one in explain(events, book, instant) if one.clock is clock)


def prioritised(n: float, priority: Priority) -> Happened:
    return happened(
        TicketPrioritised,
        at=hour(n),
        priority=priority,
        previous=Priority.NORMAL,
        override_reason="Fire",
    )


def pended(n: float, reason: str = "Asked for the serial number") -> Happened:
    return happened(TicketPended, at=hour(n), reason=reason)


def resumed(n: float) -> Happened:
    return happened(TicketResumed, at=hour(n), reason="Answered")


def resolved(n: float) -> Happened:
    return happened(TicketResolved, at=hour(n), requester=RequesterId("mina"), code="fixed")


SECONDS = re.compile(r"\((-?[\d ]+(?:\.\d+)?) s\)")


def seconds_in(text: str) -> list[float]:
    """All durations that a text gives, in seconds."""
    return [float(found.replace(" ", "")) for found in SECONDS.findall(text)]


def re_added(text: str) -> None:
    """Read the table of an account as a reader would, and add it up again."""
    table = text.partition("  Time that counted\n")[2].partition("\n\n")[0].splitlines()
    total = 0.0
    for line in table:
        if "; so far " in line:
            part, so_far = seconds_in(line)
            total = round(total + part, 3)
            assert so_far == total
    assert table[-1].strip().startswith("Sum: ")
    assert seconds_in(table[-1]) == [pytest.approx(total, abs=0.0015)]
    summary = next(line for line in text.splitlines() if line.startswith("  Counted: "))
    counted, *rest = seconds_in(summary)
    assert counted == seconds_in(table[-1])[0]
    if "Left: " in summary:
        assert rest[0] - counted == pytest.approx(rest[1], abs=0.0015)
    if "Over it by: " in summary:
        assert counted - rest[0] == pytest.approx(rest[1], abs=0.0015)
