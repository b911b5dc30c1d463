"""Judge the past anew by what holds now."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from commands.envelope import Context
from commands.sla.editing import BookCommand
from domain.checks import REASON_LIMIT, required_text
from domain.errors import Invalid
from domain.record import record
from domain.sla.book import HISTORY, Book
from domain.sla.book_events import BookEvent, HistoryRejudged
from domain.ticket.aspects import Aspect


@record
class RejudgeHistory(BookCommand):
    """What holds now is taken to have held since then: the past is judged anew.

    What was known before stays in the log, and is what an earlier instant shows.
    """

    name: ClassVar[str] = "rejudge_history"
    since: datetime
    reason: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({HISTORY})


def rejudge_history(command: RejudgeHistory, book: Book, ctx: Context) -> Sequence[BookEvent]:
    required_text(command.reason, "reason", REASON_LIMIT)
    if command.since >= ctx.at:
        raise Invalid("Only the past can be judged anew; give an earlier instant.", field="since")
    if not book.boundaries(command.since, ctx.at):
        return []  # nothing has changed since then
    return [HistoryRejudged(since=command.since, reason=command.reason, by=ctx.by, at=ctx.at)]
