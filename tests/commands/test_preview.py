"""A preview says what the command would do, and does nothing."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.memory import MemoryStore
from adapters.upcasts import schema_version
from commands import COMMANDS
from commands.envelope import Command, Outcome, Request
from commands.handle import Handler
from commands.open_ticket import OpenTicket
from commands.pend import Pend
from commands.ports import Append, NewEvent, StreamWrite
from commands.resolve import Resolve
from commands.tag import Tag
from domain.errors import CommandIdReused, NotAllowed, Refused, TicketChanged
from domain.happened import Happened
from domain.ids import (
    CommandId,
    RequesterId,
    StreamId,
    TicketId,
    TicketNumber,
    WorkspaceId,
    ticket_stream,
)
from domain.recorded import Recorded
from domain.ticket.events import FollowUpRequested, TicketOpened
from domain.ticket.words import Status
from tests import given as house
from tests.commands.desk import Desk
from tests.given import KIM, NOW, WORKSPACE, command_id
from tests.strategies import histories, ticket_commands


class Awaited:
    """AsyncPorts of a desk in memory, whose log may only be read."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @property
    def store(self) -> "Awaited":
        return self

    @property
    def numbers(self) -> "Awaited":
        return self

    @property
    def snapshots(self) -> "Awaited":
        return self

    async def epoch(self, *, fresh: bool = False) -> int:
        return self.desk.store.epoch(fresh=fresh)

    async def load(self, workspace: WorkspaceId, stream: Any, *, after: int = 0) -> Any:
        return self.desk.store.load(workspace, stream, after=after)

    async def load_many(
        self, workspace: WorkspaceId, after: Mapping[StreamId, int]
    ) -> dict[StreamId, tuple[Recorded[Any], ...]]:
        return self.desk.store.load_many(workspace, after)

    async def answered(
        self, workspace: WorkspaceId, command_id: CommandId, fingerprint: str
    ) -> Any:
        return self.desk.store.answered(workspace, command_id, fingerprint)

    async def append(self, request: Append) -> Any:
        raise AssertionError("a preview writes nothing")

    async def next(self, workspace: WorkspaceId) -> Any:
        raise AssertionError("a preview takes no number")


def asked(command: Command, *, seen: int | None = None, name: str = "x") -> Request:
    return Request(
        workspace=WORKSPACE, command=command, command_id=command_id(name), by=KIM, seen=seen
    )


def preview(desk: Desk, request: Request) -> Outcome:
    return asyncio.run(desk.handler.preview_async(request, Awaited(desk)))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_nothing_is_written_and_nothing_is_kept_in_mind(desk: Desk) -> None:
    ticket = desk.open()
    before = desk.store.head()
    foreseen = preview(desk, asked(Resolve(ticket=ticket, code="fixed")))
    assert foreseen.state.status is Status.RESOLVED
    assert (foreseen.version, foreseen.repeated) == (2, False)
    assert desk.store.head() == before
    assert desk.handler.states.load(WORKSPACE, ticket_stream(ticket)).state.status is Status.NEW
    assert desk.ask(Tag(ticket=ticket, tag="a")).state.status is Status.NEW


def test_a_ticket_that_is_only_imagined_takes_no_number(desk: Desk) -> None:
    opening = OpenTicket(requester=RequesterId("mina"), subject="Help")
    foreseen = preview(desk, asked(opening))
    assert foreseen.state.number == 0
    opened = desk.handler.handle(asked(opening))
    assert (opened.state.number, opened.stream) == (1, foreseen.stream)


def test_it_is_refused_as_the_command_would_be(desk: Desk) -> None:
    ticket = desk.open()
    desk.ask(Pend(ticket=ticket, reason="Which?"))
    with pytest.raises(TicketChanged):
        preview(desk, asked(Resolve(ticket=ticket, code="fixed"), seen=1))
    desk.ask(Resolve(ticket=ticket, code="fixed"))
    with pytest.raises(NotAllowed):
        preview(desk, asked(Pend(ticket=ticket, reason="Which?")))


def test_what_was_done_already_gives_its_first_answer(desk: Desk) -> None:
    ticket = desk.open()
    done = desk.ask(Resolve(ticket=ticket, code="fixed"), name="x")
    again = preview(desk, asked(Resolve(ticket=ticket, code="fixed")))
    assert (again.repeated, again.events) == (True, done.events)
    with pytest.raises(CommandIdReused):
        preview(desk, asked(Resolve(ticket=ticket, code="other")))


def desk_of(log: house.Log, at: datetime) -> Desk:
    """A handler on a log in memory that holds that history."""
    desk = Desk(MemoryStore())
    desk.clock.instant = at
    for n, (stream, events) in enumerate(log.streams.items()):
        known = len(desk.store.load(WORKSPACE, stream))
        written = tuple(NewEvent(event=event) for event in events[known:])
        write = StreamWrite(stream=stream, expected_version=known, events=written)
        desk.store.append(
            Append(
                workspace=WORKSPACE,
                command_id=command_id(f"history {n}"),
                fingerprint="history",
                correlation_id="history",
                recorded_at=NOW,
                writes=(write,),
            )
        )
    desk.handler = Handler(
        desk.store, desk.numbers, desk.clock, COMMANDS, schema_version=schema_version
    )
    return desk


def without_place(events: Sequence[Recorded[Any]]) -> list[Recorded[Any]]:
    """Without what only the log gives: places, and numbers of tickets."""
    return [
        replace(recorded, lane=0, position=0, event=_unnumbered(recorded.event))
        for recorded in events
    ]


def _unnumbered(event: Happened) -> Happened:
    match event:
        case FollowUpRequested():
            return replace(event, follow_up_number=TicketNumber(0))
        case TicketOpened():
            return replace(event, number=TicketNumber(0))
        case _:
            return event


@settings(
    max_examples=80, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
@given(made=histories(), data=st.data())
def test_a_preview_and_then_the_command_say_the_same(
    made: tuple[house.Log, datetime], data: st.DataObject
) -> None:
    log, at = made
    command = data.draw(ticket_commands(log, at))
    seen = data.draw(st.none() | st.integers(0, 6))
    desk = desk_of(log, at)
    request = asked(command, seen=seen)
    before = desk.store.head()
    foreseen = outcome_of(lambda: preview(desk, request))
    assert desk.store.head() == before
    done = outcome_of(lambda: desk.handler.handle(request))
    if isinstance(done, Refused) or isinstance(foreseen, Refused):
        assert repr(done) == repr(foreseen)
        assert desk.store.head() == before
        return
    assert without_place(done.events) == without_place(foreseen.events)
    assert (done.version, done.stream, done.state) == (
        foreseen.version,
        foreseen.stream,
        foreseen.state,
    )


def outcome_of(ask: Callable[[], Outcome]) -> Outcome | Refused:
    try:
        return ask()
    except Refused as refused:
        return refused


def test_the_helper_would_notice_a_preview_that_writes(desk: Desk) -> None:
    ticket = TicketId(desk.open())
    request = asked(Tag(ticket=ticket, tag="a"))
    with pytest.raises(AssertionError, match="writes nothing"):
        asyncio.run(desk.handler.handle_async(request, Awaited(desk)))
