"""What a reaction is, and what it asks of the read side."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid5

from commands.envelope import Command, Request
from domain.actor import Actor, ActorKind
from domain.desk.rules import DeskRules
from domain.ids import CommandId, TicketId, WorkspaceId
from domain.record import record
from domain.sla.book import Book

_NAMESPACE = UUID("4f0f4f3c-52a4-5d0e-8d0c-2c8a5b6e9d31")


@record
class DueTicket:
    """A ticket whose time has come, and the version at which that was seen."""

    ticket: TicketId
    version: int


class DueTickets(Protocol):
    """A read model that knows when tickets are due; it may be late, never early."""

    def resolved_until(
        self, workspace: WorkspaceId, instant: datetime, limit: int
    ) -> Sequence[DueTicket]:
        """Up to `limit` tickets in status resolved, resolved at or before `instant` (UTC)."""

    def waking_until(
        self, workspace: WorkspaceId, instant: datetime, limit: int
    ) -> Sequence[DueTicket]:
        """Up to `limit` pending or held tickets with `wake_at` at or before `instant` (UTC)."""


@record
class Desk:
    """How a workspace works: its rules, its calendars and policies."""

    rules: DeskRules
    book: Book


@record
class Reaction:
    """`due` tells what to ask for now; `version` counts the changes of what it does."""

    name: str
    version: int
    due: Callable[[WorkspaceId, datetime, Desk, DueTickets, int], list[Request]]


def requests(
    workspace: WorkspaceId,
    rule: str,
    rule_version: int,
    found: Sequence[DueTicket],
    command: Callable[[TicketId], Command],
) -> list[Request]:
    """One request per ticket, by the rule as its actor."""
    return [
        Request(
            workspace=workspace,
            command=command(due.ticket),
            command_id=CommandId(
                uuid5(_NAMESPACE, f"{workspace}/{due.ticket}/{due.version}/{rule}/{rule_version}")
            ),
            by=Actor(kind=ActorKind.RULE, id=rule, rule_version=rule_version),
            seen=due.version,
        )
        for due in found
    ]
