"""Figures of a small desk, worked out by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.happened import Happened
from domain.ids import AgentId, QueueId, RequesterId, TeamId, event_id
from domain.ticket.events import (
    SatisfactionAsked,
    SatisfactionRated,
    TicketAssigned,
    TicketClosed,
    TicketPended,
    TicketQueued,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketStatusRestored,
)
from domain.ticket.words import ClosedBecause, Priority, Status
from projections import kpi, sla_board
from projections.kpi import Bucket, Cell, InvalidReport, Window, open_down, report
from projections.kpi.spans import starts
from tests.projections.log import ANN, HOME, KIM, RULE, Log, minute, opened, replied, said, ticket
from tests.projections.postgres import Views

DAY = 1440
MONTH_LATER = minute(31 * DAY)
ALL = Window(start=minute(0), end=MONTH_LATER, zone="UTC", as_of=MONTH_LATER)
WHO: dict[str, Any] = {"by": KIM}


def assigned(at: float, agent: str | None, team: str | None = None) -> Happened:
    to, of = AgentId(agent) if agent else None, TeamId(team) if team else None
    return TicketAssigned(agent=to, previous=None, team=of, at=minute(at), **WHO)


def queued(at: float, queue: str | None) -> Happened:
    to = QueueId(queue) if queue else None
    return TicketQueued(queue=to, previous=None, at=minute(at), **WHO)


def pended(at: float) -> Happened:
    return TicketPended(reason="asked", at=minute(at), **WHO)


def resumed(at: float) -> Happened:
    return TicketResumed(reason="back", at=minute(at), **WHO)


def resolved(at: float) -> Happened:
    return TicketResolved(requester=RequesterId("ann"), code="fixed", at=minute(at), **WHO)


def reopened(at: float) -> Happened:
    return TicketReopened(reason="no", by=ANN, at=minute(at))


def rated(at: float, score: int) -> Happened:
    return SatisfactionRated(requester=RequesterId("ann"), score=score, by=ANN, at=minute(at))


def taken_back(at: float, name: str, version: int, status: Status) -> Happened:
    return TicketStatusRestored(
        status=status,
        previous=Status.RESOLVED,
        undoes=event_id(HOME, ticket(name), version),
        at=minute(at),
        **WHO,
    )


class Desk:
    """Tickets written with one call each, and figures asked with another."""

    def __init__(self, views: Views) -> None:
        self._views, self._log = views, Log()

    def has(self, name: str, *events: Happened) -> None:
        self._log.write(ticket(name), *events)
        self._views.catch_up(self._log, (kpi.PROJECTION, sla_board.PROJECTION))

    def cells(self, figure: str, window: Window = ALL, **how: Any) -> dict[Any, Cell]:
        made = report(self._views.reader(), [figure], window, **how)
        span = how.get("bucket") is not None
        return {
            (cell.span, *cell.group) if span else cell.group: cell for cell in made.figures[0].cells
        }

    def cell(self, figure: str, window: Window = ALL, **how: Any) -> Cell:
        return self.cells(figure, window, **how)[()]

    def opened_down(self, figure: str, window: Window = ALL, **how: Any) -> list[Any]:
        rows = open_down(self._views.reader(), figure, window, **how)
        return [(o.ticket, o.value, o.versions) for o in rows]


@pytest.fixture
def desk(views: Views) -> Desk:
    return Desk(views)


def as_of(instant: float, end: float = 31 * DAY) -> Window:
    return Window(start=minute(0), end=minute(end), zone="UTC", as_of=minute(instant))


def test_durations_from_the_first_word_to_the_last_resolution(desk: Desk) -> None:
    desk.has(
        "a",
        opened(1),
        assigned(5, "kim"),
        replied("bot", 6, RULE),
        replied("r1", 10),
        pended(10),
        said("m1", 40),
        resumed(40),
        replied("r2", 45),
        resolved(60),
        reopened(100),
        resolved(130),
    )
    seconds = {
        name: desk.cell(name).total
        for name in kpi.DEFINITIONS
        if name.endswith("_time") or name == "time_to_acknowledge"
    }
    assert {name: total / 60 for name, total in seconds.items() if total is not None} == {
        "time_to_acknowledge": 5,
        "first_response_time": 10,
        "next_response_time": 5,
        "first_resolution_time": 60,
        "full_resolution_time": 130,
        "requester_wait_time": 60,
        "agent_work_time": 60,
        "pending_time": 30,
        "on_hold_time": 0,
    }


def test_the_spread_of_a_figure(desk: Desk) -> None:
    for number, minutes in enumerate([10, 20, 40, 80]):
        desk.has(f"t{number}", opened(number), resolved(minutes))
    cell = desk.cell("first_resolution_time")
    assert (cell.n, cell.mean, cell.median) == (4, 37.5 * 60, 30 * 60)
    assert [cell.p90, cell.p95] == pytest.approx([68 * 60, 74 * 60])
    assert (cell.lowest, cell.highest) == (600, 4800)


def test_two_dimensions_as_they_were_at_that_instant(desk: Desk) -> None:
    desk.has("a", opened(1), queued(1, "first"), assigned(2, "kim"), resolved(10), queued(11, "x"))
    desk.has("b", opened(2), queued(1, "first"), assigned(2, "lee"), resolved(20))
    desk.has("c", opened(3), resolved(30))
    cells = desk.cells("first_resolution_time", group_by=("agent", "queue"))
    assert {group: cell.total for group, cell in cells.items()} == {
        ("kim", "first"): 600,
        ("lee", "first"): 1200,
        (None, None): 1800,
    }
    down = desk.opened_down("first_resolution_time", group={"agent": "kim", "queue": "first"})
    assert down == [("a", 600, (1, 4))]


def test_a_ticket_counts_under_each_of_its_tags(desk: Desk) -> None:
    desk.has("a", opened(1, tags=("vip", "eu")))
    desk.has("b", opened(2, tags=("eu",), fields={"site": "Jeju"}))
    desk.has("c", opened(3))
    tags = desk.cells("opened", group_by=("tag",))
    assert {group: cell.n for group, cell in tags.items()} == {("vip",): 1, ("eu",): 2, (None,): 1}
    sites = desk.cells("opened", group_by=("field:site",))
    assert {group: cell.n for group, cell in sites.items()} == {("Jeju",): 1, (None,): 2}
    assert desk.cell("opened", filters={"tag": ["vip", None]}).n == 2
    assert desk.cell("opened", filters={"field:site": ["Jeju"]}).n == 1


def test_an_undone_resolution_counts_until_it_is_undone(desk: Desk) -> None:
    desk.has("a", opened(1), resolved(60), taken_back(90, "a", 2, Status.NEW))
    assert desk.cell("resolved", as_of(80)).n == 1
    assert desk.cells("resolved", as_of(90)) == {}
    assert desk.cells("backlog", as_of(80, end=80)) == {}
    assert desk.cell("backlog", as_of(100, end=80)).n == 1  # in the light of what is known now
    desk.has("a", resolved(120))
    assert desk.cell("first_resolution_time").total == 120 * 60
    assert desk.cell("agent_work_time").total == 120 * 60


def test_what_lay_between_an_assignment_and_its_undo_never_was_that_agents(desk: Desk) -> None:
    undo = TicketAssigned(
        agent=None, previous=AgentId("kim"), undoes=event_id(HOME, ticket("a"), 2),
        at=minute(20), **WHO,
    )  # fmt: skip
    desk.has("a", opened(1), assigned(5, "kim"), replied("r", 10), undo)
    by_agent = {"group_by": ("agent",)}
    assert [*desk.cells("first_response_time", as_of(15), **by_agent)] == [("kim",)]
    assert [*desk.cells("first_response_time", as_of(25), **by_agent)] == [(None,)]
    assert desk.cell("time_to_acknowledge").total == 600  # the reply touched it


def test_the_backlog_at_any_instant(desk: Desk) -> None:
    desk.has("a", opened(1, 0), resolved(2 * DAY), reopened(4 * DAY), resolved(5 * DAY))
    desk.has("b", opened(2, DAY), pended(3 * DAY))
    stock = desk.cells("backlog", as_of(6 * DAY, end=7 * DAY), bucket=Bucket.DAY)
    spans = starts(minute(0), minute(7 * DAY), "UTC", Bucket.DAY)
    assert [stock[(s,)].n if (s,) in stock else 0 for s in spans] == [1, 2, 1, 1, 2, 1, 1, 0]
    age = desk.cell("backlog_age", as_of(4.5 * DAY))
    assert (age.n, age.lowest, age.highest) == (2, 0.5 * 86400, 3.5 * 86400)


def test_first_contact_is_judged_when_seven_days_are_over(desk: Desk) -> None:
    desk.has("a", opened(1), replied("a", 10), resolved(10))
    desk.has("b", opened(2), replied("b", 10), resolved(10), reopened(3 * DAY))
    desk.has("c", opened(3), replied("c", 5), replied("d", 10), resolved(10))
    desk.has("d", opened(4), replied("e", 10), resolved(10), reopened(8 * DAY))
    assert desk.cells("first_contact_resolution", as_of(7 * DAY)) == {}
    cell = desk.cell("first_contact_resolution", as_of(9 * DAY))
    assert (cell.n, cell.total, cell.mean) == (4, 2, 0.5)


def test_the_reopen_rate_is_about_tickets(desk: Desk) -> None:
    desk.has("a", opened(1), resolved(10), reopened(20), resolved(30), reopened(40), resolved(50))
    desk.has("b", opened(2), resolved(10))
    assert (desk.cell("reopen_rate").n, desk.cell("reopen_rate").mean) == (2, 0.5)
    assert desk.cell("reopen_rate", as_of(15)).mean == 0
    assert desk.cell("resolved").n == 4


def test_satisfaction(desk: Desk) -> None:
    asked = SatisfactionAsked(by=RULE, at=minute(11))
    desk.has("a", opened(1), resolved(10), asked, rated(20, 1), rated(25, 5))
    desk.has("b", opened(2), resolved(10), asked, rated(20, 3))
    desk.has("c", opened(3), resolved(10), asked)
    assert (desk.cell("csat").n, desk.cell("csat").mean) == (2, 0.5)
    assert desk.cell("csat", as_of(22)).mean == 0
    assert desk.cell("csat_response_rate").mean == pytest.approx(2 / 3)


def test_passing_work_around(desk: Desk) -> None:
    desk.has(
        "a",
        opened(1, queue=QueueId("first")),
        assigned(1, None, "line"),
        assigned(2, "kim", "line"),
        assigned(3, None),
        assigned(4, "kim", "line"),
        assigned(5, "lee", "line"),
        queued(6, "second"),
        queued(7, "first"),
    )
    desk.has("b", opened(2))
    assert (desk.cell("reassignments").n, desk.cell("reassignments").total) == (2, 1)
    assert desk.cell("queue_changes").total == 2
    assert desk.cell("queue_returns").total == 1
    assert ("a", 2, (1, 7, 8)) in desk.opened_down("queue_changes")


def test_kept_and_broken_promises(desk: Desk) -> None:
    urgent: dict[str, Any] = {"priority": Priority.URGENT}
    desk.has("a", opened(1, **urgent), replied("r", 30), resolved(100))
    desk.has("b", opened(2, **urgent), replied("s", 31))
    desk.has("c", opened(3, **urgent))
    first = desk.cell("first_response_attainment")
    assert (first.n, first.total) == (3, 1)
    assert desk.cell("first_response_attainment", as_of(30.5)).n == 3
    assert (desk.cell("resolution_attainment").n, desk.cell("resolution_attainment").total) == (
        3,
        1,
    )


def test_windows_are_half_open_in_the_zone_of_the_report(desk: Desk) -> None:
    midnight = datetime(2026, 3, 3, tzinfo=UTC) - timedelta(hours=9)  # in Seoul
    late = (midnight - timedelta(microseconds=1) - minute(0)).total_seconds() / 60
    desk.has("a", opened(1, late))
    desk.has("b", opened(2, late + 1 / 60_000_000))
    window = Window(
        start=midnight - timedelta(days=1), end=midnight, zone="Asia/Seoul", as_of=MONTH_LATER
    )
    assert desk.cell("opened", window).n == 1
    days = desk.cells("opened", ALL, bucket=Bucket.DAY)
    assert sum(cell.n for cell in days.values()) == 2


def test_closing_does_not_end_the_backlog_twice(desk: Desk) -> None:
    closed = TicketClosed(because=ClosedBecause.TIMER, by=RULE, at=minute(20))
    desk.has("a", opened(1), resolved(10), closed)
    assert desk.cells("backlog") == {}
    assert desk.cell("closed").n == 1


def test_pages_of_an_opened_figure_follow_each_other(desk: Desk) -> None:
    for number in range(5):
        desk.has(f"t{number}", opened(number, number))
    reader = desk._views.reader()
    seen: list[str] = []
    after = None
    while rows := open_down(reader, "opened", ALL, after=after, limit=2):
        seen += [row.ticket for row in rows]
        after = (rows[-1].at, rows[-1].ticket, rows[-1].version)
    assert seen == ["t0", "t1", "t2", "t3", "t4"]


@pytest.mark.parametrize(
    ("asked", "saying"),
    [
        ({"group_by": ("agent", "queue", "team")}, "up to 2"),
        ({"group_by": ("agent", "agent")}, "different"),
        ({"group_by": ("mood",)}, "no dimension 'mood'"),
        ({"group_by": ("field:",)}, "no dimension"),
        ({"filters": {"1=1; --": ["x"]}}, "no dimension"),
    ],
)
def test_questions_that_make_no_sense_are_refused(
    desk: Desk, asked: dict[str, Any], saying: str
) -> None:
    with pytest.raises(InvalidReport, match=saying):
        desk.cells("opened", **asked)


def test_windows_that_make_no_sense_are_refused(desk: Desk) -> None:
    with pytest.raises(InvalidReport, match="ends before"):
        Window(start=minute(1), end=minute(1), zone="UTC", as_of=minute(1))
    with pytest.raises(InvalidReport, match="time zone"):
        Window(start=minute(0), end=minute(1), zone="Mars", as_of=minute(1))
    with pytest.raises(InvalidReport, match="offset"):
        Window(start=datetime(2026, 1, 1), end=minute(1), zone="UTC", as_of=minute(1))  # noqa: DTZ001
    with pytest.raises(InvalidReport, match="no figure"):
        desk.cells("happiness")
    long = Window(start=minute(0), end=minute(3000 * DAY), zone="UTC", as_of=minute(1))
    with pytest.raises(InvalidReport, match="shorter"):
        desk.cells("opened", long, bucket=Bucket.HOUR)


def test_spans_follow_the_clocks_of_the_zone() -> None:
    begin, end = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC)
    days = starts(begin, end, "Europe/Berlin", Bucket.DAY)
    assert [d.hour for d in days] == [0, 22, 22]  # 23 hours, after a start at 1 o'clock
    hours = starts(begin, begin + timedelta(days=1), "Asia/Kathmandu", Bucket.HOUR)
    assert {h.minute for h in hours[1:]} == {15}
    months = starts(begin, end + timedelta(days=40), "Asia/Seoul", Bucket.MONTH)
    assert [m.isoformat() for m in months[1:]] == [
        "2026-03-31T15:00:00+00:00",
        "2026-04-30T15:00:00+00:00",
    ]
    weeks = starts(begin, end + timedelta(days=7), "UTC", Bucket.WEEK)
    assert [w.weekday() for w in weeks[1:]] == [0, 0]
