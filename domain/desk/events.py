"""What can happen to the rules of a workspace. Durations are in seconds."""

from typing import Literal, TypeAlias

from domain.happened import Happened
from domain.record import record
from domain.ticket.words import Level, Priority


@record
class ReopenWindowSet(Happened):
    """How long after `resolved` a requester's message reopens the ticket."""

    kind: Literal["desk.reopen_window_set"] = "desk.reopen_window_set"
    seconds: int
    previous: int


@record
class CloseAfterSet(Happened):
    """How long after `resolved` a ticket closes by itself."""

    kind: Literal["desk.close_after_set"] = "desk.close_after_set"
    seconds: int
    previous: int


@record
class PriorityMatrixSet(Happened):
    """Rows of (impact, urgency, priority), one for each pair."""

    kind: Literal["desk.priority_matrix_set"] = "desk.priority_matrix_set"
    matrix: tuple[tuple[Level, Level, Priority], ...]
    previous: tuple[tuple[Level, Level, Priority], ...]


DeskEvent: TypeAlias = ReopenWindowSet | CloseAfterSet | PriorityMatrixSet
