"""What is due is asked for, and what is refused stands in nobody's way."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from adapters.clock import SetClock
from adapters.memory import MemoryNumbers, MemoryStore
from api.timers import AT_ONCE, Timers
from commands import COMMANDS
from commands.close import Close
from commands.envelope import Request
from commands.handle import Handler
from commands.reactions.due import Reaction
from domain.actor import Actor, ActorKind
from domain.ids import CommandId, TicketId, WorkspaceId

HERE = WorkspaceId("default")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DUE = [
    Request(
        workspace=HERE,
        command=Close(ticket=TicketId(f"nobody-{n}")),
        command_id=CommandId(uuid4()),
        by=Actor(kind=ActorKind.RULE, id="close_resolved", rule_version=1),
        seen=1,
    )
    for n in range(AT_ONCE + 20)
]


def test_what_was_refused_is_stepped_over_in_the_next_round() -> None:
    def due(*given: Any) -> list[Request]:
        limit: int = given[-1]
        return DUE[:limit]

    clock = SetClock(NOW)
    handler = Handler(MemoryStore(), MemoryNumbers(), clock, COMMANDS)
    reaction = Reaction(name="close_resolved", version=1, due=due)
    timers = Timers(handler, clock, _no_reader, lambda: [HERE], [reaction])
    assert [timers.round() for _ in range(3)] == [AT_ONCE, 20, 0]


def _no_reader(_: WorkspaceId) -> Any:
    raise AssertionError("this reaction asks no view")
