"""One clock of the slow judge, followed from the fact at which it begins to an instant."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.sla.clock import ClockState
from domain.sla.policy import PAUSES, ClockName, OnChange, OnMerge, OnReopen
from domain.ticket.events import (
    TicketAbsorbed,
    TicketMergeSettled,
    TicketOpened,
    TicketReleased,
)
from domain.ticket.words import Category, Status
from tests.domain.slow_book import Judging
from tests.domain.slow_story import BREACH, Fact, Story

NEVER = ("", 0)
"""The policy of a clock while nothing was ever promised: nobody sees it."""


@dataclass(frozen=True)
class Verdict:
    """A clock as the slow judge sees it; all in minutes."""

    clock: ClockName
    instance: int
    state: ClockState
    policy: tuple[str, int]
    target: int | None
    calendar_version: int | None
    started: int
    stopped: int | None
    breached: int | None
    elapsed: int
    reached: frozenset[tuple[str, int]]


_RUNS, _STANDS, _ENDED, _STOPPED = "runs", "stands", "ended", "stopped"


def followed(story: Story, clock: ClockName, begin: int, until: int) -> Iterator[Verdict]:
    """What it comes to at a minute; a total resolution may be followed by another one."""
    one = _Followed(story, clock, begin)
    for minute, place in story.moments(begin, until):
        one.passes(minute)
        if place is None:
            one.hears_of_the_book(minute)
        elif one.hears(place):
            yield from followed(story, clock, place, until)
            break
    one.passes(until)
    yield one.verdict()


class _Followed:
    def __init__(self, story: Story, clock: ClockName, begin: int) -> None:
        fact = story.facts[begin]
        self.story, self.clock, self.begin = story, clock, begin
        self.now = fact.minute
        self.place = begin
        self.instance = fact.version
        self.queue = fact.queues[1] if clock is ClockName.HANDLING else None
        self.own = self.started = fact.minute
        self.spent = self.taken = 0
        self.waited: list[tuple[int, int]] = []
        self.stopped: int | None = None
        self.points: dict[str, int] = {}
        self.latest: Judging | None = None
        self.priority = str(fact.attributes["priority"])
        self.term = self._matched(fact)
        self._renamed()
        self._takes_over()
        self._points_behind()

    # ── What the ticket is at the moment ─────────────────────────────────────────────────────

    @property
    def fact(self) -> Fact:
        return self.story.facts[self.place]

    @property
    def does(self) -> str:
        """Whether it counts at the moment."""
        if self.stopped is not None:
            return _STOPPED
        status = self.fact.after.status
        if status is Status.MERGED:
            options = None if self.latest is None else self.latest.policy.options
            settled = any(
                isinstance(fact.event, TicketMergeSettled)
                for fact in self.story.facts[self._last_change_of_status() : self.place + 1]
            )
            if options is None or options.on_merge is not OnMerge.RUN_ON or settled:
                return _ENDED
        elif status.category is Category.FINAL:
            return _ENDED
        if status.category is Category.DONE:
            return _ENDED if self.clock is ClockName.UPDATE else _STANDS
        pauses = PAUSES[self.clock] if self.term is None else self.term.promise.pauses
        return _STANDS if status.category in pauses else _RUNS

    def _last_change_of_status(self) -> int:
        places = range(self.place, 0, -1)
        facts = self.story.facts
        return next((n for n in places if facts[n].before.status is not facts[n].after.status), 0)

    def _matched(self, fact: Fact) -> Judging | None:
        policy = self.story.book.policy(fact.attributes, self.now, self.story.opened)
        priority = str(fact.attributes["priority"])
        return self.story.book.judging(
            policy, self.clock, self.queue, priority, self.now, self.story.opened
        )

    def _kept(self) -> Judging | None:
        """What a policy that keeps its first target says now, or else what the ticket matches."""
        term = self.term
        if term is not None and term.policy.options.on_change is OnChange.KEEP_FIRST:
            book, opened = self.story.book, self.story.opened
            policy = book.policy_named(term.policy.id, self.now, opened)
            kept = book.judging(policy, self.clock, self.queue, self.priority, self.now, opened)
            if kept is not None:
                return kept
        found = self._matched(self.fact)
        if found is not None and (term is None or found.names != term.names):
            self.priority = str(self.fact.attributes["priority"])
        return found

    # ── Time ─────────────────────────────────────────────────────────────────────────────────

    def passes(self, minute: int) -> None:
        """The time until then, and the points that were passed before it."""
        if self.does == _RUNS:
            if self.term is None:
                self.waited.append((self.now, minute))
            else:
                self._counts(self.term, minute)
        self.now = max(self.now, minute)

    def _counts(self, term: Judging, minute: int) -> None:
        for name, point in _points(term):
            when = term.minutes.reached(self.now, point - self.elapsed)
            if name not in self.points and when is not None:
                said = when == minute and self.story.said(self.clock, self.instance, name, minute)
                if when < minute or said:
                    self.points[name] = when
        self.spent += term.minutes.between(self.now, minute)

    def _points_behind(self) -> None:
        """Points that are behind it already where it begins to count are reached there."""
        if self.does == _RUNS and self.term is not None:
            for name, point in _points(self.term):
                if self.elapsed > point:
                    self.points.setdefault(name, self.now)

    @property
    def elapsed(self) -> int:
        return max(0, self.spent + self.taken)

    # ── What happens ─────────────────────────────────────────────────────────────────────────

    def hears_of_the_book(self, minute: int) -> None:
        ended = self.does == _ENDED and self.fact.after.status.is_final
        if self.stopped is None and not ended:
            self.now = minute
            self._judged_by(self._kept())
            self._points_behind()

    def hears(self, place: int) -> bool:
        """What a fact does to it; whether another total resolution begins instead."""
        before = self.does
        self.place = place
        fact = self.fact
        if self.stopped is not None:
            if self.clock is not ClockName.TOTAL_RESOLUTION or not fact.comes_back:
                return False
            options = None if self.latest is None else self.latest.policy.options
            if options is not None and options.on_reopen is OnReopen.NEW_INSTANCE:
                return self.story.promised(self.clock, fact)
            if self.term is not None and self.term.promise.counts_resolved:
                self.spent += self.term.minutes.between(self.stopped, self.now)
            self.stopped = None
            self._changed()
        elif self._stops(fact, before):
            self.stopped = self.now
            return False
        elif fact.attributes != self.story.facts[place - 1].attributes:
            self._changed()
        elif fact.before.status.is_final and not fact.after.status.is_final:
            self._judged_by(self._kept())
        if isinstance(fact.event, TicketAbsorbed | TicketReleased | TicketOpened):
            self._takes_over()
        self._points_behind()
        return False

    def _stops(self, fact: Fact, before: str) -> bool:
        settles = isinstance(fact.event, TicketMergeSettled) and before in (_RUNS, _STANDS)
        settles = settles and self.term is not None
        match self.clock:
            case ClockName.ACKNOWLEDGE:
                return fact.touches
            case ClockName.FIRST_RESPONSE | ClockName.NEXT_RESPONSE | ClockName.UPDATE:
                return self.story.answers(fact)
            case ClockName.RESOLUTION | ClockName.TOTAL_RESOLUTION:
                return fact.sets_done or settles
            case ClockName.HANDLING:
                was, now = fact.queues
                return fact.sets_done or settles or was != now

    def _changed(self) -> None:
        """The ticket is another one, so that something else may hold."""
        old, term = self.latest, self._kept()
        restarts = old is not None and old.policy.options.on_change is OnChange.RESTART
        if restarts and term is not None and not (self.term and self.term.names == term.names):
            self.spent = self.taken = 0
            self.waited = []
        self._judged_by(term)

    def _judged_by(self, term: Judging | None) -> None:
        self.term = term
        self._renamed()

    def _renamed(self) -> None:
        """What was waited without a promise counts as soon as there is one."""
        if self.term is None:
            return
        self.latest = self.term
        for begin, end in self.waited:
            open_then = self.term.minutes.between(begin, end)
            if begin < self.own:
                self.taken += open_then
            else:
                self.spent += open_then
        self.waited = []

    def _takes_over(self) -> None:
        """It counts from the earliest of the tickets that live on here, or from its own start."""
        others = self.story.others(self.clock, self.begin, self.place)
        start = min([self.own, *others])
        if start == self.started:
            return
        self.spent, self.taken = self.elapsed - self.taken, 0
        self.started = start
        self.waited = [stretch for stretch in self.waited if stretch[0] >= self.own]
        if self.term is not None:
            self.taken = self.term.minutes.between(start, self.own)
        elif start < self.own:
            self.waited.insert(0, (start, self.own))

    # ── What it comes to ─────────────────────────────────────────────────────────────────────

    def verdict(self) -> Verdict:
        latest = self.latest
        return Verdict(
            clock=self.clock,
            instance=self.instance,
            state=self._state(),
            policy=NEVER if latest is None else (latest.policy.id, latest.policy.version),
            target=None if self.term is None else self.term.target,
            calendar_version=None if self.term is None else self.term.calendar_version,
            started=self.started,
            stopped=self.stopped,
            breached=self.points.get(BREACH),
            elapsed=self.elapsed,
            reached=frozenset((n, m) for n, m in self.points.items() if n != BREACH),
        )

    def _state(self) -> ClockState:
        if BREACH in self.points:
            return ClockState.BREACHED
        if self.term is None:
            return ClockState.CANCELLED
        return {
            _STOPPED: ClockState.MET,
            _ENDED: ClockState.CANCELLED,
            _STANDS: ClockState.PAUSED,
            _RUNS: ClockState.RUNNING,
        }[self.does]


def _points(term: Judging) -> list[tuple[str, int]]:
    steps = [(step.name, int(step.point(term.target * 60) // 60)) for step in term.promise.steps]
    return [(BREACH, term.target), *steps]
