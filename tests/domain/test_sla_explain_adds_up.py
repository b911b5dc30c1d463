"""Whatever happens to a ticket: its explanation is what the judge did, and adds up."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.conditions import ALWAYS, Comparison, Condition, Op
from domain.sla import explain as rooms
from domain.sla.account import account
from domain.sla.book import Book, fold
from domain.sla.book_events import BookEvent
from domain.sla.explain import explain
from domain.sla.explanation import Entry
from domain.sla.judge import clocks
from domain.sla.policy import ClockName, OnChange, OnReopen, Options
from tests.domain.explaining import hour, pended, policy, re_added, ticket, told
from tests.given import OPENED, Log
from tests.strategies import histories

CONDITIONS: Sequence[Condition] = (
    ALWAYS,
    Comparison(attribute="priority", op=Op.IS, values=("urgent", "high")),
    Comparison(attribute="queue", op=Op.IS_SET),
)
UNHURRIED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Edits before, during and after the histories, of all that an edit can change."""
    made: list[BookEvent] = []
    instants = sorted(draw(st.lists(st.floats(-24, 60), min_size=1, max_size=4)))
    for hours in instants:
        at = OPENED.at + timedelta(hours=hours)
        made.append(
            policy(
                draw(st.sampled_from([0.5, 2, 8, 30])),
                ident=draw(st.sampled_from(["gold", "silver"])),
                rank=draw(st.integers(1, 3)),
                condition=draw(st.sampled_from(CONDITIONS)),
                calendar=draw(st.sampled_from(["24x7", "office-hours"])),
                at=at,
                options=Options(
                    on_change=draw(st.sampled_from(OnChange)),
                    on_reopen=draw(st.sampled_from(OnReopen)),
                ),
                resolved_counts=draw(st.booleans()),
            )
        )
    return fold(made)


@UNHURRIED
@given(histories(steps=14), books(), st.floats(0, 1.5))
def test_the_explanation_is_that_of_the_judge_and_adds_up(
    history: tuple[Log, datetime], book: Book, part: float
) -> None:
    log, last = history
    instant = OPENED.at + (last - OPENED.at) * part
    for stream in log.streams:
        if not stream.startswith("ticket:"):
            continue
        events = log.history(stream)
        found = explain(events, book, instant)
        assert tuple(clock for clock, _ in found) == clocks(events, book, instant)
        undone = any(recorded.event.undoes for recorded in events)
        for clock, one in found:
            assert round(sum(s.seconds for s in one.segments) - clock.elapsed, 5) == 0
            assert undone or not any(s.entry is Entry.CORRECTED for s in one.segments)
            assert [line for line in one.lines if line.what == "breached"] or not clock.breached_at
            re_added(account(one))


def test_a_planted_fault_in_the_account_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "settled", lambda track, _: track)
    one = told(ticket(pended(2)), fold([policy(8)]), hour(3), ClockName.RESOLUTION)
    assert [s.entry for s in one.segments] == [Entry.CORRECTED]
