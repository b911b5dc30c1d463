# ruff: noqa: INP001 - docs is a folder of pages, not a package
"""Write kpis.md from the definitions in the code, by python -m docs.reference.make_kpis.

A test fails when the page is not what this program writes.
"""

from pathlib import Path

from projections.kpi.definitions import DEFINITIONS, Unit
from projections.kpi.report import MOST_GROUPS, PLAIN_DIMENSIONS
from projections.kpi.spans import Bucket

PAGE = Path(__file__).parent / "kpis.md"

_READ_AS = {
    Unit.COUNT: "`n`",
    Unit.SECONDS: "`mean`, `median`, `p90`, `p95`, `total`, `lowest`, `highest` in seconds",
    Unit.SHARE: "`mean`, from 0 to 1: `total` out of `n`",
    Unit.TIMES: "`mean`, `median`, `p90`, `p95`, `total`, `lowest`, `highest` per ticket",
}


def page() -> str:
    """The whole page, as Markdown."""
    dimensions = ", ".join(f"`{name}`" for name in (*PLAIN_DIMENSIONS, "tag", "field:NAME"))
    buckets = ", ".join(f"`{bucket.value}`" for bucket in Bucket)
    parts = [
        "# Figures",
        (
            "Written by `python -m docs.reference.make_kpis` from `projections/kpi`; do not edit it"
            " by hand."
        ),
        (
            "A window includes its start and excludes its end. Percentiles interpolate linearly"
            " between neighbours, so the median of an even number of values is the mean of the"
            " middle two. Durations are real elapsed time. Every figure is seen `as_of` an"
            " instant: with what had happened, and had not been undone, by then."
        ),
        (
            f"A report is grouped by up to {MOST_GROUPS} of {dimensions}, as they were at the"
            f" instant counted, and cut into spans of one {buckets} on the wall clock of its zone."
        ),
        "## What the figures mean",
        _table(
            ("figure", "version", "unit", "definition"),
            [(f"`{d.id}`", str(d.version), d.unit.value, d.sentence) for d in DEFINITIONS.values()],
        ),
        "## How to read a cell",
        _table(("unit", "the figure is"), [(unit.value, _READ_AS[unit]) for unit in Unit]),
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page())
