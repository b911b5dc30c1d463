"""A book as it would be, had some of its calendars and policies always been others."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeAlias, assert_never
from zoneinfo import ZoneInfoNotFoundError

from domain.conditions import problems
from domain.record import record, with_changes
from domain.sla.book import Book, fold
from domain.sla.book_events import (
    BookEvent,
    CalendarRetired,
    CalendarSet,
    EditTookEffect,
    HistoryRejudged,
    PolicyRetired,
    PolicySet,
)
from domain.sla.eras import BEGINNING, calendar_of
from domain.sla.policy import AppliesTo, ClockName, Promise
from domain.sla.starter import BUILT_IN

Edit: TypeAlias = CalendarSet | CalendarRetired | PolicySet | PolicyRetired
"""As an event of the book; from when it holds does not matter."""


_END = datetime.max.replace(tzinfo=UTC)


@record
class Fault:
    """What is wrong with an edit: `at` leads to it, such as `changes[0].promises[1].clock`."""

    at: str
    message: str


class WrongEdits(ValueError):
    """A changed set that makes no sense; `faults` has all that was found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.at}: {fault.message}" for fault in faults))
        self.faults = tuple(faults)


def as_if(book: Book, edits: Sequence[Edit], now: datetime) -> Book:
    """The book in which each edited calendar or policy has always been what its edit says.

    Everything else keeps its versions and their numbers, and holds from when it did. Raises
    WrongEdits.
    """
    wrong = [fault for n, edit in enumerate(edits) for fault in _faults(edit, f"changes[{n}].")]
    wrong += _twice(edits)
    if wrong:
        raise WrongEdits(wrong)
    gone = {_subject(edit) for edit in edits}
    kept: list[BookEvent] = [
        # An event that says nothing keeps the place, so that versions stay what they are.
        EditTookEffect(edit=0, by=event.by, at=event.at)
        if not isinstance(event, HistoryRejudged | EditTookEffect) and _subject(event) in gone
        else event
        for event in book.events
    ]
    always = [_always(edit, now) for edit in edits]
    changed = fold([*kept, *always])
    missing = list(_without_calendar(changed, edits, now))
    if missing:
        raise WrongEdits(missing)
    return changed


def touched(edits: Sequence[Edit]) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of the policies and of the calendars that are edited."""
    named = [_subject(edit) for edit in edits]
    return (
        frozenset(ident for kind, ident in named if kind == "policy"),
        frozenset(ident for kind, ident in named if kind == "calendar"),
    )


def promised(book: Book) -> list[frozenset[ClockName]]:
    """The sets of clocks that are promised by any policy, one after the other."""
    sets: list[frozenset[ClockName]] = []
    for at in (BEGINNING, *book.boundaries(BEGINNING, _END)):
        found = book.promised_at(at)
        if not sets or sets[-1] != found:
            sets.append(found)
    return sets


def _always(edit: Edit, now: datetime) -> BookEvent:
    match edit:
        case CalendarSet() | PolicySet() | PolicyRetired():
            applies = AppliesTo.RUNNING
            return with_changes(edit, effective_at=BEGINNING, applies_to=applies, at=now)
        case CalendarRetired():
            return with_changes(edit, at=now)
        case _:
            assert_never(edit)


def _subject(edit: Edit) -> tuple[str, str]:
    match edit:
        case CalendarSet(calendar=calendar) | CalendarRetired(calendar=calendar):
            return "calendar", calendar
        case PolicySet(policy=policy) | PolicyRetired(policy=policy):
            return "policy", policy
        case _:
            assert_never(edit)


# ── What is wrong ────────────────────────────────────────────────────────────────────────────────


def _twice(edits: Sequence[Edit]) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for n, edit in enumerate(edits):
        kind, ident = _subject(edit)
        if (kind, ident) in seen:
            yield Fault(at=f"changes[{n}].{kind}", message=f"{ident!r} is changed twice.")
        seen.add((kind, ident))


def _faults(edit: Edit, at: str) -> Iterator[Fault]:
    match edit:
        case CalendarSet():
            yield from _of_calendar(edit, at)
        case PolicySet():
            for problem in problems(edit.condition):
                yield Fault(at=f"{at}condition.{problem.at}", message=problem.message)
            if not edit.promises:
                yield Fault(at=f"{at}promises", message="Promise at least one clock.")
            told: set[tuple[ClockName, tuple[str, ...]]] = set()
            for n, promise in enumerate(edit.promises):
                key = (promise.clock, tuple(sorted(promise.queues)))
                if key in told:
                    message = f"{promise.clock.value} is promised twice; keep one of them."
                    yield Fault(at=f"{at}promises[{n}].clock", message=message)
                told.add(key)
                yield from _of_promise(promise, f"{at}promises[{n}].")
        case CalendarRetired() | PolicyRetired():
            return
        case _:
            assert_never(edit)


def _of_calendar(edit: CalendarSet, at: str) -> Iterator[Fault]:
    try:
        calendar = calendar_of(edit)
    except (ZoneInfoNotFoundError, OSError):
        yield Fault(at=f"{at}zone", message=f"There is no time zone {edit.zone!r}.")
        return
    except ValueError as error:
        yield Fault(at=f"{at}weekly", message=f"{error}.")
        return
    if not any(calendar.weekly) and not any(calendar.exceptions.values()):
        yield Fault(at=f"{at}weekly", message="It never opens; give it at least one window.")


def _of_promise(promise: Promise, at: str) -> Iterator[Fault]:
    if not promise.targets:
        yield Fault(at=f"{at}targets", message="Give a target to at least one priority.")
    for priority, target in promise.targets.items():
        if not target.seconds > 0:
            yield Fault(at=f"{at}targets.{priority.value}.seconds", message="It is not above zero.")


def _without_calendar(changed: Book, edits: Sequence[Edit], now: datetime) -> Iterator[Fault]:
    """Targets on calendars that would not be there."""
    retired = {
        edit.calendar: n for n, edit in enumerate(edits) if isinstance(edit, CalendarRetired)
    }
    there = set(BUILT_IN) | {e.calendar for e in changed.events if isinstance(e, CalendarSet)}
    there -= retired.keys()
    place = {edit.policy: n for n, edit in enumerate(edits) if isinstance(edit, PolicySet)}
    for policy in changed.policies_at(now):
        for promise in policy.promises:
            for priority, target in promise.targets.items():
                if target.calendar in there:
                    continue
                if policy.id in place:
                    of = f"changes[{place[policy.id]}].promises[{policy.promises.index(promise)}]"
                    at = f"{of}.targets.{priority.value}.calendar"
                    yield Fault(at=at, message=f"There is no calendar {target.calendar!r}.")
                elif target.calendar in retired:
                    at = f"changes[{retired[target.calendar]}].calendar"
                    yield Fault(at=at, message=f"The policy {policy.id!r} still counts by it.")
