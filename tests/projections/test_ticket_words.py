"""Tags and categories are counted as tickets get and lose them."""

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ids import StreamId
from domain.ticket.events import TicketCategorised, TicketTagged, TicketUntagged
from projections import queue, ticket_words
from projections.ticket_words import Word
from tests.projections.kept import applied
from tests.projections.log import HOME, KIM, Log, minute, opened, ticket
from tests.projections.postgres import Views

WHO: dict[str, Any] = {"by": KIM, "at": minute(5)}
TAGS = st.sampled_from(["red", "blue", "x" * 201])
CHANGES = st.one_of(
    TAGS.map(lambda tag: TicketTagged(tag=tag, **WHO)),
    TAGS.map(lambda tag: TicketUntagged(tag=tag, **WHO)),
    st.sampled_from([None, "printer", "y" * 201]).map(
        lambda category: TicketCategorised(category=category, previous=None, **WHO)
    ),
)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 3), CHANGES), max_size=15),
    st.lists(st.integers(0, 18), max_size=3),
)
def test_counts_are_those_of_the_tickets(changes: list[Any], cuts: list[int]) -> None:
    log = Log()
    for n in range(1, 4):
        log.write(ticket(f"t{n}"), opened(n, tags=("red",) if n > 1 else (), category="c"))
    for n, change in changes:
        log.write(ticket(f"t{n}"), change)
    tables = applied(queue.PROJECTION, log.all(), cuts)
    expected: Counter[tuple[str, str, str]] = Counter()
    for row in tables["ticket"].values():
        expected.update((HOME, "tag", tag) for tag in row.tags if len(tag) <= 200)
        if row.category and len(row.category) <= 200:
            expected[HOME, "category", row.category] += 1
    counted = {key: row.tickets for key, row in tables["ticket_word"].items()}
    assert counted == dict(expected)


def test_words_are_completed(views: Views) -> None:
    log = Log()
    tags = [("printer",), ("printer", "paper"), ("big-printer",), ("100%",), ("gone",)]
    for n, own in enumerate(tags, start=1):
        log.write(ticket(f"t{n}"), opened(n, tags=own, category="Hardware/Printer"))
    log.write(StreamId("ticket:t5"), TicketUntagged(tag="gone", **WHO))
    views.catch_up(log, (queue.PROJECTION,))
    reader = views.reader()

    def found(search: str | None, kind: Word = Word.TAG, limit: int = 10) -> list[tuple[str, int]]:
        words = ticket_words.completed(reader, kind, search, limit)
        return [(word["name"], word["tickets"]) for word in words]

    assert found(None) == [("printer", 2), ("100%", 1), ("big-printer", 1), ("paper", 1)]
    assert found("PRINTER") == [("printer", 2), ("big-printer", 1)]
    assert found("p") == [("printer", 2), ("paper", 1), ("big-printer", 1)]
    assert found("0%") == [("100%", 1)]
    assert found("gone") == []
    assert found("p", limit=1) == [("printer", 2)]
    assert found("print", Word.CATEGORY) == [("Hardware/Printer", 5)]
