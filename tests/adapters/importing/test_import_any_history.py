"""Whatever a log says: each row is kept once, twice adds nothing, and the tickets fold."""

from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.importing import lifecycle
from adapters.importing.ids import ticket_of
from adapters.importing.mapping import Kind, parse_mapping
from domain.ids import ticket_stream
from domain.states import fold_stream
from domain.ticket.state import Ticket, fold
from tests.adapters.importing.conftest import HEADER, HOME, SNAPSHOTS, Desk, row

STATES = ["New", "Work", "Ask", "Wait", "Solved", "Shut", "Gone", "-100"]
START = datetime(2024, 3, 1)  # noqa: DTZ001 - the log's times carry no zone


def minutes(count: int) -> str:
    return (START + timedelta(minutes=count)).strftime("%Y-%m-%d %H:%M")


NAMES = st.sampled_from(["?", "Kim", "Lee", "이 민호", "a/b", "a b"])
INSTANTS = st.integers(0, 6).map(minutes)
ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from(["A1", "A2"]),
        st.integers(0, 4),
        INSTANTS,
        st.sampled_from(STATES),
        opened=st.just("?") | INSTANTS | st.just("never"),
        solved=st.just("?") | INSTANTS,
        who=NAMES,
        group=NAMES,
        owner=NAMES,
        asker=NAMES,
    ),
    max_size=12,
)


@pytest.mark.parametrize("kind", list(Kind))
@settings(max_examples=80, deadline=None)
@given(rows=ROWS, cut=st.integers(0, 12))
def test_any_history_is_kept_whole_and_only_once(kind: Kind, rows: list[Any], cut: int) -> None:
    mapping = parse_mapping(
        {
            **SNAPSHOTS,
            "kind": kind,
            "statuses": {**SNAPSHOTS["statuses"], "Gone": "cancelled"},
        },
        "a test",
    )
    desk = Desk()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        for part in (rows[:cut], rows, rows):
            lines = [",".join(cells) for cells in [HEADER, *part]]
            path.write_text("\n".join(lines) + "\n")
            report = desk.takes(path, mapping)
    assert report.rows_already_there == len(rows)
    assert report.events_written == 0
    assert len(desk.rows()) == len(rows)
    assert sorted(kept.event.state for kept in desk.rows()) == sorted(cells[3] for cells in rows)
    for stream in {recorded.stream for recorded in desk.log()}:
        fold_stream(stream, (r.event for r in desk.log() if r.stream == stream))


@settings(max_examples=150, deadline=None)
@given(rows=ROWS)
def test_the_status_is_followed_as_the_domain_folds_it(rows: list[Any]) -> None:
    """The importer keeps a short account of each case instead of folding it: they must agree."""
    standings: dict[int, lifecycle.Standing] = {}

    def remembered(now: lifecycle.Standing, step: lifecycle.Step) -> lifecycle.Advanced:
        advanced = lifecycle.advance(now, step)
        standings[step.row.number] = advanced.standing
        return advanced

    desk = Desk()
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("adapters.importing.case_history.advance", remembered)
        path = Path(folder) / "log.csv"
        path.write_text("\n".join(",".join(cells) for cells in [HEADER, *rows]) + "\n")
        desk.takes(path, parse_mapping(SNAPSHOTS, "a test"))
    for case in ("A1", "A2"):
        ticket = Ticket()
        events = desk.store.load(HOME, ticket_stream(ticket_of("acme", case)))
        for number, of_row in groupby(events, key=lambda recorded: recorded.source.row):
            ticket = fold((recorded.event for recorded in of_row), ticket)
            if number in standings:
                assert ticket.status is standings[number].status
                assert ticket.resolved_at == standings[number].resolved_at
