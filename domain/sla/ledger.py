"""The ledger of one clock: what was added to its time and taken away, and what was done to it."""

from datetime import datetime

from domain.record import record, with_changes
from domain.sla.book import Term
from domain.sla.clock import Because, Mode, Stretch, Track
from domain.sla.explanation import BREACHED, STEP, Cause, Entry, Line, Ruling, Segment, Stop


@record
class Step:
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


class Ledger:
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

    def count(self, step: Step) -> None:
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

    def _made_up(self, step: Step) -> float:
        """Seconds that count although the clock did not run then, or not here."""
        made, old, new = 0.0, step.old, step.new
        if old is not None and old.mode is Mode.STOPPED and new.mode is not Mode.STOPPED:
            term = old.term if old.promised else None
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

    def points(self, step: Step) -> None:
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

    def doings(self, step: Step) -> None:
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

    def stood(self, step: Step) -> None:
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


def _target(track: Track) -> float | None:
    return None if track.term is None or not track.promised else track.term.target.seconds
