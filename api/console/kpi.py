"""`chronodesk kpi`: key figures over a window, by up to two dimensions."""

import csv
import sys
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from api.console.opening import services
from api.console.options import DataDir, Workspace, instant
from api.console.terminal import fail, print_json, print_table
from domain.ids import WorkspaceId
from projections.kpi import (
    DEFINITIONS,
    Bucket,
    Cell,
    Figure,
    Filters,
    InvalidReport,
    Report,
    Unit,
    Window,
    report,
)

_MONTH = timedelta(days=30)
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400  # seconds


class Format(StrEnum):
    """How figures are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def kpi(
    figures: Annotated[
        list[str] | None, typer.Argument(help="Figures; all of them if none is named.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="First day or instant.", show_default="30 days ago")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", help="Last day or instant (excluded).", show_default="now")
    ] = None,
    zone: Annotated[str, typer.Option(help="Time zone of days, weeks and months.")] = "UTC",
    by: Annotated[
        list[str] | None, typer.Option(help="Dimension to split by; up to two of them.")
    ] = None,
    per: Annotated[Bucket | None, typer.Option(help="Split the window into such spans.")] = None,
    where: Annotated[
        list[str] | None, typer.Option(help="Only these, such as queue=network.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(help="With what was known at this instant.", show_default="now"),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TABLE,
    list_: Annotated[bool, typer.Option("--list", help="Say what each figure means.")] = False,
    data_dir: DataDir = None,
    workspace: Workspace = None,
) -> None:
    """Count key figures over a window: [from, to), in a time zone, by up to two dimensions.

    Durations are seconds in CSV and JSON.

    Example: chronodesk kpi opened resolved first_response_time --from 2026-01-01 --by queue
    """
    if list_:
        print_table(
            ("figure", "version", "unit", "meaning"),
            [(d.id, d.version, d.unit, d.sentence) for d in DEFINITIONS.values()],
        )
        return
    with services(data_dir, workspace) as opened:
        now = opened.clock.now()
        until = instant(end, zone) if end else now
        try:
            counted = report(
                opened.reader(WorkspaceId(opened.settings.workspace)),
                figures or list(DEFINITIONS),
                Window(
                    start=instant(start, zone) if start else until - _MONTH,
                    end=until,
                    zone=zone,
                    as_of=instant(as_of, zone) if as_of else now,
                ),
                group_by=by or (),
                bucket=per,
                filters=_filters(where or []),
            )
        except InvalidReport as error:
            fail(f"{error} See: chronodesk kpi --list")
    _print(counted, form)


def _filters(where: list[str]) -> Filters:
    """Values of one dimension are alternatives; an empty one stands for none."""
    filters: dict[str, list[str | None]] = {}
    for condition in where:
        dimension, equals, value = condition.partition("=")
        if not equals:
            raise typer.BadParameter(f"{condition!r} is not like queue=network.")
        filters.setdefault(dimension, []).append(value or None)
    return filters


def _print(counted: Report, form: Format) -> None:
    columns = ["figure", "unit"]
    columns += ["span"] if counted.bucket else []
    columns += [*counted.group_by, "n", "total", "mean", "median", "p90", "p95"]
    readable = form is Format.TABLE
    rows = [
        _row(counted, figure, cell, readable=readable)
        for figure in counted.figures
        for cell in figure.cells
    ]
    match form:
        case Format.TABLE:
            print_table(columns, rows)
        case Format.CSV:
            writer = csv.writer(sys.stdout)
            writer.writerow(columns)
            writer.writerows(rows)
        case Format.JSON:
            print_json(
                {
                    "from": counted.window.start,
                    "to": counted.window.end,
                    "zone": counted.window.zone,
                    "as_of": counted.window.as_of,
                    "definitions": {f.definition.id: f.definition.version for f in counted.figures},
                    "rows": [dict(zip(columns, row, strict=True)) for row in rows],
                }
            )


def _row(counted: Report, figure: Figure, cell: Cell, *, readable: bool) -> list[Any]:
    unit = figure.definition.unit
    values = (cell.total, cell.mean, cell.median, cell.p90, cell.p95)
    shown = [_value(value, unit) if readable else value for value in values]
    span = cell.span.astimezone(ZoneInfo(counted.window.zone)).isoformat(timespec="minutes")
    return [
        figure.definition.id,
        str(unit),
        *([span] if counted.bucket else []),
        *cell.group,
        cell.n,
        *shown,
    ]


def _value(value: float | None, unit: Unit) -> str | float | None:
    if value is None:
        return None
    match unit:
        case Unit.SECONDS:
            return _duration(value)
        case Unit.SHARE if value <= 1:
            return f"{value:.1%}"
        case _:
            return value


def _duration(seconds: float) -> str:
    """In the two largest units, for people."""
    days, rest = divmod(round(seconds), _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
