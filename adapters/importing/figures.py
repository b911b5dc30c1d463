"""Figures of an imported history, computed from the log: they say whether it arrived whole."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise

from adapters.importing.mapping import Kind, Mapping
from adapters.importing.replayed import Feed, ReplayedCase, everything, replayed
from adapters.importing.statistics import Summary, summary
from domain.ids import WorkspaceId
from domain.record import record
from domain.ticket.words import Status

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@record
class SnapshotFigures:
    """Figures of a log of snapshots. Durations in hours.

    Resolution and closure run from opening to the last resolve and close. Reopenings are counted
    from states (a resolved or closed one to any other). Groups: an unknown one counts as a value
    in `group_changes` and is skipped in `group_returns` (cases that came back to a group they had
    left). `made_sla` is what the source says on the last row; `made_by_priority` has the cases
    that made it and those that missed it. A variant is the sequence of a case's states.
    """

    rows_by_state: dict[str, int]
    rows_per_case: Summary
    cases: int
    unresolved: int
    resolution: Summary
    resolved_within_day: int
    closure: Summary
    median_resolution_by_priority: dict[str, float]
    reopened_cases: int
    reopens: int
    reopens_as_counted: int
    reassigned_cases: int
    reassigned_thrice: int
    reassignments: int
    most_reassignments: int
    group_changes: int
    group_changes_as_counted: float
    group_returns: int
    made_sla: int
    missed_sla: int
    missed_sla_resolved: int
    back_to_made: int
    made_by_priority: dict[str, tuple[int, int]]
    variants: int
    variants_collapsed: int
    hours_in_state: dict[str, float]
    first_opened: datetime | None
    last_opened: datetime | None


@record
class ActivityFigures:
    """Figures of a log of activities. Durations in days.

    `to_close` runs from the last resolve to the last close. `worked_again` counts cases in which
    something else than resolving or closing follows a resolve.
    """

    rows_by_activity: dict[str, int]
    rows_per_case: Summary
    variants: int
    duration: Summary
    to_first_resolve: Summary
    to_close: Summary
    worked_again: int
    cases_with: dict[str, int]


def reference_figures(
    feed: Feed, workspace: WorkspaceId, mapping: Mapping
) -> SnapshotFigures | ActivityFigures:
    """The figures of everything that was imported from the mapping's system."""
    cases = replayed(everything(feed), workspace, mapping)
    if mapping.kind is Kind.SNAPSHOT_LOG:
        return snapshot_figures(cases, mapping)
    return activity_figures(cases, mapping)


def snapshot_figures(cases: Sequence[ReplayedCase], mapping: Mapping) -> SnapshotFigures:
    """Figures of these cases of a snapshot log."""
    done = _states(mapping, Status.RESOLVED, Status.CLOSED)
    resolution = [
        hours for case in cases if (hours := _between(case.resolved_at, case)) is not None
    ]
    closure = [hours for case in cases if (hours := _between(case.closed_at, case)) is not None]
    reopens = [_reopens(case.states, done) for case in cases]
    group_changes = [_changes(case.groups) for case in cases]
    counted = [case.reassignments for case in cases]
    made = [case for case in cases if case.made_sla[-1] == "true"]
    missed = [case for case in cases if case.made_sla[-1] == "false"]
    opened = [case.opened_at for case in cases if case.opened_at]
    return SnapshotFigures(
        rows_by_state=_count(state for case in cases for state in case.states),
        rows_per_case=summary(len(case.states) for case in cases),
        cases=len(cases),
        unresolved=len(cases) - len(resolution),
        resolution=summary(resolution),
        resolved_within_day=sum(hours <= _DAY / _HOUR for hours in resolution),
        closure=summary(closure),
        median_resolution_by_priority=_medians_by_priority(cases),
        reopened_cases=sum(count > 0 for count in reopens),
        reopens=sum(reopens),
        reopens_as_counted=sum(
            count == case.counted_reopens for count, case in zip(reopens, cases, strict=True)
        ),
        reassigned_cases=sum(count > 0 for count in counted),
        reassigned_thrice=sum(count >= 3 for count in counted),  # noqa: PLR2004
        reassignments=sum(counted),
        most_reassignments=max(counted, default=0),
        group_changes=sum(group_changes),
        group_changes_as_counted=_share(
            count == case.reassignments for count, case in zip(group_changes, cases, strict=True)
        ),
        group_returns=sum(_returns(case.groups) for case in cases),
        made_sla=len(made),
        missed_sla=len(missed),
        missed_sla_resolved=sum(case.resolved_at is not None for case in missed),
        back_to_made=sum(("false", "true") in pairwise(case.made_sla) for case in cases),
        made_by_priority={
            priority: (
                sum(case.priority == priority for case in made),
                sum(case.priority == priority for case in missed),
            )
            for priority in sorted({case.priority for case in cases})
        },
        variants=len({tuple(case.states) for case in cases}),
        variants_collapsed=len({_collapsed(case.states) for case in cases}),
        hours_in_state=_hours_in_state(cases),
        first_opened=min(opened, default=None),
        last_opened=max(opened, default=None),
    )


