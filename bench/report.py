"""The figures of a run: a table for people, a line of JSON each for programs, a file to keep."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"
_WIDTH = 200  # of the table where there is no terminal

Line = dict[str, Any]


def table(lines: Sequence[Line], console: Console) -> None:
    """One row per figure."""
    made = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("measured", "value", "p50", "p99", "beside", "value", "ratio", "aim", ""):
        right = column in ("value", "p50", "p99", "ratio")
        made.add_column(column, justify="right" if right else "left")
    for line in lines:
        made.add_row(
            line["what"],
            amount(line["value"], line["unit"]),
            milliseconds(line["p50_ms"]),
            milliseconds(line["p99_ms"]),
            line["yardstick"],
            amount(line["yardstick_value"], line["unit"]),
            times(line["ratio"]),
            line["aim"] or "",
            {True: "[green]met[/]", False: "[red]not met[/]", None: ""}[line["met"]],
        )
    console.print(made)


def amount(value: float, unit: str) -> str:
    """A value and its unit, for people; a share of one as a percentage."""
    if unit == "share":
        return amount(value * 100, "%")
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}{'/s' if unit == '1/s' else f' {unit}'}"


def milliseconds(value: float | None) -> str:
    return "" if value is None else amount(value, "ms")


def times(ratio: float) -> str:
    return f"{ratio:,.{1 if ratio >= 10 else 2}f}x"


def file_of(name: str) -> Path:
    """Where the results of a run that ends now are kept."""
    return RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-{name}.json"


def keep(path: Path, lines: Sequence[Line], machine: dict[str, str], scale: str) -> None:
    """Write the results of a run: where, when, on what scale, and every figure."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "taken": datetime.now(UTC).isoformat(timespec="seconds"),
        "scale": scale,
        "machine": machine,
        "figures": list(lines),
    }
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")


def kept(path: Path) -> dict[str, Any]:
    """The results in a file."""
    told: dict[str, Any] = json.loads(path.read_text())
    return told


def say_machine(machine: dict[str, str], console: Console) -> None:
    console.print(", ".join(f"{name} {value}" for name, value in machine.items()), style="dim")


def out() -> Console:
    return Console() if sys.stdout.isatty() else Console(width=_WIDTH)
