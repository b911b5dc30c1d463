"""Refusals: what a rule says no to, each with a stable public code.

    Refused
    |- NotAllowed            the lifecycle has no such transition from this status
    |- Invalid               the command itself makes no sense, whatever the state
    |- NotFound              it names something that does not exist
    |- TicketChanged         something it touches has changed since the caller looked
    |- CommandIdReused       the same command id came with another request
    |- CannotUndo            this event cannot be taken back, and why
    |- StepRefused           a step of a macro was declined, and so was the whole

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
    """The lifecycle has no such transition from where it stands."""

    code = "not-allowed"


class Invalid(Refused):
    """The command makes no sense; `field` names the part of it."""

    code = "invalid"


class NotFound(Refused):
    """It names something that does not exist."""

    code = "not-found"


class TicketChanged(Refused):
    """What it touches has changed since the caller looked; `events` are those in between."""

    code = "ticket-changed"


class CommandIdReused(Refused):
    """The same command id came with another request."""

    code = "command-id-reused"


class CannotUndo(Refused):
    """The event cannot be taken back; the message says why."""

    code = "cannot-undo"


class StepRefused(Refused):
    """A step of a macro was declined, so none was taken; `step` counts from 0."""

    code = "step-refused"
