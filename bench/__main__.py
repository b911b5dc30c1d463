"""`python -m bench [--quick] [--json FILE]`: take all measurements and print them."""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table

from adapters.postgres.embedded import EmbeddedPostgres
from bench.desk import postgres
from bench.measure import FULL, QUICK, Figure, Sizes
from bench.reading import histories, queue_page
from bench.writing import commands, importing

_WIDTH = 160  # of the table where there is no terminal
_LIBRARIES = ("psycopg", "fastapi", "uvicorn", "pydantic", "orjson", "eventsourcing")


def main() -> None:
    """Measure, print, and keep the figures if asked to."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, one run: a smoke test")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file")
    parser.add_argument("--folder", type=Path, default=Path(), help="a folder on the disk to use")
    asked = parser.parse_args()
    sizes = QUICK if asked.quick else FULL
    figures: list[Figure] = []
    err = Console(stderr=True)
    with (
        tempfile.TemporaryDirectory(prefix="run-", dir=_scratch(asked.folder)) as folder,
        postgres(Path(folder)) as server,
    ):
        machine = _machine(server)
        for figure in _measured(server, sizes, Path(folder)):
            figures.append(figure)
            err.print(f"{figure.what}: {figure.value:,.1f} {figure.unit}", style="dim")
    _print(figures, machine)
    if asked.json:
        told = [{**asdict(figure), "ratio": figure.ratio} for figure in figures]
        asked.json.write_text(json.dumps({"machine": machine, "figures": told}, indent=2) + "\n")


def _measured(server: EmbeddedPostgres, sizes: Sizes, folder: Path) -> Iterator[Figure]:
    yield from commands(server, sizes)
    yield from importing(server, sizes, folder)
    yield from histories(server, sizes)
    yield from queue_page(server, sizes)


def _scratch(folder: Path) -> Path:
    """Where a run keeps its data; git ignores it."""
    scratch = folder / ".benchmarks"
    scratch.mkdir(exist_ok=True)
    return scratch


def _machine(server: EmbeddedPostgres) -> dict[str, str]:
    with psycopg.connect(server.url) as connection:
        settings = {
            name: str(connection.execute(f"SHOW {name}").fetchone()[0])  # type: ignore[index]
            for name in ("server_version", "fsync", "synchronous_commit")
        }
    return {
        "processors": f"{os.cpu_count()} x {platform.machine()}",
        "system": f"{platform.system()} {platform.release()}",
        "python": sys.version.split()[0],
        "load": f"{os.getloadavg()[0]:.2f}",
        "postgresql": settings["server_version"],
        "durability": f"fsync {settings['fsync']}, "
        f"synchronous_commit {settings['synchronous_commit']}",
        **{name: version(name) for name in _LIBRARIES},
    }


def _print(figures: list[Figure], machine: dict[str, str]) -> None:
    out = Console() if sys.stdout.isatty() else Console(width=_WIDTH)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("measured", "value", "beside", "yardstick", "ratio", ""):
        right = column in ("value", "yardstick", "ratio")
        table.add_column(column, justify="right" if right else "left")
    for figure in figures:
        digits = 1 if figure.less_is_better else 0
        table.add_row(
            figure.what,
            f"{figure.value:,.{digits}f} {figure.unit}",
            figure.beside,
            f"{figure.yardstick:,.{digits}f} {figure.unit}",
            f"{figure.ratio:.2f}x",
            figure.note,
        )
    out.print(table)
    out.print(", ".join(f"{name} {value}" for name, value in machine.items()), style="dim")


if __name__ == "__main__":
    main()
