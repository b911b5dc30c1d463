"""What was taken from the web app, as figures beside their yardsticks."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.browser import Memory
from bench.figure import Figure, at_most
from bench.load import percentile

_LEAST = 1 / 1024  # MiB; a heap that did not grow is told as this


@dataclass
class Taken:
    """Times in milliseconds, one per look; memory before and after.

    `rows` is the address of the rows that the queue asks for first.
    """

    tickets: int
    rows: str = ""
    scrolled: int = 0
    first_paint: list[float] = field(default_factory=list)
    interactive: list[float] = field(default_factory=list)
    bare_paint: list[float] = field(default_factory=list)
    scripts: list[tuple[int, int]] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    fetched: list[float] = field(default_factory=list)
    commanded: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    plain_gaps: list[float] = field(default_factory=list)
    memory: list[Memory] = field(default_factory=list)

    def forget_first(self) -> None:
        """The first arrival: the server and the browser were cold."""
        for one in (self.first_paint, self.interactive, self.bare_paint):
            del one[0]


def figures(taken: Taken) -> Iterator[Figure]:
    bare = "the same rows as bare JSON in the browser, first paint"
    yield Figure(
        name="web.first-paint",
        what=f"queue, first paint, {taken.tickets:,} tickets",
        unit="ms",
        values=taken.first_paint,
        yardstick=bare,
        yardsticks=taken.bare_paint,
        aims=(at_most(1_000, "value"),),
    )
    yield Figure(
        name="web.interactive",
        what=f"queue, first row can be clicked, {taken.tickets:,} tickets",
        unit="ms",
        values=taken.interactive,
        yardstick=bare,
        yardsticks=taken.bare_paint,
        aims=(at_most(1_500, "value"),),
    )
    yield Figure(
        name="web.open",
        what="click on a row until the conversation is painted, p95",
        yardstick="a bare fetch of its JSON from the page",
        aims=(at_most(150, "value"),),
        **_p95(taken.opened, taken.fetched),
    )
    yield Figure(
        name="web.command",
        what="key until the command's outcome is painted, p95",
        yardstick="the same command to the API, until the answer",
        aims=(at_most(150, "value"),),
        **_p95(taken.commanded, taken.sent),
    )
    yield Figure(
        name="web.others",
        what="somebody else's command until painted in the queue, p95",
        yardstick="that command until its answer",
        aims=(at_most(300, "value"),),
        **_p95(taken.seen, taken.answered),
    )
    yield Figure(
        name="web.scroll",
        what=f"longest frame while {taken.scrolled:,} rows go by",
        unit="ms",
        values=[max(taken.gaps)],
        yardstick="a bare table of as many rows",
        yardsticks=[max(taken.plain_gaps)],
        aims=(at_most(50, "value"),),
        p50_ms=statistics.median(taken.gaps),
        p99_ms=percentile(sorted(taken.gaps), 99),
        yardstick_p99_ms=percentile(sorted(taken.plain_gaps), 99),
    )
    sent, unpacked = taken.scripts[-1]
    yield Figure(
        name="web.scripts",
        what="scripts loaded until the queue can be used, as sent",
        unit="KiB",
        values=[sent / 1024],
        yardstick="the same unpacked",
        yardsticks=[unpacked / 1024],
        aims=(at_most(250, "value"),),
    )
    before, after = taken.memory
    yield Figure(
        name="web.held-growth",
        what="growth of what the page holds by switches of tickets, after as many others",
        unit="MiB",
        values=[max(_LEAST, after.held - before.held)],
        yardstick="what it held before",
        yardsticks=[before.held],
        aims=(at_most(0.1, "value"),),
    )
    yield Figure(
        name="web.heap-growth",
        what="growth of the whole heap by these switches",
        unit="MiB",
        values=[max(_LEAST, after.heap - before.heap)],
        yardstick="of that, compiled code",
        yardsticks=[max(_LEAST, after.code - before.code)],
        aims=(at_most(1, "value"),),
    )
    yield Figure(
        name="web.nodes",
        what="DOM nodes after these switches",
        unit="nodes",
        values=[after.nodes],
        yardstick="before them",
        yardsticks=[before.nodes],
        aims=(at_most(1.1),),
    )


def _p95(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, Any]:
    """All looks together."""
    mine, bare = sorted(ours), sorted(theirs)
    return {
        "unit": "ms",
        "values": [percentile(mine, 95)],
        "yardsticks": [percentile(bare, 95)],
        "p50_ms": statistics.median(mine),
        "p99_ms": percentile(mine, 99),
        "yardstick_p99_ms": percentile(bare, 99),
        "more": {"looks": len(mine)},
    }
