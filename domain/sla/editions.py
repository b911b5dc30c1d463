"""Every version of each calendar and policy, as it was set; the built-in ones are version 0."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from domain.actor import Actor, ActorKind
from domain.ids import CalendarId, PolicyId
from domain.record import record
from domain.sla.book import Book
from domain.sla.book_events import CalendarRetired, CalendarSet, PolicyRetired, PolicySet
from domain.sla.eras import BEGINNING
from domain.sla.starter import BUILT_IN, STARTER

_NOBODY = Actor(kind=ActorKind.RULE, id="built-in", rule_version=1)

_CALENDARS: Mapping[CalendarId, CalendarSet] = {
    ident: CalendarSet(
        calendar=ident,
        name=calendar.name,
        zone=calendar.zone,
        weekly=calendar.weekly,
        effective_at=BEGINNING,
        by=_NOBODY,
        at=BEGINNING,
    )
    for ident, calendar in BUILT_IN.items()
}
_POLICIES: Mapping[PolicyId, PolicySet] = {
    STARTER.id: PolicySet(
        policy=STARTER.id,
        name=STARTER.name,
        rank=STARTER.rank,
        condition=STARTER.condition,
        promises=STARTER.promises,
        options=STARTER.options,
        effective_at=BEGINNING,
        by=_NOBODY,
        at=BEGINNING,
    )
}

Edit: TypeAlias = CalendarSet | CalendarRetired | PolicySet | PolicyRetired


@record
class Edition:
    """A version of a calendar or a policy, or its retirement; `version` is that in the book."""

    version: int
    edit: Edit


def calendar_editions(book: Book, calendar: CalendarId) -> Sequence[Edition]:
    """All that happened to a calendar, the oldest first; empty when there never was one."""
    found = [Edition(version=0, edit=_CALENDARS[calendar])] if calendar in _CALENDARS else []
    found += [
        Edition(version=version, edit=event)
        for version, event in enumerate(book.events, 1)
        if isinstance(event, CalendarSet | CalendarRetired) and event.calendar == calendar
    ]
    return found


def policy_editions(book: Book, policy: PolicyId) -> Sequence[Edition]:
    """All that happened to a policy, the oldest first; empty when there never was one."""
    found = [Edition(version=0, edit=_POLICIES[policy])] if policy in _POLICIES else []
    found += [
        Edition(version=version, edit=event)
        for version, event in enumerate(book.events, 1)
        if isinstance(event, PolicySet | PolicyRetired) and event.policy == policy
    ]
    return found


def calendar_edition(book: Book, calendar: CalendarId, version: int) -> CalendarSet | None:
    """What a version of a calendar says; None when there is no such version of it."""
    if version == 0:
        return _CALENDARS.get(calendar)
    event = book.events[version - 1] if 1 <= version <= book.version else None
    return event if isinstance(event, CalendarSet) and event.calendar == calendar else None


def policy_edition(book: Book, policy: PolicyId, version: int) -> PolicySet | None:
    """What a version of a policy says; None when there is no such version of it."""
    if version == 0:
        return _POLICIES.get(policy)
    event = book.events[version - 1] if 1 <= version <= book.version else None
    return event if isinstance(event, PolicySet) and event.policy == policy else None


def calendars_in(book: Book) -> Sequence[CalendarId]:
    """Ids of all calendars that there are or were."""
    named = {event.calendar for event in book.events if isinstance(event, CalendarSet)}
    return sorted({*_CALENDARS, *named})


def policies_in(book: Book) -> Sequence[PolicyId]:
    """Ids of all policies that there are or were."""
    named = {event.policy for event in book.events if isinstance(event, PolicySet)}
    return sorted({*_POLICIES, *named})
