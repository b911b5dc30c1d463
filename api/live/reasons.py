"""Why somebody is told to look at everything again."""

from enum import StrEnum


class Reset(StrEnum):
    """`unknown`: no position of this desk. `other-log`: of a log that was here before.

    `too-old`: more has happened since than is told again. `too-much`: more happens at once than is
    told, such as an import. `slow`: the reader did not take what waited.
    """

    UNKNOWN = "unknown"
    OTHER_LOG = "other-log"
    TOO_OLD = "too-old"
    TOO_MUCH = "too-much"
    SLOW = "slow"
