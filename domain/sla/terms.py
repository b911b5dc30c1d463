"""By which term a clock is judged: another one when the ticket or the book says otherwise."""

from datetime import datetime

from domain.conditions import Attributes
from domain.record import with_changes
from domain.sla.book import Book, Term
from domain.sla.clock import Because, Reason, Track, Tracked
from domain.sla.hearing import Hearing
from domain.sla.policy import OnChange, Policy
from domain.ticket.words import Priority


def may_differ(track: Track, hearing: Hearing) -> bool:
    """Whether another term may hold for a live clock, as the ticket's attributes changed.

    Within a policy the target depends on the priority alone; what depends on the instant is taken
    when that comes.
    """
    if not hearing.attributes_differ:
        return False
    old, policy = track.term, hearing.policy
    if old is None or policy is None or not track.promised:
        return True
    if old.policy.options.on_change is OnChange.KEEP_FIRST:
        return False
    same = old.policy.version == policy.version and old.policy.id == policy.id
    return hearing.priority_differs or not same


def retargeted(track: Track, hearing: Hearing) -> Track:
    """A clock after the ticket changed in a way that may make another promise hold."""
    change, old = hearing.change, track.term
    term, priority = holding(track, hearing.state, hearing.book, change.at)
    restarts = old is not None and old.policy.options.on_change is OnChange.RESTART
    if restarts and term is not None and not (_holds(track, term) or track.is_only_evidence):
        anew = with_changes(track, elapsed=0.0, idle=(), borrowed=0.0)
        reason = reason_of(term, change.at, Because.RESTARTED, change.version)
        return under(anew, term, priority, reason)
    reason = reason_of(term, change.at, Because.RETARGETED, change.version)
    return under(track, term, priority, reason)


def holding(track: Track, state: Tracked, book: Book, at: datetime) -> tuple[Term | None, Priority]:
    """What judges a clock that has not stopped from `at` on, and for which priority.

    A policy that keeps the first target is kept as long as it promises the clock; its own edits
    are taken.
    """
    attributes, old, opened_at = state.attributes, track.term, state.opened_at
    priority = Priority(str(attributes["priority"]))
    if opened_at is None:
        return None, priority

    def term_of(policy: Policy, attributes: Attributes) -> Term | None:
        clock, queue = track.clock, track.queue
        return book.term_of(policy, clock, attributes, queue, at=at, opened_at=opened_at)

    if old is not None and track.promised and old.policy.options.on_change is OnChange.KEEP_FIRST:
        kept = book.policy_in_force(old.policy.id, at, opened_at)
        first = track.first_priority
        term = None if kept is None else term_of(kept, {**attributes, "priority": first.value})
        if term is not None:
            return term, first
    policy = book.policy(attributes, at, opened_at)
    return (None if policy is None else term_of(policy, attributes)), priority


def _holds(track: Track, term: Term) -> bool:
    """A clock is judged by this already."""
    return track.promised and track.term is not None and track.term.names == term.names


def under(track: Track, term: Term | None, priority: Priority, reason: Reason) -> Track:
    """The clock under another term, or under none; what it has counted is kept."""
    if term is None:
        return with_changes(track, promised=False) if track.promised else track
    if _holds(track, term):
        return track
    made_up = borrowed = 0.0
    for begin, end in track.idle:
        seconds = term.calendar.elapsed(begin, end)
        made_up += seconds
        if track.own_start is not None and begin < track.own_start:
            borrowed += seconds
    return track.because(
        reason,
        term=term,
        first_priority=priority,
        promised=True,
        elapsed=round(track.elapsed + made_up, 6),
        borrowed=round(track.borrowed + borrowed, 6),
        idle=(),
    )


def reason_of(
    term: Term | None,
    at: datetime,
    what: Because,
    version: int | None = None,
    book_version: int | None = None,
) -> Reason:
    """Why something was done to a clock, and what judges from then on."""
    if term is None:
        return Reason(at=at, what=what, version=version, book_version=book_version)
    policy, policy_version, calendar, calendar_version, target = term.names
    return Reason(
        at=at,
        what=what,
        version=version,
        book_version=book_version,
        policy=policy,
        policy_version=policy_version,
        calendar=calendar,
        calendar_version=calendar_version,
        target=target,
    )
