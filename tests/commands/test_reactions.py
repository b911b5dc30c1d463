"""What closes or wakes up by itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from commands.close import Close
from commands.reactions import REACTIONS, close_resolved, wake_up
from commands.reactions.due import DueTicket
from commands.resume import Resume
from domain.actor import ActorKind
from domain.desk.rules import DeskRules
from domain.ids import WorkspaceId
from tests.given import NOW, TICKET, WORKSPACE

RULES = DeskRules(close_after=timedelta(hours=2))


class OneTicket:
    """A read model with one ticket that is due from an instant on."""

    def __init__(self, since: datetime, version: int = 4) -> None:
        self._since = since
        self._due = DueTicket(ticket=TICKET, version=version)

    def resolved_until(
        self, workspace: WorkspaceId, instant: datetime, limit: int
    ) -> Sequence[DueTicket]:
        return [self._due][:limit] if self._since <= instant else []

    waking_until = resolved_until


def test_a_resolved_ticket_closes_when_its_time_is_over() -> None:
    tickets = OneTicket(NOW)
    early, late = NOW + timedelta(hours=2, seconds=-1), NOW + timedelta(hours=2)
    assert close_resolved.due(WORKSPACE, early, RULES, tickets, 10) == []
    (request,) = close_resolved.due(WORKSPACE, late, RULES, tickets, 10)
    assert request.command == Close(ticket=TICKET)
    assert request.seen == 4
    assert (request.by.kind, request.by.id, request.by.rule_version) == (
        ActorKind.RULE,
        "close_resolved",
        1,
    )


def test_a_waiting_ticket_wakes_up_at_its_instant() -> None:
    tickets = OneTicket(NOW)
    assert wake_up.due(WORKSPACE, NOW - timedelta(seconds=1), RULES, tickets, 10) == []
    (request,) = wake_up.due(WORKSPACE, NOW, RULES, tickets, 10)
    assert isinstance(request.command, Resume)


def test_two_workers_ask_for_the_same_under_one_command_id() -> None:
    ids = {
        reaction.due(WORKSPACE, NOW + timedelta(days=1), RULES, OneTicket(NOW, version), 10)[
            0
        ].command_id
        for reaction in REACTIONS
        for version in (4, 4, 5)
    }
    assert len(ids) == 2 * len(REACTIONS)
