"""Reads a changed set of calendars and policies: what the commands on the book take, many at once.

Each change is decided as if it were asked for, on a book of its own that nobody else sees, so the
refusals are those of the commands; the field says which change it is.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4

from pydantic import Field, model_validator

from api.bodies import Body, body_of, values_of
from commands.envelope import Context
from commands.sla.calendars import RetireCalendar, SetCalendar, retire_calendar, set_calendar
from commands.sla.editing import BookCommand
from commands.sla.policies import RetirePolicy, SetPolicy, retire_policy, set_policy
from commands.states import States
from domain.actor import Actor
from domain.errors import Invalid, Refused
from domain.ids import CommandId, WorkspaceId
from domain.sla.book import Book, evolve
from projections.what_if import Edit, without

MOST_CHANGES = 100

_DECIDES: dict[type[BookCommand], Any] = {
    SetCalendar: set_calendar,
    RetireCalendar: retire_calendar,
    SetPolicy: set_policy,
    RetirePolicy: retire_policy,
}
_SETS = (SetCalendar, SetPolicy)
_COMMANDS = {command.name: command for command in _DECIDES}
_ALWAYS = frozenset({"effective_at", "applies_to"})
"""Fields that make no sense here: what is supposed holds from the beginning, for every ticket."""


def _supposed(command: type[BookCommand]) -> type[Body]:
    return body_of(command, _ALWAYS, prefix="Supposed")


class ChangeBody(Body):
    """One change: exactly one of these, with the fields of the command of that name."""

    set_calendar: _supposed(SetCalendar) | None = Field(  # type: ignore[valid-type]
        default=None, description="A calendar is this."
    )
    retire_calendar: _supposed(RetireCalendar) | None = Field(  # type: ignore[valid-type]
        default=None, description="There is no such calendar."
    )
    set_policy: _supposed(SetPolicy) | None = Field(  # type: ignore[valid-type]
        default=None, description="A policy is this."
    )
    retire_policy: _supposed(RetirePolicy) | None = Field(  # type: ignore[valid-type]
        default=None, description="There is no such policy."
    )

    @model_validator(mode="after")
    def _one(self) -> "ChangeBody":
        if len(self._given()) != 1:
            known = ", ".join(type(self).model_fields)
            raise ValueError(f"must be exactly one of {known}")
        return self

    def _given(self) -> list[str]:
        return [name for name in type(self).model_fields if getattr(self, name) is not None]

    def command(self) -> BookCommand:
        """What it asks for."""
        (name,) = self._given()
        kind = _COMMANDS[name]
        command: BookCommand = kind(**values_of(getattr(self, name), kind))
        return command


Changes = Annotated[
    list[ChangeBody],
    Field(min_length=1, max_length=MOST_CHANGES, description="What would have been otherwise."),
]


def supposed(  # noqa: PLR0917 - a command's whole surroundings
    changes: Sequence[ChangeBody],
    book: Book,
    states: States,
    workspace: WorkspaceId,
    by: Actor,
    now: datetime,
) -> list[Edit]:
    """The edits that the bodies of changes stand for. Raises Invalid, which names the field."""
    edits: list[Edit] = []
    commands = [change.command() for change in changes]
    for n, command in enumerate(commands):
        context = Context(
            by=by,
            at=now,
            command_id=CommandId(uuid4()),
            known={stream: states.load(workspace, stream).state for stream in command.reads()},
        )
        try:
            edit = _decided(command, book, context)
        except Refused as refused:
            raise _placed(refused, n) from None
        if any(command.touches() == earlier.touches() for earlier in commands[:n]):
            raise Invalid("It is changed twice; keep one of the changes.", field=f"changes[{n}]")
        edits.append(edit)
        (aspect,) = command.touches()
        book = evolve(without(book, aspect), edit)
    return edits


def _decided(command: BookCommand, book: Book, context: Context) -> Edit:
    if isinstance(command, _SETS):
        # What it says now is hidden: if that is the same, it was not so always.
        (aspect,) = command.touches()
        book = without(book, aspect)
    events = _DECIDES[type(command)](command, book, context)
    if not events:
        raise Invalid("It is retired already; leave this change out.", field="change")
    edit: Edit = events[0]
    return edit


def _placed(refused: Refused, n: int) -> Invalid:
    """The same refusal, with fields that say in which change they are."""
    details: dict[str, Any] = dict(refused.details)
    details["field"] = f"changes[{n}].{details.get('field', 'change')}"
    if "problems" in details:
        details["problems"] = [
            {**problem, "field": f"changes[{n}].{problem['field']}"}
            for problem in details["problems"]
        ]
    return Invalid(refused.message, **details)
