"""What was asked of a log and what was answered, and what the log holds: plain data.

A history is written line by line into a file while it happens, before each request and after each
answer, so that it outlives the process that makes it: whatever `kill -9` comes in between, what was
acknowledged is known. Instants are seconds of the machine's monotonic clock, which all its
processes share.
"""

import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from adapters.codec import encode
from commands.ports import Append
from domain.happened import Happened
from domain.kinds import kind_of
from domain.recorded import Recorded

CommandKey = tuple[str, UUID]
"""Workspace and command id."""


class Outcome(StrEnum):
    """What became of a request, as far as the one who asked can know."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    """Nothing was written: a conflict, or a command id of another request."""
    FENCED = "fenced"
    """Nothing was written, and it may be asked again: the lanes have changed, or a rollback."""
    UNKNOWN = "unknown"
    """The server was lost before the answer."""
    FAILED = "failed"
    """An error that no store may raise."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event at its place. `what` stands for the event itself: its kind and a digest."""

    lane: int
    position: int
    workspace: str
    stream: str
    version: int
    what: str
    command_id: UUID


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request wants to write to a stream, or (with no events) only looked at."""

    stream: str
    expected: int
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request on its way; `number` tells it apart from its repeats.

    What one writes that was handed to an API or a worker is `decided_there`: `wanted` says nothing
    of it, and the answer, if there is one, names streams and versions alone.
    """

    number: str
    workspace: str
    command_id: UUID
    fingerprint: str
    wanted: tuple[Wanted, ...]
    began: float
    decided_there: bool = False

    @property
    def command(self) -> CommandKey:
        return self.workspace, self.command_id

    @property
    def streams(self) -> list[tuple[str, int, str]]:
        """(stream, version, event) of all that it would write."""
        return [
            (wanted.stream, version, what)
            for wanted in self.wanted
            for version, what in enumerate(wanted.events, wanted.expected + 1)
        ]


@dataclass(frozen=True, slots=True)
class Heard:
    """The answer to request `number`: when acknowledged with its events, else with a reason."""

    number: str
    outcome: Outcome
    ended: float
    version: int = 0
    events: tuple[Event, ...] = ()
    repeated: bool = False
    reason: str = ""


@dataclass
class History:
    """All requests, in the order in which they were made, and the answers that arrived."""

    asked: dict[str, Asked] = field(default_factory=dict)
    heard: dict[str, Heard] = field(default_factory=dict)

    def with_outcome(self, outcome: Outcome) -> list[Asked]:
        return [a for n, a in self.asked.items() if n in self.heard and self.is_(n, outcome)]

    def is_(self, number: str, outcome: Outcome) -> bool:
        return self.outcome(number) is outcome

    def outcome(self, number: str) -> Outcome:
        """A request without an answer is one whose process was killed."""
        heard = self.heard.get(number)
        return Outcome.UNKNOWN if heard is None else heard.outcome


class Journal:
    """Writes a history. Safe to share between threads; each process has one of its own."""

    def __init__(self, file: Path) -> None:
        # One `write` to a file opened for appending is whole or not there, also for the next
        # reader of a file whose writer was killed.
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._name = file.stem
        self._numbers = count(1)

    def close(self) -> None:
        os.close(self._file)

    def ask(self, request: Append) -> str:
        """Note that a request leaves now; its number."""
        number = self._next()
        self._write("asked", asked(number, request, time.monotonic()))
        return number

    def ask_there(self, workspace: str, command_id: UUID, fingerprint: str) -> str:
        """The same of a command whose events are decided on the other side."""
        number, began = self._next(), time.monotonic()
        self._write(
            "asked",
            Asked(number, workspace, command_id, fingerprint, (), began, decided_there=True),
        )
        return number

    def hear(self, number: str, outcome: Outcome, **answer: Any) -> None:
        """Note that an answer has arrived."""
        self._write("heard", Heard(number, outcome, time.monotonic(), **answer))

    def _next(self) -> str:
        return f"{self._name}/{next(self._numbers)}"

    def _write(self, kind: str, entry: Asked | Heard) -> None:
        os.write(self._file, orjson.dumps({kind: asdict(entry)}) + b"\n")


def asked(number: str, request: Append, began: float) -> Asked:
    """A request in the words of a history."""
    return Asked(
        number=number,
        workspace=request.workspace,
        command_id=request.command_id,
        fingerprint=request.fingerprint,
        wanted=(
            *(
                Wanted(w.stream, w.expected_version, tuple(what(new.event) for new in w.events))
                for w in request.writes
            ),
            *(Wanted(check.stream, check.version) for check in request.checks),
        ),
        began=began,
    )


def read(files: Iterable[Path]) -> History:
    """The history of several processes as one."""
    history = History()
    entries = [orjson.loads(line) for file in files for line in _lines(file)]
    for entry in entries:
        if made := entry.get("asked"):
            made["command_id"] = UUID(made["command_id"])
            made["wanted"] = tuple(
                Wanted(w["stream"], w["expected"], tuple(w["events"])) for w in made["wanted"]
            )
            history.asked[made["number"]] = Asked(**made)
        else:
            made = entry["heard"]
            made["outcome"] = Outcome(made["outcome"])
            made["events"] = tuple(
                Event(**{**event, "command_id": UUID(event["command_id"])})
                for event in made["events"]
            )
            history.heard[made["number"]] = Heard(**made)
    return history


def _lines(file: Path) -> Sequence[bytes]:
    """Whole lines: the last one of a killed process may have been cut."""
    return [line for line in file.read_bytes().split(b"\n")[:-1] if line]


def event(recorded: Recorded[Any]) -> Event:
    """An event of the log in the words of a history."""
    return Event(
        lane=recorded.lane,
        position=recorded.position,
        workspace=recorded.workspace,
        stream=recorded.stream,
        version=recorded.version,
        what=what(recorded.event),
        command_id=recorded.command_id,
    )


def what(happened: Happened) -> str:
    """The event's kind, and a digest of all it says."""
    _, data = encode(happened, "")
    return f"{kind_of(type(happened))}#{blake2b(data, digest_size=6).hexdigest()}"
