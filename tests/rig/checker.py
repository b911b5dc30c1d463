"""Judges a finished run: is the log what everybody was told, and did everybody see it?

Pure functions over plain data (history.py). What they look for is written down here and nowhere
else; `test_rig_checker.py` breaks each rule once and sees it found.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tests.rig.history import Asked, CommandKey, Event, History, Outcome

K = TypeVar("K")
V = TypeVar("V")

Stream = tuple[str, str]
"""Workspace and stream."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise that was not kept, and where."""

    rule: str
    detail: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.detail}"


@dataclass
class Logged:
    """The log at the end of a run: lanes in the order of positions, heads, streams by version."""

    lanes: dict[int, list[Event]]
    heads: dict[int, int]
    streams: dict[Stream, list[Event]]

    @property
    def events(self) -> list[Event]:
        return [event for events in self.lanes.values() for event in events]


HOLE = "positions of a lane have no hole"
GAP = "a stream has no gap, and the order of the log"
ONCE = "an acknowledged command is in the log exactly once"
REFUSED = "a refused command is not in the log"
WHOLE = "a command is in the log as a whole or not at all"
STRANGER = "what is in the log was asked for"
REPEAT = "a repeat gets the first answer"
LOOKED = "what a decision looked at was so when it was written"
TIME = "who was answered before the other asked comes first"
FAILED = "a store answers, refuses, or cannot be reached"
TAIL = "a reader at the end sees every event once and in order"


def judge(history: History, log: Logged, tails: Sequence[Sequence[Event]] = ()) -> list[Finding]:
    """All that is wrong. `tails` are the events that readers saw, in the order of arrival."""
    return [
        *_places(log),
        *_commands(history, log),
        *_looked_at(history, log),
        *_real_time(history, log),
        *(
            Finding(FAILED, f"{asked.command_id}: {history.heard[asked.number].reason}")
            for asked in history.with_outcome(Outcome.FAILED)
        ),
        *(finding for tail in tails for finding in _seen(log, tail)),
    ]


def _places(log: Logged) -> Iterator[Finding]:
    for lane in sorted(log.lanes.keys() | log.heads.keys()):
        events = log.lanes.get(lane, [])
        positions = [event.position for event in events]
        if positions != list(range(1, len(positions) + 1)):
            yield Finding(HOLE, f"lane {lane}: {_first_odd(positions)}")
        if log.heads.get(lane) != len(events):
            yield Finding(
                HOLE, f"lane {lane}: head {log.heads.get(lane)} after {len(events)} events"
            )
    by_stream: dict[Stream, list[Event]] = defaultdict(list)
    for event in log.events:
        by_stream[event.workspace, event.stream].append(event)
    for stream in sorted(by_stream.keys() | log.streams.keys()):
        in_lanes, loaded = by_stream.get(stream, []), log.streams.get(stream, [])
        versions = [event.version for event in in_lanes]
        if versions != list(range(1, len(versions) + 1)):
            yield Finding(GAP, f"{stream[1]}: {_first_odd(versions)}")
        if len({event.lane for event in in_lanes}) > 1:
            yield Finding(GAP, f"{stream[1]} lies in several lanes")
        if in_lanes != loaded:
            yield Finding(GAP, f"{stream[1]} is loaded otherwise than it is in its lane")


def _commands(history: History, log: Logged) -> Iterator[Finding]:
    written: dict[CommandKey, list[Event]] = defaultdict(list)
    for event in log.events:
        written[event.workspace, event.command_id].append(event)
    attempts: dict[CommandKey, list[Asked]] = defaultdict(list)
    for asked in history.asked.values():
        attempts[asked.command].append(asked)
    for command in written.keys() - attempts.keys():
        yield Finding(STRANGER, f"{command[1]} at {_where(written[command])}")
    for command, tries in attempts.items():
        yield from _command(history, tries, written.get(command, []))


def _command(
    history: History, attempts: Sequence[Asked], written: Sequence[Event]
) -> Iterator[Finding]:
    """One command with all its repeats, beside what the log holds of it."""
    command = attempts[0].command_id
    answers = [
        history.heard[a.number] for a in attempts if history.is_(a.number, Outcome.ACKNOWLEDGED)
    ]
    if answers:
        if sum(not answer.repeated for answer in answers) > 1:
            yield Finding(ONCE, f"{command} was written anew more than once")
        if len({(answer.version, _sorted(answer.events)) for answer in answers}) > 1:
            yield Finding(REPEAT, f"{command} was answered in two ways")
        if not _is_told_of(answers[0].events, written, attempts[0]):
            yield Finding(
                ONCE,
                f"{command}: acknowledged {_where(answers[0].events)}, found {_where(written)}",
            )
    possible = [
        a for a in attempts if history.outcome(a.number) in (Outcome.ACKNOWLEDGED, Outcome.UNKNOWN)
    ]
    if written and not possible:
        yield Finding(REFUSED, f"{command} is at {_where(written)}")
    elif written:
        held = Counter((event.stream, event.version, event.what) for event in written)
        known = [asked for asked in possible if not asked.decided_there]
        if known and all(held != Counter(asked.streams) for asked in known):
            yield Finding(WHOLE, f"{command} at {_where(written)} is not what was asked")
    yield from _repeats(history, attempts, written)


