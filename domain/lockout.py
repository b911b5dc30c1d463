"""Guessing passwords gets slower with every wrong one: for an account, and for an address."""

import math
from datetime import datetime, timedelta
from enum import StrEnum

from domain.record import record


class Counted(StrEnum):
    """Many guess at one account, and one guesses at many accounts."""

    ACCOUNT = "account"
    ADDRESS = "address"


@record
class Subject:
    """What attempts are counted for.

    `workspace` is empty for an address: it is the same whichever workspace it knocks at.
    """

    kind: Counted
    workspace: str
    name: str


@record
class Tally:
    """What is remembered of a subject.

    `level` is the number of attempts without success that still count; each is forgotten little by
    little after `last_at`. `locked_until` is None when the last attempt locked nothing.
    """

    level: float
    last_at: datetime
    locked_until: datetime | None

    def wait(self, now: datetime) -> timedelta:
        """How long no attempt is taken; zero when one is."""
        if self.locked_until is None:
            return timedelta(0)
        return max(timedelta(0), self.locked_until - now)


@record
class Backoff:
    """How quickly it gets slower.

    After `free` attempts in a row the next one has to wait for `first`, and twice as long after
    each further one, up to `most`. One attempt is forgotten in `forgets`.
    """

    free: int
    first: timedelta
    most: timedelta
    forgets: timedelta

    def after_attempt(self, tally: Tally | None, now: datetime) -> Tally:
        """The tally with one more attempt, before anybody knows whether the password is right."""
        before = self._level(tally, now)
        level = min(before + 1, self._ceiling)
        over = math.ceil(level) - self.free
        locked_until = now + min(self.first * 2**over, self.most) if over >= 0 else None
        return Tally(level=level, last_at=now, locked_until=locked_until)

    def after_success(self, tally: Tally, forgiven: float, attempt_at: datetime) -> Tally:
        """The tally without `forgiven` attempts: whoever made them knew the password in the end.

        What the attempt of `attempt_at` locked is open again; what others locked since is not.
        """
        locked_until = None if tally.last_at == attempt_at else tally.locked_until
        return Tally(
            level=max(0.0, tally.level - forgiven),
            last_at=tally.last_at,
            locked_until=locked_until,
        )

    def _level(self, tally: Tally | None, now: datetime) -> float:
        if tally is None:
            return 0.0
        passed = max(timedelta(0), now - tally.last_at)
        return max(0.0, tally.level - passed / self.forgets)

    @property
    def _ceiling(self) -> float:
        """More would not wait longer, and would take longer to be forgotten."""
        return self.free + math.ceil(math.log2(self.most / self.first))
