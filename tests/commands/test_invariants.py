"""What holds for every command on every history that can come about."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from commands import TICKET_COMMANDS
from commands.envelope import Command, TicketCommand
from commands.undo import Undo
from domain.errors import NotAllowed, Refused
from domain.ids import StreamId, TicketId, category_of, ident_of, ticket_stream
from domain.states import FOLDS, fold_stream
from domain.ticket.aspects import changed_by
from domain.ticket.events import (
    FollowUpRequested,
    MacroApplied,
    NoteAdded,
    SatisfactionAsked,
    SatisfactionRated,
    TicketLinked,
    TicketReleased,
    TicketUnlinked,
)
from domain.ticket.rules import ALLOWED_FROM, allowed_commands
from domain.ticket.state import Ticket, evolve, fold
from domain.ticket.words import Status
from tests.given import KIM, Log, command_id, event_of
from tests.strategies import events, histories, ticket_commands

UNLIKELY = [HealthCheck.filter_too_much, HealthCheck.too_slow]
"""Most commands drawn at random are refused; what is left is what these tests are about."""

HOW: dict[str, Any] = {"by": KIM, "command_id": command_id("the command")}


def tickets(log: Log) -> list[TicketId]:
    return [TicketId(ident_of(s)) for s in log.streams if category_of(s) == "ticket"]


@pytest.mark.parametrize("category", FOLDS)
@given(data=st.data())
def test_a_fold_never_refuses_whatever_happened(category: str, data: st.DataObject) -> None:
    history = data.draw(st.lists(events(category), max_size=20))
    state = fold_stream(StreamId(f"{category}:x"), history)
    assert state.version == len(history)


@given(histories())
def test_the_version_is_the_number_of_events(made: tuple[Log, datetime]) -> None:
    log, _ = made
    for ticket in tickets(log):
        assert log.ticket(ticket).version == len(log.streams[ticket_stream(ticket)])


@settings(max_examples=150, suppress_health_check=UNLIKELY)
@given(histories(), st.data())
def test_asking_twice_writes_once(made: tuple[Log, datetime], data: st.DataObject) -> None:
    log, at = made
    command = data.draw(ticket_commands(log, at))
    try:
        once = log.ask(command, at=at, **HOW)
    except Refused:
        assume(False)
    assert once == {} or all(once.values())
    try:
        assert log.decide(command, at=at, **HOW) == {}
    except Refused:
        # The first time ended what the second would need: refused is as good as nothing.
        assert once != {}


FROM_THE_OUTSIDE = (
    NoteAdded,
    FollowUpRequested,
    SatisfactionAsked,
    SatisfactionRated,
    TicketLinked,
    TicketUnlinked,
    TicketReleased,
    MacroApplied,
)


@given(histories(steps=20))
def test_closed_is_closed_for_ever(made: tuple[Log, datetime]) -> None:
    log, _ = made
    for ticket in tickets(log):
        state = Ticket()
        for event in log.streams[ticket_stream(ticket)]:
            if state.status is Status.CLOSED:
                assert isinstance(event, FROM_THE_OUTSIDE), event
            state = evolve(state, event)  # type: ignore[arg-type]


@settings(max_examples=150, suppress_health_check=UNLIKELY)
@given(histories(), st.data())
def test_what_is_listed_as_allowed_is_what_is_accepted(
    made: tuple[Log, datetime], data: st.DataObject
) -> None:
    log, at = made
    command = data.draw(ticket_commands(log, at))
    assert isinstance(command, TicketCommand)
    listed = command.name in allowed_commands(log.ticket(command.ticket))
    try:
        decision = log.decide(command, at=at, **HOW)
    except NotAllowed:
        assert not listed
    except Refused:
        assume(False)
    else:
        assert listed or decision == {}


CAN_BE_UNDONE = (
    set(ALLOWED_FROM)
    - {"acknowledge", "receive_message", "add_note", "split"}
    - {
        "ask_satisfaction",
        "rate",
        "close",
        "unmerge",
        "undo",
        "apply_macro",
    }
)


@settings(max_examples=150, suppress_health_check=UNLIKELY)
@given(histories(), st.data())
def test_an_undone_event_leaves_the_ticket_as_it_was(
    made: tuple[Log, datetime], data: st.DataObject
) -> None:
    log, at = made
    ticket = data.draw(st.sampled_from(tickets(log)))
    before = log.ticket(ticket)
    names = set(allowed_commands(before)) & CAN_BE_UNDONE
    command = data.draw(ticket_commands(log, at, tuple(sorted(names)), ticket))
    try:
        decision = log.ask(command, at=at, **HOW)
    except Refused:
        assume(False)
    written = decision.get(ticket_stream(ticket), [])
    assume(len(written) == 1)
    undo = Undo(ticket=ticket, event=event_of(before.version + 1, ticket))
    try:
        log.ask(undo, at=at, by=KIM, command_id=command_id("undo"))
    except Refused:
        assume(False)
    now = log.ticket(ticket)
    kept: dict[str, Any] = {
        "version": before.version,
        "acknowledged_at": before.acknowledged_at,
        "resolution_note": before.resolution_note,
        "resolution_article": before.resolution_article,
        "satisfaction_asked": before.satisfaction_asked,
        "satisfaction_given": before.satisfaction_given,
    }
    assert replace(now, **kept) == before


@settings(max_examples=150, suppress_health_check=UNLIKELY)
@given(histories(), st.data())
def test_commands_on_different_parts_come_out_the_same_in_either_order(
    made: tuple[Log, datetime], data: st.DataObject
) -> None:
    log, at = made
    ticket = data.draw(st.sampled_from(tickets(log)))
    names = tuple(name for name in allowed_commands(log.ticket(ticket)) if name != "undo")
    one = data.draw(ticket_commands(log, at, names, ticket))
    two = data.draw(ticket_commands(log, at, names, ticket))
    there, back = _both(log, one, two, at), _both(log, two, one, at)
    assume(there is not None and back is not None)
    assert there is not None
    assert back is not None
    (state, seen_by_two), (other, seen_by_one) = there, back
    # A command that overwrites what the other one changed is refused by the handler.
    assume(not log.overwritten(two) & seen_by_two and not log.overwritten(one) & seen_by_one)
    # An assignment may acknowledge on its way, and then there is nothing left to acknowledge.
    assert replace(state, version=0) == replace(other, version=0)


def _both(
    log: Log, first: Command, second: Command, at: datetime
) -> tuple[Ticket, frozenset[str]] | None:
    """The ticket after both, and what the first one changed; None when one of them is refused."""
    copy = Log({stream: list(events) for stream, events in log.streams.items()}, log.numbers)
    stream = first.writes(command_id("x"))[0]
    try:
        decided = copy.ask(first, at=at, by=KIM, command_id=command_id(repr(first)))
        copy.ask(second, at=at, by=KIM, command_id=command_id(repr(second)))
    except Refused:
        return None
    changed = frozenset(a for e in decided.get(stream, ()) for a in changed_by(e))  # type: ignore[arg-type]
    return copy.ticket(TicketId(ident_of(stream))), changed


@given(histories())
def test_numbers_are_given_once(made: tuple[Log, datetime]) -> None:
    log, _ = made
    numbers = [log.ticket(ticket).number for ticket in tickets(log)]
    assert len(set(numbers)) == len(numbers)


@given(histories())
def test_merged_and_absorbed_agree(made: tuple[Log, datetime]) -> None:
    log, _ = made
    for ticket in tickets(log):
        into = log.ticket(ticket).merged_into
        if into is not None:
            assert ticket in log.ticket(into).absorbed
        for source in log.ticket(ticket).absorbed:
            assert log.ticket(source).merged_into == ticket


@given(histories())
def test_links_are_seen_from_both_sides(made: tuple[Log, datetime]) -> None:
    log, _ = made
    for ticket in tickets(log):
        for link in log.ticket(ticket).links:
            assert log.ticket(link.other).is_linked(ticket, link.relation.inverse)


@given(histories())
def test_a_history_folds_in_parts_as_in_one_go(made: tuple[Log, datetime]) -> None:
    log, _ = made
    for ticket in tickets(log):
        history: list[Any] = log.streams[ticket_stream(ticket)]
        for cut in range(len(history)):
            assert fold(history[cut:], fold(history[:cut])) == fold(history)
        assert all(one.at <= two.at for one, two in pairwise(history))


def test_every_ticket_command_has_its_row_in_the_lifecycle() -> None:
    names = {c.name for c in TICKET_COMMANDS if issubclass(c, TicketCommand)}
    assert names == set(ALLOWED_FROM)
