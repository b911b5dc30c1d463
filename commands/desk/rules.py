"""Set the rules of a workspace."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import product
from typing import ClassVar

from commands.envelope import Command, Context
from domain.desk.events import CloseAfterSet, DeskEvent, PriorityMatrixSet, ReopenWindowSet
from domain.desk.rules import DeskRules
from domain.errors import Invalid
from domain.ids import DESK_RULES, CommandId, StreamId
from domain.record import record
from domain.states import set_by
from domain.ticket.aspects import Aspect
from domain.ticket.words import Level, Priority

LONGEST = 10 * 365 * 24 * 3600
"""Of a window, in seconds: ten years."""


@record
class DeskCommand(Command):
    """A command on the rules of the workspace."""

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (DESK_RULES,)


@record
class SetReopenWindow(DeskCommand):
    """`seconds` may be 0: then a message on a resolved ticket always opens a follow-up."""

    name: ClassVar[str] = "set_reopen_window"
    seconds: int

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(ReopenWindowSet)})


def set_reopen_window(
    command: SetReopenWindow, rules: DeskRules, ctx: Context
) -> Sequence[DeskEvent]:
    previous = _seconds(rules.reopen_window)
    if command.seconds == previous:
        return []
    _check(command.seconds)
    return [ReopenWindowSet(seconds=command.seconds, previous=previous, by=ctx.by, at=ctx.at)]


@record
class SetCloseAfter(DeskCommand):
    """`seconds` after `resolved` at which a ticket closes by itself."""

    name: ClassVar[str] = "set_close_after"
    seconds: int

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(CloseAfterSet)})


def set_close_after(command: SetCloseAfter, rules: DeskRules, ctx: Context) -> Sequence[DeskEvent]:
    previous = _seconds(rules.close_after)
    if command.seconds == previous:
        return []
    _check(command.seconds)
    return [CloseAfterSet(seconds=command.seconds, previous=previous, by=ctx.by, at=ctx.at)]


@record
class SetPriorityMatrix(DeskCommand):
    """Nine rows of (impact, urgency, priority), one for each pair.

    Old tickets keep what they have: the matrix is asked when a ticket is opened or prioritised,
    never afterwards.
    """

    name: ClassVar[str] = "set_priority_matrix"
    matrix: tuple[tuple[Level, Level, Priority], ...]

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(PriorityMatrixSet)})


def set_priority_matrix(
    command: SetPriorityMatrix, rules: DeskRules, ctx: Context
) -> Sequence[DeskEvent]:
    if set(command.matrix) == set(rules.matrix):
        return []
    pairs = sorted((impact, urgency) for impact, urgency, _ in command.matrix)
    if pairs != sorted(product(Level, Level)):
        raise Invalid("The matrix needs each pair of impact and urgency once.", field="matrix")
    return [PriorityMatrixSet(matrix=command.matrix, previous=rules.matrix, by=ctx.by, at=ctx.at)]


def _check(seconds: int) -> None:
    if not 0 <= seconds <= LONGEST:
        raise Invalid(f"Seconds must be 0 to {LONGEST} (ten years).", field="seconds")


def _seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())
