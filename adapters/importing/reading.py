"""Every row of a file gets its case and its instant - or is reported with its line."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from adapters.importing.csv_rows import CsvRows, RawRow
from adapters.importing.findings import Broken, BrokenRow, Place
from adapters.importing.mapping import ImportRefused, Mapping, TimeColumn
from adapters.importing.opening import Opened
from adapters.importing.xes_rows import XesRows
from domain.record import record

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_DIGITS = 15
MAX_CASE = 200
"""Characters in a case's name."""


@record
class ReadRow:
    """A row with its place in history. `at` counts microseconds since 1970 (UTC)."""

    case: str
    at: int
    raw: RawRow


class Rows(Protocol):
    """What a reader of any format gives."""

    columns: list[str]

    def duplicated(self) -> frozenset[str]:
        """Names of columns that cannot be told apart."""

    def __iter__(self) -> Iterator[RawRow | BrokenRow]: ...


def instant_of(micros: int) -> datetime:
    """The instant in UTC, from microseconds since 1970."""
    return _EPOCH + micros * _MICROSECOND


@lru_cache
def time_parser(column: TimeColumn) -> Callable[[str], int]:
    """A function from text to microseconds since 1970; it raises ValueError."""
    local = ZoneInfo(column.zone)

    @lru_cache(1 << 16)  # many rows share their minute, and strptime is slow
    def parse(text: str) -> int:
        if column.format == "iso":
            moment = datetime.fromisoformat(text)
        else:
            moment = datetime.strptime(text, column.format)  # noqa: DTZ007 - the zone is added below
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=local)
        micros = (moment - _EPOCH) // _MICROSECOND
        try:
            instant_of(micros)
            return micros
        except OverflowError:
            raise ValueError("the date is beyond the calendar") from None

    return parse


def open_rows(opened: Opened, mapping: Mapping) -> Rows:
    """The reader that fits the file's name. Raises ImportRefused when columns are missing."""
    if _is_xes(opened.path):
        return XesRows(opened)
    rows = CsvRows(opened, mapping.csv)
    _refuse_if_columns_are_missing(rows, mapping, opened.path)
    return rows


def read(rows: Rows, mapping: Mapping) -> Iterator[ReadRow | BrokenRow]:
    """All rows in file order."""
    index = _Index(rows.columns)
    parse = time_parser(mapping.time)
    unknown = frozenset(mapping.unknown)
    for raw in rows:
        if isinstance(raw, BrokenRow):
            yield raw
            continue
        case = index.cell(raw, mapping.case).strip()
        time = index.cell(raw, mapping.time.column)
        if case in unknown:
            yield _broken(Broken.NO_CASE, raw, "")
        elif len(case) > MAX_CASE:
            yield _broken(Broken.TOO_LONG, raw, mapping.case)
        elif time in unknown:
            yield _broken(Broken.NO_TIME, raw, "", case)
        elif mapping.order and not _is_number(index.cell(raw, mapping.order)):
            yield _broken(Broken.BAD_ORDER, raw, index.cell(raw, mapping.order)[:60], case)
        else:
            try:
                yield ReadRow(case=case, at=parse(time.strip()), raw=raw)
            except ValueError:
                yield _broken(Broken.BAD_TIME, raw, time[:60], case)


class _Index:
    """Finds cells by name, in columns that may still grow."""

    def __init__(self, columns: list[str]) -> None:
        self._columns = columns
        self._at: dict[str, int] = {}

    def cell(self, raw: RawRow, column: str) -> str:
        """The text of a cell; empty when the row has none."""
        at = self._at.get(column)
        if at is None:
            if column not in self._columns:
                return ""
            at = self._at[column] = self._columns.index(column)
        return raw.cells[at] if at < len(raw.cells) else ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").isdigit() and len(text) <= _DIGITS


def _broken(kind: Broken, raw: RawRow, detail: str, case: str = "") -> BrokenRow:
    return BrokenRow(
        kind=kind, place=Place(line=raw.line, row=raw.row, case=case[:MAX_CASE], detail=detail)
    )


def _is_xes(path: Path) -> bool:
    return ".xes" in (suffix.lower() for suffix in path.suffixes[-2:])


def _refuse_if_columns_are_missing(rows: Rows, mapping: Mapping, path: Path) -> None:
    named = mapping.named_columns()
    missing = sorted(named - set(rows.columns))
    if missing:
        found = ", ".join(repr(name[:60]) for name in rows.columns[:20])
        hint = (
            f" Only one column was found: is the delimiter really {mapping.csv.delimiter!r}?"
            if len(rows.columns) == 1
            else ""
        )
        raise ImportRefused(
            f"{path} lacks the columns {', '.join(missing)} that the mapping names. "
            f"It has: {found}.{hint}"
        )
    if twice := sorted(named & rows.duplicated()):
        raise ImportRefused(
            f"{path} has the columns {', '.join(twice)} more than once; rename all but one."
        )
