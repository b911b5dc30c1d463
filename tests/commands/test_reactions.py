"""What closes or wakes up by itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from commands.close import Close
from commands.reactions import REACTIONS, close_resolved, tell_effects, wake_up
from commands.reactions.due import Desk, DueTicket
from commands.resume import Resume
from commands.sla.take_effect import TakeEffect
from domain.actor import ActorKind
from domain.calendar import WHOLE_DAY
from domain.desk.rules import DeskRules
from domain.ids import CalendarId, WorkspaceId
from domain.sla.book import fold
from domain.sla.book_events import CalendarSet, EditTookEffect
from tests.given import KIM, NOW, TICKET, WORKSPACE

CALENDAR = CalendarSet(
    calendar=CalendarId("days"),
    name="Days",
    zone="UTC",
    weekly=(WHOLE_DAY,) * 7,
    effective_at=NOW + timedelta(hours=3),
    by=KIM,
    at=NOW,
)
RULES = Desk(rules=DeskRules(close_after=timedelta(hours=2)), book=fold([CALENDAR]))


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
    of_tickets = [reaction for reaction in REACTIONS if reaction is not tell_effects.REACTION]
    assert len(ids) == 2 * len(of_tickets) + 1


def test_an_edit_that_was_made_ahead_is_told_of_once_when_its_instant_has_come() -> None:
    nobody = OneTicket(NOW)
    early, late = NOW + timedelta(hours=3, seconds=-1), NOW + timedelta(hours=3)
    assert tell_effects.due(WORKSPACE, early, RULES, nobody, 10) == []
    (request,) = tell_effects.due(WORKSPACE, late, RULES, nobody, 10)
    assert isinstance(request.command, TakeEffect)
    told = fold([CALENDAR, EditTookEffect(edit=1, by=KIM, at=late)])
    again = Desk(rules=RULES.rules, book=told)
    assert tell_effects.due(WORKSPACE, late, again, nobody, 10) == []
