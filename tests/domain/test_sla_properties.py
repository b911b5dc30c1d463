"""What must hold for the clocks of every history under every book."""

from hypothesis import HealthCheck, given, settings

from domain.sla.clock import Clock
from domain.sla.judge import clocks
from tests.domain.sla_histories import Case, cases
from tests.domain.slow_book import SlowBook
from tests.domain.slow_calendar import at_minute, minute_of
from tests.domain.slow_clock import Verdict
from tests.domain.slow_judge import slowly_judged

UNHURRIED = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def in_minutes(clock: Clock) -> Verdict:
    return Verdict(
        clock=clock.name,
        instance=clock.instance,
        state=clock.state,
        policy=(clock.policy, clock.policy_version),
        target=None if clock.target is None else int(clock.target // 60),
        calendar_version=clock.calendar_version,
        started=minute_of(clock.started_at),
        stopped=None if clock.stopped_at is None else minute_of(clock.stopped_at),
        breached=None if clock.breached_at is None else minute_of(clock.breached_at),
        elapsed=int(clock.elapsed // 60),
        reached=frozenset((one.name, minute_of(one.at)) for one in clock.reached),
    )


@UNHURRIED
@given(cases())
def test_it_agrees_with_a_slow_judge(case: Case) -> None:
    judged = clocks(case.events, case.book, at_minute(case.minute))
    slow = slowly_judged(case.events, SlowBook(case.edits), case.minute)
    assert {(c.name, c.instance): in_minutes(c) for c in judged} == slow
