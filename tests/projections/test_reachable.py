"""Histories that commands really lead to: the views say what the domain says."""

from datetime import datetime

from hypothesis import given, settings

from domain.ids import TicketId, category_of, ident_of
from domain.states import fold_stream
from projections import history, people, queue, requester_tickets
from tests import given as desk
from tests.projections.agreement import disagreements
from tests.projections.kept import applied
from tests.projections.log import HOME, Log
from tests.strategies import histories

FEW = settings(max_examples=40, deadline=None)


def written(lived: desk.Log) -> Log:
    log = Log()
    for stream, events in lived.streams.items():
        log.write(stream, *events)
    return log


@FEW
@given(lived=histories())
def test_queue_and_history_agree_with_the_domain(lived: tuple[desk.Log, datetime]) -> None:
    log = written(lived[0])
    rows = applied(queue.PROJECTION, log.all())["ticket"]
    past = applied(history.PROJECTION, log.all(), range(0, 50, 3))["ticket_version"]
    for stream, events in lived[0].streams.items():
        if category_of(stream) != "ticket":
            continue
        for version in range(1, len(events) + 1):
            state = fold_stream(stream, events[:version])
            assert disagreements(past[HOME, ident_of(stream), version], state) == {}
        assert disagreements(rows[HOME, ident_of(stream)], fold_stream(stream, events)) == {}


@FEW
@given(lived=histories())
def test_the_requester_sees_the_status_that_the_domain_says(
    lived: tuple[desk.Log, datetime],
) -> None:
    log = written(lived[0])
    rows = applied(requester_tickets.PROJECTION, log.all())["requester_ticket"]
    for row in rows.values():
        state = lived[0].ticket(TicketId(row.ticket))
        assert (row.status, row.requester, row.subject) == (
            state.status,
            state.requester,
            state.subject,
        )


def test_the_directory_shows_everybody_of_the_desk() -> None:
    lived = desk.Log()
    tables = applied(people.PROJECTION, written(lived).all())
    shown = {f"{table}:{key[1]}" for table in people.TABLES for key in tables[table]}
    assert shown == {s for s in lived.streams if category_of(s) in people.TABLES}
