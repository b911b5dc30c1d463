"""Figures over facts equal figures over events, whatever happened and whenever one looks."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import fmean, median, quantiles
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from commands.open_ticket import OpenTicket
from commands.undo import Undo
from domain.errors import Refused
from domain.happened import Happened
from domain.ids import (
    RequesterId,
    StreamId,
    TicketId,
    WorkspaceId,
    category_of,
    event_id,
    ident_of,
)
from domain.recorded import Recorded
from projections import kpi, sla_board
from projections.kpi import DEFINITIONS, Bucket, Unit, Window, open_down, report
from tests import given as house
from tests.projections import naive_figures
from tests.projections.kept import applied
from tests.projections.log import Log
from tests.projections.postgres import Views, views_on
from tests.strategies import histories, ticket_commands

pytestmark = pytest.mark.filterwarnings("ignore:Do not use the .random. module inside strategies")
"""It is the connection pool's thread that uses it, at the same time."""

_VIEWS = (kpi.PROJECTION, sla_board.PROJECTION)
_NAMES = count(1)


@pytest.fixture(scope="module")
def shared(databases: Any) -> Iterator[tuple[Views, Log]]:
    """One database for all examples: each has a workspace of its own."""
    with databases.fresh(migrated=False) as url, views_on(url) as views:
        yield views, Log()


_MANY = ("assign", "move_to_queue", "prioritise", "pend", "resolve", "reopen", "reply", "tag")


@st.composite
def reconsidered(draw: st.DrawFn, steps: int) -> tuple[house.Log, datetime]:
    """Histories in which people often take back what was just done."""
    made, at = house.Log(), house.NOW
    opening = OpenTicket(requester=RequesterId("mina"), subject="Help")
    made.ask(opening, by=house.MINA, at=at, command_id=house.command_id("open"))
    (stream,) = [s for s in made.streams if category_of(s) == "ticket"]
    ticket = TicketId(ident_of(stream))
    for step in range(draw(st.integers(1, steps))):
        at += timedelta(hours=draw(st.sampled_from([0, 1, 24])))
        version = made.ticket(ticket).version
        if draw(st.booleans()):
            taken_back = max(1, version - draw(st.integers(0, 3)))
            command: Any = Undo(ticket=ticket, event=house.event_of(taken_back, ticket))
        else:
            command = draw(ticket_commands(made, at, _MANY, ticket))
        with suppress(Refused):
            how = {"by": draw(st.sampled_from([house.KIM, house.LEE]))}
            made.ask(command, at=at, command_id=house.command_id(f"step {step}"), **how)
    return made, at


SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""Each example asks the database a hundred questions: shrinking would outlast the time limit."""

HISTORIES = histories(steps=20) | reconsidered(steps=20)


def moved_to(workspace: WorkspaceId, made: house.Log) -> dict[StreamId, list[Happened]]:
    """The tickets of a log as they would be in another workspace, where events have other ids."""
    moved = {}
    for stream, events in made.streams.items():
        if category_of(stream) == "ticket":
            ids = {
                event_id(house.WORKSPACE, stream, version): event_id(workspace, stream, version)
                for version in range(1, len(events) + 1)
            }
            moved[stream] = [
                event if event.undoes is None else replace(event, undoes=ids[event.undoes])
                for event in events
            ]
    return moved


def close_to(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, rel=1e-9, abs=1e-6)


@settings(
    max_examples=40,
    deadline=None,
    phases=NO_SHRINKING,
    suppress_health_check=SLOW,
)
@given(
    history=HISTORIES,
    part=st.floats(0, 1.2),
    days=st.integers(1, 200),
)
def test_every_figure_is_what_the_events_say(
    shared: tuple[Views, Log], history: tuple[house.Log, datetime], part: float, days: int
) -> None:
    views, log = shared
    workspace = WorkspaceId(f"w{next(_NAMES)}")
    made, last = history
    tickets = [
        log.write(stream, *events, workspace=workspace)
        for stream, events in moved_to(workspace, made).items()
    ]
    views.catch_up(log, _VIEWS)
    as_of = house.NOW + (last - house.NOW) * part
    start = house.NOW - timedelta(days=1)
    window = Window(start=start, end=start + timedelta(days=days), zone="UTC", as_of=as_of)
    reader = views.reader(workspace)
    found = report(reader, list(DEFINITIONS), window)
    by = report(reader, list(DEFINITIONS), window, group_by=("agent", "queue"))
    for whole, parts in zip(found.figures, by.figures, strict=True):
        name = whole.definition.id
        expected = naive_figures.figure(name, tickets, start, window.end, as_of)
        observed = open_down(reader, name, window, limit=1000)
        assert sorted((o.ticket, o.at, o.value) for o in observed) == sorted(
            (c.ticket, c.at, close_to(c.value)) for c in expected
        ), name
        assert sum(cell.n for cell in whole.cells) == len(expected), name
        if expected:
            _compare(whole.cells[0], [c.value for c in expected], whole.definition.unit)
        if not name.endswith("_attainment"):
            groups = {cell.group: cell.n for cell in parts.cells}
            assert groups == _tally((c.agent, c.queue) for c in expected), name


def _tally(groups: Any) -> dict[Any, int]:
    tally: dict[Any, int] = {}
    for group in groups:
        tally[group] = tally.get(group, 0) + 1
    return tally


def _compare(cell: kpi.Cell, values: list[float], unit: Unit) -> None:
    if unit is Unit.COUNT:
        return
    assert cell.total == close_to(sum(values))
    assert cell.mean == close_to(fmean(values))
    if unit is Unit.SHARE:
        return
    assert cell.median == close_to(median(values))
    inclusive = quantiles(values, n=20, method="inclusive") if len(values) > 1 else values * 19
    assert cell.p90 == close_to(inclusive[17])
    assert cell.p95 == close_to(inclusive[18])
    assert (cell.lowest, cell.highest) == (close_to(min(values)), close_to(max(values)))


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(
    history=HISTORIES,
    cuts=st.lists(st.integers(0, 60), max_size=4),
)
def test_rows_do_not_depend_on_where_batches_end(
    history: tuple[house.Log, datetime], cuts: list[int]
) -> None:
    made, _ = history
    log = Log()
    for stream, events in moved_to(house.WORKSPACE, made).items():
        log.write(stream, *events, workspace=house.WORKSPACE)
    written: list[Recorded[Any]] = log.all()
    for projection in _VIEWS:
        assert applied(projection, written, cuts) == applied(projection, written)


@settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
@given(history=histories(steps=12), zone=st.sampled_from(["UTC", "Asia/Seoul", "America/St_Johns"]))
def test_spans_add_up_to_the_window(
    shared: tuple[Views, Log], history: tuple[house.Log, datetime], zone: str
) -> None:
    views, log = shared
    workspace = WorkspaceId(f"w{next(_NAMES)}")
    made, last = history
    for stream, events in moved_to(workspace, made).items():
        log.write(stream, *events, workspace=workspace)
    views.catch_up(log, _VIEWS)
    start = datetime(2026, 2, 20, 7, 30, tzinfo=UTC)
    window = Window(start=start, end=last + timedelta(days=30), zone=zone, as_of=last)
    flows = ["opened", "resolved", "reopened", "first_response_time", "reassignments"]
    whole = report(views.reader(workspace), flows, window)
    for bucket in (Bucket.DAY, Bucket.WEEK, Bucket.MONTH):
        cut = report(views.reader(workspace), flows, window, bucket=bucket)
        for one, many in zip(whole.figures, cut.figures, strict=True):
            assert sum(cell.n for cell in many.cells) == sum(cell.n for cell in one.cells)
