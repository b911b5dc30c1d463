"""What takes reports in, as the rest of the API knows it."""

from collections.abc import Callable, Mapping
from threading import Event
from typing import Any, Protocol, TypeAlias

from commands.intake_ports import DeadLetters, Inbox
from commands.ports import AsyncPorts
from domain.access import Principal
from domain.ids import TicketId, TicketNumber
from domain.intake import Taken
from domain.position import Position
from domain.record import record
from projections.progress import nobody


@record
class Handed:
    """What a report came to, in which ticket. `repeated`: it had been taken in before.

    `position` is what a reader must have reached to see it; None when nothing says so any more.
    """

    taken: Taken
    ticket: TicketId
    number: TicketNumber
    repeated: bool
    position: Position | None


class Takes(Protocol):
    """Takes reports in, each of them once."""

    def take(self, principal: Principal, report: Any, *, by_name: bool = False) -> Handed:
        """Take in a report of api.intake.reports that `principal` hands in.

        Raises what a Handler raises, and Unavailable.

        With `by_name`, one that has the name of an earlier one is taken for it, whatever it says;
        otherwise it is refused when it says something else (CommandIdReused).
        """


class TakesAsync(Takes, Protocol):
    """And in an event loop."""

    async def take_async(
        self, principal: Principal, report: Any, ports: AsyncPorts, *, by_name: bool = False
    ) -> Handed:
        """As `take`, by ports to the same log."""


class Consumes(Protocol):
    """Takes in what others leave at an inbox."""

    @property
    def inbox(self) -> Inbox:
        """Where reports are taken from."""

    @property
    def letters(self) -> DeadLetters:
        """Where those are put that are refused."""

    def who(self) -> Principal:
        """In whose name reports are handed in now. Raises NotTrusted, StoreUnavailable."""

    def run(self, stop: Event, beat: Callable[[], None] = nobody) -> None:
        """Take in until `stop` is set; what is away meanwhile is waited for.

        `beat` is called after each round that went well.

        Raises NotTrusted when nobody is trusted at the start, and TopicUnusable.
        """


Hooks: TypeAlias = Mapping[str, Callable[[Mapping[str, Any]], Any]]
"""By name: what makes a report of a webhook's JSON."""
