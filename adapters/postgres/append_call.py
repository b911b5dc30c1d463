"""The call of the SQL function `append`, and what its answer means. No connection is needed here.

Whoever has one, blocking or asynchronous, executes the query with its parameters, asks for binary
results and hands the rows to `append_outcomes`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from psycopg import sql

from adapters.postgres.arrays import BigIntegers, Blobs, Instants, Integers, Texts, Uuids
from adapters.postgres.schema import LOG_SCHEMA

_BINARY = sql.SQL("%b")
_ONLY_LOOKED_AT = -1  # events of a check, by which `append` knows it from a write
_NOWHERE = -1  # lane of a stream that the batches look at and do not write to


@dataclass(frozen=True, slots=True)
class NewRow:
    """An event to be written: its version in its stream, its topic and its bytes."""

    version: int
    topic: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Write:
    """Rows of consecutive versions for one stream; `expected` None takes the stream as it is.

    `lane` is where a new stream goes; one that is there stays in its own.
    """

    stream: str
    lane: int
    expected: int | None
    rows: Sequence[NewRow]


@dataclass(frozen=True, slots=True)
class Check:
    """A stream that is only looked at: at this version (0: none) when the rest is written.

    It is not locked: of two batches in different lanes that each write what the other one checks,
    both may be written.
    """

    stream: str
    expected: int


@dataclass(frozen=True, slots=True)
class Batch:
    """One request's writes: all of them happen, or none. `command_id` None is not remembered.

    There is at least one write, if only one without rows. `epoch` is that of the log which it was
    decided on, None when it is not to be compared.
    """

    workspace: str
    command_id: UUID | None
    fingerprint: str
    recorded_at: datetime
    writes: Sequence[Write]
    checks: Sequence[Check] = ()
    epoch: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """For each write: the stream's version after it, its first event's position, and its lane."""

    versions: Sequence[int]
    firsts: Sequence[int]
    lanes: Sequence[int]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A stream was at another version. `write` is its place in the writes and then the checks."""

    write: int
    actual: int
    stream: str


@dataclass(frozen=True, slots=True)
class Known:
    """The command id is in the log; `same` unless another request had it."""

    same: bool


@dataclass(frozen=True, slots=True)
class Fenced:
    """Nothing was written: the lanes are not what the caller takes them for. Read them again."""


Outcome = Written | Conflict | Known | Fenced


def append_call(
    batches: Sequence[Batch], epoch: int | None = None, *, schema: str = LOG_SCHEMA
) -> tuple[bytes, list[Any]]:
    """The query that writes independent batches, and its parameters.

    With `epoch`, all are answered Fenced unless the lanes have it. Raises ValueError when the rows
    of a write are not consecutive, psycopg.DataError for what PostgreSQL cannot hold.
    """
    if _is_one(batches):
        return _query("append_one", 10, schema), _one(batches[0], epoch)
    return _query("append", 21, schema), _many(batches, epoch)


def append_outcomes(batches: Sequence[Batch], rows: Sequence[Sequence[Any]]) -> list[Outcome]:
    """What became of each batch, from the one row that the query gave."""
    (row,) = rows
    return [_outcome_of_one(batches[0], row)] if _is_one(batches) else _outcomes(batches, row)


def _is_one(batches: Sequence[Batch]) -> bool:
    """Whether `append_one` can take them."""
    if len(batches) > 1 or not batches or batches[0].checks or batches[0].command_id is None:
        return False
    writes = batches[0].writes
    return len(writes) == 1 and writes[0].expected is not None and _follows(writes[0])


def _one(batch: Batch, epoch: int | None) -> list[Any]:
    write = batch.writes[0]
    return [
        epoch,
        batch.workspace,
        batch.command_id,
        batch.fingerprint,
        batch.recorded_at,
        write.stream,
        write.lane,
        write.expected,
        Texts.of([row.topic for row in write.rows]),
        Blobs.of([row.data for row in write.rows]),
    ]


