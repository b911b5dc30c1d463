"""Faults to be planted, each the opposite of something that the log or its views rely on.

Nothing in the product knows of them: SQL functions are defined anew in the round's own database,
stores and row stores are wrapped, modules of the driven process are patched. Each names the
scenario that has to find it and the rules under which it may be found.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from unittest.mock import patch

from psycopg import Connection

from adapters.postgres import projection_batch
from adapters.postgres.bell import Bell
from adapters.postgres.group_commit import GroupCommit
from commands.ports import Append, Appended, EventStore
from projections.row_memory import RowMemory
from tests.rig import checker, world
from tests.rig.scenarios import (
    desk,
    fences,
    histories,
    interleavings,
    kills,
    model,
    quiet,
    workers,
    writers,
)
from tests.rig.world import Plant, Scenario


@dataclass(frozen=True)
class Fault:
    """What is planted, who finds it, and as what."""

    name: str
    plant: Plant
    scenario: Scenario
    rules: frozenset[str]


Change = tuple[str, str]
"""A text that stands once in a function, and what stands there instead."""


def redefined(**changes: Sequence[Change]) -> Callable[[Connection[Any]], None]:
    """Define functions of the log anew, each with some of its text replaced."""

    def statements(owner: Connection[Any]) -> None:
        for function, replacements in changes.items():
            found = owner.execute(
                "SELECT pg_get_functiondef(%s::regproc)", [f"chronodesk.{function}"]
            ).fetchone()
            assert found is not None
            text = str(found[0])
            for right, wrong in replacements:
                assert text.count(right) == 1, f"{function} has no single {right!r} any more"
                text = text.replace(right, wrong)
            owner.execute(text.encode())

    return statements


def executed(statement: str) -> Callable[[Connection[Any]], None]:
    """Change something else in the database."""

    def statements(owner: Connection[Any]) -> None:
        owner.execute(statement.encode())

    return statements


# ── Around stores and in modules ─────────────────────────────────────────────────────────────────


class Trusting:
    """A store for processes that take the states they keep for the truth: it checks no version."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def append(self, request: Append) -> Appended:
        after = {write.stream: 0 for write in request.writes}
        there = self._store.load_many(request.workspace, after)
        writes = tuple(
            replace(write, expected_version=len(there.get(write.stream, ())))
            for write in request.writes
        )
        return self._store.append(replace(request, writes=writes, checks=()))


@contextmanager
def nobody_is_told() -> Iterator[None]:
    """Notifications get lost, and readers rely on them."""
    with (
        patch.object(Bell, "_tell", lambda _: None),
        patch("adapters.postgres.store.POLL", 3600.0),
    ):
        yield


@contextmanager
def no_claims() -> Iterator[None]:
    """A batch counts whoever has the lease."""
    begin = projection_batch.PostgresBatch.__init__

    def without(self: Any, connection: Any, place: Any, parked: Any, claim: Any) -> None:
        del claim
        begin(self, connection, place, parked, None)

    with patch.object(projection_batch.PostgresBatch, "__init__", without):
        yield


@contextmanager
def memory_without_doubt() -> Iterator[None]:
    """Rows that a worker remembers are taken for those of the table, whatever happened since."""
    with patch.object(RowMemory, "at", lambda self, _: self):
        yield


@contextmanager
def answers_mixed_up() -> Iterator[None]:
    """Of those who share a call, the first gets the answer of the last."""

    def answer(self: Any, group: Sequence[Any]) -> None:
        answers = self._call([one.question for one in group])
        for one, other in zip(group, reversed(answers), strict=True):
            one.answer = other

    with patch.object(GroupCommit, "_answer", answer):
        yield


def _only(scenarios: tuple[Scenario, ...], name: str, *, lanes: int = 1) -> Scenario:
    found = next(scenario for scenario in scenarios if name in scenario.name)
    return replace(found, lanes=(lanes,))


NO_LOCK: Change = ("ORDER BY o.lane FOR NO KEY UPDATE) AS f", "ORDER BY o.lane) AS f")
NO_LOCK_OF_ONE: Change = ("FOR NO KEY UPDATE;", ";")

_TAKEN = """
CREATE SEQUENCE chronodesk.position;
CREATE FUNCTION chronodesk.taken(events integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
BEGIN
    PERFORM pg_advisory_lock(1);
    before := nextval('chronodesk.position') - 1;
    PERFORM nextval('chronodesk.position') FROM generate_series(2, events);
    IF events = 0 THEN
        PERFORM setval('chronodesk.position', greatest(before, 1), before > 0);
    END IF;
    PERFORM pg_advisory_unlock(1);
    PERFORM pg_sleep(random() * 0.01);
    RETURN before;
END $$
"""


