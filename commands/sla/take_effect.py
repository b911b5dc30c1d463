"""Say that edits of the book hold from now on, for the views that look at nothing but the log."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Command, Context
from domain.ids import SLA_BOOK, CommandId, StreamId
from domain.record import record
from domain.sla.book import Book
from domain.sla.book_events import BookEvent, EditTookEffect


@record
class TakeEffect(Command):
    """All edits whose effective instant has come since they were made."""

    name: ClassVar[str] = "take_effect"
    is_internal: ClassVar[bool] = True

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (SLA_BOOK,)


def decide(command: TakeEffect, book: Book, ctx: Context) -> Sequence[BookEvent]:
    del command
    return [EditTookEffect(edit=edit, by=ctx.by, at=ctx.at) for edit in book.awaited(ctx.at)]
