"""A ticket as it was: the fold of what had taken effect by then."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.recorded import Recorded
from domain.ticket.state import Ticket, fold


def versions_until(events: Sequence[Recorded[Any]], as_of: datetime) -> int:
    """How many events had taken effect at `as_of`.

    An event takes effect when it occurred, but never before the one before it: imported logs
    hold rows whose clock ran backwards.
    """
    count = 0
    for recorded in events:
        if recorded.occurred_at > as_of:
            break
        count += 1
    return count


def as_it_was(
    events: Sequence[Recorded[Any]], *, as_of: datetime | None, at_version: int | None
) -> Ticket | None:
    """The ticket at an instant or at a version; None when it did not exist."""
    if as_of is not None:
        until = versions_until(events, as_of)
    else:
        until = at_version or 0
        if until > len(events):
            return None
    ticket = fold(recorded.event for recorded in events[:until])
    return ticket if ticket.exists else None
