"""Options that several commands share."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="Folder of the embedded PostgreSQL. A running one is joined.",
        show_default=".chronodesk",
    ),
]
Workspace = Annotated[
    str | None,
    typer.Option("--workspace", help="Workspace to work on.", show_default="default"),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def instant(text: str, zone: str = "UTC") -> datetime:
    """A date or an instant in ISO 8601; without an offset it is the wall-clock time of `zone`.

    Raises typer.BadParameter.
    """
    try:
        given = datetime.fromisoformat(text)
        local = given if given.tzinfo else given.replace(tzinfo=ZoneInfo(zone))
        return local.astimezone(UTC)
    except (ValueError, KeyError, OSError, OverflowError):
        raise typer.BadParameter(
            f"{text!r} is not a date or an instant. Write 2026-03-01 or 2026-03-01T09:30:00+09:00."
        ) from None