def _sequence(owner: Connection[Any]) -> None:
    """Positions in one piece per write, taken by whoever comes first and not who commits first."""
    owner.execute(_TAKEN)
    redefined(
        append=[
            NO_LOCK,
            (
                "firsts[w] := heads[l] + 1;",
                "heads[l] := taken(w_events[w]); firsts[w] := heads[l] + 1;",
            ),
            ("AND o.head <> n.head", "AND o.head < n.head"),
        ],
        append_one=[
            NO_LOCK_OF_ONE,
            ("answer := 'accepted';", "answer := 'accepted'; held.head := taken(events);"),
            ("SET head = head", "SET head = greatest(o.head, head)"),
        ],
    )(owner)


FAULTS: tuple[Fault, ...] = (
    Fault(
        "the lane's lock is gone",
        Plant(redefined(append=[NO_LOCK], append_one=[NO_LOCK_OF_ONE])),
        _only(interleavings.SCENARIOS, "any order"),
        frozenset({interleavings.ALONE, checker.FAILED, checker.HOLE, checker.LOOKED}),
    ),
    Fault(
        "versions are not checked where histories come in",
        Plant(redefined(begin_history=[("THEN found <> expected ELSE", "THEN false ELSE")])),
        _only(histories.SCENARIOS, "histories"),
        frozenset({checker.FAILED, checker.GAP}),
    ),
    Fault(
        "positions come from a sequence",
        Plant(_sequence),
        _only(writers.SCENARIOS, "sixteen"),
        frozenset({checker.TAIL}),
    ),
    Fault(
        "versions are not checked",
        Plant(
            redefined(
                append=[("IF wanted <> coalesce(at[s], 0) THEN", "IF false THEN")],
                append_one=[("ELSIF actual <> expected THEN", "ELSIF false THEN")],
            )
        ),
        _only(model.SCENARIOS, "model"),
        frozenset({model.MODELLED}),
    ),
    Fault(
        "command ids are not remembered",
        Plant(
            redefined(
                append=[("IF remembers THEN", "IF false THEN")],
                append_one=[("INSERT INTO command", "RETURN; INSERT INTO command")],
            )
        ),
        _only(writers.SCENARIOS, "lost answers"),
        frozenset({checker.REPEAT, checker.ONCE}),
    ),
    Fault(
        "who shares a call gets another's answer",
        Plant(patch=answers_mixed_up),
        _only(writers.SCENARIOS, "sixteen"),
        frozenset({checker.ONCE, checker.REFUSED}),
    ),
    Fault(
        "what is acknowledged is not yet written",
        Plant(
            executed(
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off',"
                " current_database()); END $$"
            )
        ),
        _only(kills.SCENARIOS, "of the server"),
        frozenset({checker.ONCE, checker.TAIL}),
    ),
    Fault(
        "the lanes' epoch is not compared",
        Plant(
            redefined(
                append=[("IF l IS NULL OR epochs[l] <> known_epoch THEN", "IF l IS NULL THEN")],
                append_one=[("OR held.epoch <> known_epoch THEN", "THEN")],
            )
        ),
        _only(fences.SCENARIOS, "lanes change"),
        frozenset({fences.FENCED}),
    ),
    Fault(
        "leases are not compared",
        Plant(patch=no_claims),
        _only(fences.SCENARIOS, "leases"),
        frozenset({fences.LEASED}),
    ),
    Fault(
        "a worker trusts the rows that it remembers",
        Plant(patch=memory_without_doubt),
        _only(workers.SCENARIOS, "turns"),
        frozenset({world.PROJECTED}),
    ),
    Fault(
        "the position is moved in another transaction than the rows",
        Plant(worker="tracking outside"),
        Scenario("killed after a batch", partial(workers.killed, points=["after the batch"])),
        frozenset({world.PROJECTED}),
    ),
    Fault(
        "notifications are lost and nobody looks",
        Plant(patch=nobody_is_told),
        _only(quiet.SCENARIOS, "waits"),
        frozenset({world.ENDS}),
    ),
    Fault(
        "a state in memory is trusted",
        Plant(store=Trusting),
        _only(desk.SCENARIOS, "decide"),
        frozenset({desk.DECIDED}),
    ),
)
