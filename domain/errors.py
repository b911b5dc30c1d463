"""Refusals: what a rule says no to, each with a stable public code.

    Refused
    |- NotAllowed            the lifecycle has no such transition from this status
    |- Invalid               the command itself makes no sense, whatever the state
    |- NotFound              it names something that does not exist
    |- TicketChanged         something it touches has changed since the caller looked
    |- CommandIdReused       the same command id came with another request
    |- CannotUndo            this event cannot be taken back, and why

A refusal appends nothing.
"""

from typing import ClassVar


class Refused(Exception):
    """A command was understood and declined. `details` say what would be allowed instead."""

    code: ClassVar[str] = "refused"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotAllowed(Refused):
    code = "not-allowed"


class Invalid(Refused):
    code = "invalid"


class NotFound(Refused):
    code = "not-found"


class TicketChanged(Refused):
    code = "ticket-changed"


class CommandIdReused(Refused):
    code = "command-id-reused"


class CannotUndo(Refused):
    code = "cannot-undo"
