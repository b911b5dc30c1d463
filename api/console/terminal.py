"""What people and programs read: results on standard output, all else on standard error."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn, Protocol

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

out = Console()
err = Console(stderr=True)


class Advance(Protocol):
    """Called with how much is done and how much there is; `speed` says how fast, in words."""

    def __call__(self, done: int, total: int, speed: str = "") -> None: ...


_EVERY = 5.0  # seconds between lines of progress where there is no terminal


def fail(message: str) -> NoReturn:
    """Say what is wrong and what to do, and end with code 1."""
    complain(message)
    raise typer.Exit(1)


def complain(message: str) -> None:
    """Say what is wrong and what to do."""
    err.print(Text(message, style="bold red"), soft_wrap=True)


def say(message: str) -> None:
    """A line about what goes on."""
    err.print(Text(message), soft_wrap=True)


def print_json(value: object) -> None:
    """A JSON text for programs; what JSON has no form for is written as text."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table that is readable on a terminal, and plain, with tabs, where there is none."""
    if not out.is_terminal:
        for row in (columns, *rows):
            typer.echo("\t".join(_cell(value) for value in row))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for n, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[n], int | float | None) for row in rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    out.print(table)


@contextmanager
def progress(what: str) -> Iterator[Advance]:
    """A bar with the time that is left, or a line every few seconds where there is no terminal."""
    if not err.is_terminal:
        yield _lines(what)
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[speed]}"),
        console=err,
    )
    with bar:
        task = bar.add_task(what, total=None, speed="")

        def advance(done: int, total: int, speed: str = "") -> None:
            bar.update(task, completed=done, total=total, speed=speed)

        yield advance


def _lines(what: str) -> Advance:
    begun = last = time.monotonic()

    def advance(done: int, total: int, speed: str = "") -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < _EVERY:
            return
        last = now
        parts = [f"{what}: {done:,} of {total:,}"]
        if speed:
            parts.append(speed)
        if 0 < done <= total:
            parts.append(f"{(now - begun) * (total - done) / done:,.0f} s left")
        say(", ".join(parts))

    return advance


def _cell(value: object) -> str:
    match value:
        case None:
            return "-"
        case float():
            return f"{value:,.2f}"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}" if out.is_terminal else str(value)
        case _:
            return str(value)


def _plain(value: Any) -> Any:
    return value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else str(value)
