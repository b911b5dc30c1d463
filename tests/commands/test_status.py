"""Waiting, resolving, closing, cancelling."""

import pytest

from commands.acknowledge import Acknowledge
from commands.ask_satisfaction import AskSatisfaction
from commands.cancel import Cancel
from commands.close import Close
from commands.hold import Hold
from commands.pend import Pend
from commands.rate import Rate
from commands.reopen import Reopen
from commands.resolve import Resolve
from commands.resume import Resume
from domain.actor import Actor
from domain.checks import REASON_LIMIT
from domain.errors import Invalid, NotAllowed
from domain.ids import RequesterId
from domain.ticket.events import (
    SatisfactionAsked,
    SatisfactionRated,
    TicketAcknowledged,
    TicketCancelled,
    TicketClosed,
    TicketHeld,
    TicketPended,
    TicketReopened,
    TicketResolved,
    TicketResumed,
)
from domain.ticket.state import fold
from domain.ticket.words import ClosedBecause, Status
from tests.given import BOT, KIM, MINA, NOW, OPENED, TICKET, after, given, happened

RESOLVED = happened(TicketResolved, requester=RequesterId("mina"), code="fixed", note="Replaced.")
REOPENED = happened(TicketReopened, reason="Again")
RATED = happened(SatisfactionRated, requester=RequesterId("mina"), score=2)


def test_an_agent_acknowledges_once() -> None:
    acknowledged = happened(TicketAcknowledged)
    given(OPENED).when(Acknowledge(ticket=TICKET)).then(acknowledged)
    given(OPENED, acknowledged).when(Acknowledge(ticket=TICKET)).then_nothing()


@pytest.mark.parametrize("actor", [MINA, BOT])
def test_only_agents_acknowledge(actor: Actor) -> None:
    given(OPENED).when(Acknowledge(ticket=TICKET), by=actor).then_refused(Invalid, field="by")


def test_a_ticket_waits_for_its_requester_with_a_reason_and_a_wake_up() -> None:
    pend = Pend(ticket=TICKET, reason="Which printer?", wake_at=after(days=2))
    pended = happened(TicketPended, reason="Which printer?", wake_at=after(days=2))
    given(OPENED).when(pend).then(pended)
    given(OPENED, pended).when(pend).then_nothing()
    assert fold([OPENED, pended]).wake_at == after(days=2)


def test_waiting_for_something_else_is_news() -> None:
    pended = happened(TicketPended, reason="Which printer?")
    other = happened(TicketPended, reason="Which floor?")
    given(OPENED, pended).when(Pend(ticket=TICKET, reason="Which floor?")).then(other)


def test_a_ticket_waits_for_a_third_party() -> None:
    hold = Hold(ticket=TICKET, reason="Spare part")
    held = happened(TicketHeld, reason="Spare part")
    given(OPENED).when(hold).then(held)
    given(OPENED, held).when(hold).then_nothing()


def test_a_wake_up_must_be_in_the_future_and_in_a_zone() -> None:
    for command in (
        Pend(ticket=TICKET, reason="?", wake_at=NOW),
        Hold(ticket=TICKET, reason="?", wake_at=after(days=-1)),
        Pend(ticket=TICKET, reason="?", wake_at=after(days=1).replace(tzinfo=None)),
    ):
        given(OPENED).when(command).then_refused(Invalid, field="wake_at")


def test_a_waiting_ticket_goes_back_to_work() -> None:
    pended = happened(TicketPended, reason="?", wake_at=after(days=2))
    resumed = happened(TicketResumed, reason="Found out")
    given(OPENED, pended).when(Resume(ticket=TICKET, reason="Found out")).then(resumed)
    assert fold([OPENED, pended, resumed]).wake_at is None


def test_a_ticket_is_resolved_with_how() -> None:
    resolve = Resolve(ticket=TICKET, code="fixed", note="Replaced.")
    given(OPENED).when(resolve).then(RESOLVED)
    given(OPENED, RESOLVED).when(resolve).then_nothing()


