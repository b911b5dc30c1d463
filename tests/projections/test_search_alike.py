"""Requesters by name and address; tickets that are like another one."""

from typing import Any

from domain.ids import RequesterId, TicketId, requester_stream
from domain.people.requester import (
    Medium,
    RequesterAddressAdded,
    RequesterAddressRemoved,
    RequesterRegistered,
    RequesterRenamed,
)
from domain.ticket.events import TicketMerged, TicketResolved
from projections import conversation, queue, search
from tests.database import Databases
from tests.projections.log import HOME, KIM, Log, minute, opened, replied, ticket
from tests.projections.postgres import Views, views_on

PROJECTIONS = (queue.PROJECTION, conversation.PROJECTION, search.PROJECTION)
ANN = RequesterId("ann")


def test_requesters_are_found_by_name_and_address(views: Views) -> None:
    log = Log()
    names = {"mina": "Mina Lee", "minho": "이민호", "lee": "Lee Ann"}
    for ident, name in names.items():
        log.write(
            requester_stream(RequesterId(ident)),
            RequesterRegistered(
                requester=RequesterId(ident),
                name=name,
                emails=(f"{ident}@acme.example",),
                phones=("+82 10-1234-5678",) if ident == "mina" else (),
                by=KIM,
                at=minute(0),
            ),
        )
    lee: dict[str, Any] = {"requester": RequesterId("lee"), "by": KIM, "at": minute(1)}
    log.write(
        requester_stream(RequesterId("lee")),
        RequesterRenamed(name="Leann Park", previous="Lee Ann", **lee),
        RequesterAddressAdded(medium=Medium.EMAIL, address="park@other.example", **lee),
        RequesterAddressRemoved(medium=Medium.EMAIL, address="lee@acme.example", **lee),
    )
    views.catch_up(log, (search.PROJECTION,))

    def who(question: str) -> list[str]:
        return search.requesters(views.reader(), HOME, question, 10)

    assert who("mina") == ["mina"]
    assert who("민호") == ["minho"]
    assert who("park") == ["lee"]
    assert who("lee") == ["mina", "lee"]  # a name before an id
    assert set(who("acme")) == {"mina", "minho"}
    assert who("minho@acme.example") == ["minho"]
    assert who("82101234") == ["mina"]
    assert who("ann") == []
    assert who("??") == []


def test_tickets_alike_by_what_is_particular(databases: Databases) -> None:
    log = Log()
    resolved = TicketResolved(requester=ANN, code="fixed", note="New drum", by=KIM, at=minute(50))
    texts = {
        "drum": ("Printer drum error 0x61", "The drum unit shows error 0x61 since Monday"),
        "drum2": ("Drum error 0x61 on printer", "Printer says error 0x61, please help"),
        "drum3": ("Error 0x61", "drum is broken"),
        "vpn": ("VPN does not connect", "please help since Monday"),
        "mail": ("Mail is slow", "please help"),
    }
    for n, (name, (subject, body)) in enumerate(texts.items(), 1):
        log.write(ticket(name), opened(n, n, subject=subject, description=body))
    log.write(ticket("drum2"), replied("We changed the drum. Try now.", 49), resolved)
    log.write(ticket("drum4"), opened(9, subject="Drum error 0x61", description=""))
    log.write(ticket("drum4"), TicketMerged(into=TicketId("drum"), by=KIM, at=minute(60)))
    with databases.fresh(migrated=False) as url, views_on(url) as views:
        views.catch_up(log, PROJECTIONS)
        reader = views.reader()
        alike = search.alike(reader, HOME, "drum", 5)
        assert [one.ticket for one in alike][:2] == ["drum2", "drum3"]
        assert "drum4" not in [one.ticket for one in alike]
        assert "0x61" in alike[0].words
        assert alike[0].score > max((one.score for one in alike[2:]), default=0)
        solved = search.solutions(reader, ["drum2", "drum3"])
        assert set(solved) == {"drum2"}
        assert (solved["drum2"].code, solved["drum2"].note) == ("fixed", "New drum")
        assert solved["drum2"].reply == "We changed the drum. Try now."
        assert search.alike(reader, HOME, "nobody", 5) == []
