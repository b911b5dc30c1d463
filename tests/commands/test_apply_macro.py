"""A macro is its steps, all of them or none, and can be taken back as a whole."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from commands.apply_macro import ApplyMacro
from commands.assign import Assign
from commands.categorise import Categorise
from commands.configuration.macro import CreateMacro
from commands.configuration.macro_steps import STEPS
from commands.envelope import Command
from commands.rename import Rename
from commands.undo import Undo
from domain.configuration.macro import MacroRetired, MacroStep
from domain.errors import (
    CannotUndo,
    Invalid,
    NotAllowed,
    NotFound,
    Refused,
    StepRefused,
    TicketChanged,
)
from domain.ids import (
    AgentId,
    CommandId,
    MacroId,
    QueueId,
    RequesterId,
    TeamId,
    TicketId,
    derived,
    macro_stream,
    queue_stream,
    ticket_stream,
)
from domain.people.queue import QueueRetired
from domain.ticket.events import (
    AppliedStep,
    MacroApplied,
    NoteAdded,
    ReplySent,
    TicketAssigned,
    TicketFieldSet,
    TicketMerged,
    TicketPended,
    TicketResolved,
    TicketTagged,
)
from domain.ticket.rules import allowed_commands
from domain.ticket.words import Channel
from tests import given as desk
from tests.commands.desk import Desk
from tests.given import COMMAND, KIM, LEE, NOW, OPENED, TICKET, Log, command_id, event_of, happened
from tests.macros import macro
from tests.strategies import histories, ticket_commands

TAKE, ASK_BACK, SOLVE = MacroId("take"), MacroId("ask-back"), MacroId("solve")
TAGGED = happened(TicketTagged, tag="a")
TAKEN = happened(
    TicketAssigned,
    agent=AgentId("kim"),
    previous=None,
    team=TeamId("first-line"),
    previous_team=None,
)


def applied(name: str, **steps: int) -> MacroApplied:
    return happened(
        MacroApplied,
        macro=MacroId(name),
        macro_version=1,
        name=name.title(),
        steps=tuple(AppliedStep(command=c, events=n) for c, n in steps.items()),
    )


def test_every_step_is_taken_in_one_append() -> None:
    desk.given(OPENED).when(ApplyMacro(ticket=TICKET, macro=TAKE)).then(
        applied("take", assign=1, tag=1), TAKEN, TAGGED
    )


def test_a_step_that_changes_nothing_is_skipped() -> None:
    desk.given(OPENED, TAGGED).when(ApplyMacro(ticket=TICKET, macro=TAKE)).then(
        applied("take", assign=1, tag=0), TAKEN
    )
    desk.given(OPENED, TAGGED, TAKEN).when(ApplyMacro(ticket=TICKET, macro=TAKE)).then_nothing()


def test_each_step_is_decided_on_what_those_before_it_left() -> None:
    def message(step: int) -> str:
        own = CommandId(UUID(derived(COMMAND, f"steps[{step}]")))
        return derived(own, "message")

    mina = RequesterId("mina")
    desk.given(OPENED).when(ApplyMacro(ticket=TICKET, macro=ASK_BACK)).then(
        applied("ask-back", set_field=1, add_note=1, reply=2),
        happened(TicketFieldSet, requester=mina, name="site", value="x", previous=None),
        happened(NoteAdded, requester=mina, message=message(1), body="Asked Mina (Kim)."),
        happened(ReplySent, requester=mina, message=message(2), body="Where?", channel=Channel.WEB),
        happened(
            TicketPended,
            reason="Waiting for the requester.",
            wake_at=NOW + timedelta(hours=1),
        ),
    )


def test_a_refused_step_refuses_all_and_says_which() -> None:
    gone = happened(QueueRetired, queue=QueueId("billing"))
    there = desk.given(OPENED).and_given(queue_stream(QueueId("billing")), gone)
    there.when(ApplyMacro(ticket=TICKET, macro=SOLVE)).then_refused(
        StepRefused,
        "Step 1 of 'Solve' (move_to_queue) was refused, so none was taken.",
        field="steps[0].queue",
        step=0,
        step_command="move_to_queue",
        step_code="invalid",
    )
    merged = desk.given(OPENED, happened(TicketMerged, into=TicketId("other")))
    merged.when(ApplyMacro(ticket=TICKET, macro=SOLVE)).then_refused(NotAllowed)
    resolved = happened(TicketResolved, requester=RequesterId("mina"), code="other")
    desk.given(OPENED, resolved).when(ApplyMacro(ticket=TICKET, macro=TAKE)).then_refused(
        StepRefused, "does not take 'assign'", step_code="not-allowed", step=0
    )


def test_a_macro_is_for_its_owner_or_for_all_and_not_retired() -> None:
    of_lee = ApplyMacro(ticket=TICKET, macro=MacroId("of-lee"))
    desk.given(OPENED).when(of_lee, by=KIM).then_refused(NotFound, field="macro")
    assert desk.given(OPENED).when(of_lee, by=LEE).refusal is None
    unknown = ApplyMacro(ticket=TICKET, macro=MacroId("unknown"))
    desk.given(OPENED).when(unknown).then_refused(NotFound, field="macro")
    retired = desk.given(OPENED).and_given(macro_stream(TAKE), happened(MacroRetired, macro=TAKE))
    retired.when(ApplyMacro(ticket=TICKET, macro=TAKE)).then_refused(
        Invalid, "is retired", field="macro"
    )


def with_macro(log: Log, *steps: dict[str, Any]) -> None:
    log.streams |= {s: list(e) for s, e in macro("m", *steps, by=KIM, at=NOW).items()}


def test_steps_that_take_each_other_back_come_to_nothing() -> None:
    log = Log({**Log().streams, ticket_stream(TICKET): [OPENED]})
    with_macro(log, {"command": "tag", "tag": "x"}, {"command": "untag", "tag": "x"})
    assert log.decide(ApplyMacro(ticket=TICKET, macro=MacroId("m"))) == {}


def test_values_are_text_in_html() -> None:
    log = Log({**Log().streams, ticket_stream(TICKET): [replace(OPENED, subject="<b>")]})
    step = {"command": "reply", "body": "<p>{{ticket.subject}}</p>", "format": "html"}
    with_macro(log, step)
    (_, reply) = log.decide(ApplyMacro(ticket=TICKET, macro=MacroId("m")))[ticket_stream(TICKET)]
    assert isinstance(reply, ReplySent)
    assert reply.body == "<p>&lt;b&gt;</p>"


def test_a_text_speaks_of_the_queue_and_the_team_that_steps_before_it_chose() -> None:
    log = Log({**Log().streams, ticket_stream(TICKET): [OPENED]})
    with_macro(
        log,
        {"command": "move_to_queue", "queue": "billing"},
        {"command": "assign", "agent": "lee"},
        {"command": "add_note", "body": "{{assignee.name}} {{team.name}} {{queue.name}}"},
    )
    *_, note = log.decide(ApplyMacro(ticket=TICKET, macro=MacroId("m")))[ticket_stream(TICKET)]
    assert isinstance(note, NoteAdded)
    assert note.body == "Lee Experts Billing"


# --- taking back ---------------------------------------------------------------------------


def lived(*steps: dict[str, Any]) -> Log:
    """A log in which Kim applied a macro of these steps to a new ticket."""
    log = Log({**Log().streams, ticket_stream(TICKET): [OPENED]})
    with_macro(log, *steps)
    log.ask(ApplyMacro(ticket=TICKET, macro=MacroId("m")), command_id=command_id("apply"))
    return log


def test_undoing_a_macro_takes_back_all_it_did_the_last_first() -> None:
    log = lived(
        {"command": "assign", "agent": "me"},
        {"command": "reply", "body": "On it.", "next_status": "pending"},
        {"command": "tag", "tag": "x"},
        {"command": "set_field", "field": "site", "value": "a"},
        {"command": "set_field", "field": "site", "value": "b"},
    )
    undo = Undo(ticket=TICKET, event=event_of(2))
    log.ask(undo, command_id=command_id("undo"))
    ticket = log.ticket()
    assert (ticket.agent, ticket.tags, ticket.field("site")) == (None, frozenset(), None)
    assert ticket.status == "open"  # the reply stays, and an answered ticket is not new
    assert log.ask(undo, command_id=command_id("again")) == {}


def test_what_was_taken_back_already_or_stays_is_left_alone() -> None:
    log = lived({"command": "tag", "tag": "x"}, {"command": "categorise", "category": "c"})
    log.ask(Undo(ticket=TICKET, event=event_of(4)), command_id=command_id("one"))
    log.ask(Undo(ticket=TICKET, event=event_of(2)), command_id=command_id("rest"))
    assert (log.ticket().tags, log.ticket().category) == (frozenset(), None)
    noted = lived({"command": "add_note", "body": "Seen."})
    with pytest.raises(CannotUndo, match="Nothing that this macro did"):
        noted.decide(Undo(ticket=TICKET, event=event_of(2)))


def test_what_was_built_on_since_keeps_the_whole_from_going_back() -> None:
    log = lived({"command": "assign", "agent": "me"}, {"command": "tag", "tag": "x"})
    log.ask(Assign(ticket=TICKET, agent=AgentId("lee")), command_id=command_id("lee"))
    with pytest.raises(CannotUndo, match="undo that first"):
        log.decide(Undo(ticket=TICKET, event=event_of(2)))
    assert log.ticket().tags == {"x"}


# --- on any history ------------------------------------------------------------------------

STEP_NAMES = {command.name for command in STEPS}


def as_step(command: Command) -> MacroStep:
    """The step that says what a command says; without what belongs to one moment."""
    left_out = ("ticket", "wake_at", "attachments")
    values = {f.name: getattr(command, f.name) for f in fields(command) if f.name not in left_out}
    plain = {n: v.value if isinstance(v, Enum) else v for n, v in values.items()}
    return MacroStep({"command": command.name, **plain})


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
@given(histories(), st.data())
def test_a_macro_is_its_steps_asked_one_by_one(
    made: tuple[Log, datetime], data: st.DataObject
) -> None:
    log, at = made
    ticket = data.draw(st.sampled_from([s for s in log.streams if s.startswith("ticket:")]))
    ident = TicketId(ticket.partition(":")[2])
    names = tuple(sorted(STEP_NAMES.intersection(allowed_commands(log.ticket(ident)))))
    assume(names)
    commands = [
        replace_moment(data.draw(ticket_commands(log, at, names, ident)))
        for _ in range(data.draw(st.integers(1, 4)))
    ]
    with_macro(log, *map(dict, map(as_step, commands)))
    one_by_one = Log({s: list(e) for s, e in log.streams.items()}, log.numbers)
    how: dict[str, Any] = {"by": KIM, "at": at}
    apply = ApplyMacro(ticket=ident, macro=MacroId("m"))
    before = log.ticket(ident)
    refused = None
    try:
        for n, command in enumerate(commands):
            own = CommandId(UUID(derived(command_id("apply"), f"steps[{n}]")))
            one_by_one.ask(command, command_id=own, **how)
    except Refused as refusal:
        refused = refusal
    if refused is not None:
        with pytest.raises(StepRefused) as whole:
            log.decide(apply, command_id=command_id("apply"), **how)
        assert whole.value.details["step_code"] == refused.code
        return
    log.ask(apply, command_id=command_id("apply"), **how)
    others = [s for s in log.streams if s != ticket]
    assert replace(log.ticket(ident), version=0) == replace(one_by_one.ticket(ident), version=0)
    if log.ticket(ident) != before:
        assert [log.state(s) for s in others] == [one_by_one.state(s) for s in others]


def replace_moment(command: Command) -> Command:
    if hasattr(command, "wake_at"):
        command = replace(command, wake_at=None)  # type: ignore[call-arg]
    if hasattr(command, "attachments"):
        command = replace(command, attachments=())  # type: ignore[call-arg]
    return command


@settings(
    max_examples=100, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
@given(histories(), st.sampled_from([TAKE, SOLVE]), st.data())
def test_an_undone_macro_leaves_the_ticket_as_it_was(
    made: tuple[Log, datetime], name: MacroId, data: st.DataObject
) -> None:
    log, at = made
    ticket = data.draw(st.sampled_from([s for s in log.streams if s.startswith("ticket:")]))
    ident = TicketId(ticket.partition(":")[2])
    before = log.ticket(ident)
    apply = ApplyMacro(ticket=ident, macro=name)
    try:
        assume(log.ask(apply, by=KIM, at=at, command_id=command_id("apply")))
        undo = Undo(ticket=ident, event=event_of(before.version + 1, ident))
        log.ask(undo, by=KIM, at=at, command_id=command_id("undo"))
    except Refused:
        assume(False)
    kept: dict[str, Any] = {
        "version": before.version,
        "acknowledged_at": before.acknowledged_at,
        "resolution_note": before.resolution_note,
        "resolution_article": before.resolution_article,
        "satisfaction_asked": before.satisfaction_asked,
        "satisfaction_given": before.satisfaction_given,
    }
    assert replace(log.ticket(ident), **kept) == before


# --- through the handler -------------------------------------------------------------------


def handled() -> tuple[Desk, TicketId]:
    there = Desk()
    steps = ({"command": "tag", "tag": "x"}, {"command": "categorise", "category": "c"})
    there.ask(CreateMacro(macro=MacroId("m"), display_name="M", steps=tuple(map(MacroStep, steps))))
    return there, there.open()


def test_a_macro_overwrites_what_its_steps_do_and_nothing_else() -> None:
    there, ticket = handled()
    there.ask(Rename(ticket=ticket, subject="Other"))
    there.ask(ApplyMacro(ticket=ticket, macro=MacroId("m")), seen=1)
    assert there.ticket(ticket).tags == {"x"}
    version = there.ticket(ticket).version
    there.ask(Categorise(ticket=ticket, category="other"))
    with pytest.raises(TicketChanged, match="category"):
        there.ask(ApplyMacro(ticket=ticket, macro=MacroId("m")), seen=version)


def test_a_repeat_gets_the_first_answer() -> None:
    there, ticket = handled()
    apply = ApplyMacro(ticket=ticket, macro=MacroId("m"))
    first = there.ask(apply, name="once")
    again = there.ask(apply, name="once")
    assert (again.repeated, again.events) == (True, first.events)
    assert len(first.events) == 3
