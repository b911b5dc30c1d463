"""What is stored is what was meant: nothing is rounded, renamed or made up on the way."""

from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest

from adapters.codec import decode, encode
from domain.actor import Actor, ActorKind
from domain.ids import AgentId, QueueId, RequesterId, TicketNumber
from domain.recorded import UnreadableEvent
from domain.ticket.events import TicketFieldSet, TicketFollowed, TicketHeld, TicketOpened
from domain.ticket.words import FieldValue

KIM = Actor(kind=ActorKind.AGENT, id="kim")
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
BIGGEST = 2**63 - 1


def field_set(value: FieldValue) -> TicketFieldSet:
    return TicketFieldSet(
        requester=RequesterId("mina"), name="f", value=value, previous=None, by=KIM, at=AT
    )


@pytest.mark.parametrize(
    "value",
    [
        *["text", "1", "1.0", "true", "null", "", "2026-03-02T09:00:00Z", "\0\N{SNOWMAN}\u202e"],
        *[0, 1, -1, 2**53 + 1, BIGGEST, 0.0, 1.0, 1e300, 0.1 + 0.2, True, False, None],
    ],
)
def test_the_value_of_a_field_keeps_its_type(value: FieldValue) -> None:
    event = decode(*encode(field_set(value), "c")).event
    assert isinstance(event, TicketFieldSet)
    assert (event.value, type(event.value)) == (value, type(value))


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), -float("inf"), 2**64, "half a pair: \ud83d"]
)
def test_what_json_has_no_words_for_is_refused(value: FieldValue) -> None:
    with pytest.raises(TypeError):
        encode(field_set(value), "c")


def test_so_is_such_a_value_among_the_fields_of_a_new_ticket() -> None:
    opened = TicketOpened(
        number=TicketNumber(1),
        requester=RequesterId("mina"),
        subject="Help",
        queue=QueueId("q"),
        fields={"fine": 1.5, "broken": float("nan")},
        by=KIM,
        at=AT,
    )
    with pytest.raises(TypeError, match="fields"):
        encode(opened, "c")


@pytest.mark.parametrize(
    ("at", "stored"),
    [
        (AT, "2026-03-02T09:00:00.000000Z"),
        (AT + timedelta(microseconds=5), "2026-03-02T09:00:00.000005Z"),
        (AT.astimezone(timezone(timedelta(hours=9))), "2026-03-02T09:00:00.000000Z"),
        (datetime(33, 4, 3, tzinfo=UTC), "0033-04-03T00:00:00.000000Z"),
    ],
)
def test_an_instant_has_one_text_whatever_its_zone(at: datetime, stored: str) -> None:
    topic, data = encode(TicketHeld(reason="r", wake_at=at, by=KIM, at=AT), "c")
    assert orjson.loads(data)["event"]["wake_at"] == stored
    event = decode(topic, data).event
    assert isinstance(event, TicketHeld)
    assert event.wake_at == at
    assert event.wake_at.utcoffset() == timedelta(0)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        encode(TicketFollowed(agent=AgentId("kim"), by=KIM, at=AT.replace(tzinfo=None)), "c")


def test_what_a_newer_program_wrote_is_not_guessed_at() -> None:
    topic, data = encode(field_set(1), "c")
    with pytest.raises(UnreadableEvent):
        decode("ticket.teleported@1", data)
    with pytest.raises(UnreadableEvent):
        decode(topic.replace("@1", "@2"), data)


def test_a_stored_record_of_another_kind_than_its_topic_is_unreadable() -> None:
    _, data = encode(field_set(1), "c")
    with pytest.raises(UnreadableEvent):
        decode("ticket.held@1", data)
