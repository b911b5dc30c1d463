"""States from memory cost another attempt at worst: nobody is refused because of an old one."""

from collections.abc import Sequence
from typing import Any

import pytest

from adapters.memory import MemoryStore
from commands import COMMANDS
from commands.add_note import AddNote
from commands.assign import Assign
from commands.envelope import Command, Request
from commands.handle import Handler
from commands.pend import Pend
from commands.people.agent import DeactivateAgent
from commands.ports import Append, Appended, LanesChanged, Loaded
from commands.reopen import Reopen
from commands.resolve import Resolve
from commands.states import States
from commands.tag import Tag
from domain.errors import Invalid, NotAllowed
from domain.ids import AgentId, StreamId, WorkspaceId, ticket_stream
from domain.ticket.words import Status
from tests.commands.desk import Desk
from tests.given import KIM, LEE, WORKSPACE, command_id


@pytest.fixture
def desk() -> Desk:
    return Desk()


class CountsCalls(MemoryStore):
    """Knows how often the log was asked, and for what."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def load_many(self, *about: Any) -> Any:
        self.calls.append("load_many")
        return super().load_many(*about)

    def append(self, request: Append) -> Appended:
        self.calls.append("append")
        return super().append(request)


def test_a_command_on_states_that_are_known_is_one_call() -> None:
    store = CountsCalls()
    desk = Desk(store)
    ticket = desk.open()
    desk.ask(Assign(ticket=ticket, agent=AgentId("kim")))
    store.calls.clear()
    desk.ask(AddNote(ticket=ticket, body="One"))
    desk.ask(Assign(ticket=ticket, agent=None, team=None))
    desk.open()
    assert store.calls == ["append", "append", "append"]


def elsewhere(desk: Desk, command: Command) -> None:
    """The same desk, asked in another process."""
    other = Handler(desk.store, desk.numbers, desk.clock, COMMANDS)
    desk.asked += 1
    other.handle(
        Request(
            workspace=WORKSPACE,
            command=command,
            command_id=command_id(f"command {desk.asked}"),
            by=KIM,
        )
    )


def test_nobody_is_refused_for_what_has_changed_elsewhere(desk: Desk) -> None:
    ticket = desk.open()
    desk.ask(Resolve(ticket=ticket, code="fixed"))
    elsewhere(desk, Reopen(ticket=ticket, reason="Not yet"))
    assert desk.ask(Pend(ticket=ticket, reason="?")).events
    assert desk.ticket(ticket).status is Status.PENDING


def test_nothing_is_decided_on_what_has_changed_elsewhere(desk: Desk) -> None:
    ticket = desk.open()
    desk.ask(Assign(ticket=ticket, agent=AgentId("kim")))
    desk.ask(Assign(ticket=ticket, agent=None))
    elsewhere(desk, DeactivateAgent(agent=AgentId("kim"), reason="Left."))
    with pytest.raises(Invalid, match="not active"):
        desk.ask(Assign(ticket=ticket, agent=AgentId("kim")))
    assert desk.ticket(ticket).agent is None


def test_the_outcome_has_the_state_that_the_command_left(desk: Desk) -> None:
    ticket = desk.open()
    outcome = desk.ask(Resolve(ticket=ticket, code="fixed"))
    assert outcome.state == desk.ticket(ticket)
    nothing = desk.ask(Tag(ticket=ticket, tag="a")), desk.ask(Tag(ticket=ticket, tag="a"))
    assert nothing[1].events == ()
    assert nothing[1].state == desk.ticket(ticket)


def test_another_process_is_never_overlooked(desk: Desk) -> None:
    ticket = desk.open()
    other = Handler(desk.store, desk.numbers, desk.clock, COMMANDS)
    assert other.states.load(WORKSPACE, StreamId(ticket_stream(ticket))).version == 1
    desk.ask(Resolve(ticket=ticket, code="fixed"))
    with pytest.raises(NotAllowed):
        other.handle(
            Request(
                workspace=WORKSPACE,
                command=Pend(ticket=ticket, reason="?"),
                command_id=command_id("other"),
                by=LEE,
            )
        )


class IsRestored(MemoryStore):
    """A log that is another one from some moment on; who knows the old one hears of it late."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.known = 1

    def epoch(self, *, fresh: bool = False) -> int:
        if fresh:
            self.known = self.now
        return self.known

    def append(self, request: Append) -> Appended:
        if request.epoch != self.now:
            raise LanesChanged
        return super().append(request)


@pytest.mark.parametrize("heard", [False, True])
def test_after_a_restore_nothing_is_decided_on_what_was_known_before(heard: bool) -> None:
    """As many events as before, but other ones: versions alone would not tell.

    Whether or not somebody else has `heard` of it by now.
    """
    before, store = Desk(), IsRestored()
    ticket = before.open()
    before.ask(Tag(ticket=ticket, tag="before"))
    after = Desk(store)
    assert after.open() == ticket
    after.ask(Resolve(ticket=ticket, code="fixed"))
    states, stream = after.handler.states, StreamId(ticket_stream(ticket))
    states.kept(0, WORKSPACE, [])
    states.grow(0, WORKSPACE, before.handler.states.kept(0, WORKSPACE, [stream]), {})
    states.kept(store.known, WORKSPACE, [])
    states.grow(0, WORKSPACE, before.handler.states.kept(0, WORKSPACE, [stream]), {})
    assert states.kept(store.known, WORKSPACE, [stream]) == {}, "it is of another epoch"
    states.grow(1, WORKSPACE, before.handler.states.kept(0, WORKSPACE, [stream]), {})
    store.now = 2
    if heard:
        store.epoch(fresh=True)
    with pytest.raises(NotAllowed):
        after.ask(Pend(ticket=ticket, reason="?"))
    assert [event.kind for event in after.events(ticket)] == ["ticket.opened", "ticket.resolved"]
    assert states.load(WORKSPACE, stream).state == after.ticket(ticket)


class Kept:
    """Snapshots in a dictionary, which remembers what it was asked for."""

    def __init__(self, kept: dict[StreamId, Loaded]) -> None:
        self.kept = kept
        self.asked: list[StreamId] = []

    def has(self, _: WorkspaceId, stream: StreamId) -> bool:
        return stream in self.kept

    def load(self, _: WorkspaceId, streams: Sequence[StreamId]) -> dict[StreamId, Loaded]:
        self.asked += streams
        return {stream: self.kept[stream] for stream in streams if stream in self.kept}


def test_a_long_stream_is_folded_from_its_snapshot(desk: Desk) -> None:
    ticket = desk.open()
    stream = ticket_stream(ticket)
    desk.ask(Tag(ticket=ticket, tag="before"))
    snapshots = Kept({stream: desk.handler.states.load(WORKSPACE, stream)})
    desk.ask(Resolve(ticket=ticket, code="fixed"))
    for fresh in (True, False):
        states = States(desk.store, snapshots)
        other = Handler(desk.store, desk.numbers, desk.clock, COMMANDS, states)
        if fresh:
            assert states.load(WORKSPACE, stream).state == desk.ticket(ticket)
        outcome = other.handle(
            Request(
                workspace=WORKSPACE,
                command=AddNote(ticket=ticket, body="?"),
                command_id=command_id(f"note {fresh}"),
                by=KIM,
            )
        )
        assert outcome.state == desk.ticket(ticket)
    assert snapshots.asked == [stream, stream]
