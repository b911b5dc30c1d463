"""Why a clock stands where it stands: every stretch that counted, and all that was done to it.

The judge is asked step by step, and what differs from one step to the next is written down; so an
explanation cannot say anything but what the judge did. account.py makes a text of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.conditions import AllOf, AnyOf, Comparison, Condition, NoneOf, in_words
from domain.record import with_changes
from domain.recorded import Recorded
from domain.sla.book import Book
from domain.sla.book_events import (
    CalendarRetired,
    CalendarSet,
    EditTookEffect,
    HistoryRejudged,
)
from domain.sla.clock import NOT_OPENED, Clock, Tracked
from domain.sla.counting import settled
from domain.sla.eras import BEGINNING
from domain.sla.explanation import (
    Cause,
    Explanation,
    Ruling,
)
from domain.sla.judge import advanced, effective, evolve, reading
from domain.sla.ledger import Ledger, Step
from domain.sla.policy import ClockName, OnChange
from domain.sla.words import days_apart, windows_in_words


def explain(
    events: Sequence[Recorded[Any]], book: Book, instant: datetime, zone: str | None = None
) -> tuple[tuple[Clock, Explanation], ...]:
    """The clocks of a ticket at an instant, as the judge gives them, each with its explanation.

    Times are to be shown in `zone`; in that of the clock's calendar unless it is given.
    """
    teller = _Teller(book)
    seen: list[Recorded[Any]] = []
    state = NOT_OPENED
    for recorded in events:
        at = effective(state, recorded)
        if at > instant:
            break
        seen.append(recorded)
        state = teller.crossed(state, at)
        after = evolve(state, recorded, book, lambda: seen)
        teller.note(state, after, at, _cause(recorded, seen))
        state = after
    state = teller.crossed(state, instant)
    now = tuple(settled(track, instant) for track in state.tracks)
    teller.note(state, with_changes(state, tracks=now), instant, None)
    return tuple(
        (clock, teller.told(clock, instant, zone)) for clock in reading(state, book, instant)
    )


class _Teller:
    """Notes what differs between two states of a ticket's clocks."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._ledgers: dict[tuple[ClockName, int], Ledger] = {}

    def crossed(self, state: Tracked, until: datetime) -> Tracked:
        """The state after all that began to hold in the book, of which each is noted."""
        if state.at is None or state.opened_at is None:
            return state
        for boundary in self._book.boundaries(state.at, until):
            after = advanced(state, self._book, boundary)
            version = self._book.version_at(boundary)
            self.note(state, after, boundary, self._edit(version) if version else None)
            state = after
        return state

    def note(self, before: Tracked, after: Tracked, at: datetime, cause: Cause | None) -> None:
        """What became of each clock at `at`."""
        olds = {track.key: track for track in before.tracks}
        for gone in olds.keys() - {track.key for track in after.tracks}:
            self._ledgers.pop(gone, None)
        for new in after.tracks:
            old = olds.get(new.key)
            if new is old or new.term is None:
                continue
            account = self._ledgers.setdefault(new.key, Ledger())
            by_then = None if old is None else settled(old, at)
            if old is not None and new.since == old.since and new.elapsed == old.elapsed:
                by_then = old  # the judge did not look at its time
            step = Step(old=old, by_then=by_then, new=new, term=new.term, at=at, cause=cause)
            account.count(step)
            account.doings(step)
            account.points(step)
            names = old.term.names if old is not None and old.promised and old.term else None
            if new.promised and new.term.names != names:
                account.rulings.append(self._ruling(step, after))
            account.stood(step)

    # ── By what it is judged ─────────────────────────────────────────────────────────────────

    def _ruling(self, step: Step, after: Tracked) -> Ruling:
        term, at = step.term, step.at
        policy, calendar, version = term.policy, term.calendar, term.calendar_version
        keeps = policy.options.on_change is OnChange.KEEP_FIRST
        by_book = step.cause is not None and step.cause.book_version is not None
        priority = after.attributes.get("priority")
        edit = self._book.events[version - 1] if version else None
        return Ruling(
            at=at,
            target=term.target.seconds,
            priority=step.new.first_priority.value if keeps and by_book else str(priority),
            policy=policy.id,
            policy_name=policy.name,
            policy_version=policy.version,
            policy_since=self._since(policy.version),
            condition=in_words(policy.condition),
            attributes={
                name: after.attributes.get(name) for name in sorted(_asked(policy.condition))
            },
            calendar=term.target.calendar,
            calendar_name=calendar.name,
            calendar_version=version,
            calendar_since=self._since(version),
            zone=calendar.zone,
            weekly=calendar.weekly,
            windows=windows_in_words(calendar),
            days_apart=days_apart(edit, at, None) if isinstance(edit, CalendarSet) else (),
            paused_in=tuple(sorted(category.value for category in term.promise.pauses)),
        )

    def _since(self, version: int) -> datetime | None:
        """From when on an edit of the book holds; None for what is built in."""
        if not version:
            return None
        edit = self._book.events[version - 1]
        since: datetime = getattr(edit, "effective_at", edit.at)
        for later in self._book.events[version:]:
            if isinstance(later, HistoryRejudged) and later.since < since <= later.at:
                since = later.since
        return None if since <= BEGINNING else since

    def _edit(self, version: int) -> Cause:
        edit = self._book.events[version - 1]
        match edit:
            case CalendarSet(calendar=about) | CalendarRetired(calendar=about):
                named: str | None = f"calendar {about}"
            case HistoryRejudged() | EditTookEffect():
                named = None
            case _:
                named = f"policy {edit.policy}"
        return Cause(
            kind=edit.kind,
            by=_by(edit.by),
            book_version=version,
            about=named,
            reason=getattr(edit, "reason", None),
        )

    # ── All of it ────────────────────────────────────────────────────────────────────────────

    def told(self, clock: Clock, instant: datetime, zone: str | None) -> Explanation:
        """The explanation of a clock that was read at the end."""
        account = self._ledgers[clock.name, clock.instance]
        over = clock.stopped_at or instant
        rulings = [self._with_days_apart(ruling, over) for ruling in account.rulings]
        last = account.lines[-1].target if account.lines else None
        target = last if clock.target is None else clock.target
        breached = clock.breached_at is not None and target is not None
        return Explanation(
            clock=clock.name,
            instance=clock.instance,
            queue=clock.queue,
            state=clock.state.value,
            instant=instant,
            zone=zone or (rulings[-1].zone if rulings else "UTC"),
            elapsed=clock.elapsed,
            target=clock.target,
            exceeded=round(clock.elapsed - (target or 0.0), 6) if breached else None,
            due_at=clock.due_at,
            rulings=tuple(rulings),
            segments=tuple(one for one in account.segments if one.seconds),
            stops=tuple(account.stops),
            lines=tuple(sorted(account.lines, key=lambda line: line.at)),
        )

    def _with_days_apart(self, ruling: Ruling, until: datetime) -> Ruling:
        if not ruling.calendar_version:
            return ruling
        edit = self._book.events[ruling.calendar_version - 1]
        if not isinstance(edit, CalendarSet):
            return ruling
        return with_changes(ruling, days_apart=days_apart(edit, ruling.at, until))


def _asked(condition: Condition) -> frozenset[str]:
    """The attributes that a condition looks at."""
    match condition:
        case Comparison(attribute=attribute):
            return frozenset({attribute})
        case AllOf(all=of) | AnyOf(any=of) | NoneOf(none=of):
            return frozenset().union(*map(_asked, of))


def _cause(recorded: Recorded[Any], seen: Sequence[Recorded[Any]]) -> Cause:
    event = recorded.event
    undone = (one.version for one in seen if one.event_id == event.undoes)
    reason = getattr(event, "reason", None) or getattr(event, "override_reason", None)
    return Cause(
        kind=event.kind,
        by=_by(event.by),
        version=recorded.version,
        reason=None if reason is None else str(reason),
        undoes=None if event.undoes is None else next(undone, 0),
    )


def _by(actor: Any) -> str:
    version = "" if actor.rule_version is None else f" (version {actor.rule_version})"
    return f"{actor.kind.value} {actor.id}{version}"