def activity_figures(cases: Sequence[ReplayedCase], mapping: Mapping) -> ActivityFigures:
    """Figures of these cases of an activity log."""
    resolves, closes = _states(mapping, Status.RESOLVED), _states(mapping, Status.CLOSED)
    to_first, to_close = [], []
    for case in cases:
        resolved = [at for state, at in _acts(case) if state in resolves]
        closed = [at for state, at in _acts(case) if state in closes]
        if resolved:
            to_first.append((resolved[0] - case.instants[0]) / _DAY)
        if resolved and closed:
            to_close.append((closed[-1] - resolved[-1]) / _DAY)
    return ActivityFigures(
        rows_by_activity=_count(state for case in cases for state in case.states),
        rows_per_case=summary(len(case.states) for case in cases),
        variants=len({tuple(case.states) for case in cases}),
        duration=summary((case.instants[-1] - case.instants[0]) / _DAY for case in cases),
        to_first_resolve=summary(to_first),
        to_close=summary(to_close),
        worked_again=sum(
            any(one in resolves and two not in resolves | closes for one, two in pairwise(c.states))
            for c in cases
        ),
        cases_with=_count(state for case in cases for state in set(case.states)),
    )


def _acts(case: ReplayedCase) -> Iterable[tuple[str, datetime]]:
    return zip(case.states, case.instants, strict=True)


def _states(mapping: Mapping, *statuses: Status) -> frozenset[str]:
    return frozenset(state for state, status in mapping.statuses.items() if status in statuses)


def _between(ended: datetime | None, case: ReplayedCase) -> float | None:
    return None if ended is None or case.opened_at is None else (ended - case.opened_at) / _HOUR


def _hours(endings: Iterable[tuple[ReplayedCase, datetime | None]]) -> list[float]:
    """Hours from opening to an instant, of the cases that have both."""
    return [h for case, ended in endings if (h := _between(ended, case)) is not None]


def _medians_by_priority(cases: Sequence[ReplayedCase]) -> dict[str, float]:
    by_priority: dict[str, list[float]] = {}
    for case in cases:
        hours = _between(case.resolved_at, case)
        if hours is not None:
            by_priority.setdefault(case.priority, []).append(hours)
    return {priority: summary(hours).median for priority, hours in sorted(by_priority.items())}


def _reopens(states: Sequence[str], done: frozenset[str]) -> int:
    return sum(one in done and two not in done for one, two in pairwise(states))


def _changes(values: Sequence[str]) -> int:
    return sum(one != two for one, two in pairwise(values))


def _returns(groups: Sequence[str]) -> bool:
    held = _collapsed([group for group in groups if group])
    return len(set(held)) < len(held)


def _collapsed(states: Sequence[str]) -> tuple[str, ...]:
    return tuple(state for state, _ in groupby(states))


def _hours_in_state(cases: Sequence[ReplayedCase]) -> dict[str, float]:
    spent: dict[str, timedelta] = {}
    for case in cases:
        for (state, since), (_, until) in pairwise(_acts(case)):
            spent[state] = spent.get(state, timedelta()) + (until - since)
    return {state: time / _HOUR for state, time in sorted(spent.items())}


def _count(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())


def _share(of: Iterable[bool]) -> float:
    judged = list(of)
    return sum(judged) / len(judged) if judged else 0.0
