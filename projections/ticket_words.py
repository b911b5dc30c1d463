"""The tags and categories that tickets have, with how many have each, to complete what is typed."""

from collections import Counter
from enum import StrEnum
from typing import Any

from domain.checks import NAME_LIMIT
from domain.record import record
from projections.columns import columns_of
from projections.ports import Reader, Rows, Table
from projections.ticket_row import TicketRow


class Word(StrEnum):
    """What kind of word it is."""

    TAG = "tag"
    CATEGORY = "category"


@record
class TicketWord:
    """How many tickets have this tag or this category."""

    workspace: str
    kind: str
    word: str
    tickets: int


TICKET_WORD = Table(
    name="ticket_word",
    row=TicketWord,
    key=("workspace", "kind", "word"),
    ddl=columns_of(TicketWord),
    summed=("tickets",),
)


def count_words(rows: Rows, before: TicketRow | None, after: TicketRow) -> None:
    """Count what a ticket has now and had not before, and no more what it has lost."""
    if before is not None and before.tags == after.tags and before.category == after.category:
        return
    change = Counter(_words(after))
    if before is not None:
        change.subtract(_words(before))
    for (kind, word), tickets in change.items():
        if tickets:
            rows.add(
                TICKET_WORD,
                TicketWord(workspace=after.workspace, kind=kind, word=word, tickets=tickets),
            )


def _words(row: TicketRow) -> set[tuple[Word, str]]:
    """Longer ones, which only an import can bring, nobody can type, and no index can hold."""
    words = {(Word.TAG, tag) for tag in row.tags}
    if row.category is not None:
        words.add((Word.CATEGORY, row.category))
    return {(kind, word) for kind, word in words if len(word) <= NAME_LIMIT}


def completed(reader: Reader, kind: Word, search: str | None, limit: int) -> list[dict[str, Any]]:
    """Words with `search` in them, ignoring case: those that begin with it, then the commonest."""
    escaped = (search or "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return reader.fetch(
        "SELECT word AS name, tickets FROM read.ticket_word"
        " WHERE kind = %(kind)s AND tickets > 0 AND word ILIKE %(anywhere)s"
        " ORDER BY word ILIKE %(first)s DESC, tickets DESC, word LIMIT %(limit)s",
        {
            "kind": kind.value,
            "anywhere": f"%{escaped}%",
            "first": f"{escaped}%",
            "limit": limit,
        },
    )