def test_another_answer_to_a_resolved_ticket_is_not_swallowed() -> None:
    resolve = Resolve(ticket=TICKET, code="fixed", note="Repaired.")
    given(OPENED, RESOLVED).when(resolve).then_refused(NotAllowed)


def test_a_resolved_ticket_goes_back_to_work() -> None:
    reopen = Reopen(ticket=TICKET, reason="Again")
    given(OPENED, RESOLVED).when(reopen).then(REOPENED)
    given(OPENED, RESOLVED, REOPENED).when(reopen).then_nothing()


def test_a_ticket_that_was_never_resolved_cannot_be_reopened() -> None:
    pended, resumed = happened(TicketPended, reason="?"), happened(TicketResumed, reason="!")
    reopen = Reopen(ticket=TICKET, reason="Again")
    given(OPENED, pended, resumed).when(reopen).then_refused(NotAllowed)


@pytest.mark.parametrize(
    ("actor", "because"),
    [
        (MINA, ClosedBecause.CONFIRMED),
        (KIM, ClosedBecause.AGENT),
        (BOT, ClosedBecause.TIMER),
    ],
)
def test_who_closes_says_why(actor: Actor, because: ClosedBecause) -> None:
    closed = happened(TicketClosed, by=actor, because=because)
    given(OPENED, RESOLVED).when(Close(ticket=TICKET), by=actor).then(closed)


def test_a_ticket_is_cancelled_with_a_reason() -> None:
    cancelled = happened(TicketCancelled, reason="Spam")
    given(OPENED).when(Cancel(ticket=TICKET, reason="Spam")).then(cancelled)
    given(OPENED, cancelled).when(Cancel(ticket=TICKET, reason="Spam")).then_nothing()


@pytest.mark.parametrize("reason", ["", "  ", "x" * (REASON_LIMIT + 1)])
def test_reasons_are_said(reason: str) -> None:
    for command in (
        Pend(ticket=TICKET, reason=reason),
        Hold(ticket=TICKET, reason=reason),
        Cancel(ticket=TICKET, reason=reason),
    ):
        given(OPENED).when(command).then_refused(Invalid, field="reason")
    given(OPENED, RESOLVED).when(Reopen(ticket=TICKET, reason=reason)).then_refused(Invalid)
    waiting = given(OPENED, happened(TicketPended, reason="?"))
    waiting.when(Resume(ticket=TICKET, reason=reason)).then_refused(Invalid, field="reason")
    given(OPENED).when(Resolve(ticket=TICKET, code=reason)).then_refused(Invalid, field="code")


def test_satisfaction_is_asked_once_for_each_resolution() -> None:
    ask, asked = AskSatisfaction(ticket=TICKET), happened(SatisfactionAsked)
    given(OPENED, RESOLVED).when(ask).then(asked)
    given(OPENED, RESOLVED, asked).when(ask).then_nothing()
    given(OPENED, RESOLVED, asked, REOPENED, RESOLVED).when(ask).then(asked)


def test_a_rating_may_be_changed_and_each_resolution_rated() -> None:
    rate = Rate(ticket=TICKET, score=2)
    given(OPENED, RESOLVED).when(rate).then(RATED)
    given(OPENED, RESOLVED, RATED).when(rate).then_nothing()
    given(OPENED, RESOLVED, RATED, REOPENED, RESOLVED).when(rate).then(RATED)
    better = happened(SatisfactionRated, requester=RequesterId("mina"), score=5, comment="Ok now")
    given(OPENED, RESOLVED, RATED).when(Rate(ticket=TICKET, score=5, comment="Ok now")).then(better)


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_score_is_one_to_five(score: int) -> None:
    given(OPENED, RESOLVED).when(Rate(ticket=TICKET, score=score)).then_refused(
        Invalid, field="score"
    )


def test_waiting_counts_as_waiting() -> None:
    assert fold([OPENED, happened(TicketHeld, reason="?")]).status is Status.ON_HOLD
