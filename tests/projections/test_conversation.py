"""The timeline of a ticket: merged, split, read by its requester, and as it was."""

from dataclasses import asdict, replace
from typing import Any

import pytest

from domain.ids import AgentId, MessageId, RequesterId, TicketId
from domain.ticket.events import (
    NoteAdded,
    TicketAbsorbed,
    TicketMerged,
    TicketPrioritised,
    TicketReleased,
    TicketRequesterChanged,
    TicketResolved,
    TicketSplit,
    TicketUnmerged,
)
from domain.ticket.messages import Attachment
from domain.ticket.words import Format, Priority, Status
from projections import conversation
from tests.projections.log import KIM, Log, minute, opened, replied, said, ticket
from tests.projections.postgres import Views
from tests.strategies import FILES

A, B, C = TicketId("a"), TicketId("b"), TicketId("c")
ANN = RequesterId("ann")


def who(at: float) -> dict[str, Any]:
    return {"by": KIM, "at": minute(at)}


def note(text: str, at: float) -> NoteAdded:
    return NoteAdded(message=MessageId(text), requester=ANN, body=text, **who(at))


def merge(log: Log, source: TicketId, target: TicketId, at: float) -> None:
    log.write(ticket(source), TicketMerged(into=target, **who(at)))
    log.write(ticket(target), TicketAbsorbed(source=source, **who(at)))


def unmerge(log: Log, source: TicketId, target: TicketId, at: float) -> None:
    parted = TicketUnmerged(parted_from=target, status=Status.OPEN, **who(at))
    log.write(ticket(source), parted)
    log.write(ticket(target), TicketReleased(source=source, **who(at)))


def said_on(views: Views, shown: str, **how: Any) -> list[str]:
    entries, _ = conversation.timeline(views.reader(), shown, **how)
    return [entry["body"] for entry in entries if entry["body"] is not None]


def test_messages_notes_and_events_are_one_timeline(views: Views) -> None:
    log = Log()
    log.write(
        ticket(A),
        opened(),
        replied("try this", 1),
        note("psst", 2),
        TicketPrioritised(priority=Priority.HIGH, previous=Priority.NORMAL, **who(3)),
        replace(said("it is worse", 2)),  # an imported clock that ran backwards
        TicketResolved(requester=ANN, code="fixed", note="internal", **who(5)),
    )
    views.catch_up(log, (conversation.PROJECTION,))
    entries, place = conversation.timeline(views.reader(), A)
    assert place is None
    assert [(e["kind"], e["body"], e["public"]) for e in entries] == [
        ("opening", "It smokes.", True),
        ("reply", "try this", True),
        ("note", "psst", False),
        ("event", None, False),
        ("message", "it is worse", True),
        ("event", None, True),
    ]
    assert [e["version"] for e in entries] == [1, 2, 3, 4, 5, 6]
    assert (entries[4]["at"], entries[4]["occurred_at"]) == (minute(3), minute(2))
    assert entries[3]["details"]["priority"] == "high"
    assert (entries[1]["actor_kind"], entries[1]["actor"]) == ("agent", "kim")

    public, _ = conversation.timeline(views.reader(), A, public_only=True)
    assert [e["version"] for e in public] == [1, 2, 5, 6]
    assert all(e["details"] == {} for e in public), "a resolution's note is not for the requester"
    assert said_on(views, A, at_version=2) == ["It smokes.", "try this"]
    assert said_on(views, A, as_of=minute(2)) == ["It smokes.", "try this", "psst"]

    paged: list[int] = []
    after = None
    while True:
        page, after = conversation.timeline(views.reader(), A, after=after, limit=4)
        paged += [e["version"] for e in page]
        if after is None:
            break
    assert paged == [1, 2, 3, 4, 5, 6]
    with pytest.raises(ValueError, match="1 to 500"):
        conversation.timeline(views.reader(), A, limit=0)


def test_a_change_of_the_requester_says_who_it_is(views: Views) -> None:
    log = Log()
    log.write(ticket(A), opened())
    changed = TicketRequesterChanged(requester=RequesterId("bea"), previous=ANN, **who(1))
    log.write(ticket(A), changed)
    views.catch_up(log, (conversation.PROJECTION,))
    entries, _ = conversation.timeline(views.reader(), A)
    assert entries[1]["details"] == {
        "requester": "bea", "previous": "ann", "vip": False, "previous_vip": False
    }  # fmt: skip
    assert "requester" not in entries[0]["details"]


