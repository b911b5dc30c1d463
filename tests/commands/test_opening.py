"""Opening a ticket."""

import pytest

from commands.open_ticket import OpenTicket, opened_by
from domain.errors import Invalid, NotFound, Refused
from domain.ids import (
    OrganisationId,
    QueueId,
    RequesterId,
    TicketNumber,
    ticket_stream,
)
from domain.ticket.events import (
    TicketOpened,
)
from domain.ticket.words import Channel, Level, Priority
from tests.given import COMMAND, MINA, given, happened

ASK = OpenTicket(requester=RequesterId("juno"), subject="No ink")
NUMBER = TicketNumber(1001)


def test_a_ticket_opens_with_what_is_known_about_its_requester() -> None:
    opened = happened(
        TicketOpened,
        by=MINA,
        number=NUMBER,
        requester=RequesterId("juno"),
        subject="No ink",
        organisation=OrganisationId("acme"),
        region="emea",
    )
    given().when(ASK, by=MINA).then(opened)
    stream = ticket_stream(opened_by(COMMAND))
    given().and_given(stream, opened).when(ASK, by=MINA).then_nothing()


def test_what_is_said_at_opening_comes_first() -> None:
    given().when(
        OpenTicket(
            requester=RequesterId("mina"),
            subject="No ink",
            description="None at all",
            channel=Channel.PHONE,
            queue=QueueId("hardware"),
            impact=Level.HIGH,
            urgency=Level.HIGH,
            category="printer",
            language="en",
            region="apac",
            tags=("ink", "fire", "ink"),
            fields={"site": "Seoul", "floor": None},
        )
    ).then(
        happened(
            TicketOpened,
            number=NUMBER,
            requester=RequesterId("mina"),
            subject="No ink",
            description="None at all",
            channel=Channel.PHONE,
            queue=QueueId("hardware"),
            priority=Priority.URGENT,
            impact=Level.HIGH,
            urgency=Level.HIGH,
            category="printer",
            language="en",
            region="apac",
            tags=("fire", "ink"),
            fields={"site": "Seoul"},
        )
    )


@pytest.mark.parametrize(
    ("wrong", "refusal", "field"),
    [
        ({"requester": "nobody"}, NotFound, "requester"),
        ({"queue": "nowhere"}, NotFound, "queue"),
        ({"queue": "gone-queue"}, Invalid, "queue"),
        ({"subject": " "}, Invalid, "subject"),
        ({"subject": "x" * 251}, Invalid, "subject"),
        ({"description": "\0"}, Invalid, "description"),
        ({"tags": ("two words",)}, Invalid, "tags"),
        ({"tags": tuple(f"t{n}" for n in range(51))}, Invalid, "tags"),
        ({"language": "Korean"}, Invalid, "language"),
        ({"category": ""}, Invalid, "category"),
        ({"fields": {"Bad Name": 1}}, Invalid, "name"),
        ({"fields": {"site": float("nan")}}, Invalid, "value"),
        ({"fields": {"site": 2**60}}, Invalid, "value"),
        ({"fields": {f"f{n}": n for n in range(101)}}, Invalid, "fields"),
        (
            {"priority": Priority.LOW, "impact": Level.LOW, "urgency": Level.LOW},
            Invalid,
            "priority",
        ),
    ],
)
def test_a_ticket_that_makes_no_sense_is_not_opened(
    wrong: dict[str, object], refusal: type[Refused], field: str
) -> None:
    command = OpenTicket(**{"requester": RequesterId("mina"), "subject": "x"} | wrong)  # type: ignore[arg-type]
    given().when(command).then_refused(refusal, field=field)
