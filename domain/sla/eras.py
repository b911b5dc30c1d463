"""What holds when: the versions of calendars and policies on one line of time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import TypeAlias, TypeVar, assert_never

from domain.calendar import Calendar, closed_on
from domain.ids import CalendarId, PolicyId
from domain.record import record, with_changes
from domain.sla.book_events import (
    BookEvent,
    CalendarRetired,
    CalendarSet,
    EditTookEffect,
    HistoryRejudged,
    PolicyRetired,
    PolicySet,
)
from domain.sla.policy import AppliesTo, Policy
from domain.sla.starter import BUILT_IN, STARTER

BEGINNING = datetime(1, 1, 2, tzinfo=UTC)
"""From when on the built-in calendars and the built-in policy hold."""


@record
class DatedCalendar:
    """A version of a calendar, and which tickets take it. `version` 0 is built in."""

    version: int
    calendar: Calendar
    effective_at: datetime
    applies_to: AppliesTo = AppliesTo.RUNNING


@record
class DatedPolicy:
    """A version of a policy, None for its retirement, and which tickets take it."""

    version: int
    policy: Policy | None
    effective_at: datetime
    applies_to: AppliesTo = AppliesTo.RUNNING


_Calendars: TypeAlias = Mapping[CalendarId, tuple[DatedCalendar, ...]]
_Policies: TypeAlias = Mapping[PolicyId, tuple[DatedPolicy, ...]]


class Era:
    """What holds between two effective instants: candidates of each thing, the newest first."""

    __slots__ = ("_ranked", "calendars", "policies", "promised")

    def __init__(self, calendars: _Calendars, policies: _Policies) -> None:
        self.calendars = calendars
        self.policies = policies
        self.promised = frozenset(
            promise.clock
            for candidates in policies.values()
            for dated in candidates
            if dated.policy is not None
            for promise in dated.policy.promises
        )
        self._ranked: tuple[Policy, ...] | None = None

    def ranked(self, opened_at: datetime) -> Sequence[Policy]:
        """The policies for a ticket that was opened then, in the order in which they are tried."""
        if self._ranked is None:
            newest = (candidates[0] for candidates in self.policies.values())
            if any(dated.applies_to is AppliesTo.NEW_TICKETS for dated in newest):
                chosen = (chosen_for(held, opened_at) for held in self.policies.values())
                return _by_rank(chosen)
            self._ranked = _by_rank(held[0] for held in self.policies.values())
        return self._ranked


def _by_rank(chosen: Iterable[DatedPolicy | None]) -> tuple[Policy, ...]:
    there = (dated.policy for dated in chosen if dated is not None and dated.policy is not None)
    return tuple(sorted(there, key=lambda policy: (policy.rank, policy.id)))


def chosen_for(candidates: tuple[DatedPolicy, ...], opened_at: datetime) -> DatedPolicy | None:
    """The newest version that a ticket which was opened then takes."""
    return next((dated for dated in candidates if takes(dated, opened_at)), None)


def takes(dated: DatedCalendar | DatedPolicy, opened_at: datetime) -> bool:
    """Whether a ticket that was opened then is judged by this version."""
    return dated.applies_to is AppliesTo.RUNNING or opened_at >= dated.effective_at


_BUILT_IN_CALENDARS: _Calendars = {
    ident: (DatedCalendar(version=0, calendar=calendar, effective_at=BEGINNING),)
    for ident, calendar in BUILT_IN.items()
}
_BUILT_IN_POLICIES: _Policies = {
    STARTER.id: (DatedPolicy(version=0, policy=STARTER, effective_at=BEGINNING),)
}


def laid_out(events: Sequence[BookEvent]) -> tuple[list[datetime], list[Era]]:
    """The instants at which something else begins to hold, and what holds before and after each.

    Retiring a calendar changes nothing here: no policy in force may name it by then.
    """
    dated: list[tuple[datetime, DatedCalendar | DatedPolicy, CalendarId | PolicyId]] = []
    for version, event in enumerate(events, 1):
        match event:
            case CalendarSet():
                made = DatedCalendar(
                    version=version,
                    calendar=calendar_of(event),
                    effective_at=event.effective_at,
                    applies_to=event.applies_to,
                )
                dated.append((event.effective_at, made, event.calendar))
            case PolicySet() | PolicyRetired():
                policy = policy_of(event, version) if isinstance(event, PolicySet) else None
                change = DatedPolicy(
                    version=version,
                    policy=policy,
                    effective_at=event.effective_at,
                    applies_to=event.applies_to,
                )
                dated.append((event.effective_at, change, event.policy))
            case HistoryRejudged(since=since, at=at):
                # First by instant: of versions that now begin together, the one that holds today
                # comes last, whichever was recorded last.
                dated.sort(key=_effective)
                dated = [
                    (since, with_changes(one, effective_at=since), ident)
                    if since < effective <= at
                    else (effective, one, ident)
                    for effective, one, ident in dated
                ]
            case CalendarRetired() | EditTookEffect():
                pass
            case _:
                assert_never(event)
    dated.sort(key=_effective)
    era = Era(_BUILT_IN_CALENDARS, _BUILT_IN_POLICIES)
    instants: list[datetime] = []
    eras = [era]
    for effective, one, ident in dated:
        calendars, policies = dict(era.calendars), dict(era.policies)
        if isinstance(one, DatedCalendar):
            calendars[CalendarId(ident)] = _newest(one, calendars.get(CalendarId(ident), ()))
        else:
            policies[PolicyId(ident)] = _newest(one, policies.get(PolicyId(ident), ()))
        era = Era(calendars, policies)
        if instants and instants[-1] == effective:
            eras[-1] = era
        else:
            instants.append(effective)
            eras.append(era)
    return instants, eras


_effective = itemgetter(0)

D = TypeVar("D", bound=DatedCalendar | DatedPolicy)


def _newest(one: D, held: tuple[D, ...]) -> tuple[D, ...]:
    """What every ticket takes hides what was before it."""
    older: tuple[D, ...] = () if one.applies_to is AppliesTo.RUNNING else held
    return (one, *older)


class Versions:
    """Every version of every policy and calendar."""

    __slots__ = ("calendars", "policies")

    def __init__(self, events: Sequence[BookEvent]) -> None:
        self.policies: dict[PolicyId, dict[int, Policy]] = {STARTER.id: {0: STARTER}}
        self.calendars: dict[CalendarId, dict[int, Calendar]] = {
            ident: {0: calendar} for ident, calendar in BUILT_IN.items()
        }
        for version, event in enumerate(events, 1):
            if isinstance(event, PolicySet):
                self.policies.setdefault(event.policy, {})[version] = policy_of(event, version)
            elif isinstance(event, CalendarSet):
                self.calendars.setdefault(event.calendar, {})[version] = calendar_of(event)


def calendar_of(event: CalendarSet) -> Calendar:
    """The calendar that an event says. Raises ValueError and ZoneInfoNotFoundError, as Calendar."""
    exceptions = closed_on(event.holidays) | {one.day: one.windows for one in event.openings}
    return Calendar(name=event.name, zone=event.zone, weekly=event.weekly, exceptions=exceptions)


def policy_of(event: PolicySet, version: int) -> Policy:
    """The version of a policy that an event says."""
    return Policy(
        id=event.policy,
        version=version,
        name=event.name,
        rank=event.rank,
        condition=event.condition,
        promises=event.promises,
        options=event.options,
    )
