"""The event store on PostgreSQL: commands' appends in, recorded events out.

It stands on the same layer (log.py) as the persistence module for the `eventsourcing` library in
recorder/, and not on that module: see docs/decisions/0001-lanes-and-append.md.
"""

import time
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter
from threading import Condition
from typing import Any, assert_never

from psycopg import Connection
from psycopg_pool import ConnectionPool

from adapters.postgres.append_call import Batch, Conflict, Fenced, Known, Outcome, Written
from adapters.postgres.appending import (
    appended,
    batch_of,
    conflict,
    first_answer,
    of_epoch,
    recorded,
    reused,
    with_fenced,
)
from adapters.postgres.bell import Bell
from adapters.postgres.group_commit import GroupCommit
from adapters.postgres.log import Layout, Log
from adapters.readable import readable
from commands.ports import Append, Appended, LanesChanged, StoreUnavailable, VersionConflict
from domain.errors import CommandIdReused
from domain.ids import CommandId, StreamId, WorkspaceId
from domain.position import Position
from domain.recorded import Recorded

POLL = 0.05
"""Seconds between looks at the lanes' heads while waiting: how late another process's events may
be noticed. Those of this process are noticed at once, and so are the others with a bell."""


class PostgresStore:
    """commands.ports.EventStore and projections.ports.Feed. Safe to share between threads."""

    def __init__(self, pool: ConnectionPool[Connection[Any]], bell: Bell | None = None) -> None:
        """`pool` is one of `open_pool`; the log's schema must be there (see `migrate`).

        With a `bell`, readers in other processes are woken, too.
        """
        self.log = Log(pool)
        self._layout: Layout | None = None
        self._groups: dict[int, GroupCommit[Batch, Outcome]] = {}
        self._appended = Condition()
        self._wakes = 0
        self._bell = bell
        if bell is not None:
            bell.listen(self._heard)

    def epoch(self, *, fresh: bool = False) -> int:
        """What names the log; see EventStore."""
        if fresh:
            self._layout = self.log.layout()
        return self.layout().epoch

    @property
    def knows_the_lanes(self) -> bool:
        """Whether `layout` can be told without asking the database."""
        return self._layout is not None

    # ── Writing ──────────────────────────────────────────────────────────────────────────────────

    def append(self, request: Append) -> Appended:
        """Write one request, in one call with those that other threads make now; see EventStore."""
        batch = self.batch(request)
        outcome = self.answer(request, batch, self._group(batch).ask(batch))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def append_many(self, requests: Sequence[Append]) -> list[Appended | VersionConflict]:
        """Write independent requests in one transaction; see EventStore."""
        batches = [self.batch(request) for request in requests]
        found = self._together(batches) if batches else []
        outcomes = []
        for request, batch, outcome in zip(requests, batches, found, strict=True):
            answer = self.answer(request, batch, outcome)
            if isinstance(answer, CommandIdReused | LanesChanged):
                raise answer
            outcomes.append(answer)
        return outcomes

    def answered(
        self, workspace: WorkspaceId, command_id: CommandId, fingerprint: str
    ) -> Appended | None:
        """The first answer to a command id; see EventStore."""
        answer = self.log.answer(workspace, command_id)
        if answer is None:
            return None
        if answer.fingerprint != fingerprint:
            raise reused(command_id)
        places = zip(answer.lanes, answer.firsts, answer.counts, strict=True)
        rows = [
            row
            for lane, first, count in places
            if count
            for row in self.log.page(lane, first - 1, count)
        ]
        return first_answer(answer, rows)

    def batch(self, request: Append) -> Batch:
        """The request in the log's words."""
        return batch_of(request, self.layout().open_lanes)

    def layout(self) -> Layout:
        """The lanes as this process knows them."""
        known = self._layout
        if known is None:
            known = self._layout = self.log.layout()
        return known

    def answer(
        self, request: Append, batch: Batch, outcome: Outcome
    ) -> Appended | VersionConflict | CommandIdReused | LanesChanged:
        """What the log's outcome means for who asked."""
        match outcome:
            case Conflict():
                return conflict(batch, outcome)
            case Fenced():
                return LanesChanged()
            case Known(same=False):
                return reused(request.command_id)
            case Known():
                answer = self.answered(request.workspace, request.command_id, request.fingerprint)
                assert answer is not None  # noqa: S101 - the log has just said that it is there
                return answer
            case Written():
                return appended(request, batch, outcome)
            case _:
                assert_never(outcome)

    @staticmethod
    def needs_a_look(outcome: Outcome) -> bool:
        """Whether `answer` will ask the database."""
        return isinstance(outcome, Known) and outcome.same

    def _group(self, batch: Batch) -> GroupCommit[Batch, Outcome]:
        """Who writes to a lane at the same time shares a call."""
        lane = batch.writes[0].lane
        group = self._groups.get(lane)
        if group is None:
            group = self._groups.setdefault(lane, GroupCommit(self._together, StoreUnavailable))
        return group

    def _together(self, batches: Sequence[Batch]) -> list[Outcome]:
        """One call for all.

        It fails when a command id was being written to other lanes in that moment, too; when it
        is asked again, the log finds it there.
        """
        epoch = self.layout().epoch
        sent = of_epoch(batches, epoch)
        outcomes = self.written(self.log.append(sent, epoch)) if sent else []
        return with_fenced(batches, sent, outcomes)

    def written(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Do what follows an append: readers are woken, a fenced process reads the lanes again."""
        if outcomes and isinstance(outcomes[0], Fenced):
            self._layout = None
        self.wake()
        return outcomes

    # ── Reading ──────────────────────────────────────────────────────────────────────────────────

    def load(
        self, workspace: WorkspaceId, stream: StreamId, *, after: int = 0
    ) -> tuple[Recorded[Any], ...]:
        """Events of a stream; see EventStore."""
        return tuple(recorded(row) for row in self.log.stream(workspace, stream, after))

    def load_many(
        self, workspace: WorkspaceId, after: Mapping[StreamId, int]
    ) -> dict[StreamId, tuple[Recorded[Any], ...]]:
        """Events of several streams; see EventStore."""
        rows = self.log.streams(workspace, after.items())
        return {
            StreamId(stream): tuple(recorded(row) for row in found)
            for stream, found in groupby(rows, key=attrgetter("stream"))
        }

    def lanes(self) -> Sequence[int]:
        """The lanes of the log, now: one may have been added."""
        return self.log.layout().lanes

    def page(self, lane: int, after: int, limit: int) -> Sequence[Recorded[Any]]:
        """A page of a lane; see Feed."""
        return readable(self.log.page(lane, after, limit), recorded)

    def head(self) -> Position:
        """The last position of every lane."""
        return Position.of(self.log.heads())

    def wait(self, beyond: Position, timeout: float) -> bool:
        """Wait up to `timeout` seconds for any lane to be past `beyond`."""
        deadline = time.monotonic() + timeout
        while True:
            wakes = self._wakes  # before looking, so that no wake after the look is overlooked
            if not self.head().covered_by(beyond):
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            with self._appended:
                self._appended.wait_for(partial(self._woken_since, wakes), min(left, POLL))

    def _woken_since(self, wakes: int) -> bool:
        return self._wakes != wakes

    def wake(self) -> None:
        """Something was appended: wake the readers of this process, and ring for the others."""
        self._heard()
        if self._bell is not None:
            self._bell.ring()

    def _heard(self) -> None:
        with self._appended:
            self._wakes += 1
            self._appended.notify_all()
