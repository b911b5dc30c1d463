# ruff: noqa: INP001 - docs is a folder of pages, not a package
"""Write lifecycle.md from the tables in the code, by python -m docs.reference.make_lifecycle.

A test fails when the page is not what this program writes.
"""

from dataclasses import fields
from inspect import cleandoc
from pathlib import Path
from sys import modules
from typing import Any

from commands import COMMANDS, TICKET_COMMANDS
from commands.envelope import Command
from domain.happened import Happened, personal_fields
from domain.kinds import EVENTS, events_of, kind_of
from domain.ticket.rules import ALLOWED_FROM
from domain.ticket.words import Status

PAGE = Path(__file__).parent / "lifecycle.md"
ENVELOPE = {"by", "at", "undoes", "kind"}


def page() -> str:
    """The whole page, as Markdown."""
    parts = [
        "# Lifecycle: statuses, commands, events",
        (
            "Written by `python -m docs.reference.make_lifecycle` from the tables in `domain` and "
            "`commands`; do not edit it by hand."
        ),
        "## Statuses",
        _table(("status", "category"), [(f"`{s}`", s.category.value) for s in Status]),
        "## Which command a ticket takes, by its status",
        _allowed(),
        "A command that would change nothing writes nothing. `open_ticket` needs no ticket.",
        "## Commands",
        _table(("command", "what it asks", "fields"), [_command(c) for c in COMMANDS]),
        "## Events",
        (
            "Every event also carries `by` (who), `at` (when, UTC) and, when it takes another one "
            "back, `undoes`. Fields marked with * are personal data of the person named behind it."
        ),
    ]
    for category in EVENTS:
        rows = [_event(event) for event in events_of(category)]
        parts += [f"### {category}", _table(("kind", "what happened", "fields"), rows)]
    return "\n\n".join(parts) + "\n"


def _allowed() -> str:
    rows = [
        (f"`{name}`", *("yes" if status in allowed else "" for status in Status))
        for name, allowed in ALLOWED_FROM.items()
    ]
    return _table(("command", *(f"`{status}`" for status in Status)), rows)


def _command(command: type[Command]) -> tuple[str, str, str]:
    names = ", ".join(f"`{field.name}`" for field in fields(command)) or "-"
    file = modules[command.__module__].__doc__ if command in TICKET_COMMANDS else None
    return f"`{command.name}`", _first_sentence(file or command.name.replace("_", " ")), names


def _event(event: type[Happened]) -> tuple[str, str, str]:
    personal = personal_fields(event)
    names = [
        f"`{field.name}`*({personal[field.name]})" if field.name in personal else f"`{field.name}`"
        for field in fields(event)
        if field.name not in ENVELOPE
    ]
    return f"`{kind_of(event)}`", _first_sentence(event.__doc__ or ""), ", ".join(names) or "-"


def _first_sentence(text: str) -> str:
    paragraph = cleandoc(text).split("\n\n")[0].replace("\n", " ")
    return paragraph.replace("|", "\\|")


def _table(head: tuple[str, ...], rows: list[Any]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page())
