"""A read model in which every mistake shows: a chain over each stream, and a sum over lanes.

An event that is applied twice, left out, or applied before the one before it changes the chain for
good; the sums are changed by differences, as counters of real views are. `fold` says in a few lines
of Python what the rows must be.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

from domain.ids import category_of
from domain.record import record
from domain.recorded import Recorded
from projections.ports import Key, Projection, Rows, Table
from tests.rig.history import Event, event


@record
class Chain:
    """A stream: how many events, and a checksum over what they were, in their order."""

    workspace: str
    stream: str
    events: int
    checksum: int


@record
class Sum:
    """How many events of a kind a workspace has, over all lanes."""

    workspace: str
    kind: str
    events: int


CHAINS = Table(
    name="rig_chain",
    row=Chain,
    key=("workspace", "stream"),
    ddl={
        "workspace": "text NOT NULL",
        "stream": "text NOT NULL",
        "events": "bigint NOT NULL",
        "checksum": "bigint NOT NULL",
    },
    indexes=("(workspace, checksum)",),
    by_stream=True,
)
SUMS = Table(
    name="rig_sum",
    row=Sum,
    key=("workspace", "kind"),
    ddl={"workspace": "text NOT NULL", "kind": "text NOT NULL", "events": "bigint NOT NULL"},
    summed=("events",),
)


def _keys(recorded: Recorded[Any]) -> Iterable[tuple[Table, Key]]:
    return [(CHAINS, (recorded.workspace, recorded.stream))]


def _apply(recorded: Recorded[Any], rows: Rows) -> None:
    key = (recorded.workspace, recorded.stream)
    chain = rows.get(CHAINS, key) or Chain(workspace=key[0], stream=key[1], events=0, checksum=0)
    seen = event(recorded)
    rows.put(
        CHAINS,
        replace(chain, events=chain.events + 1, checksum=_link(chain.checksum, seen)),
    )
    rows.add(SUMS, Sum(workspace=key[0], kind=_kind(seen), events=1))


def _link(checksum: int, seen: Event) -> int:
    return crc32(f"{seen.position} {seen.what}".encode(), checksum)


def _kind(seen: Event) -> str:
    return seen.what.partition("#")[0]


LEDGER = Projection(
    name="rig_ledger",
    version=1,
    tables=(CHAINS, SUMS),
    wants=frozenset({"ticket", "desk", "queue", "agent", "requester"}),
    keys=_keys,
    apply=_apply,
    by_stream=True,
)


@dataclass
class Folded:
    """Rows by key, of both tables."""

    chains: dict[Key, tuple[int, int]]
    sums: dict[Key, int]


def fold(events: Iterable[Event]) -> Folded:
    """The rows that the ledger must have; `events` lane by lane, in order."""
    folded = Folded(chains={}, sums={})
    for seen in events:
        if category_of(seen.stream) not in LEDGER.wants:  # type: ignore[arg-type]
            continue
        count, checksum = folded.chains.get((seen.workspace, seen.stream), (0, 0))
        folded.chains[seen.workspace, seen.stream] = count + 1, _link(checksum, seen)
        kind = (seen.workspace, _kind(seen))
        folded.sums[kind] = folded.sums.get(kind, 0) + 1
    return folded
