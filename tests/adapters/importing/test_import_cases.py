"""What the rows of a case become."""

from datetime import UTC, datetime

from adapters.importing.findings import Anomaly
from adapters.importing.mapping import Mapping
from domain.actor import ActorKind
from domain.ticket.events import (
    HistoryRowKept,
    TicketAcknowledged,
    TicketAssigned,
    TicketClosed,
    TicketEvent,
    TicketHeld,
    TicketOpened,
    TicketPended,
    TicketQueued,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketStatusRestored,
)
from domain.ticket.words import Status
from tests.adapters.importing.conftest import Desk, Write, row


def kinds(events: list[TicketEvent]) -> list[type[TicketEvent]]:
    """Types of events without the kept rows."""
    return [type(event) for event in events if not isinstance(event, HistoryRowKept)]


def test_a_history_is_told_in_the_words_of_the_lifecycle(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    known = {"solved": "2024-03-04 18:00", "opened": "2024-03-01 08:55"}
    kim = {"who": "Kim", "owner": "Kim", "group": "Desk", **known}
    lee = {"who": "Lee", "owner": "Lee", "group": "Net", **known}
    path = write(
        [
            row("A1", 0, "2024-03-01 09:00", "New", asker="Mina", group="Desk", **known),
            row("A1", 1, "2024-03-01 09:30", "Work", **kim),
            row("A1", 2, "2024-03-01 10:00", "Ask", **kim),
            row("A1", 3, "2024-03-02 10:00", "Work", **{**kim, "group": "Net"}),
            row("A1", 4, "2024-03-02 11:00", "Wait", **lee),
            row("A1", 5, "2024-03-03 11:00", "Solved", **lee),
            row("A1", 6, "2024-03-04 09:00", "Work", **lee),
            row("A1", 7, "2024-03-04 18:00", "Solved", **lee),
            row("A1", 8, "2024-03-09 18:00", "Shut", **lee),
        ]
    )
    desk.takes(path, snapshots)
    assert kinds(desk.case("acme", "A1")) == [
        TicketOpened,
        TicketAssigned,
        TicketPended,
        TicketQueued,
        TicketResumed,
        TicketAssigned,
        TicketHeld,
        TicketResolved,
        TicketReopened,
        TicketResolved,
        TicketClosed,
    ]
    ticket = desk.ticket("acme", "A1")
    assert ticket.status is Status.CLOSED
    assert ticket.reopened == 1
    assert ticket.field("external_id") == "A1"
    assert ticket.opened_at == datetime(2024, 2, 29, 23, 55, tzinfo=UTC)
    assert ticket.resolved_at == datetime(2024, 3, 4, 9, 0, tzinfo=UTC)


def test_each_row_is_kept_once_with_its_source_and_what_it_changed(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    desk.takes(
        write(
            [
                row("A1", 0, "2024-03-01 09:00", "New", group="Desk", owner="Kim"),
                row("A1", 1, "2024-03-01 09:01", "New", group="Net"),
            ]
        ),
        snapshots,
    )
    first, second = desk.rows()
    assert first.event.changed == {"rev": "0", "group": "Desk", "owner": "Kim"}
    assert second.event.changed == {"rev": "1", "group": "Net", "owner": ""}
    assert second.event.at == datetime(2024, 3, 1, 0, 1, tzinfo=UTC)
    assert second.event.state == "New"
    assert second.source is not None
    assert (second.source.system, second.source.case, second.source.row) == ("acme", "A1", 2)


def test_a_back_filled_instant_is_not_known_before_it_happened(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    solved = {"solved": "2024-03-03 11:00"}
    desk.takes(
        write(
            [
                row("A1", 0, "2024-03-01 09:00", "New", **solved),
                row("A1", 1, "2024-03-03 10:59", "Work", **solved),
                row("A1", 2, "2024-03-03 11:00", "Solved", **solved),
            ]
        ),
        snapshots,
    )
    assert ["solved" in kept.event.changed for kept in desk.rows()] == [False, False, True]


def test_a_case_saved_again_while_solved_counts_as_solved_when_the_source_says(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    solved = {"solved": "2024-03-03 15:00"}
    desk.takes(
        write(
            [
                row("A1", 0, "2024-03-01 09:00", "New", **solved),
                row("A1", 1, "2024-03-03 11:00", "Solved", **solved),
                row("A1", 2, "2024-03-03 15:00", "Solved", **solved),
                row("A1", 3, "2024-03-03 16:00", "Solved", **solved),
            ]
        ),
        snapshots,
    )
    resolutions = [e.at.hour for e in desk.case("acme", "A1") if isinstance(e, TicketResolved)]
    assert resolutions == [11 - 9, 15 - 9]  # Seoul is nine hours ahead
    assert desk.ticket("acme", "A1").reopened == 0


def test_an_instant_between_two_rows_is_when_it_was_resolved(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    solved = {"solved": "2024-03-03 14:57"}
    desk.takes(
        write(
            [
                row("A1", 0, "2024-03-01 09:00", "New", **solved),
                row("A1", 1, "2024-03-03 15:00", "Shut", **solved),
            ]
        ),
        snapshots,
    )
    assert kinds(desk.case("acme", "A1")) == [TicketOpened, TicketResolved, TicketClosed]
    assert desk.ticket("acme", "A1").resolved_at == datetime(2024, 3, 3, 5, 57, tzinfo=UTC)


def test_resolved_at_an_unknown_instant_is_shown_but_is_no_resolution(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    report = desk.takes(
        write(
            [
                row("A1", 0, "2024-03-01 09:00", "New"),
                row("A1", 1, "2024-03-03 15:00", "Solved"),
            ]
        ),
        snapshots,
    )
    assert kinds(desk.case("acme", "A1")) == [TicketOpened, TicketStatusRestored]
    assert desk.ticket("acme", "A1").status is Status.RESOLVED
    assert desk.ticket("acme", "A1").resolved_at is None
    assert [found.kind for found in report.anomalies] == [Anomaly.RESOLUTION_UNKNOWN]


def test_work_that_nobody_is_named_for_opens_the_ticket(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    desk.takes(write([row("A1", 0, "2024-03-01 09:00", "Work", who="Kim")]), snapshots)
    opened, _, acknowledged, shown = desk.case("acme", "A1")
    assert isinstance(opened, TicketOpened)
    assert isinstance(acknowledged, TicketAcknowledged)
    assert isinstance(shown, TicketStatusRestored)
    assert desk.ticket("acme", "A1").status is Status.OPEN


def test_nothing_is_dropped_because_the_lifecycle_has_no_place_for_it(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    report = desk.takes(
        write(
            [
                row("A1", 3, "2024-03-01 09:00", "Shut"),
                row("A1", 1, "2024-03-01 08:00", "Work"),
                row("A1", 2, "2024-03-01 10:00", "-100"),
                row("A1", 9, "2024-03-01 10:00", "Work"),
                row("A1", 9, "2024-03-01 10:00", "Work"),
            ]
        ),
        snapshots,
    )
    assert report.rows_written == len(desk.rows()) == 5
    assert {found.kind: found.count for found in report.anomalies} == {
        Anomaly.NO_NEW: 1,
        Anomaly.CLOSED_UNRESOLVED: 1,
        Anomaly.LEFT_FINAL: 1,
        Anomaly.ORDER_GOES_BACK: 1,
        Anomaly.TIME_GOES_BACK: 1,
        Anomaly.UNKNOWN_STATE: 1,
        Anomaly.ORDER_GAP: 1,
        Anomaly.DUPLICATE: 1,
    }
    back = next(f for f in report.anomalies if f.kind == Anomaly.TIME_GOES_BACK).first[0]
    assert (back.line, back.row, back.case, back.detail) == (3, 2, "A1", "1:00:00")
    assert desk.rows()[1].event.anomaly == (
        "time-goes-back; order-goes-back; changed-after-it-was-final"
    )


def test_everybody_named_is_in_the_directory_once(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    report = desk.takes(
        write(
            [
                row("A1", 0, "2024-03-01 09:00", "New", asker="Mina Cho", group="Desk", who="Kim"),
                row(
                    "A2", 0, "2024-03-01 09:00", "New", asker="Mina Cho", group="Desk", owner="Kim"
                ),
            ]
        ),
        snapshots,
    )
    streams = {recorded.stream for recorded in desk.log() if not recorded.source}
    assert streams == {"requester:acme-Mina-Cho", "queue:acme-Desk", "agent:acme-Kim"}
    assert report.people_registered == 3
    by = desk.case("acme", "A1")[0].by
    assert (by.kind, by.id) == (ActorKind.AGENT, "acme-Kim")


def test_tickets_are_numbered_in_the_order_of_the_file(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    path = write(
        [
            row("B", 0, "2024-03-02 09:00", "New"),
            row("A", 0, "2024-03-01 09:00", "New"),
            row("B", 1, "2024-03-02 10:00", "Work"),
        ]
    )
    desk.takes(path, snapshots)
    assert desk.ticket("acme", "B").number == 1
    assert desk.ticket("acme", "A").number == 2
    assert desk.ticket("acme", "B").status is Status.OPEN
