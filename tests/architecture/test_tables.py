"""Nothing is written and then left out of the tables that list it."""

from dataclasses import fields
from importlib import import_module
from inspect import getmembers, isclass
from pathlib import Path

import pytest

from commands import BY_NAME, COMMANDS, TICKET_COMMANDS
from commands.envelope import Command, TicketCommand
from commands.reactions import REACTIONS
from domain.ticket.rules import ALLOWED_FROM

ROOM = Path(__file__).parents[2] / "commands"
AROUND = {
    "__init__",
    "blob_ports",
    "draft_ports",
    "envelope",
    "fingerprint",
    "handle",
    "imagined",
    "intake_ports",
    "known",
    "macro_steps",
    "overtaken",
    "owned",
    "ports",
    "read_mark_ports",
    "questions",
    "states",
    "steps",
    "trying",
}
"""What serves all commands and is none."""

FILES = sorted(
    path.relative_to(ROOM.parent).with_suffix("").as_posix().replace("/", ".")
    for folder in (".", "people", "desk", "configuration")
    for path in ROOM.glob(f"{folder}/*.py")
    if path.stem not in AROUND
)


def commands_of(module: str) -> list[type[Command]]:
    return [
        cls
        for _, cls in getmembers(import_module(module), isclass)
        if issubclass(cls, Command) and cls.__module__ == module and "name" in vars(cls)
    ]


@pytest.mark.parametrize("module", FILES)
def test_every_command_file_is_in_the_table(module: str) -> None:
    commands = commands_of(module)
    assert commands
    for command in commands:
        assert COMMANDS[command].__module__ == module


def test_a_ticket_command_is_the_only_one_in_its_file_and_has_its_name() -> None:
    for command in TICKET_COMMANDS:
        assert command.__module__ == f"commands.{command.name}"
        assert commands_of(command.__module__) == [command]
        assert command.__name__ == command.name.title().replace("_", "")


def test_names_are_unique() -> None:
    assert len(BY_NAME) == len(COMMANDS)


def test_every_row_of_the_lifecycle_has_its_command_and_the_other_way_round() -> None:
    assert {c.name for c in TICKET_COMMANDS if issubclass(c, TicketCommand)} == set(ALLOWED_FROM)


def test_every_reaction_is_in_the_table() -> None:
    files = {path.stem for path in (ROOM / "reactions").glob("*.py")} - {"__init__", "due"}
    files -= {"announce_clocks"}  # which the watcher asks, not the timers
    assert {reaction.name for reaction in REACTIONS} == files


def test_no_command_brings_its_own_time_or_actor() -> None:
    for command in COMMANDS:
        assert not {"at", "by", "command_id"} & {field.name for field in fields(command)}