def _repeats(
    history: History, attempts: Sequence[Asked], written: Sequence[Event]
) -> Iterator[Finding]:
    """Once it is written, the same request is never refused; another one with its id always is."""
    held = Counter((event.stream, event.version, event.what) for event in written)
    for asked in attempts:
        if not history.is_(asked.number, Outcome.REFUSED):
            continue
        for other in attempts:
            if other.fingerprint != asked.fingerprint or other is asked:
                continue
            if history.is_(other.number, Outcome.ACKNOWLEDGED):
                if history.heard[other.number].ended < asked.began:
                    yield Finding(REPEAT, f"{asked.command_id} was refused after its answer")
            elif (
                history.is_(other.number, Outcome.UNKNOWN)
                and other.began < asked.began
                and held == Counter(asked.streams) == Counter(other.streams)
                and not _written_by_another(history, attempts, other)
            ):
                # Versions only grow: what was refused now would have been refused before.
                yield Finding(REPEAT, f"{asked.command_id} was refused, and it is in the log")
    done = [a for a in attempts if history.is_(a.number, Outcome.ACKNOWLEDGED)]
    if len({asked.fingerprint for asked in done}) > 1:
        yield Finding(REPEAT, f"{attempts[0].command_id} was accepted for two requests")


def _written_by_another(history: History, attempts: Sequence[Asked], lost: Asked) -> bool:
    """Whether what is in the log may be another request's than the `lost` one's.

    Such a one writes the same events, and was a decision on other versions of what it looked at,
    or had other words.
    """
    return any(
        other.streams == lost.streams
        and (other.fingerprint, other.wanted) != (lost.fingerprint, lost.wanted)
        and history.outcome(other.number) in (Outcome.ACKNOWLEDGED, Outcome.UNKNOWN)
        for other in attempts
    )


def _looked_at(history: History, log: Logged) -> Iterator[Finding]:
    """Streams in the same lane as what was written; between lanes there is no before and after."""
    lane_of = {(e.workspace, e.stream): e.lane for e in log.events}
    positions: dict[Stream, list[int]] = defaultdict(list)
    for event in log.events:
        positions[event.workspace, event.stream].append(event.position)
    for asked in history.with_outcome(Outcome.ACKNOWLEDGED):
        answer = history.heard[asked.number]
        if answer.repeated or not answer.events:
            continue
        begins = {event.lane: event.position for event in reversed(answer.events)}
        for wanted in asked.wanted:
            stream = (asked.workspace, wanted.stream)
            if stream not in lane_of or (at := begins.get(lane_of[stream])) is None:
                continue
            before = sum(position < at for position in positions[stream])
            if before != wanted.expected:
                yield Finding(
                    LOOKED,
                    f"{asked.command_id} saw {wanted.stream} at {wanted.expected},"
                    f" it was at {before}",
                )


def _real_time(history: History, log: Logged) -> Iterator[Finding]:
    """No event stands behind one whose command was only asked after its own was answered."""
    began: dict[CommandKey, float] = {}
    ended: dict[CommandKey, float] = {}
    for asked in history.asked.values():
        began[asked.command] = min(began.get(asked.command, asked.began), asked.began)
        if history.is_(asked.number, Outcome.ACKNOWLEDGED):
            at = history.heard[asked.number].ended
            ended[asked.command] = min(ended.get(asked.command, at), at)
    for lane, events in log.lanes.items():
        earliest = float("inf")
        for event in reversed(events):
            command = event.workspace, event.command_id
            if began.get(command, 0.0) > earliest:
                yield Finding(TIME, f"lane {lane}, position {event.position}: it came too early")
            earliest = min(earliest, ended.get(command, earliest))


def _seen(log: Logged, tail: Sequence[Event]) -> Iterator[Finding]:
    lanes: dict[int, list[Event]] = defaultdict(list)
    for event in tail:
        lanes[event.lane].append(event)
    for lane in sorted(lanes.keys() | log.lanes.keys()):
        seen, there = lanes[lane], log.lanes.get(lane, [])
        if seen == there:
            continue
        missed = len(set(there) - set(seen))
        twice = len(seen) - len(set(seen))
        yield Finding(
            TAIL,
            f"lane {lane}: {missed} of {len(there)} missed, {twice} seen twice,"
            f" {_first_odd([event.position for event in seen])}",
        )


def compare(rule: str, found: Mapping[K, V], right: Mapping[K, V]) -> list[Finding]:
    """Rows beside the rows that there should be, by key; at most three findings."""
    wrong = [key for key in found.keys() | right.keys() if found.get(key) != right.get(key)]
    return [
        Finding(rule, f"{key}: {found.get(key)}, should be {right.get(key)} ({len(wrong)} rows)")
        for key in sorted(wrong, key=str)[:3]
    ]


def _first_odd(numbers: Sequence[int]) -> str:
    for expected, number in enumerate(numbers, start=1):
        if number != expected:
            return f"{number} in place of {expected}"
    return f"{len(numbers)} in order"


def _where(events: Sequence[Event]) -> str:
    return ", ".join(f"{e.lane}:{e.position} {e.stream}@{e.version}" for e in events) or "nowhere"


def _is_told_of(answer: Sequence[Event], written: Sequence[Event], asked: Asked) -> bool:
    """Whether the answer names what was written, as far as this way of asking tells it."""
    if asked.decided_there:
        return sorted((e.stream, e.version) for e in answer) == sorted(
            (e.stream, e.version) for e in written
        )
    return _sorted(answer) == _sorted(written)


def _sorted(events: Sequence[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda event: (event.lane, event.position)))
