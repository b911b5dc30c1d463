"""By which term a clock is judged: another one when the ticket or the book says otherwise."""

from datetime import datetime

from domain.record import with_changes
from domain.sla.book import Term
from domain.sla.clock import Because, Reason, Track
from domain.sla.hearing import Hearing
from domain.sla.policy import OnChange


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
    if old is not None and old.policy.options.on_change is OnChange.KEEP_FIRST and track.promised:
        return track
    term = hearing.term(track.clock, track.queue)
    restarts = old is not None and old.policy.options.on_change is OnChange.RESTART
    if restarts and term is not None and not _holds(track, term):
        anew = with_changes(track, elapsed=0.0, idle=(), borrowed=0.0)
        return under(anew, term, change.at, change.version, what=Because.RESTARTED)
    return under(track, term, change.at, change.version)


def _holds(track: Track, term: Term) -> bool:
    """A clock is judged by this already."""
    return track.promised and track.term is not None and track.term.names == term.names


def under(
    track: Track,
    term: Term | None,
    at: datetime,
    version: int | None = None,
    *,
    book_version: int | None = None,
    what: Because = Because.RETARGETED,
) -> Track:
    """The clock under another term, or under none; what it has counted is kept."""
    if term is None:
        return with_changes(track, promised=False) if track.promised else track
    if _holds(track, term):
        return track
    elapsed = track.elapsed
    if track.idle:
        counted = sum(term.calendar.elapsed(begin, end) for begin, end in track.idle)
        elapsed = round(elapsed + counted, 6)
    reason = reason_of(term, at, what, version, book_version)
    return track.because(reason, term=term, promised=True, elapsed=elapsed, idle=())


def reason_of(
    term: Term, at: datetime, what: Because, version: int | None, book_version: int | None = None
) -> Reason:
    """Why something was done to a clock, and what judges from then on."""
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
