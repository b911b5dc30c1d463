"""Pages, filters and counters of the queue, now and in the past, against plain Python."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.ids import RequesterId
from domain.recorded import Recorded, Source
from domain.ticket.events import (
    TicketReopened,
    TicketResolved,
)
from projections import history, queue, search, ticket_counts, timers
from projections.ports import InvalidQuery, Reader
from projections.queue import View
from projections.ticket_filter import TicketFilter
from projections.ticket_query import Order, Sort, TicketPage
from tests.projections.kept import applied
from tests.projections.log import HOME, KIM, START, Log, minute, opened, ticket
from tests.projections.postgres import views_on
from tests.projections.varied import FILTERS, desk

Row = dict[str, Any]


@pytest.fixture(scope="module")
def served(databases: Any) -> Any:
    with databases.fresh(migrated=False) as url, views_on(url) as views:
        log = desk()
        views.catch_up(log, (queue.PROJECTION, history.PROJECTION, search.PROJECTION))
        yield views.reader(), log


def all_pages(turn: Callable[..., TicketPage], limit: int) -> list[int]:
    numbers: list[int] = []
    after = None
    while True:
        page = turn(after=after, limit=limit)
        assert len(page.rows) <= limit
        numbers += [row["number"] for row in page.rows]
        if page.next is None:
            return numbers
        after = page.next


@pytest.mark.parametrize("case", range(len(FILTERS)))
def test_each_filter_finds_what_it_says(served: tuple[Reader, Log], case: int) -> None:
    reader, log = served
    wanted, says = FILTERS[case]
    rows = applied(queue.PROJECTION, log.all())["ticket"].values()
    expected = {row.number for row in rows if says(row)}
    found = all_pages(lambda **page: queue.page(reader, wanted, **page), 200)
    assert set(found) == expected
    assert queue.count(reader, wanted) == len(expected)
    assert queue.count(reader, wanted, at_most=3) == min(3, len(expected))


@pytest.mark.parametrize("case", range(len(FILTERS)))
def test_a_filter_narrows_another_one(served: tuple[Reader, Log], case: int) -> None:
    reader, log = served
    rows = applied(queue.PROJECTION, log.all())["ticket"].values()
    (first, says), (second, says_too) = FILTERS[case], FILTERS[case - 7]
    for wanted in (replace(first, also=second), replace(second, also=first)):
        expected = {row.number for row in rows if says(row) and says_too(row)}
        order = Order(sort=Sort.PRIORITY, descending=False)
        found = all_pages(lambda **page: queue.page(reader, wanted, order, **page), 7)  # noqa: B023
        assert set(found) == expected


def test_many_filters_are_counted_at_once(served: tuple[Reader, Log]) -> None:
    reader, _ = served
    wanted = [wanted for wanted, _ in FILTERS]
    wanted += [replace(wanted, also=TicketFilter(backlog=True)) for wanted, _ in FILTERS]
    exact = [queue.count(reader, one) for one in wanted]
    counted = ticket_counts.counts(reader, wanted)
    assert [count.tickets for count in counted] == exact
    assert not any(count.capped for count in counted)
    for count, n in zip(ticket_counts.counts(reader, wanted, 5), exact, strict=True):
        assert count.tickets <= min(n, 5)
        assert count.capped or count.tickets == n
    assert ticket_counts.counts(reader, []) == []


@pytest.mark.parametrize("case", range(len(FILTERS)))
def test_each_filter_finds_the_same_in_the_past(served: tuple[Reader, Log], case: int) -> None:
    reader, log = served
    wanted, says = FILTERS[case]
    for at in (minute(0.5), minute(20), minute(121)):
        before = [r for r in log.all() if r.event.at <= at]
        rows = applied(queue.PROJECTION, before)["ticket"].values()
        expected = {row.number for row in rows if says(row)}
        found = all_pages(lambda **p: history.page_as_of(reader, at, wanted, **p), 200)  # noqa: B023
        assert set(found) == expected, at
        assert history.count_as_of(reader, at, wanted) == len(expected)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", [sort for sort in Sort if sort is not Sort.DUE_AT])
def test_pages_follow_each_other_in_order(
    served: tuple[Reader, Log], sort: Sort, descending: bool
) -> None:
    reader, log = served
    order = Order(sort=sort, descending=descending)
    rows = list(applied(queue.PROJECTION, log.all())["ticket"].values())
    column = "priority_rank" if sort is Sort.PRIORITY else sort.value
    filled = [row for row in rows if getattr(row, column) is not None]
    empty = [row for row in rows if getattr(row, column) is None]
    filled.sort(key=lambda r: (getattr(r, column), r.number), reverse=descending)
    empty.sort(key=lambda r: r.number, reverse=descending)
    found = all_pages(lambda **page: queue.page(reader, None, order, **page), 7)
    assert sorted(found) == sorted(row.number for row in rows)
    if sort is not Sort.SUBJECT:  # texts sort by the database's collation
        assert found == [row.number for row in [*filled, *empty]]
    past = all_pages(lambda **p: history.page_as_of(reader, minute(999), None, order, **p), 9)
    assert past == found


def test_counters_are_exact(served: tuple[Reader, Log]) -> None:
    reader, _ = served
    counters = queue.counters(reader, "a1")
    for view in View:
        wanted = queue.filter_of(view, "a1")
        assert counters.views[view] == queue.count(reader, wanted), view
        queue.page(reader, wanted, queue.order_of(view))
    assert counters.views[View.MINE] > 0
    assert sum(counters.by_queue.values()) == counters.views[View.UNRESOLVED]
    assert counters.by_queue["q1"] == queue.count(
        reader, TicketFilter(backlog=True, queues=("q1",))
    )


def test_a_ticket_by_id_number_version_and_instant(served: tuple[Reader, Log]) -> None:
    reader, _ = served
    row = queue.ticket(reader, "t10")
    assert row == queue.ticket_by_number(reader, 10)
    assert row is not None
    last = history.ticket_at_version(reader, "t10", row["version"])
    assert last is not None
    assert {name: last[name] for name in row} == row
    assert history.ticket_as_of(reader, "t10", minute(999)) == last
    first = history.ticket_as_of(reader, "t10", minute(11))
    assert first is not None
    assert (first["version"], first["valid_from"]) == (1, minute(10))
    assert history.ticket_as_of(reader, "t10", START) is None
    assert [v["version"] for v in history.versions(reader, "t10", after=2, limit=2)] == [3, 4]
    assert queue.ticket(reader, "nobody") is None
    assert history.ticket_at_version(reader, "t10", 99) is None


def test_what_is_due(served: tuple[Reader, Log]) -> None:
    reader, log = served
    rows = applied(queue.PROJECTION, log.all())["ticket"].values()
    now, soon = minute(180), timedelta(minutes=1)
    asleep = [r for r in rows if r.wake_at and r.wake_at <= now and r.status == "pending"]
    due = timers.due_wake_ups(reader, now)
    assert [d["ticket"] for d in due] == [
        r.ticket for r in sorted(asleep, key=lambda r: (r.wake_at or now, r.number))
    ]
    closable = sorted(r.ticket for r in rows if r.status == "resolved")
    closings = timers.due_closings(reader, minute(999), soon)
    assert sorted(d["ticket"] for d in closings) == closable
    assert timers.due_closings(reader, minute(100), soon) == []


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_page_has_bounds(served: tuple[Reader, Log], limit: int) -> None:
    with pytest.raises(ValueError, match="a page has 1 to 200 rows"):
        queue.page(served[0], limit=limit)


@pytest.mark.parametrize("place", [("no instant", 1), ("\0", 1), (5, 1), (START, "x")])
def test_a_forged_place_is_the_askers_fault(served: tuple[Reader, Log], place: Any) -> None:
    with pytest.raises(InvalidQuery):
        queue.page(served[0], after=place)


def test_a_text_with_a_nul_is_the_askers_fault(served: tuple[Reader, Log]) -> None:
    with pytest.raises(InvalidQuery):
        queue.page(served[0], TicketFilter(text="a\0b"))


def test_an_imported_ticket_says_where_it_is_from() -> None:
    recorded: Recorded[Any] = Log().write(ticket("x"), opened())[0]
    imported = replace(recorded, source=Source(system="servicenow", case="INC1", row=1))
    row = applied(queue.PROJECTION, [imported])["ticket"][HOME, "x"]
    assert (row.source, row.source_case) == ("servicenow", "INC1")


def test_timers_leave_what_an_imported_history_says_as_it_is(database_url: str) -> None:
    log = Log()
    resolved = TicketResolved(requester=RequesterId("ann"), code="fixed", by=KIM, at=minute(1))
    reopened = TicketReopened(reason="again", by=KIM, at=minute(2))
    for name in ("evidence", "ours"):
        log.write(ticket(name), opened(), resolved, source=Source(system="old", case=name, row=1))
    log.write(ticket("ours"), reopened, replace(resolved, at=minute(3)))
    with views_on(database_url) as views:
        views.catch_up(log, (queue.PROJECTION,))
        due = timers.due_closings(views.reader(), minute(999), timedelta())
    assert [found["ticket"] for found in due] == ["ours"]


def test_the_earliest_possible_instant_is_no_error(served: tuple[Reader, Log]) -> None:
    for year in (1, 9999):
        at = datetime(year, 1, 1, tzinfo=UTC)
        assert bool(queue.page(served[0], TicketFilter(opened_until=at)).rows) is (year > 1)
