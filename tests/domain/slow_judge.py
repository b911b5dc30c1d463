"""A second judge, written from the definitions: slow, in whole minutes, and from the log alone.

It keeps nothing between events. Each clock is followed on its own from its beginning on, through
every minute at which anything happens to the ticket or to the book, and all that is asked about the
book and the ticket is looked up anew each time. An undo makes it judge a history without what was
undone; of the history before it, only breaches are kept.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from domain.recorded import Recorded
from domain.sla.clock import ClockState
from domain.sla.policy import ClockName
from tests.domain.slow_book import SlowBook
from tests.domain.slow_calendar import minute_of
from tests.domain.slow_clock import NEVER, Verdict, followed
from tests.domain.slow_story import Story

Key = tuple[ClockName, int]


def effective_minutes(events: Sequence[Recorded[Any]]) -> list[int]:
    """When each event took effect: never before the one before it."""
    minutes: list[int] = []
    for recorded in events:
        minutes.append(max([minute_of(recorded.event.at), *minutes[-1:]]))
    return minutes


def slowly_judged(
    events: Sequence[Recorded[Any]], book: SlowBook, until: int
) -> dict[Key, Verdict]:
    """The clocks of a ticket at a minute."""
    found = _judged(events, book, until)
    return {key: one for key, one in found.items() if one.policy != NEVER}


def _judged(events: Sequence[Recorded[Any]], book: SlowBook, until: int) -> dict[Key, Verdict]:
    minutes = effective_minutes(events)
    count = sum(minute <= until for minute in minutes)
    events, minutes = events[:count], minutes[:count]
    undos = [n for n, recorded in enumerate(events) if recorded.event.undoes is not None]
    if not undos:
        return _plainly(events, minutes, book, until) if events else {}
    gone = {recorded.event.undoes for recorded in events}
    kept = [
        n
        for n, recorded in enumerate(events)
        if recorded.event.undoes is None and recorded.event_id not in gone
    ]
    now = _plainly([events[n] for n in kept], [minutes[n] for n in kept], book, until)
    last = undos[-1]
    for key, before in _judged(events[:last], book, minutes[last]).items():
        if before.breached is None:
            continue
        found = now.get(key)
        if found is None:
            now[key] = replace(before, target=None, calendar_version=None)
            continue
        breached = min(
            before.breached, before.breached if found.breached is None else found.breached
        )
        policy = before.policy if found.policy == NEVER else found.policy
        now[key] = replace(found, state=ClockState.BREACHED, breached=breached, policy=policy)
    return now


def _plainly(
    events: Sequence[Recorded[Any]], minutes: Sequence[int], book: SlowBook, until: int
) -> dict[Key, Verdict]:
    story = Story(minutes, events, book)
    found: dict[Key, Verdict] = {}
    for clock, begin in story.beginnings():
        found |= {(one.clock, one.instance): one for one in followed(story, clock, begin, until)}
    return found
