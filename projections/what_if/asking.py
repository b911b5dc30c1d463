"""The question: which period, judged by what instead, and split by which dimensions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.conditions import ATTRIBUTES, FIELD
from domain.record import record
from domain.sla.book import Book
from domain.sla.book_events import PolicySet
from domain.sla.eras import policy_of
from domain.sla.policy import Policy
from domain.sla.starter import STARTER
from projections.what_if.edits import Edit, alike_from, as_if, touched

DIMENSIONS = (*(name for name in ATTRIBUTES if name != "tags"), "policy")
"""What clocks can be split by; also `field:NAME`. Tickets count with what they had at the end."""

MOST_DIMENSIONS = 6
_MOMENT = timedelta(microseconds=1)


class WrongQuestion(ValueError):
    """Something cannot be asked: `field` says what, the message what to ask instead."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@record
class Period:
    """[start, end), both aware."""

    start: datetime
    end: datetime
    zone: str = "UTC"

    def holds(self, at: datetime | None) -> bool:
        return at is not None and self.start <= at < self.end


@record
class Question:
    """`last` is the instant at which clocks are looked at: the period's last, or now.

    `policies` and `calendars` are the ids of those that differ between the two books, `edited` all
    versions of the policies. Of tickets that were opened at `alike_from` or later, those that meet
    none of them are judged once.
    """

    period: Period
    last: datetime
    by: tuple[str, ...]
    before: Book
    after: Book
    policies: frozenset[str]
    calendars: frozenset[str]
    alike_from: datetime | None
    edited: tuple[Policy, ...]
    keep: int


def question(
    book: Book,
    edits: Sequence[Edit],
    period: Period,
    now: datetime,
    *,
    by: Sequence[str] = (),
    keep: int = 100,
) -> Question:
    """What to judge, and how; `keep` is how many tickets of each kind are named.

    The edits have passed the checks of commands/sla. Raises WrongQuestion.
    """
    _check(period, now, by)
    after = as_if(book, edits, now)
    policies, calendars = touched(edits)
    return Question(
        period=period,
        last=min(period.end - _MOMENT, now),
        by=tuple(dict.fromkeys(by)),
        before=book,
        after=after,
        policies=policies,
        calendars=calendars,
        alike_from=alike_from(book, after, policies),
        edited=_versions(policies, (book, after)),
        keep=keep,
    )


def _versions(policies: frozenset[str], books: Sequence[Book]) -> tuple[Policy, ...]:
    """Every version of these policies, whether it ever holds or not."""
    found = [STARTER] if STARTER.id in policies else []
    for book in books:
        for n, event in enumerate(book.events, 1):
            if isinstance(event, PolicySet) and event.policy in policies:
                found.append(policy_of(event, n))
    return tuple(found)


def _check(period: Period, now: datetime, by: Sequence[str]) -> None:
    try:
        ZoneInfo(period.zone)
    except (KeyError, ValueError, OSError):
        raise WrongQuestion(
            "zone", f"There is no time zone {period.zone[:100]!r}; use one such as Asia/Seoul."
        ) from None
    if period.start >= period.end:
        raise WrongQuestion("until", "The period ends before it begins; give a later `until`.")
    if period.start >= now:
        raise WrongQuestion("from", "Nothing has happened yet in that period; give an earlier one.")
    if len(by) > MOST_DIMENSIONS:
        raise WrongQuestion("by", f"Split by up to {MOST_DIMENSIONS} dimensions, not {len(by)}.")
    for name in by:
        is_field = name.startswith(FIELD) and len(name) > len(FIELD)
        if name not in DIMENSIONS and not is_field:
            known = ", ".join(DIMENSIONS)
            raise WrongQuestion(
                "by", f"There is no dimension {name[:100]!r}; there are {known}, field:NAME."
            )