def test_a_merged_ticket_speaks_in_its_target_until_it_is_released(views: Views) -> None:
    log = Log()
    for n, name in enumerate((A, B, C)):
        log.write(ticket(name), opened(n + 1, n, description=f"I am {name}"))
    merge(log, A, B, 10)
    merge(log, B, C, 20)
    unmerge(log, A, B, 30)
    merge(log, A, B, 40)
    unmerge(log, A, B, 50)
    log.write(ticket(A), said("on my own", 60))
    views.catch_up(log, (conversation.PROJECTION,))
    assert said_on(views, C) == ["I am b", "I am c"]
    assert said_on(views, A) == ["I am a", "on my own"]
    for instant, expected in (
        (15, ["I am c"]),
        (25, ["I am a", "I am b", "I am c"]),
        (35, ["I am b", "I am c"]),
        (45, ["I am a", "I am b", "I am c"]),
        (55, ["I am b", "I am c"]),
    ):
        assert said_on(views, C, as_of=minute(instant)) == expected, instant


def test_tickets_merged_into_each_other_do_not_go_round_for_ever(views: Views) -> None:
    log = Log()
    for n, name in enumerate((A, B)):
        log.write(ticket(name), opened(n + 1, n, description=f"I am {name}"))
    merge(log, A, B, 10)
    merge(log, B, A, 20)
    views.catch_up(log, (conversation.PROJECTION,))
    assert said_on(views, A) == said_on(views, B) == ["I am a", "I am b"]


def test_messages_that_were_split_off_show_in_the_new_ticket_and_are_marked(views: Views) -> None:
    log = Log()
    log.write(ticket(A), opened(), said("also the fax", 1), said("printer again", 2))
    split = TicketSplit(into=B, messages=(MessageId("also the fax"),), **who(3))
    log.write(ticket(A), split)
    log.write(ticket(B), replace(opened(2, 3), by=KIM, description="", split_from=A))
    log.write(ticket(B), replied("fax mended", 4))
    views.catch_up(log, (conversation.PROJECTION,))
    assert said_on(views, B) == ["also the fax", "fax mended"]
    entries, _ = conversation.timeline(views.reader(), A)
    assert [(e["body"], e["moved_to"]) for e in entries if e["message"]] == [
        ("also the fax", B),
        ("printer again", None),
    ]
    before, _ = conversation.timeline(views.reader(), A, as_of=minute(2))
    assert {e["moved_to"] for e in before} == {None}
    merge(log, B, A, 9)
    views.catch_up(log, (conversation.PROJECTION,))
    assert said_on(views, A).count("also the fax") == 1


def test_an_entry_has_its_files_and_a_file_says_in_which_entries_it_is(views: Views) -> None:
    log = Log()
    seen, inner = FILES
    asked = replace(said("look", 1), format=Format.HTML, attachments=(seen,))
    told = replace(note("between us", 2), attachments=(seen, inner), mentions=(AgentId("lee"),))
    log.write(ticket(A), replace(opened(), attachments=(inner,)), asked, told)
    log.write(ticket(B), opened(2))
    views.catch_up(log, (conversation.PROJECTION,))
    entries, _ = conversation.timeline(views.reader(), A)
    assert [e["format"] for e in entries] == ["text", "html", "text"]
    assert [[f["blob"] for f in e["attachments"]] for e in entries] == [
        [inner.blob],
        [seen.blob],
        [seen.blob, inner.blob],
    ]
    assert entries[0]["attachments"] == [asdict(inner)]
    assert [e["mentions"] for e in entries] == [[], [], ["lee"]]
    assert all(not {"format", "attachments", "mentions"} & e["details"].keys() for e in entries)

    def places(shown: TicketId, file: Attachment, *, public: bool = False) -> list[int]:
        found = conversation.files(views.reader(), shown, file.blob, public_only=public)
        return [place["version"] for place in found]

    assert places(A, seen) == [2, 3]
    assert places(A, seen, public=True) == [2]
    assert places(A, inner) == [1, 3]
    assert places(B, seen) == []
    (place,) = conversation.files(views.reader(), A, seen.blob, public_only=True)
    assert (place["ticket"], place["message"]) == (A, "look")
    assert {name: place[name] for name in ("name", "media_type", "size")} == {
        "name": seen.name, "media_type": seen.media_type, "size": seen.size
    }  # fmt: skip

    log.write(ticket(A), TicketSplit(into=B, messages=(MessageId("look"),), **who(3)))
    views.catch_up(log, (conversation.PROJECTION,))
    assert places(B, seen) == [2], "a message that was split off brings its files along"
    merge(log, A, C, 5)
    views.catch_up(log, (conversation.PROJECTION,))
    assert places(C, seen) == [2, 3]
    assert places(C, seen, public=True) == [2]
    unmerge(log, A, C, 6)
    views.catch_up(log, (conversation.PROJECTION,))
    assert places(C, seen) == []
