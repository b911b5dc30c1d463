"""A matcher that passes what it should not is worse than none: bugs planted on purpose."""

from collections.abc import Callable

import pytest

from commands.link import Link
from commands.merge import Merge
from commands.pend import Pend
from domain.errors import Invalid, NotAllowed, NotFound
from domain.ids import ticket_stream
from domain.ticket.events import (
    TicketAbsorbed,
    TicketMerged,
    TicketPended,
)
from domain.ticket.words import Relation
from tests.given import LEE, NOW, OPENED, OTHER, TICKET, given, happened

PEND = Pend(ticket=TICKET, reason="Which printer?")
PENDED = happened(TicketPended, reason="Which printer?")
MERGE = Merge(ticket=TICKET, into=OTHER)


def test_the_right_expectation_passes() -> None:
    given(OPENED).when(PEND).then(PENDED)
    given(OPENED, PENDED).when(PEND).then_nothing()
    given().when(PEND).then_refused(NotFound)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: given(OPENED).when(PEND).then(),
        lambda: given(OPENED).when(PEND).then(PENDED, PENDED),
        lambda: given(OPENED).when(PEND).then(happened(TicketPended, reason="Which one?")),
        lambda: given(OPENED).when(PEND).then(happened(TicketPended, by=LEE, reason=PEND.reason)),
        lambda: given(OPENED).when(PEND).then_nothing(),
        lambda: given(OPENED).when(PEND).then_refused(NotAllowed),
        lambda: given(OPENED, PENDED).when(PEND).then(PENDED),
        lambda: given().when(PEND).then(PENDED),
        lambda: given().when(PEND).then_nothing(),
        lambda: given().when(PEND).then_refused(NotAllowed),
        lambda: given().when(PEND).then_refused(NotFound, "another sentence"),
        lambda: (
            given(OPENED)
            .when(Link(ticket=TICKET, other=TICKET, relation=Relation.PARENT))
            .then_refused(Invalid, field="relation")
        ),
    ],
)
def test_a_wrong_expectation_fails(wrong: Callable[[], None]) -> None:
    with pytest.raises(AssertionError):
        wrong()


def test_events_in_another_stream_must_be_expected_too() -> None:
    merging = given(OPENED).and_given(ticket_stream(OTHER), OPENED).when(MERGE)
    merged = happened(TicketMerged, into=OTHER)
    absorbed = happened(TicketAbsorbed, source=TICKET, opened_at=NOW, asked_at=NOW)
    merging.then_in({ticket_stream(TICKET): [merged], ticket_stream(OTHER): [absorbed]})
    with pytest.raises(AssertionError):
        merging.then(merged)


def test_the_order_of_events_matters() -> None:
    first, second = happened(TicketPended, reason="a"), happened(TicketPended, reason="b")
    when = given(OPENED).when(PEND)
    when.decision = {ticket_stream(TICKET): [first, second]}
    when.then(first, second)
    with pytest.raises(AssertionError):
        when.then(second, first)
