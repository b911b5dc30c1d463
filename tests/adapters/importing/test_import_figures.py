"""The figures of an imported history: by hand on a small one, published ones on the real ones."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.importing.figures import ActivityFigures, SnapshotFigures, reference_figures
from adapters.importing.findings import Anomaly
from adapters.importing.mapping import Mapping, load_mapping, parse_mapping
from adapters.importing.statistics import summary
from adapters.processes import cores
from tests.adapters.importing.conftest import HOME, SNAPSHOTS, Desk, Write, real, row

UTC_SNAPSHOTS: dict[str, Any] = {
    **SNAPSHOTS,
    "time": {"column": "updated", "format": "%Y-%m-%d %H:%M"},
    "attributes": {**SNAPSHOTS["attributes"], "priority": {"column": "asker", "values": {}}},
    "evidence": {"made_sla": "who", "reassignments": "rev"},
}


def test_figures_of_a_small_history(desk: Desk, write: Write) -> None:
    mapping = parse_mapping(UTC_SNAPSHOTS, "a test")
    solved = {"solved": "2024-03-02 09:00"}
    desk.takes(
        write(
            [
                row("A", 0, "2024-03-01 09:00", "New", group="X", who="true", **solved),
                row("A", 1, "2024-03-01 12:00", "Work", group="Y", who="true", **solved),
                row("A", 2, "2024-03-01 15:00", "Solved", group="X", who="false", **solved),
                row("A", 3, "2024-03-01 21:00", "Work", group="X", who="true", **solved),
                row("A", 4, "2024-03-02 09:00", "Solved", group="X", who="false", **solved),
                row("B", 0, "2024-03-05 09:00", "New", who="true"),
                row("B", 0, "2024-03-05 10:30", "New", group="X", who="true"),
            ]
        ),
        mapping,
    )
    found = reference_figures(desk.store, HOME, mapping)
    assert isinstance(found, SnapshotFigures)
    assert found.rows_by_state == {"New": 3, "Work": 2, "Solved": 2}
    assert (found.cases, found.unresolved) == (2, 1)
    assert found.resolution == summary([24.0])
    assert found.resolved_within_day == 1
    assert (found.reopened_cases, found.reopens) == (1, 1)
    assert (found.reassignments, found.group_changes, found.group_returns) == (4, 3, 1)
    assert (found.made_sla, found.missed_sla, found.back_to_made) == (1, 1, 1)
    assert (found.variants, found.variants_collapsed) == (2, 2)
    assert found.hours_in_state == {"New": 4.5, "Solved": 6.0, "Work": 15.0}


@pytest.mark.parametrize(
    ("values", "median", "p90"),
    [([3.0], 3.0, 3.0), ([4.0, 1.0], 2.5, 3.7), ([1.0, 2.0, 3.0, 4.0, 5.0], 3.0, 4.6)],
)
def test_medians_and_quantiles_lie_between_ranks(
    values: list[float], median: float, p90: float
) -> None:
    assert summary(values).median == pytest.approx(median)
    assert summary(values).p90 == pytest.approx(p90)
    assert summary([]).n == 0


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_servicenow_log_gives_its_published_figures(desk: Desk, servicenow: Mapping) -> None:
    path = real("servicenow_incidents", "incident_event_log.csv.gz")
    desk.processes = cores()
    report = desk.takes(path, servicenow)
    assert (report.rows_written, report.rows_broken, report.cases_new) == (141_712, 0, 24_918)
    found = reference_figures(desk.store, HOME, servicenow)
    assert isinstance(found, SnapshotFigures)
    _published(found)
    anomalies = {each.kind: each.count for each in report.anomalies}
    assert anomalies[Anomaly.NO_NEW] == 8_521
    assert anomalies[Anomaly.ONLY_DONE] == 1_816
    assert anomalies[Anomaly.UNKNOWN_STATE] == 5
    assert anomalies[Anomaly.CREATED_BEFORE_OPENED] == 6
    assert anomalies[Anomaly.TIME_GOES_BACK] == 1
    back = next(each for each in report.anomalies if each.kind == Anomaly.ORDER_GOES_BACK)
    assert {place.case for place in back.first} == {
        f"INC0000{number}" for number in (130, 134, 135, 164)
    }
    lifecycle = [r.event.kind for r in desk.log()]
    assert lifecycle.count("ticket.reopened") == 331
    head = desk.store.head()
    again = desk.takes(path, servicenow)
    assert (again.rows_already_there, again.events_written) == (141_712, 0)
    assert desk.store.head() == head


def _published(found: SnapshotFigures) -> None:
    assert found.rows_by_state == {
        "Active": 38_716,
        "New": 36_407,
        "Resolved": 25_751,
        "Closed": 24_985,
        "Awaiting User Info": 14_642,
        "Awaiting Vendor": 707,
        "Awaiting Problem": 461,
        "Awaiting Evidence": 38,
        "-100": 5,
    }
    rows = found.rows_per_case
    assert (round(rows.mean, 3), rows.median, rows.min, rows.max) == (5.687, 5, 2, 58)
    assert (found.resolution.n, found.unresolved) == (23_362, 1_556)
    assert _rounded(found.resolution) == (178.17, 22.1, 381.55, 8_070.17)
    assert found.resolved_within_day == 12_072
    assert _rounded(found.closure) == (315.33, 145.87, 532.47, 8_190.62)
    medians = [round(m, 2) for m in found.median_resolution_by_priority.values()]
    assert medians == [80.24, 38.23, 21.55, 5.02]
    assert (found.reopened_cases, found.reopens) == (275, 331)
    assert found.reopens_as_counted == found.cases == 24_918
    assert (found.reassigned_cases, found.reassigned_thrice) == (11_369, 2_848)
    assert (found.reassignments, found.most_reassignments) == (23_414, 27)
    assert found.group_changes == 23_321
    assert round(found.group_changes_as_counted * 100, 2) == 99.63
    assert found.group_returns == 2_628
    assert (found.made_sla, found.missed_sla, found.back_to_made) == (15_803, 9_115, 0)
    assert found.missed_sla_resolved == 8_930
    assert list(found.made_by_priority.values()) == [
        (5, 265),
        (2, 406),
        (15_145, 8_321),
        (651, 123),
    ]
    assert (found.variants, found.variants_collapsed) == (2_079, 189)
    hours = {state: round(hours) for state, hours in found.hours_in_state.items()}
    assert hours.pop("-100") == 144
    assert hours == {
        "Resolved": 3_726_244,
        "Active": 1_414_210,
        "Awaiting User Info": 1_230_444,
        "New": 1_084_432,
        "Awaiting Vendor": 270_924,
        "Awaiting Problem": 92_949,
        "Closed": 23_577,
        "Awaiting Evidence": 12_296,
    }
    assert found.first_opened == datetime(2016, 2, 29, 1, 16, tzinfo=UTC)
    assert found.last_opened == datetime(2017, 2, 16, 14, 17, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_italian_log_gives_its_figures(desk: Desk) -> None:
    mapping = load_mapping("italian_helpdesk")
    path = real("italian_helpdesk", "Helpdesk.csv.gz")
    report = desk.takes(path, mapping)
    assert (report.rows_written, report.cases_new) == (21_348, 4_580)
    duplicates = {each.kind: each.count for each in report.anomalies}[Anomaly.DUPLICATE]
    assert duplicates == 127
    found = reference_figures(desk.store, HOME, mapping)
    assert isinstance(found, ActivityFigures)
    assert found.rows_by_activity == {
        "Take in charge ticket": 5_060,
        "Resolve ticket": 4_983,
        "Assign seriousness": 4_938,
        "Closed": 4_574,
        "Wait": 1_463,
        "Require upgrade": 119,
        "Insert ticket": 118,
        "Create SW anomaly": 67,
        "Resolve SW anomaly": 13,
        "Schedule intervention": 5,
        "VERIFIED": 3,
        "RESOLVED": 2,
        "INVALID": 2,
        "DUPLICATE": 1,
    }
    assert (found.variants, found.rows_per_case.max) == (226, 15)
    assert round(found.rows_per_case.mean, 3) == 4.661
    assert _rounded(found.duration) == (40.86, 39.86, 53.01, 59.99)
    first = found.to_first_resolve
    assert (first.n, round(first.mean, 2), round(first.median, 2)) == (4_569, 11.12, 5.98)
    assert round(found.to_close.median, 2) == 30.00
    assert (found.worked_again, found.cases_with["Wait"]) == (152, 1_236)
    assert desk.takes(path, mapping).events_written == 0


def _rounded(of: Any) -> tuple[float, float, float, float]:
    return round(of.mean, 2), round(of.median, 2), round(of.p90, 2), round(of.max, 2)
