"""An event store that notes in a history what it is asked and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters.packing import pack
from commands.ports import (
    Append,
    Appended,
    BulkStore,
    EventStore,
    LanesChanged,
    StoreUnavailable,
    VersionConflict,
)
from domain.errors import CommandIdReused
from domain.ids import CommandId, StreamId, WorkspaceId
from domain.recorded import Recorded
from tests.rig.history import Journal, Outcome, event


class Recording:
    """commands.ports.EventStore over any other one."""

    def __init__(self, store: EventStore, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    def append(self, request: Append) -> Appended:
        number = self._journal.ask(request)
        try:
            answer = self._store.append(request)
        except Exception as error:
            self._journal.hear(number, outcome_of(error), reason=_text(error))
            raise
        note(self._journal, number, answer)
        return answer

    def append_many(self, requests: Sequence[Append]) -> list[Appended | VersionConflict]:
        numbers = [self._journal.ask(request) for request in requests]
        try:
            answers = self._store.append_many(requests)
        except Exception as error:
            for number in numbers:
                self._journal.hear(number, Outcome.UNKNOWN, reason=_text(error))
            raise
        for number, answer in zip(numbers, answers, strict=True):
            note(self._journal, number, answer)
        return answers

    def epoch(self, *, fresh: bool = False) -> int:
        return self._store.epoch(fresh=fresh)

    def load(
        self, workspace: WorkspaceId, stream: StreamId, *, after: int = 0
    ) -> tuple[Recorded[Any], ...]:
        return self._store.load(workspace, stream, after=after)

    def load_many(
        self, workspace: WorkspaceId, after: Mapping[StreamId, int]
    ) -> dict[StreamId, tuple[Recorded[Any], ...]]:
        return self._store.load_many(workspace, after)

    def answered(
        self, workspace: WorkspaceId, command_id: CommandId, fingerprint: str
    ) -> Appended | None:
        return self._store.answered(workspace, command_id, fingerprint)


class Bringing:
    """A bulk store; its receipts do not say where the events are, so that the log is asked."""

    def __init__(self, store: EventStore, bulk: BulkStore, journal: Journal) -> None:
        self._store = store
        self._bulk = bulk
        self._journal = journal

    def append_history(self, requests: Sequence[Append]) -> None:
        """Write them in one call, and note what became of each."""
        numbers = [self._journal.ask(request) for request in requests]
        try:
            receipts = self._bulk.append_history([pack(request) for request in requests])
        except Exception as error:
            for number in numbers:
                self._journal.hear(number, outcome_of(error), reason=_text(error))
            raise
        for number, request, receipt in zip(numbers, requests, receipts, strict=True):
            if isinstance(receipt, VersionConflict):
                note(self._journal, number, receipt)
                continue
            answer = self._store.answered(
                request.workspace, request.command_id, request.fingerprint
            )
            assert answer is not None, "A receipt for what is not in the log"
            assert answer.version == receipt.version
            note(self._journal, number, replace(answer, repeated=receipt.repeated))


def note(journal: Journal, number: str, answer: Appended | Exception) -> None:
    """Note an answer, whichever it is."""
    if isinstance(answer, Exception):
        journal.hear(number, outcome_of(answer), reason=_text(answer))
        return
    journal.hear(
        number,
        Outcome.ACKNOWLEDGED,
        version=answer.version,
        events=tuple(event(recorded) for recorded in answer.events),
        repeated=answer.repeated,
    )


def outcome_of(error: Exception) -> Outcome:
    """What an exception says about the request."""
    match error:
        case VersionConflict() | CommandIdReused():
            return Outcome.REFUSED
        case LanesChanged():
            return Outcome.FENCED
        case StoreUnavailable():
            return Outcome.UNKNOWN
        case _:
            return Outcome.FAILED


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
