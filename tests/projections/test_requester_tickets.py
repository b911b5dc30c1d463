"""What a requester sees of their tickets, and of their organisation's."""

from dataclasses import replace
from typing import Any

import pytest

from domain.ids import AgentId, MessageId, OrganisationId, RequesterId, TicketId
from domain.ticket.events import (
    NoteAdded,
    TicketAssigned,
    TicketMerged,
    TicketRequesterChanged,
    TicketResolved,
    TicketTagged,
)
from domain.ticket.words import Channel
from projections import requester_tickets
from tests.projections.log import KIM, Log, minute, opened, replied, said, ticket
from tests.projections.postgres import Views

ANN, BOB, ACME = RequesterId("ann"), RequesterId("bob"), OrganisationId("acme")
PROJECTIONS = (requester_tickets.PROJECTION,)


def who(at: float) -> dict[str, Any]:
    return {"by": KIM, "at": minute(at)}


def numbers(views: Views, **whose: Any) -> list[int]:
    rows, _ = requester_tickets.page(views.reader(), **whose)
    return [row["number"] for row in rows]


def test_a_ticket_moves_to_the_list_of_its_new_requester(views: Views) -> None:
    log = Log()
    for n in (1, 2, 3):
        log.write(ticket(f"t{n}"), replace(opened(n, n), channel=list(Channel)[n]))
    views.catch_up(log, PROJECTIONS)
    assert numbers(views, requester=ANN) == [3, 2, 1]
    change = TicketRequesterChanged(requester=BOB, previous=ANN, organisation=ACME, **who(9))
    log.write(ticket("t2"), change)
    views.catch_up(log, PROJECTIONS)
    assert numbers(views, requester=ANN) == [3, 1]
    assert numbers(views, requester=BOB) == [2]
    assert numbers(views, organisation=ACME) == [2]


def test_what_happens_inside_does_not_move_the_row(views: Views) -> None:
    log = Log()
    note = NoteAdded(message=MessageId("n"), requester=ANN, body="psst", **who(5))
    log.write(ticket("t"), opened(), said("hi", 1), replied("hello", 2))
    log.write(ticket("t"), note, TicketTagged(tag="vip", **who(6)))
    views.catch_up(log, PROJECTIONS)
    row = requester_tickets.ticket(views.reader(), "t")
    assert row is not None
    assert (row["updated_at"], row["messages"], row["status"]) == (minute(2), 3, "open")
    assert row["answered_at"] == minute(2)
    assert "tags" not in row
    assert requester_tickets.ticket(views.reader(), "other") is None


def test_pages_and_statuses(views: Views) -> None:
    log = Log()
    for n in range(1, 8):
        log.write(ticket(f"t{n}"), opened(n, n // 3))
    log.write(ticket("t1"), TicketAssigned(agent=AgentId("kim"), previous=None, **who(8)))
    log.write(ticket("t2"), TicketResolved(requester=ANN, code="ok", **who(9)))
    log.write(ticket("t3"), TicketMerged(into=TicketId("t2"), **who(10)))
    views.catch_up(log, PROJECTIONS)
    seen: list[int] = []
    after = None
    while True:
        rows, after = requester_tickets.page(views.reader(), requester=ANN, after=after, limit=2)
        seen += [row["number"] for row in rows]
        if after is None:
            break
    assert seen == [3, 2, 1, 7, 6, 5, 4]
    assert numbers(views, requester=ANN, statuses=("open", "resolved")) == [2, 1]
    merged = requester_tickets.ticket(views.reader(), "t3")
    assert merged is not None
    assert merged["merged_into"] == "t2"
    with pytest.raises(ValueError, match="name a requester"):
        requester_tickets.page(views.reader())
    with pytest.raises(ValueError, match="1 to 200"):
        requester_tickets.page(views.reader(), requester=ANN, limit=0)
