"""What an import did, as a record, as text and as JSON."""

from datetime import datetime
from typing import Any

from adapters.importing.findings import Place
from domain.record import record


@record
class Found:
    """How often something was found, and the first places."""

    kind: str
    count: int
    first: tuple[Place, ...]


@record
class ImportReport:
    """The account of one run. `seconds` is wall-clock time.

    `rows_read` = `rows_written` + `rows_already_there` + `rows_broken`, also when the run only
    went on with an earlier one. `damage` says why the file ended too early, if it did. `anomalies`
    are those of the rows written by this run; the log keeps all of them with their rows.
    """

    file: str
    system: str
    rows_read: int
    rows_written: int
    rows_already_there: int
    rows_broken: int
    cases: int
    cases_new: int
    cases_grown: int
    events_written: int
    people_registered: int
    first_at: datetime | None
    last_at: datetime | None
    seconds: float
    damage: str | None
    broken: tuple[Found, ...]
    anomalies: tuple[Found, ...]

    @property
    def rows_per_second(self) -> float:
        """Rows read per second, over the whole run."""
        return self.rows_read / self.seconds if self.seconds > 0 else 0.0

    @property
    def is_complete(self) -> bool:
        """Every row that the file should have is in the log."""
        return self.rows_broken == 0 and self.damage is None


def as_json(report: ImportReport) -> dict[str, Any]:
    """The report as plain values: instants in RFC 3339, `seconds` in seconds."""
    plain = {
        name: _plain(getattr(report, name))
        for name in ImportReport.__dataclass_fields__
        if name not in ("broken", "anomalies")
    }
    return {
        **plain,
        "rows_per_second": round(report.rows_per_second, 1),
        "broken": [_found(found) for found in report.broken],
        "anomalies": [_found(found) for found in report.anomalies],
    }


def as_text(report: ImportReport) -> str:
    """The report for people, in a few lines."""
    lines = [
        f"{report.file} ({report.system})",
        f"  rows       {report.rows_read:,} read: {_rows(report)}",
        f"  cases      {report.cases:,}: {report.cases_new:,} new, {report.cases_grown:,} grown",
        f"  events     {report.events_written:,} written",
        f"  directory  {report.people_registered:,} requesters, agents and queues added",
        f"  between    {_plain(report.first_at) or '-'} and {_plain(report.last_at) or '-'}",
        f"  took       {report.seconds:,.1f} s ({report.rows_per_second:,.0f} rows/s)",
    ]
    if report.damage:
        lines.append(f"  DAMAGED    {report.damage}; everything before that was imported")
    lines += _section("Broken rows, not imported", report.broken)
    lines += _section("Anomalies, imported as they are", report.anomalies)
    return "\n".join(lines)


def _rows(report: ImportReport) -> str:
    return (
        f"{report.rows_written:,} written, {report.rows_already_there:,} already there, "
        f"{report.rows_broken:,} broken"
    )


def _section(title: str, findings: tuple[Found, ...]) -> list[str]:
    if not findings:
        return []
    lines = ["", f"{title}:"]
    for found in findings:
        lines.append(f"  {found.count:>9,}  {found.kind}")
        lines += [f"             {_where(place)}" for place in found.first[:3]]
    return lines


def _where(place: Place) -> str:
    parts = [f"line {place.line}"]
    if place.case:
        parts.append(place.case)
    if place.detail:
        parts.append(place.detail)
    return ", ".join(parts)


def _found(found: Found) -> dict[str, Any]:
    first = [
        {"line": place.line, "row": place.row, "case": place.case, "detail": place.detail}
        for place in found.first
    ]
    return {"kind": found.kind, "count": found.count, "first": first}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value
