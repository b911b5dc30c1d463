"""The explanation of a clock as a text that can be followed, and added up, by a reader alone."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from domain.sla.clock import Because
from domain.sla.explanation import (
    BREACHED,
    STEP,
    Cause,
    Entry,
    Explanation,
    Line,
    Ruling,
    Stop,
)
from domain.sla.words import days_apart_in_words, duration, instant_in

_ENTRIES = {
    Entry.COUNTED: "counted",
    Entry.COUNTED_LATER: "counted later, when something was promised",
    Entry.TAKEN_OVER: "taken over from the other ticket",
    Entry.GIVEN_BACK: "given back to the other ticket",
    Entry.WHILE_RESOLVED: "counted while resolved, as the policy says",
    Entry.RESTARTED: "taken away, as the clock began anew",
    Entry.CORRECTED: "corrected, as if the undone event had not happened",
}
_STOPS = {
    "paused": "paused",
    "cancelled": "cancelled, as nothing was promised or the ticket had ended",
    "stopped": "stopped",
}


def account(told: Explanation) -> str:
    """Lines of text. Durations add up as they are printed, to the millisecond."""
    return "\n".join(_all_of(told))


def _all_of(told: Explanation) -> Iterator[str]:
    name = told.clock.value.replace("_", " ").capitalize()
    queue = "" if told.queue is None else f" in queue {told.queue}"
    yield f"{name}{queue}, begun by event {told.instance}: {told.state}"
    yield f"  At {instant_in(told.zone, told.instant)}. Local times are of {told.zone}."
    yield f"  {_summary(told)}"
    yield ""
    yield "  Judged by"
    for n, ruling in enumerate(told.rulings, 1):
        yield from _ruling(n, ruling, told.zone)
    yield ""
    yield "  What happened"
    for line in told.lines:
        yield f"    {instant_in(told.zone, line.at)}"
        yield f"      {_said(line)}"
    yield ""
    yield "  Time that counted"
    yield from _table(told)
    if told.stops:
        yield ""
        yield "  Time that did not count"
        for stop in told.stops:
            yield from _stop(stop, told.zone)


def _summary(told: Explanation) -> str:
    counted = f"Counted: {duration(told.elapsed)}."
    if told.target is None:
        said = f"{counted} Nothing is promised any more."
    else:
        left = round(told.target - told.elapsed, 6)
        rest = f"Left: {duration(left)}." if left >= 0 else f"Over it by: {duration(-left)}."
        said = f"{counted} Target: {duration(told.target)}. {rest}"
    breach = next((line for line in told.lines if line.what == BREACHED), None)
    if breach is not None:
        said += f" Breached at {instant_in(told.zone, breach.at)}."
        if (told.exceeded or 0.0) < 0:
            said += " A breach that happened stays one, although the time fits the target now."
    elif told.due_at is not None:
        said += f" Due at {instant_in(told.zone, told.due_at)}."
    return said


def _ruling(n: int, ruling: Ruling, zone: str) -> Iterator[str]:
    yield f"    {n}. From {instant_in(zone, ruling.at)} on"
    target = f"       Target for priority {ruling.priority}: {duration(ruling.target)}"
    yield f"{target} of open time."
    since = _since(ruling.policy_version, ruling.policy_since, zone)
    yield f'       Policy "{ruling.policy_name}" ({ruling.policy}), {since}.'
    yield f"       It holds when: {ruling.condition}.{_attributes(ruling)}"
    since = _since(ruling.calendar_version, ruling.calendar_since, zone)
    yield f'       Calendar "{ruling.calendar_name}" ({ruling.calendar}), {since}.'
    yield f"       Open in zone {ruling.zone}: {ruling.windows}."
    if ruling.days_apart:
        yield f"       Days apart: {'; '.join(days_apart_in_words(ruling.days_apart))}."
    if ruling.paused_in:
        yield f"       Stands still while: {', '.join(ruling.paused_in)}."


def _since(version: int, since: datetime | None, zone: str) -> str:
    if not version:
        return "built in"
    at = f"in force since {instant_in(zone, since)}" if since else "in force from the beginning"
    return f"version {version} of the book, {at}"


def _attributes(ruling: Ruling) -> str:
    if not ruling.attributes:
        return ""
    had = (f"{name} = {_value(value)}" for name, value in ruling.attributes.items())
    return f" The ticket had: {'; '.join(had)}."


def _value(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value)


_DOINGS = {
    Because.STARTED: "Started",
    Because.PAUSED: "Paused",
    Because.RESUMED: "Resumed",
    Because.RETARGETED: "Judged anew",
    Because.RESTARTED: "Began anew",
    Because.STOPPED: "Stopped",
    Because.CANCELLED: "Cancelled",
    Because.BACKDATED: "Its start was moved",
    Because.UNDONE: "Counted anew, without what was undone",
}


def _said(line: Line) -> str:
    if line.what == STEP:
        return f'Step "{line.step}" reached after {duration(line.elapsed)}.'
    if line.what == BREACHED:
        target = "" if line.target is None else f" of {duration(line.target)}"
        return f"BREACHED: {duration(line.elapsed)} had been counted, the target{target} was over."
    said = _DOINGS[Because(line.what)]
    if line.old_target is not None and line.target is not None:
        said += f", target {duration(line.old_target)} becomes {duration(line.target)}"
    elif line.what == Because.RETARGETED and line.target is not None:
        said += f", target {duration(line.target)}"
    return f"{said}{_by(line.cause)}. Counted so far: {duration(line.elapsed)}."


def _by(cause: Cause | None) -> str:
    if cause is None:
        return ""
    what = (
        f"event {cause.version}"
        if cause.version is not None
        else f"version {cause.book_version} of the book"
    )
    about = "" if cause.about is None else f", {cause.about}"
    undoes = "" if cause.undoes is None else f", which undoes event {cause.undoes}"
    reason = "" if cause.reason is None else f', because "{cause.reason}"'
    return f" by {what} ({cause.kind}{about}, {cause.by}{undoes}){reason}"


def _table(told: Explanation) -> Iterator[str]:
    shown = 0.0
    for n, segment in enumerate(told.segments, 1):
        # Rounded as a running sum, so that the rounded parts add up to the rounded whole.
        total = round(segment.total, 3)
        yield f"    {n}. {_span(segment.begin, segment.end, told.zone)}"
        calendar = f"{segment.calendar} version {segment.calendar_version}"
        part = duration(round(total - shown, 3))
        yield f"       {part} {_ENTRIES[segment.entry]} [{calendar}]; so far {duration(total)}"
        shown = total
    yield f"    Sum: {duration(told.elapsed)}"


def _span(begin: datetime, end: datetime, zone: str) -> str:
    if begin == end:
        return f"At {instant_in(zone, begin)}"
    return f"From {instant_in(zone, begin)} until {instant_in(zone, end)}"


def _stop(stop: Stop, zone: str) -> Iterator[str]:
    until = "; it still stands" if stop.end is None else f" until {instant_in(zone, stop.end)}"
    yield f"    From {instant_in(zone, stop.begin)}{until}"
    yield f"      {_STOPS[stop.state]}{_by(stop.cause)}"


def accounts(told: Sequence[Explanation]) -> str:
    """Of several clocks, one after the other."""
    return "\n\n".join(map(account, told)) or "No clocks are promised."
