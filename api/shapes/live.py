"""What the live stream says, event by event, and who is on a ticket."""

from datetime import datetime

from api.live.reasons import Reset
from api.shapes.tickets import OwnTicketRow, TicketRow
from domain.actor import ActorKind
from domain.presence import Present
from domain.record import record


@record
class ToldBy:
    """Who did it. A requester is not told who of us it was."""

    kind: ActorKind
    id: str | None


@record
class TicketTold:
    """`ticket`: something happened to a ticket, and this is its line of the queue now.

    `version` counts its events; `kinds` are those of the events that happened, `by` and `at` are of
    the last one. `by` is null to those who may not read events. `row` is null when there is none.
    """

    ticket: str
    number: int | None
    version: int
    kinds: tuple[str, ...]
    by: ToldBy | None
    at: datetime
    row: TicketRow | None


@record
class OwnTicketTold:
    """`ticket`, to its requester: public `kinds`, and no `row` of what is another's now."""

    ticket: str
    number: int | None
    version: int
    kinds: tuple[str, ...]
    by: ToldBy | None
    at: datetime
    row: OwnTicketRow | None


@record
class PresenceTold:
    """`presence`: who is on a ticket now; nobody, if it is empty."""

    ticket: str
    people: tuple[Present, ...]


@record
class ConfigurationTold:
    """`config`: how the desk is set up has changed; `category` and `id` say what to load again."""

    category: str
    id: str


@record
class DraftTold:
    """`draft`: another device of the same person has saved a draft."""

    ticket: str
    revision: int | None


@record
class ResetTold:
    """`reset`: what happened meanwhile cannot be told. Look at everything again."""

    reason: Reset


@record
class People:
    """Who is on a ticket. Who came first comes first."""

    people: tuple[Present, ...]
