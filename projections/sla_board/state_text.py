"""The clocks of a ticket as text for a row, and back: compact, and exact to the microsecond."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.ids import CalendarId, PolicyId, TicketId
from domain.sla.book import Book, Term
from domain.sla.clock import Absorbed, Because, Mode, Reached, Reason, Track, Tracked
from domain.sla.policy import ClockName, Target
from domain.ticket.words import Priority, Status
from domain.wall_clock import instant_at, microseconds

Key = tuple[ClockName, int]
"""A clock and its instance."""

Decided = Mapping[Key, int | None]
"""Clock and instance -> the event that showed how it was decided; None while it is open."""


class StateText(str):
    """Text that remembers what it says, for whoever reads it in the same process."""

    __slots__ = ("said",)
    said: tuple[Book, Tracked, Decided]


def as_text(state: Tracked, decided: Decided, book: Book) -> StateText:
    """The state of a ticket's clocks, which terms of `book` judge."""
    data = {
        "v": state.version,
        "at": _us(state.at),
        "o": _us(state.opened_at),
        "s": state.status.value,
        "a": dict(state.attributes),
        "b": state.on_behalf,
        "q": state.asked,
        "r": state.answered,
        "m": [
            [one.ticket, one.version, _us(one.opened_at), _us(one.asked_at)]
            for one in state.absorbed
        ],
        "e": state.merge_settled,
        "f": _us(state.origin),
        "t": [_track(track) for track in state.tracks],
        "d": [decided.get(track.key) for track in state.tracks],
    }
    text = StateText(json.dumps(data, separators=(",", ":"), ensure_ascii=False))
    text.said = (book, state, decided)
    return text


def from_text(text: str, book: Book) -> tuple[Tracked, Decided]:
    """What `as_text` was given. Raises LookupError when `book` is older than the text."""
    if isinstance(text, StateText) and text.said[0] is book:
        return text.said[1:]
    data = json.loads(text)
    tracks = tuple(_as_track(values, book) for values in data["t"])
    attributes = data["a"]
    attributes["tags"] = tuple(attributes["tags"])
    state = Tracked(
        version=data["v"],
        at=_at(data["at"]),
        opened_at=_at(data["o"]),
        status=Status(data["s"]),
        attributes=attributes,
        on_behalf=data["b"],
        asked=data["q"],
        answered=data["r"],
        absorbed=tuple(
            Absorbed(
                ticket=TicketId(ticket),
                version=version,
                opened_at=_at(opened_at),
                asked_at=_at(asked_at),
            )
            for ticket, version, opened_at, asked_at in data["m"]
        ),
        merge_settled=data["e"],
        origin=_at(data["f"]),
        tracks=tracks,
    )
    return state, {track.key: n for track, n in zip(tracks, data["d"], strict=True)}


def track_text(track: Track) -> str:
    """One clock that is over for good."""
    return json.dumps(_track(track), separators=(",", ":"), ensure_ascii=False)


def track_from_text(text: str, book: Book) -> Track:
    """What `track_text` was given. Raises LookupError when `book` is older than the text."""
    return _as_track(json.loads(text), book)


def _track(track: Track) -> list[Any]:
    return [
        track.clock.value,
        track.instance,
        track.queue,
        _us(track.started_at),
        _us(track.own_start),
        track.borrowed,
        track.first_priority.value,
        None if track.term is None else track.term.names,
        track.mode.value,
        track.promised,
        track.elapsed,
        [[_us(begin), _us(end)] for begin, end in track.idle],
        _us(track.since),
        _us(track.breached_at),
        _us(track.stopped_at),
        [[reached.name, _us(reached.at)] for reached in track.reached],
        track.noted,
        [_reason(reason) for reason in track.reasons],
    ]


def _as_track(values: list[Any], book: Book) -> Track:
    clock, queue = ClockName(values[0]), values[2]
    return Track(
        clock=clock,
        instance=values[1],
        queue=queue,
        started_at=instant_at(values[3]),
        own_start=_at(values[4]),
        borrowed=values[5],
        first_priority=Priority(values[6]),
        term=None if values[7] is None else _term(values[7], clock, queue, book),
        mode=Mode(values[8]),
        promised=values[9],
        elapsed=values[10],
        idle=tuple((instant_at(begin), instant_at(end)) for begin, end in values[11]),
        since=_at(values[12]),
        breached_at=_at(values[13]),
        stopped_at=_at(values[14]),
        reached=tuple(Reached(name=name, at=instant_at(at)) for name, at in values[15]),
        noted=tuple(values[16]),
        reasons=tuple(_as_reason(reason) for reason in values[17]),
    )


def _term(names: list[Any], clock: ClockName, queue: str | None, book: Book) -> Term:
    policy_id, policy_version, calendar_id, calendar_version, seconds = names
    policy = book.policy_version(PolicyId(policy_id), policy_version)
    calendar = book.calendar_version(CalendarId(calendar_id), calendar_version)
    promise = None if policy is None else policy.promise(clock, queue)
    if policy is None or calendar is None or promise is None:
        raise LookupError(f"the book is older than version {policy_version} of {policy_id}")
    return Term(
        policy=policy,
        promise=promise,
        target=Target(seconds=seconds, calendar=CalendarId(calendar_id)),
        calendar=calendar,
        calendar_version=calendar_version,
    )


def _reason(reason: Reason) -> list[Any]:
    says = [_us(reason.at), reason.what.value, reason.version]
    if reason.book_version is None and reason.policy is None:
        return says
    return [
        *says,
        reason.book_version,
        reason.policy,
        reason.policy_version,
        reason.calendar,
        reason.calendar_version,
        reason.target,
    ]


def _as_reason(values: list[Any]) -> Reason:
    at, what, version, *rest = values
    book_version, policy, policy_version, calendar, calendar_version, target = rest or [None] * 6
    return Reason(
        at=instant_at(at),
        what=Because(what),
        version=version,
        book_version=book_version,
        policy=policy,
        policy_version=policy_version,
        calendar=calendar,
        calendar_version=calendar_version,
        target=target,
    )


def _us(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)


def _at(value: int | None) -> datetime | None:
    return None if value is None else instant_at(value)
