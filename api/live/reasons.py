"""Why somebody is told to look at everything again."""

from enum import StrEnum


class Reset(StrEnum):
    """What each means is in docs/how-to/live.md."""

    UNKNOWN = "unknown"
    """The position is not one of this desk."""
    OTHER_LOG = "other-log"
    """It is of a log that was here before: a backup was brought back, or lanes were added."""
    TOO_OLD = "too-old"
    """More has happened since than is told again."""
    TOO_MUCH = "too-much"
    """More happens at once than is told, such as an import."""
    SLOW = "slow"
    """The reader did not take what waited."""
