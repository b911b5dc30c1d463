"""Why a clock stands where it stands: every stretch that counted, and all that was done to it.

The judge is asked step by step, and what differs from one step to the next is written down; so an
explanation cannot say anything but what the judge did. account.py makes a text of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.conditions import AllOf, AnyOf, Comparison, Condition, NoneOf, in_words
from domain.record import record, with_changes
from domain.recorded import Recorded
from domain.sla.book import Book, Term
from domain.sla.book_events import (
    CalendarRetired,
    CalendarSet,
    EditTookEffect,
    HistoryRejudged,
)
from domain.sla.clock import NOT_OPENED, Because, Clock, Mode, Stretch, Track, Tracked
from domain.sla.counting import settled
from domain.sla.eras import BEGINNING
from domain.sla.explanation import (
    BREACHED,
    STEP,
    Cause,
    Entry,
    Explanation,
    Line,
    Ruling,
    Segment,
    Stop,
)
from domain.sla.judge import advanced, effective, evolve, reading
from domain.sla.policy import ClockName, OnChange
from domain.sla.words import holidays_between, windows_in_words


@record
class _Step:
    """One clock from before to after something; `by_then` is the old one with its time counted.

    `term` is the one after, `cause` what happened, None for the mere passing of time.
    """

    old: Track | None
    by_then: Track | None
    new: Track
    term: Term
    at: datetime
    cause: Cause | None

    @property
    def whats(self) -> list[Because]:
        """What was done to it."""
        if self.is_undo:
            return [Because.UNDONE]
        known = 0 if self.old is None else len(self.old.reasons)
        return [reason.what for reason in self.new.reasons[known:]]

    @property
    def is_undo(self) -> bool:
        return self.cause is not None and self.cause.undoes is not None


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


class _Account:
    """What is written down of one clock."""

    def __init__(self) -> None:
        self.rulings: list[Ruling] = []
        self.segments: list[Segment] = []
        self.stops: list[Stop] = []
        self.lines: list[Line] = []

    def _add(self, entry: Entry, stretch: Stretch, seconds: float, by: Term) -> None:
        begin, end = stretch
        total = self.segments[-1].total if self.segments else 0.0
        last = self.segments[-1] if self.segments else None
        version = by.calendar_version
        if (
            last is not None
            and entry is last.entry is Entry.COUNTED
            and last.end == begin
            and (last.calendar, last.calendar_version) == (by.target.calendar, version)
        ):
            self.segments.pop()
            begin, seconds = last.begin, last.seconds + seconds
            total -= last.seconds
        self.segments.append(
            Segment(
                entry=entry,
                begin=begin,
                end=end,
                seconds=round(seconds, 6),
                total=round(total + seconds, 6),
                calendar=by.target.calendar,
                calendar_version=version,
            )
        )

    def count(self, step: _Step) -> None:
        """The time since the step before, and what was added to it or taken away."""
        had, old = 0.0, step.old
        if old is not None and step.by_then is not None:
            had = step.by_then.elapsed
            if old.counts and old.since is not None and old.term is not None:
                self._add(Entry.COUNTED, (old.since, step.at), had - old.elapsed, old.term)
        now = (step.at, step.at)
        if Because.RESTARTED in step.whats:
            self._add(Entry.RESTARTED, now, -had, step.term)
            had = 0.0
        elif not step.is_undo:
            had += self._made_up(step)
        rest = round(step.new.elapsed - had, 6)
        if rest:
            self._add(Entry.CORRECTED, now, rest, step.term)

    def _made_up(self, step: _Step) -> float:
        """Seconds that count although the clock did not run then, or not here."""
        made, old, new = 0.0, step.old, step.new
        if old is not None and old.mode is Mode.STOPPED and new.mode is not Mode.STOPPED:
            term = old.term
            if term is not None and term.promise.counts_resolved and old.stopped_at is not None:
                seconds = term.calendar.elapsed(old.stopped_at, step.at)
                self._add(Entry.WHILE_RESOLVED, (old.stopped_at, step.at), seconds, term)
                made += seconds
        if step.by_then is not None and step.by_then.idle and not new.idle:
            for stretch in step.by_then.idle:
                seconds = step.term.calendar.elapsed(*stretch)
                self._add(Entry.COUNTED_LATER, stretch, seconds, step.term)
                made += seconds
        if Because.BACKDATED in step.whats:
            borrowed = new.borrowed - (0.0 if old is None else old.borrowed)
            own = (new.own_start if old is None else old.started_at) or new.started_at
            entry = Entry.TAKEN_OVER if borrowed > 0 else Entry.GIVEN_BACK
            stretch = (min(own, new.started_at), max(own, new.started_at))
            self._add(entry, stretch, borrowed, step.term)
            made += borrowed
        return made

    def points(self, step: _Step) -> None:
        """Steps of the promise that were reached, and the breach."""
        old, new = step.old, step.new
        known = set() if old is None else {reached.name for reached in old.reached}
        found: list[tuple[str, str | None, datetime]] = [
            (STEP, one.name, one.at) for one in new.reached if one.name not in known
        ]
        if new.breached_at is not None and (old is None or old.breached_at is None):
            found.append((BREACHED, None, new.breached_at))
        for what, name, at in found:
            track, elapsed = new, new.elapsed
            if old is not None and old.counts and old.since is not None and at < step.at:
                track, elapsed = old, old.elapsed
                if old.term is not None:
                    elapsed = round(elapsed + old.term.calendar.elapsed(old.since, at), 6)
            target = _target(track)
            self.lines.append(Line(at=at, what=what, step=name, elapsed=elapsed, target=target))

    def doings(self, step: _Step) -> None:
        """What was done to it, each with its cause."""
        target = _target(step.new)
        old_target = None if step.old is None else _target(step.old)
        for what in step.whats:
            changes = what in (Because.RETARGETED, Because.RESTARTED, Because.UNDONE)
            self.lines.append(
                Line(
                    at=step.at,
                    what=what.value,
                    elapsed=step.new.elapsed,
                    target=target,
                    old_target=old_target if changes and old_target != target else None,
                    cause=step.cause,
                )
            )

    def stood(self, step: _Step) -> None:
        """When it did not count, and why."""
        begun = bool(self.stops) and self.stops[-1].end is None
        was = self.stops[-1].state if begun else None
        now = None if step.new.counts else step.new.mode.value
        if was == now:
            return
        if begun:
            self.stops[-1] = with_changes(self.stops[-1], end=step.at)
        if now is not None:
            self.stops.append(Stop(state=now, begin=step.at, end=None, cause=step.cause))


class _Teller:
    """Notes what differs between two states of a ticket's clocks."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._accounts: dict[tuple[ClockName, int], _Account] = {}

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
            self._accounts.pop(gone, None)
        for new in after.tracks:
            old = olds.get(new.key)
            if new is old or new.term is None:
                continue
            account = self._accounts.setdefault(new.key, _Account())
            by_then = None if old is None else settled(old, at)
            if old is not None and new.since == old.since and new.elapsed == old.elapsed:
                by_then = old  # the judge did not look at its time
            step = _Step(old=old, by_then=by_then, new=new, term=new.term, at=at, cause=cause)
            account.count(step)
            account.doings(step)
            account.points(step)
            names = old.term.names if old is not None and old.promised and old.term else None
            if new.promised and new.term.names != names:
                account.rulings.append(self._ruling(step, after))
            account.stood(step)

    # ── By what it is judged ─────────────────────────────────────────────────────────────────

    def _ruling(self, step: _Step, after: Tracked) -> Ruling:
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
            windows=windows_in_words(calendar),
            holidays=holidays_between(edit, at, None) if isinstance(edit, CalendarSet) else (),
            paused_in=tuple(sorted(category.value for category in term.promise.paused_in)),
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
        account = self._accounts[clock.name, clock.instance]
        over = clock.stopped_at or instant
        rulings = [self._with_holidays(ruling, over) for ruling in account.rulings]
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

    def _with_holidays(self, ruling: Ruling, until: datetime) -> Ruling:
        if not ruling.calendar_version:
            return ruling
        edit = self._book.events[ruling.calendar_version - 1]
        if not isinstance(edit, CalendarSet):
            return ruling
        return with_changes(ruling, holidays=holidays_between(edit, ruling.at, until))


def _target(track: Track) -> float | None:
    return None if track.term is None or not track.promised else track.term.target.seconds


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
