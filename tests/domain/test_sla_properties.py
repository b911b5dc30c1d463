"""What must hold for the clocks of every history."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.recorded import Recorded
from domain.sla.clock import ClockState, Terms, Tracked, clocks, evolve, reading
from domain.sla.policy import ClockName
from tests.domain.promises import CALENDARS, POLICY
from tests.given import OPENED, Log
from tests.strategies import histories

RUNNING, PAUSED, MET, BREACHED, CANCELLED = ClockState
UNHURRIED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TERMS = Terms(policy=POLICY, calendars=CALENDARS)


def tickets(log: Log) -> list[tuple[Recorded[Any], ...]]:
    return [log.history(s) for s in log.streams if s.startswith("ticket:")]


@UNHURRIED
@given(histories(steps=16), st.floats(0, 1.5))
def test_one_at_a_time_is_the_same_as_all_at_once(
    history: tuple[Log, datetime], part: float
) -> None:
    log, last = history
    instant = OPENED.at + (last - OPENED.at) * part
    for events in tickets(log):
        state = Tracked()
        for recorded in events:
            if recorded.event.at <= instant:
                state = evolve(state, recorded, TERMS)
        assert reading(state, TERMS, instant) == clocks(events, POLICY, CALENDARS, instant)


@UNHURRIED
@given(histories(steps=16))
def test_a_breach_that_happened_stays_a_breach(history: tuple[Log, datetime]) -> None:
    log, last = history
    for events in tickets(log):
        breached: set[ClockName] = set()
        instant = OPENED.at
        while instant <= last + timedelta(days=2):
            for clock in clocks(events, POLICY, CALENDARS, instant):
                assert clock.state is BREACHED or clock.name not in breached
                if clock.state is BREACHED:
                    breached.add(clock.name)
            instant += timedelta(hours=7)


@UNHURRIED
@given(histories(steps=16))
def test_a_clock_that_stands_still_is_not_overdue(history: tuple[Log, datetime]) -> None:
    log, last = history
    for events in tickets(log):
        for clock in clocks(events, POLICY, CALENDARS, last + timedelta(days=30)):
            if clock.state in (PAUSED, MET, CANCELLED):
                assert clock.breached_at is None
                assert clock.target is None or clock.elapsed <= clock.target
