"""Calendars and policies as they are shown: what can be sent back as it is, and its versions."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, assert_never

from domain.conditions import in_words
from domain.ids import CalendarId, PolicyId
from domain.sla.book import Book
from domain.sla.book_events import (
    CalendarRetired,
    CalendarSet,
    HistoryRejudged,
    PolicyRetired,
    PolicySet,
    Week,
)
from domain.sla.checks import counts_on
from domain.sla.editions import (
    Edition,
    calendar_edition,
    calendar_editions,
    calendars_in,
    policies_in,
    policy_edition,
    policy_editions,
)
from domain.sla.hours import WEEKDAYS, text_of

Shown = dict[str, Any]


def calendar_definition(edit: CalendarSet) -> Shown:
    """The body of `set_calendar` that would say the same from now on."""
    return {
        "display_name": edit.name,
        "zone": edit.zone,
        "weekly": _weekly(edit.weekly),
        "holidays": edit.holidays,
        "openings": [
            {"day": one.day, "name": one.name, "windows": text_of(one.windows)}
            for one in edit.openings
        ],
    }


def policy_definition(edit: PolicySet) -> Shown:
    """The body of `set_policy` that would say the same from now on."""
    return {
        "display_name": edit.name,
        "rank": edit.rank,
        "condition": edit.condition,
        "promises": edit.promises,
        "options": edit.options,
    }


def _weekly(weekly: Week) -> Shown:
    return {day: text_of(windows) for day, windows in zip(WEEKDAYS, weekly, strict=True) if windows}


def calendars_shown(book: Book, at: datetime) -> list[Shown]:
    """Every calendar at an instant, and which policies count on it."""
    return [_calendar_line(book, calendar, at) for calendar in calendars_in(book)]


def _calendar_line(book: Book, calendar: CalendarId, at: datetime) -> Shown:
    dated = book.calendar_at(calendar, at)
    return {
        "calendar": calendar,
        "version": None if dated is None else dated.version,
        "display_name": None if dated is None else dated.calendar.name,
        "zone": None if dated is None else dated.calendar.zone,
        "retired": calendar in book.retired_calendars(),
        "policies": sorted(
            {policy.id for policy in book.policies_at(at) if counts_on(policy, calendar)}
        ),
        "coming": _coming(calendar_editions(book, calendar), at),
    }


def calendar_shown(book: Book, calendar: CalendarId, at: datetime) -> Shown | None:
    """A calendar at an instant, with what it was and will be; None when there never was one."""
    editions = calendar_editions(book, calendar)
    if not editions:
        return None
    line = _calendar_line(book, calendar, at)
    edit = None if line["version"] is None else calendar_edition(book, calendar, line["version"])
    return {
        **line,
        "definition": None if edit is None else calendar_definition(edit),
        "versions": [_told(one) for one in editions],
        "rejudged": _rejudged(book),
    }


def policies_shown(book: Book, at: datetime) -> list[Shown]:
    """The policies that a ticket opened at an instant is matched with, in their order."""
    return [_policy_line(book, policy.id, at) for policy in book.policies_at(at)]


def policies_not_in_force(book: Book, at: datetime) -> list[Shown]:
    """Those that are retired, or still to come."""
    there = {policy.id for policy in book.policies_at(at)}
    return [
        {
            "policy": policy,
            "retired": _is_retired(book, policy, at),
            "coming": _coming(policy_editions(book, policy), at),
        }
        for policy in policies_in(book)
        if policy not in there
    ]


def _is_retired(book: Book, policy: PolicyId, at: datetime) -> bool:
    dated = book.policy_at(policy, at)
    return dated is not None and dated.policy is None


def _policy_line(book: Book, policy: PolicyId, at: datetime) -> Shown:
    dated = book.policy_at(policy, at)
    held = None if dated is None or dated.policy is None else dated
    edit = None if held is None else policy_edition(book, policy, held.version)
    return {
        "policy": policy,
        "version": None if held is None else held.version,
        "retired": _is_retired(book, policy, at),
        "in_words": None if edit is None else in_words(edit.condition),
        "definition": None if edit is None else policy_definition(edit),
        "coming": _coming(policy_editions(book, policy), at),
    }


def policy_shown(book: Book, policy: PolicyId, at: datetime) -> Shown | None:
    """A policy at an instant, with what it was and will be; None when there never was one."""
    editions = policy_editions(book, policy)
    if not editions:
        return None
    line = _policy_line(book, policy, at)
    return {**line, "versions": [_told(one) for one in editions], "rejudged": _rejudged(book)}


def _coming(editions: Sequence[Edition], at: datetime) -> list[int]:
    """Versions that are recorded, and hold later."""
    return [
        one.version
        for one in editions
        if not isinstance(one.edit, CalendarRetired) and one.edit.effective_at > at
    ]


def _told(edition: Edition) -> Shown:
    """A line of the history. What a built-in version says of who and when means nothing."""
    edit = edition.edit
    built_in = edition.version == 0
    told: Shown = {
        "version": edition.version,
        "by": None if built_in else edit.by,
        "recorded_at": None if built_in else edit.at,
    }
    match edit:
        case CalendarSet() | PolicySet() | PolicyRetired():
            told |= {
                "change": "retired" if isinstance(edit, PolicyRetired) else "set",
                "effective_at": None if built_in else edit.effective_at,
                "applies_to": edit.applies_to,
            }
        case CalendarRetired():
            told |= {"change": "retired", "effective_at": edit.at, "applies_to": None}
        case _:
            assert_never(edit)
    return told


def _rejudged(book: Book) -> list[Shown]:
    """When history was judged anew: versions that held by then hold since `since`."""
    events: Iterable[HistoryRejudged] = (
        event for event in book.events if isinstance(event, HistoryRejudged)
    )
    return [
        {"since": one.since, "recorded_at": one.at, "by": one.by, "reason": one.reason}
        for one in events
    ]
