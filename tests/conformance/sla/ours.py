"""Chronodesk's answers: a scenario as JSON on standard input, its clocks on standard output."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from adapters.codec import decode
from domain.actor import Actor, ActorKind
from domain.calendar import Holiday
from domain.happened import Happened
from domain.ids import (
    CalendarId,
    CommandId,
    EventId,
    PolicyId,
    StreamId,
    WorkspaceId,
    event_id,
)
from domain.recorded import Recorded
from domain.sla.book import Book, fold
from domain.sla.book_events import (
    BookEvent,
    CalendarSet,
    HistoryRejudged,
    Opening,
    PolicyRetired,
    PolicySet,
)
from domain.sla.clock import Clock
from domain.sla.hours import windows_of
from domain.sla.judge import clocks
from domain.sla.policy import AppliesTo, ClockName, Options, Promise, Step, Target
from domain.ticket.words import Category, Priority

_WORKSPACE, _TICKET = WorkspaceId("suite"), StreamId("ticket:suite")
_ACTORS = {
    "agent": Actor(kind=ActorKind.AGENT, id="kim"),
    "requester": Actor(kind=ActorKind.REQUESTER, id="mina"),
    "rule": Actor(kind=ActorKind.RULE, id="thanks", rule_version=1),
}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def answer(scenario: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """The clocks at each instant that the scenario asks about."""
    book = fold(_edit(entry) for entry in scenario["book"])
    history = _history(scenario["timeline"])
    return [
        [_shown(clock, found) for found in [_judged(history, book, expected)] for clock in found]
        for expected in scenario["expect"]
    ]


def _judged(
    history: Sequence[Recorded[Any]], book: Book, expected: Mapping[str, Any]
) -> tuple[Clock, ...]:
    known = book.known_at(_instant(expected["known_at"]))
    return clocks(history, known, _instant(expected["at"]))


def _shown(clock: Clock, among: Sequence[Clock]) -> dict[str, Any]:
    same = sorted(other.instance for other in among if other.name is clock.name)
    return {
        "clock": clock.name.value,
        "instance": same.index(clock.instance) + 1,
        "state": clock.state.value,
        "elapsed": clock.elapsed,
        "remaining": clock.remaining,
        "target": clock.target,
        "due": _text(clock.due_at),
        "started_at": _text(clock.started_at),
        "stopped_at": _text(clock.stopped_at),
        "breached_at": _text(clock.breached_at),
        "policy": clock.policy,
        "queue": clock.queue,
        "reached": {reached.name: _text(reached.at) for reached in clock.reached},
    }


def _edit(entry: Mapping[str, Any]) -> BookEvent:
    at, effective = _instant(entry["at"]), _instant(entry["effective_at"])
    by, applies_to = _ACTORS["agent"], AppliesTo(entry["applies_to"])
    match entry["kind"]:
        case "calendar":
            monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
                windows_of(tuple(entry["weekly"][day])) for day in _DAYS
            )
            return CalendarSet(
                calendar=CalendarId(entry["id"]),
                name=entry["id"],
                zone=entry["zone"],
                weekly=(monday, tuesday, wednesday, thursday, friday, saturday, sunday),
                holidays=tuple(
                    Holiday(day=date.fromisoformat(one["day"]), name=one["name"])
                    for one in entry["holidays"]
                ),
                openings=tuple(
                    Opening(
                        day=date.fromisoformat(one["day"]),
                        name="open",
                        windows=windows_of(tuple(one["windows"])),
                    )
                    for one in entry["openings"]
                ),
                effective_at=effective,
                applies_to=applies_to,
                by=by,
                at=at,
            )
        case "policy":
            return _policy(entry, effective, applies_to, at)
        case "retire":
            return PolicyRetired(
                policy=PolicyId(entry["id"]),
                effective_at=effective,
                applies_to=applies_to,
                by=by,
                at=at,
            )
        case _:
            return HistoryRejudged(since=_instant(entry["since"]), reason="suite", by=by, at=at)


def _policy(
    entry: Mapping[str, Any], effective: datetime, applies_to: AppliesTo, at: datetime
) -> PolicySet:
    """The condition and the options have the same form on the wire and in the log."""
    body = {
        "by": {"kind": "agent", "id": "kim"},
        "at": at.isoformat(),
        "kind": "sla.policy_set",
        "policy": entry["id"],
        "name": entry["id"],
        "rank": entry["rank"],
        "condition": entry["when"],
        "promises": [],
        "options": entry["options"],
        "effective_at": effective.isoformat(),
        "applies_to": applies_to.value,
    }
    read = _read("sla.policy_set@1", body)
    if not isinstance(read, PolicySet):
        raise TypeError("the log knows no such policy")
    return PolicySet(
        policy=read.policy,
        name=read.name,
        rank=read.rank,
        condition=read.condition,
        promises=tuple(map(_promise, entry["promises"])),
        options=Options() if not entry["options"] else read.options,
        effective_at=effective,
        applies_to=applies_to,
        by=read.by,
        at=at,
    )


def _promise(promise: Mapping[str, Any]) -> Promise:
    calendar = CalendarId(promise["calendar"])
    return Promise(
        clock=ClockName(promise["clock"]),
        targets={
            Priority(priority): Target(seconds=seconds, calendar=calendar)
            for priority, seconds in promise["targets"].items()
        },
        queues=tuple(promise["queues"]),
        paused_in=frozenset(Category(name) for name in promise["pauses"]),
        counts_resolved=promise["counts_resolved"],
        steps=tuple(Step(**step) for step in promise["steps"]),
    )


def _history(timeline: Sequence[Mapping[str, Any]]) -> list[Recorded[Any]]:
    ids: dict[str, EventId] = {}
    history = []
    for version, given in enumerate(timeline, 1):
        event = _happened(given, version, ids)
        if "id" in given:
            ids[given["id"]] = event_id(_WORKSPACE, _TICKET, version)
        history.append(
            Recorded(
                workspace=_WORKSPACE,
                stream=_TICKET,
                version=version,
                lane=0,
                position=version,
                event=event,
                recorded_at=event.at,
                command_id=CommandId(UUID(int=version)),
                correlation_id="suite",
            )
        )
    return history


_KINDS = {
    "open": "ticket.opened@2",
    "acknowledge": "ticket.acknowledged@1",
    "message": "ticket.message_received@1",
    "reply": "ticket.reply_sent@1",
    "note": "ticket.note_added@1",
    "assign": "ticket.assigned@1",
    "pend": "ticket.pended@1",
    "hold": "ticket.held@1",
    "resume": "ticket.resumed@1",
    "resolve": "ticket.resolved@1",
    "reopen": "ticket.reopened@1",
    "close": "ticket.closed@2",
    "cancel": "ticket.cancelled@1",
    "merge": "ticket.merged@1",
    "absorb": "ticket.absorbed@2",
    "unmerge": "ticket.unmerged@1",
    "release": "ticket.released@1",
    "settle": "ticket.merge_settled@1",
    "prioritise": "ticket.prioritised@1",
    "queue": "ticket.queued@1",
    "categorise": "ticket.categorised@1",
    "tag": "ticket.tagged@1",
    "untag": "ticket.untagged@1",
    "field": "ticket.field_set@1",
    "requester": "ticket.requester_changed@2",
    "escalate": "ticket.escalated@1",
    "undo": "ticket.status_restored@1",
    "rename": "ticket.renamed@1",
    "link": "ticket.linked@1",
}
"""What a timeline says, and the stored event that says it. An undo names the one that it undoes;
what it brings back besides is nothing that clocks look at.
"""


def _happened(given: Mapping[str, Any], version: int, ids: Mapping[str, EventId]) -> Happened:
    actor = _ACTORS[given["by"]]
    body = {
        **_FILLED,
        **{name: value for name, value in given.items() if name not in ("do", "by", "id", "of")},
        "by": {"kind": actor.kind, "id": actor.id, "rule_version": actor.rule_version},
        "message": f"message {version}",
        "undoes": ids[given["of"]] if "of" in given else None,
    }
    topic = _KINDS[given["do"]]
    if given.get("with_messages"):
        body["messages"] = ["from the ticket that it was split from"]
    if "ticket" in given:
        body |= dict.fromkeys(("into", "source", "parted_from"), given["ticket"])
    return _read(topic, {**body, "kind": topic.partition("@")[0]})


_FILLED: dict[str, Any] = {
    "number": 1,
    "requester": "mina",
    "subject": "suite",
    "body": "suite",
    "reason": "suite",
    "code": "suite",
    "because": "agent",
    "channel": "web",
    "priority": "normal",
    "status": "open",
    "level": 1,
    "queue": None,
    "agent": "kim",
    "category": None,
    "value": None,
    "other": "another",
    "relation": "related",
    "into": "another",
    "source": "another",
    "parted_from": "another",
    "previous": None,
}
"""What stored events hold beyond what scenarios say."""

_PREVIOUS = {
    "ticket.prioritised@1": "normal",
    "ticket.status_restored@1": "open",
    "ticket.escalated@1": 0,
    "ticket.renamed@1": "suite",
    "ticket.requester_changed@2": "mina",
}


def _read(topic: str, body: Mapping[str, Any]) -> Happened:
    if topic in _PREVIOUS:
        body = {**body, "previous": _PREVIOUS[topic]}
    stored = {"correlation": "suite", "event": body}
    return decode(topic, json.dumps(stored).encode()).event


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


if __name__ == "__main__":
    print(json.dumps(answer(json.load(sys.stdin))))
