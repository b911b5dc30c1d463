"""Stored events are for ever: each kind has a record that must be readable as it is."""

from pathlib import Path

import orjson
import pytest
from hypothesis import given

from adapters.codec import decode, encode
from domain.happened import Happened
from domain.intake import IntakeTaken
from domain.kinds import EVENT_TYPES, kind_of
from domain.ticket.events import (
    MessageReceived,
    NoteAdded,
    ReplySent,
    TicketClosed,
    TicketOpened,
)
from domain.ticket.words import ClosedBecause, Format
from tests.golden.make import FROZEN, HERE, digest, full, path_of
from tests.strategies import events

FILES = sorted(HERE.glob("*.json"))
KINDS = sorted(EVENT_TYPES.values(), key=kind_of)


@pytest.mark.parametrize("event", KINDS, ids=kind_of)
def test_every_kind_has_its_record(event: type[Happened]) -> None:
    assert path_of(event).exists(), "a new kind or version: python -m tests.golden.make"


def test_no_record_was_edited_or_removed() -> None:
    assert [digest(path) for path in FILES] == FROZEN.read_text().splitlines(), (
        "stored events are for ever: give the kind a new schema version and an upcast instead"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_record_ever_written_can_be_read(path: Path) -> None:
    stored = decode(path.stem, path.read_bytes())
    assert kind_of(type(stored.event)) == path.stem.partition("@")[0]
    assert (stored.correlation, stored.causation) == ("correlation", "causation")
    assert stored.source is not None


@pytest.mark.parametrize("event", KINDS, ids=kind_of)
def test_today_s_records_are_read_as_what_was_written_and_written_as_they_were(
    event: type[Happened],
) -> None:
    data = path_of(event).read_bytes()
    stored = decode(path_of(event).stem, data)
    assert stored.event == full(event)
    topic, written = encode(stored.event, stored.correlation, stored.causation, stored.source)
    assert topic == path_of(event).stem
    assert orjson.loads(written) == orjson.loads(data)


@given(events())
def test_whatever_happens_is_read_as_it_was_written(event: Happened) -> None:
    topic, data = encode(event, "correlation")
    assert decode(topic, data).event == event


@pytest.mark.parametrize(
    ("reason", "because"),
    [
        ("confirmed by requester", ClosedBecause.CONFIRMED),
        ("timed out", ClosedBecause.TIMER),
        ("duplicate, closed by hand", ClosedBecause.AGENT),
    ],
)
def test_a_ticket_closed_in_the_first_schema_says_why_in_today_s_words(
    reason: str, because: ClosedBecause
) -> None:
    body = orjson.loads((HERE / "ticket.closed@1.json").read_bytes())
    body["event"]["reason"] = reason
    event = decode("ticket.closed@1", orjson.dumps(body)).event
    assert isinstance(event, TicketClosed)
    assert event.because is because


@pytest.mark.parametrize(
    "old",
    [
        "ticket.opened@1",
        "ticket.opened@2",
        "ticket.message_received@1",
        "ticket.reply_sent@1",
        "ticket.note_added@1",
    ],
)
def test_what_was_said_before_there_were_files_was_said_in_plain_text(old: str) -> None:
    event = decode(old, (HERE / f"{old}.json").read_bytes()).event
    assert isinstance(event, TicketOpened | MessageReceived | ReplySent | NoteAdded)
    assert (event.format, event.attachments) == (Format.TEXT, ())
    assert getattr(event, "mentions", ()) == ()


def test_who_handed_in_a_report_was_not_written_down_at_first() -> None:
    event = decode("intake.taken@1", (HERE / "intake.taken@1.json").read_bytes()).event
    assert isinstance(event, IntakeTaken)
    assert (event.handed_in_by, event.token) == (None, None)
