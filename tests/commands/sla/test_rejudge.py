"""Judging the past anew: explicit, with a reason, and once."""

from dataclasses import replace
from datetime import datetime

import pytest

from commands.sla.rejudge import RejudgeHistory
from domain.errors import Invalid
from domain.sla.book import fold
from domain.sla.book_events import HistoryRejudged
from domain.sla.policy import ClockName
from tests.commands.sla.books import asked_twice, given_book, log_of
from tests.domain.promises import calendar_set, policy_set, promise
from tests.given import NOW, after, happened

SINCE = after(days=-30)
COMMAND = RejudgeHistory(since=SINCE, reason="The holidays of May were missing.")
REJUDGED = happened(HistoryRejudged, since=SINCE, reason=COMMAND.reason)
EDIT = calendar_set(at=after(days=-10))


def test_what_holds_now_is_taken_to_have_held_since() -> None:
    given_book(EDIT).when(COMMAND).then(REJUDGED)


def test_where_nothing_has_changed_since_there_is_nothing_to_judge() -> None:
    given_book().when(COMMAND).then_nothing()
    given_book(replace(EDIT, effective_at=SINCE)).when(COMMAND).then_nothing()
    given_book(replace(EDIT, effective_at=after(days=1))).when(COMMAND).then_nothing()


@pytest.mark.parametrize(
    ("since", "reason", "field"),
    [(NOW, "x", "since"), (after(days=1), "x", "since"), (SINCE, " ", "reason")],
)
def test_only_the_past_is_judged_anew_and_for_a_reason(
    since: datetime, reason: str, field: str
) -> None:
    command = RejudgeHistory(since=since, reason=reason)
    given_book(EDIT).when(command).then_refused(Invalid, field=field)


def test_asked_twice_it_is_written_once() -> None:
    once, again = asked_twice(log_of(EDIT), COMMAND)
    assert (once, again) == ([REJUDGED], [])


def test_what_held_last_holds_since_even_if_it_was_recorded_first() -> None:
    """A version that was planned early holds today; one that was recorded later held before it."""
    planned = policy_set(
        promise(ClockName.FIRST_RESPONSE, 60),
        rank=2,
        at=after(days=-5),
        recorded_at=after(days=-20),
    )
    in_between = policy_set(promise(ClockName.FIRST_RESPONSE, 30), rank=1, at=after(days=-10))
    for book in (fold([planned, in_between]), fold([planned, in_between, REJUDGED])):
        held = book.policy_at(planned.policy, NOW)
        assert held is not None
        assert held.policy is not None
        assert held.policy.rank == 2
    then = fold([planned, in_between, REJUDGED]).policy_at(planned.policy, SINCE)
    assert then is not None
    assert then.policy is not None
    assert then.policy.rank == 2
    assert fold([planned, in_between]).policy_at(planned.policy, SINCE) is None