def _many(batches: Sequence[Batch], epoch: int | None) -> list[Any]:
    requests: list[int] = []
    streams: dict[tuple[str, str], int] = {}  # their places, from 1
    lanes: list[int] = []
    places: list[int] = []
    expected: list[int | None] = []
    begins: list[int | None] = []
    counts: list[int] = []
    for request, batch in enumerate(batches, start=1):
        for write in batch.writes:
            place = streams.setdefault((batch.workspace, write.stream), len(lanes) + 1)
            if place > len(lanes):
                lanes.append(write.lane)
            elif lanes[place - 1] == _NOWHERE:
                lanes[place - 1] = write.lane
            requests.append(request)
            places.append(place)
            expected.append(write.expected)
            begins.append(_begin(write))
            counts.append(len(write.rows))
        for check in batch.checks:
            place = streams.setdefault((batch.workspace, check.stream), len(lanes) + 1)
            if place > len(lanes):
                lanes.append(_NOWHERE)
            requests.append(request)
            places.append(place)
            expected.append(check.expected)
            begins.append(None)
            counts.append(_ONLY_LOOKED_AT)
    rows = [row for batch in batches for write in batch.writes for row in write.rows]
    topics: dict[str, int] = {}
    return [
        epoch,
        Texts.of([batch.workspace for batch in batches]),
        Uuids.of([batch.command_id for batch in batches]),
        Texts.of([batch.fingerprint for batch in batches]),
        Instants.of([batch.recorded_at for batch in batches]),
        Integers.of([len(batch.writes) for batch in batches]),
        Integers.of([len(batch.checks) for batch in batches]),
        Integers.of(_twins(batches)),
        Texts.of([workspace for workspace, _ in streams]),
        Texts.of([stream for _, stream in streams]),
        Integers.of(lanes),
        Integers.of(requests),
        Integers.of(places),
        BigIntegers.of(expected),
        BigIntegers.of(begins),
        Integers.of(counts),
        Integers.of([place for place, count in enumerate(counts, 1) for _ in range(count)]),
        Integers.of([nth for count in counts for nth in range(count)]),
        Integers.of([topics.setdefault(row.topic, len(topics) + 1) for row in rows]),
        Blobs.of([row.data for row in rows]),
        Texts.of(list(topics)),
    ]


def _outcome_of_one(batch: Batch, row: Sequence[Any]) -> Outcome:
    answer, actual, version, first, lane = row
    match answer:
        case "accepted":
            return Written(versions=[version], firsts=[first], lanes=[lane])
        case "conflict":
            return Conflict(write=0, actual=actual, stream=batch.writes[0].stream)
        case _:
            return _refused(answer)


def _outcomes(batches: Sequence[Batch], row: Sequence[Any]) -> list[Outcome]:
    answers, places, actuals, versions, firsts, lanes = row
    outcomes: list[Outcome] = []
    begin = 0
    for batch, answer, place, actual in zip(batches, answers, places, actuals, strict=True):
        end = begin + len(batch.writes)
        match answer:
            case "accepted":
                outcomes.append(
                    Written(
                        versions=versions[begin:end],
                        firsts=firsts[begin:end],
                        lanes=lanes[begin:end],
                    )
                )
            case "conflict":
                looks: list[Write | Check] = [*batch.writes, *batch.checks]
                outcomes.append(Conflict(write=place, actual=actual, stream=looks[place].stream))
            case _:
                outcomes.append(_refused(answer))
        begin = end + len(batch.checks)
    return outcomes


def _refused(answer: str) -> Known | Fenced:
    return Fenced() if answer == "fenced" else Known(same=answer == "repeated")


def _follows(write: Write) -> bool:
    """Whether its rows follow the version that it expects."""
    return not write.rows or _begin(write) == (write.expected or 0) + 1


def _begin(write: Write) -> int | None:
    """The version of a write's first row."""
    if not write.rows:
        return None
    begin = write.rows[0].version
    if write.rows[-1].version != begin + len(write.rows) - 1:
        raise ValueError(f"The versions of a write to {write.stream} are not consecutive.")
    return begin


def _twins(batches: Sequence[Batch]) -> list[int]:
    """For each batch, the place (from 1) of the last one before with its command id, else 0."""
    seen: dict[tuple[str, UUID], int] = {}
    twins = []
    for place, batch in enumerate(batches, start=1):
        twin = 0
        if batch.command_id is not None:
            key = (batch.workspace, batch.command_id)
            twin = seen.get(key, 0)
            seen[key] = place
        twins.append(twin)
    return twins


@cache
def _query(function: str, parameters: int, schema: str) -> bytes:
    return (
        sql.SQL("SELECT * FROM {}({})")
        .format(sql.Identifier(schema, function), sql.SQL(", ").join([_BINARY] * parameters))
        .as_bytes()
    )
