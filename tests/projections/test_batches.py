"""However the log is cut into batches, the rows are the same; and they are what the log says."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ticket.state import fold
from projections import PROJECTIONS, history, queue
from projections.ports import Projection
from tests.projections.agreement import disagreements
from tests.projections.histories import TICKETS, logs, of_ticket
from tests.projections.kept import applied
from tests.projections.log import HOME, Log, minute

FEW = settings(max_examples=30, deadline=None)


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda p: p.name)
@FEW
@given(log=logs(), cuts=st.lists(st.integers(0, 30)))
def test_batches_of_any_size_give_the_same_rows(
    projection: Projection, log: Log, cuts: list[int]
) -> None:
    one_by_one = applied(projection, log.all(), range(len(log.all())))
    assert applied(projection, log.all(), cuts) == one_by_one


@FEW
@given(log=logs())
def test_the_queue_shows_what_the_domain_says(log: Log) -> None:
    rows = applied(queue.PROJECTION, log.all())["ticket"]
    for name in TICKETS:
        state = fold(recorded.event for recorded in of_ticket(log, name))
        assert disagreements(rows[HOME, name], state) == {}


@FEW
@given(log=logs())
def test_counters_count_the_rows(log: Log) -> None:
    tables = applied(queue.PROJECTION, log.all(), range(0, 30, 4))
    counted = {key[1:]: row.tickets for key, row in tables["ticket_count"].items()}
    mine = {key[1:]: row.tickets for key, row in tables["agent_ticket_count"].items()}
    rows = tables["ticket"].values()
    assert counted == Counter(
        (
            row.status,
            row.queue or "",
            row.priority,
            row.waiting_since is not None and row.status_category == "active",
            row.agent is None,
        )
        for row in rows
    )
    assert mine == Counter((row.agent, row.status) for row in rows if row.agent)


@FEW
@given(log=logs(), at=st.integers(-2, 30))
def test_the_history_at_an_instant_is_the_fold_of_the_events_in_effect(log: Log, at: int) -> None:
    versions = applied(history.PROJECTION, log.all(), range(0, 30, 3))["ticket_version"].values()
    for name in TICKETS:
        latest, version = minute(-999), 0
        for recorded in of_ticket(log, name):
            latest = max(latest, recorded.event.at)
            version = recorded.version if latest <= minute(at) else version
        expected = [version] if version else []
        held = [
            row.version
            for row in versions
            if row.ticket == name
            and row.updated_at <= minute(at)
            and (row.valid_to is None or row.valid_to > minute(at))
        ]
        assert held == expected


@FEW
@given(log=logs())
def test_the_spans_of_a_ticket_follow_each_other_without_a_gap(log: Log) -> None:
    rows = applied(history.PROJECTION, log.all())["ticket_version"]
    for name in TICKETS:
        mine = [rows[HOME, name, r.version] for r in of_ticket(log, name)]
        assert [row.valid_to for row in mine] == [*(row.updated_at for row in mine[1:]), None]
        assert all(b.updated_at - a.updated_at >= timedelta(0) for a, b in pairwise(mine))


@FEW
@given(log=logs())
def test_the_last_row_of_the_history_is_the_row_of_the_queue(log: Log) -> None:
    now = applied(queue.PROJECTION, log.all())["ticket"]
    past = applied(history.PROJECTION, log.all())["ticket_version"]
    for name in TICKETS:
        last = past[HOME, name, len(of_ticket(log, name))]
        assert {f: getattr(last, f) for f in queue.TICKET.ddl} == {
            f: getattr(now[HOME, name], f) for f in queue.TICKET.ddl
        }
