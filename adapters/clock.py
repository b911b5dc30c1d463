"""Clocks."""

from datetime import UTC, datetime


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """The time now, in UTC with microseconds."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands where it was set: for tests and for replaying a past."""

    def __init__(self, instant: datetime) -> None:
        """Stand at `instant` (with a time zone)."""
        self.instant = instant

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.instant
