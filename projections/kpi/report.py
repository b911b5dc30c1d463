"""Counts figures over a window, by dimension and span of time, and opens them down to tickets."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.record import record
from projections.kpi.definitions import DEFINITIONS, Definition, Unit
from projections.kpi.rows import DIMENSIONS
from projections.kpi.sources import ONCE_PER_TICKET, SOURCES
from projections.kpi.spans import Bucket, starts
from projections.ports import Reader

MOST_GROUPS = 2
MOST_ROWS = 1_000
_MICROSECOND = timedelta(microseconds=1)
_FIELD = "field:"
PLAIN_DIMENSIONS = tuple(name for name in DIMENSIONS if name not in ("tags", "fields"))
"""What a report can be grouped and filtered by; also "tag", and "field:NAME" for a custom field."""

Filters = Mapping[str, Sequence[str | None]]
"""Dimension to the values of which one must match; None stands for "none"."""


class InvalidReport(ValueError):
    """What was asked for cannot be counted; the message says what to ask for instead."""


@record
class Window:
    """[start, end) in the zone of the report, seen with what was known at `as_of` (all aware)."""

    start: datetime
    end: datetime
    zone: str
    as_of: datetime

    def __post_init__(self) -> None:
        if any(instant.tzinfo is None for instant in (self.start, self.end, self.as_of)):
            raise InvalidReport("Instants need a zone or an offset from UTC.")
        if self.start >= self.end:
            raise InvalidReport("The window ends before it begins; it includes its start only.")
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):
            raise InvalidReport(
                f"There is no time zone {self.zone!r}; use a name such as Asia/Seoul."
            ) from None


@record
class Cell:
    """A figure for one span of time and one value of each dimension asked for.

    `span` is when the span begins (UTC). Seconds and times have a mean, a median, 90th and 95th
    percentiles (linear interpolation between neighbours), a sum and extremes; a share has `total`
    out of `n` and its mean; a count has `n` alone.
    """

    span: datetime
    group: tuple[str | None, ...]
    n: int
    total: float | None = None
    mean: float | None = None
    median: float | None = None
    p90: float | None = None
    p95: float | None = None
    lowest: float | None = None
    highest: float | None = None


@record
class Figure:
    """Cells with nothing to count are left out."""

    definition: Definition
    cells: tuple[Cell, ...]


@record
class Report:
    """`spans` are the beginnings of all spans of the window, those without cells included."""

    window: Window
    group_by: tuple[str, ...]
    bucket: Bucket | None
    spans: tuple[datetime, ...]
    figures: tuple[Figure, ...]


@record
class Observation:
    """One thing that a figure counted: the ticket, the value, and the events that it rests on."""

    ticket: str
    number: int
    at: datetime
    value: float
    version: int
    versions: tuple[int, ...]


@record
class Question:
    """What a report is about, besides its figures."""

    window: Window
    group_by: tuple[str, ...] = ()
    bucket: Bucket | None = None
    filters: Filters = field(default_factory=dict)


def report(
    reader: Reader,
    figures: Sequence[str],
    window: Window,
    *,
    group_by: Sequence[str] = (),
    bucket: Bucket | None = None,
    filters: Filters | None = None,
) -> Report:
    """Count `figures` (ids of DEFINITIONS). Raises InvalidReport.

    A ticket counts under each of its tags, and under None without any.
    """
    asked = Question(window=window, group_by=tuple(group_by), bucket=bucket, filters=filters or {})
    if len(asked.group_by) > MOST_GROUPS or len(set(asked.group_by)) < len(asked.group_by):
        raise InvalidReport(f"A report is grouped by up to {MOST_GROUPS} different dimensions.")
    spans = _spans(asked)
    return Report(
        window=window,
        group_by=asked.group_by,
        bucket=bucket,
        spans=tuple(spans),
        figures=tuple(_figure(reader, name, asked, spans) for name in figures),
    )


def open_down(
    reader: Reader,
    figure: str,
    window: Window,
    *,
    group: Mapping[str, str | None] | None = None,
    filters: Filters | None = None,
    after: tuple[datetime, str, int] | None = None,
    limit: int = 100,
) -> list[Observation]:
    """What a cell counted, one by one, in the order of time. Raises InvalidReport.

    `window` is that of the report, or one span of it; `group` has the cell's value for each
    dimension of the report. `after` is (at, ticket, version) of the last observation seen.
    """
    if not 1 <= limit <= MOST_ROWS:
        raise InvalidReport(f"A page has 1 to {MOST_ROWS} rows.")
    asked = Question(window=window, filters=filters or {})
    params = _params(asked, _spans(asked))
    rows = _counted(_definition(figure), asked, params)
    where = [
        _test(name, [value], params, f"group_{n}")
        for n, (name, value) in enumerate((group or {}).items())
    ]
    if after is not None:
        where.append("(o.at, o.ticket, o.version) > (%(after_at)s, %(after_ticket)s, %(after)s)")
        params |= {"after_at": after[0], "after_ticket": after[1], "after": after[2]}
    query = (
        "SELECT o.ticket, t.number, o.at, o.value, o.version, o.versions"  # noqa: S608 - literals
        f" FROM ({rows}) o JOIN read.kpi_ticket t ON t.ticket = o.ticket"
        f" WHERE {' AND '.join(where) or 'true'}"
        " ORDER BY o.at, o.ticket, o.version LIMIT %(limit)s"
    )
    found = reader.fetch(query, {**params, "limit": limit})
    return [Observation(**{**row, "versions": tuple(row["versions"])}) for row in found]


def _figure(reader: Reader, name: str, asked: Question, spans: list[datetime]) -> Figure:
    definition = _definition(name)
    params = _params(asked, spans)
    groups = [
        _expression(dimension, params, f"by_{n}") for n, dimension in enumerate(asked.group_by)
    ]
    chosen = "".join(f", {expression} AS group_{n}" for n, expression in enumerate(groups))
    tags = " LEFT JOIN LATERAL unnest(o.tags) AS tag ON true" if "tag" in asked.group_by else ""
    by = ", ".join(str(n + 1) for n in range(1 + len(groups)))
    query = (
        f"SELECT o.span{chosen}, count(*) AS n{_AGGREGATES[definition.unit]}"  # noqa: S608 - literals
        f" FROM ({_counted(definition, asked, params)}) o{tags} GROUP BY {by}"
    )
    if definition.unit in _SPREAD:
        named = ["span", *(f"group_{n}" for n in range(len(groups))), "n", *_SUMMED]
        query = _with_quantiles(query, named)
    rows = reader.fetch(f"{query} ORDER BY {by}", params, counts=True)
    return Figure(
        definition=definition,
        cells=tuple(_cell(row, spans, len(groups), definition.unit) for row in rows),
    )


_SPREAD = frozenset({Unit.SECONDS, Unit.TIMES})
_AVERAGE = ", sum(o.value) AS total, avg(o.value) AS mean"
_EXTREMES = ", min(o.value) AS lowest, max(o.value) AS highest, array_agg(o.value) AS all_values"
_AGGREGATES = {
    Unit.COUNT: "",
    Unit.SHARE: _AVERAGE,
    Unit.SECONDS: _AVERAGE + _EXTREMES,
    Unit.TIMES: _AVERAGE + _EXTREMES,
}

_SUMMED = ("total", "mean", "lowest", "highest")


def _with_quantiles(query: str, named: Sequence[str]) -> str:
    """Values are ordered group by group: otherwise all would be sorted by the dimensions first."""
    return (
        f"SELECT {', '.join(f'g.{name}' for name in named)}, q.quantiles FROM ({query}) g"  # noqa: S608 - literals
        " CROSS JOIN LATERAL (SELECT percentile_cont(ARRAY[0.5, 0.9, 0.95])"
        " WITHIN GROUP (ORDER BY value) AS quantiles FROM unnest(g.all_values) AS value) q"
    )


def _counted(definition: Definition, asked: Question, params: dict[str, Any]) -> str:
    """One row for each thing that counts in the window, with the number of its span."""
    where = ["s.at >= %(start)s", "s.at < %(end)s"]
    where += [
        _test(name, values, params, f"filter_{n}", "s")
        for n, (name, values) in enumerate(asked.filters.items())
    ]
    # Where there is one span, the planner need not guess how many groups there will be.
    span = "width_bucket(s.at, %(spans)s)" if len(params["spans"]) > 1 else "1"
    rows = (
        f"SELECT s.*, {span} AS span FROM ({SOURCES[definition.id]}) s"  # noqa: S608 - literals
        f" WHERE {' AND '.join(where)}"
    )
    if definition.id not in ONCE_PER_TICKET:
        return rows
    # Most tickets are named once only: they need not be put in order to find that out.
    return (
        f"(SELECT DISTINCT ON (o.span, o.ticket) o.* FROM ({rows}) o WHERE NOT o.is_only"  # noqa: S608 - literals
        " ORDER BY o.span, o.ticket, o.value DESC, o.at DESC, o.version DESC)"
        f" UNION ALL SELECT o.* FROM ({rows}) o WHERE o.is_only"
    )


def _definition(name: str) -> Definition:
    try:
        return DEFINITIONS[name]
    except KeyError:
        raise InvalidReport(
            f"There is no figure {name!r}; there are {', '.join(DEFINITIONS)}."
        ) from None


def _spans(asked: Question) -> list[datetime]:
    window = asked.window
    try:
        return starts(window.start, window.end, window.zone, asked.bucket)
    except (ValueError, OverflowError) as error:
        raise InvalidReport(f"{str(error).capitalize()}; ask for a shorter window.") from error


def _params(asked: Question, spans: list[datetime]) -> dict[str, Any]:
    window = asked.window
    ends = [*spans[1:], window.end]
    moments = [min(end - _MICROSECOND, window.as_of) for end in ends]
    return {
        "start": window.start,
        "end": window.end,
        "as_of": window.as_of,
        "spans": spans,
        # A span that has not begun has no stock yet.
        "moments": [m for m, start in zip(moments, spans, strict=True) if m >= start],
    }


def _test(
    name: str, values: Sequence[str | None], params: dict[str, Any], key: str, of: str = "o"
) -> str:
    """A condition: the dimension has one of the values."""
    given = [value for value in values if value is not None]
    params[key] = given
    if name == "tag":
        tests = [f"{of}.tags && %({key})s::text[]"]
        none = f"cardinality({of}.tags) = 0"
    else:
        expression = _expression(name, params, f"{key}_name", of)
        tests = [f"{expression} = ANY (%({key})s::text[])"]
        none = f"{expression} IS NULL"
    if len(given) < len(values):
        tests.append(none)
    return f"({' OR '.join(tests)})"


def _expression(name: str, params: dict[str, Any], key: str, of: str = "o") -> str:
    """SQL for a dimension's value. Raises InvalidReport."""
    if name == "tag":
        return "tag"
    if name.startswith(_FIELD) and len(name) > len(_FIELD):
        params[key] = name.removeprefix(_FIELD)
        return f"{of}.fields ->> %({key})s"
    if name not in PLAIN_DIMENSIONS:
        raise InvalidReport(
            f"There is no dimension {name!r}; there are {', '.join(PLAIN_DIMENSIONS)}, tag and"
            " field:NAME."
        )
    return f"{of}.{name}"


def _cell(row: dict[str, Any], spans: list[datetime], groups: int, unit: Unit) -> Cell:
    median, p90, p95 = row.get("quantiles") or (None, None, None)
    total, mean = row.get("total"), row.get("mean")
    if unit in _SPREAD:
        # Sums of fractions depend on their order in the last digits, which several processes that
        # read at once do not keep; what happened is known to the microsecond.
        total, mean = round(row["total"], 6), round(row["mean"], 6)
    return Cell(
        span=spans[row["span"] - 1],
        group=tuple(row[f"group_{n}"] for n in range(groups)),
        n=row["n"],
        total=total,
        mean=mean,
        median=median,
        p90=p90,
        p95=p95,
        lowest=row.get("lowest"),
        highest=row.get("highest"),
    )
