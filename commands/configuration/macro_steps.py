"""The steps of macros: which commands they may be, and how a step is read as one.

A step holds what the command's own fields hold, as JSON has them. Two things are said otherwise,
because a macro is written long before it is applied: `me` is the agent who applies it, and
`wake_after` (seconds) takes the place of `wake_at`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from commands import (
    acknowledge,
    add_note,
    assign,
    cancel,
    categorise,
    close,
    deescalate,
    escalate,
    follow,
    hold,
    move_to_queue,
    pend,
    prioritise,
    rename,
    reopen,
    reply,
    resolve,
    resume,
    set_field,
    tag,
    unfollow,
    untag,
)
from commands.envelope import TicketCommand
from domain.configuration.macro import MacroStep, StepValue
from domain.errors import Invalid
from domain.ids import AgentId, TicketId
from domain.record import record

Decide = Callable[..., Any]

STEPS: Mapping[type[TicketCommand], Decide] = {
    acknowledge.Acknowledge: acknowledge.decide,
    assign.Assign: assign.decide,
    move_to_queue.MoveToQueue: move_to_queue.decide,
    reply.Reply: reply.decide,
    add_note.AddNote: add_note.decide,
    pend.Pend: pend.decide,
    hold.Hold: hold.decide,
    resume.Resume: resume.decide,
    resolve.Resolve: resolve.decide,
    reopen.Reopen: reopen.decide,
    close.Close: close.decide,
    cancel.Cancel: cancel.decide,
    prioritise.Prioritise: prioritise.decide,
    categorise.Categorise: categorise.decide,
    tag.Tag: tag.decide,
    untag.Untag: untag.decide,
    set_field.SetField: set_field.decide,
    rename.Rename: rename.decide,
    follow.Follow: follow.decide,
    unfollow.Unfollow: unfollow.decide,
    escalate.Escalate: escalate.decide,
    deescalate.Deescalate: deescalate.decide,
}
"""What a step may be: commands that change one ticket, by what a macro can know beforehand."""

BY_NAME: Mapping[str, type[TicketCommand]] = {command.name: command for command in STEPS}

ME = AgentId("me")
LONGEST_WAIT = timedelta(days=366)

_COMMAND, _WAKE_AT, _WAKE_AFTER = "command", "wake_at", "wake_after"
_BY_HAND = frozenset({"attachments"})
"""Fields that belong to one ticket and one moment."""


@record
class Applying:
    """On which ticket, by whom and when steps are carried out."""

    ticket: TicketId
    me: AgentId
    at: datetime


def command_of(step: MacroStep, place: str, now: Applying) -> TicketCommand:
    """The command that a step is. Raises Invalid; `place` is the step's name in refusals."""
    command: Any = _type_of(step, place)
    takes, hints = _takes(command), _hints(command)
    values: dict[str, Any] = {"ticket": now.ticket}
    for name, value in step.items():
        if name == _COMMAND:
            continue
        at = f"{place}.{name}"
        if name == _WAKE_AFTER and _WAKE_AT in takes:
            values[_WAKE_AT] = now.at + _wait(value, at)
        elif name not in takes or name in {_WAKE_AT, *_BY_HAND}:
            known = [n for n in names_of(command) if n != _COMMAND]
            raise Invalid(
                f"A step {command.name!r} of a macro takes no {name[:60]!r}; it takes"
                f" {', '.join(known) or 'nothing'}.",
                field=at,
                known=known,
            )
        else:
            values[name] = _read(value, hints[name], at, now.me)
    for name, field in takes.items():
        if name not in values and field.default is MISSING and field.default_factory is MISSING:
            raise Invalid(f"A step {command.name!r} needs {name!r}.", field=f"{place}.{name}")
    made: TicketCommand = command(**values)
    return made


def commands_of(steps: Sequence[MacroStep], now: Applying) -> list[TicketCommand]:
    """The commands that these steps are; those that are none are left out."""
    commands = []
    for step in steps:
        try:
            commands.append(command_of(step, "", now))
        except Invalid:
            continue
    return commands


def names_of(command: type[TicketCommand]) -> list[str]:
    """What a step of this command may hold."""
    kind: Any = command
    takes = [name for name in _takes(kind) if name not in _BY_HAND]
    return [_COMMAND, *(_WAKE_AFTER if name == _WAKE_AT else name for name in takes)]


def _type_of(step: MacroStep, place: str) -> type[TicketCommand]:
    name = step.get(_COMMAND)
    command = BY_NAME.get(name) if isinstance(name, str) else None
    if command is None:
        raise Invalid(
            f"A step names its command: one of {', '.join(BY_NAME)}.",
            field=f"{place}.{_COMMAND}",
            known=list(BY_NAME),
        )
    return command


@cache
def _takes(command: type[Any]) -> "dict[str, Field[Any]]":
    return {field.name: field for field in fields(command) if field.name != "ticket"}


@cache
def _hints(command: type[Any]) -> dict[str, Any]:
    return get_type_hints(command)


def _wait(value: StepValue, at: str) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Invalid("It must be a number of seconds.", field=at)
    if not 0 < value <= LONGEST_WAIT.total_seconds():
        raise Invalid(
            f"It must be above 0 and at most {LONGEST_WAIT.total_seconds():.0f} seconds.", field=at
        )
    return timedelta(seconds=value)


def _read(value: StepValue, hint: Any, at: str, me: AgentId) -> Any:
    """A value as the command's field has it. Raises Invalid."""
    try:
        return _as(value, hint, me)
    except ValueError as wrong:
        raise Invalid(f"It must be {wrong}.", field=at) from None


def _as(value: Any, hint: Any, me: AgentId) -> Any:
    """Raises ValueError, which says what the value must be."""
    if hint is AgentId and value == ME:
        return me
    if isinstance(hint, NewType):
        return _as(value, hint.__supertype__, me)
    if get_origin(hint) in (Union, UnionType):
        return _any_of(value, get_args(hint), me)
    if get_origin(hint) is tuple:
        if not isinstance(value, tuple | list):
            raise ValueError("a list")
        return tuple(_as(one, get_args(hint)[0], me) for one in value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        known = {member.value: member for member in hint}
        if not isinstance(value, str) or value not in known:
            raise ValueError(f"one of {', '.join(known)}")
        return known[value]
    if hint is NoneType:
        if value is not None:
            raise ValueError("null")
        return None
    return _plain(value, hint)


def _any_of(value: Any, hints: Sequence[Any], me: AgentId) -> Any:
    wrong = []
    for hint in hints:
        try:
            return _as(value, hint, me)
        except ValueError as reason:
            wrong.append(str(reason))
    raise ValueError(" or ".join(wrong))


_WORDS = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}


def _plain(value: Any, hint: type[Any]) -> Any:
    fits = isinstance(value, hint) or (hint is float and isinstance(value, int))
    if not fits or (isinstance(value, bool) and hint is not bool):
        raise ValueError(_WORDS[hint])
    return value
