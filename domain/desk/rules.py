"""The rules of a workspace that commands ask for; event-sourced in the stream `desk:rules`."""

from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from domain.desk.events import CloseAfterSet, DeskEvent, PriorityMatrixSet, ReopenWindowSet
from domain.record import record
from domain.ticket.words import Level, Priority

_L, _M, _H = Level.LOW, Level.MEDIUM, Level.HIGH

DEFAULT_MATRIX: tuple[tuple[Level, Level, Priority], ...] = (
    (_H, _H, Priority.URGENT),
    (_H, _M, Priority.HIGH),
    (_H, _L, Priority.NORMAL),
    (_M, _H, Priority.HIGH),
    (_M, _M, Priority.NORMAL),
    (_M, _L, Priority.LOW),
    (_L, _H, Priority.NORMAL),
    (_L, _M, Priority.LOW),
    (_L, _L, Priority.LOW),
)
"""(impact, urgency, priority), after ITIL's priority matrix."""


@record
class DeskRules:
    """The rules in force.

    `reopen_window`: how long after `resolved` a requester's message still reopens the ticket.
    `close_after`: a resolved ticket closes by itself after this long. `version` counts the
    changes of these rules; 0 are the defaults.
    """

    version: int = 0
    reopen_window: timedelta = timedelta(days=7)
    close_after: timedelta = timedelta(days=7)
    matrix: tuple[tuple[Level, Level, Priority], ...] = DEFAULT_MATRIX

    def priority_for(self, impact: Level, urgency: Level) -> Priority:
        """Priority by impact and urgency.

        Raises KeyError when the matrix has no such row (never for a validated one).
        """
        return {(i, u): priority for i, u, priority in self.matrix}[impact, urgency]


def evolve(rules: DeskRules, event: DeskEvent) -> DeskRules:
    """The rules after `event`; never refuses."""
    return replace(_after(rules, event), version=rules.version + 1)


def _after(rules: DeskRules, event: DeskEvent) -> DeskRules:
    match event:
        case ReopenWindowSet(seconds=seconds):
            return replace(rules, reopen_window=timedelta(seconds=seconds))
        case CloseAfterSet(seconds=seconds):
            return replace(rules, close_after=timedelta(seconds=seconds))
        case PriorityMatrixSet(matrix=matrix):
            return replace(rules, matrix=matrix)
        case _:
            assert_never(event)
