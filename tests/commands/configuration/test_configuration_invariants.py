"""What holds for every command on what people set up, after any others."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from commands.envelope import Command
from domain.actor import Actor
from domain.configuration.field import Fields
from domain.configuration.owned import is_for
from domain.errors import Refused
from domain.ids import category_of
from domain.states import FOLDS
from tests.given import KIM, LEE, Log, command_id
from tests.strategies import configuration_commands

Asked = list[tuple[Command, Actor]]

PEOPLE = st.sampled_from([KIM, LEE])
ASKED = st.lists(st.tuples(configuration_commands(), PEOPLE), max_size=12)


def lived(asked: Asked) -> Log:
    """A log in which all of these were asked."""
    log = Log()
    for n, (command, by) in enumerate(asked):
        try:
            log.ask(command, by=by, command_id=command_id(f"step {n}"))
        except Refused:
            continue
    return log


@given(ASKED, configuration_commands(), PEOPLE)
def test_asking_twice_writes_once(asked: Asked, command: Command, by: Actor) -> None:
    log = lived(asked)
    how: dict[str, Any] = {"by": by, "command_id": command_id("the command")}
    try:
        log.ask(command, **how)
    except Refused:
        return
    assert log.decide(command, **how) == {}


@given(ASKED, configuration_commands(), PEOPLE)
def test_a_command_touches_what_it_changes(asked: Asked, command: Command, by: Actor) -> None:
    log = lived(asked)
    (stream,) = command.writes(command_id("the command"))
    try:
        decision = log.decide(command, by=by)
    except Refused:
        return
    changed_by = FOLDS[category_of(stream)].changed_by
    changed = {aspect for event in decision.get(stream, []) for aspect in changed_by(event)}
    if not command.name.startswith("create_"):
        assert changed <= command.touches()


@given(ASKED, configuration_commands(), PEOPLE)
def test_what_is_private_is_its_owner_s_alone(asked: Asked, command: Command, by: Actor) -> None:
    log = lived(asked)
    (stream,) = command.writes(command_id("the command"))
    before = log.state(stream)
    try:
        decision = log.decide(command, by=by)
    except Refused:
        return
    # Definitions of fields are nobody's: who may change them is the front door's question.
    if decision and not isinstance(before, Fields) and before.exists:
        assert is_for(before, by.id)
