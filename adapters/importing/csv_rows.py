"""Rows of a CSV file, each with its line. What cannot be read is set apart, and reading goes on."""

import csv
from collections import Counter
from collections.abc import Iterator

from adapters.importing.findings import Broken, BrokenRow, Place
from adapters.importing.mapping import CsvForm, ImportRefused
from adapters.importing.opening import Line, Opened
from domain.record import record

MAX_FIELD = 100_000
"""Characters in one field; more than any ticket's text may have."""

_MAX_LINES_PER_ROW = 1_000
"""A quote that is still open after so many lines was never closed: the lines after the first are
read as rows of their own, so that one bad quote does not swallow the file."""


@record
class RawRow:
    """One row as the file has it. `row` counts data rows from 1, `line` is its first line."""

    row: int
    line: int
    cells: list[str]


class CsvRows:
    """Iterate to get the rows; `columns` names their cells."""

    def __init__(self, opened: Opened, form: CsvForm) -> None:
        self._opened = opened
        self._form = form
        self._lines = opened.lines()
        self._header = self._read_header()
        self.columns = _distinct(self._header)

    def duplicated(self) -> frozenset[str]:
        """Names that stand more than once in the header."""
        return frozenset(name for name, count in Counter(self._header).items() if count > 1)

    def __iter__(self) -> Iterator[RawRow | BrokenRow]:
        row = 0
        pushed_back: list[Line] = []
        while True:
            line = pushed_back.pop(0) if pushed_back else next(self._lines, None)
            if line is None:
                break
            if not line.text:
                continue
            row += 1
            parsed = self._parse(line, row, pushed_back)
            if isinstance(parsed, list):
                yield RawRow(row=row, line=line.number, cells=parsed)
            else:
                yield parsed

    def _parse(self, line: Line, row: int, pushed_back: list[Line]) -> list[str] | BrokenRow:
        place = Place(line=line.number, row=row)
        if not line.whole:
            return BrokenRow(kind=Broken.CUT_OFF, place=place)
        if line.too_long:
            return BrokenRow(kind=Broken.TOO_LONG, place=place)
        try:
            text = line.text.decode(self._form.encoding)
        except UnicodeDecodeError as error:
            detail = f"{error.reason} at byte {error.start + 1} of the line"
            return BrokenRow(
                kind=Broken.ENCODING, place=Place(line=line.number, row=row, detail=detail)
            )
        if self._form.quote in text:
            cells = self._quoted(text, pushed_back)
            if isinstance(cells, str):
                return BrokenRow(
                    kind=Broken.QUOTES, place=Place(line=line.number, row=row, detail=cells)
                )
        else:
            cells = text.split(self._form.delimiter)
        return self._fault(cells, line, row) or cells

    def _fault(self, cells: list[str], line: Line, row: int) -> BrokenRow | None:
        kind, detail = None, ""
        if len(cells) != len(self._header):
            kind = Broken.COLUMNS
            detail = f"{len(cells)} instead of {len(self._header)}"
        elif "\0" in "".join(cells):
            kind = Broken.NUL
        elif len(line.text) > MAX_FIELD and any(len(cell) > MAX_FIELD for cell in cells):
            kind = Broken.TOO_LONG
        elif cells == self._header:
            kind = Broken.REPEATED_HEADER
        if kind is None:
            return None
        return BrokenRow(kind=kind, place=Place(line=line.number, row=row, detail=detail))

    def _quoted(self, text: str, pushed_back: list[Line]) -> list[str] | str:
        """The cells of a row with quotes, which may go on over lines; or what is wrong with it.

        Lines that were read in vain are pushed back, to be read as rows of their own.
        """
        parts = [text]
        taken: list[Line] = []
        while True:
            try:
                return next(self._reader(parts))
            except csv.Error as error:
                if "end of data" not in str(error):
                    pushed_back[:0] = taken
                    return str(error)
            line = pushed_back.pop(0) if pushed_back else next(self._lines, None)
            if line is not None:
                taken.append(line)
            if (
                line is None
                or line.too_long
                or not line.whole
                or len(taken) >= _MAX_LINES_PER_ROW
                or sum(map(len, parts)) > MAX_FIELD * 2
            ):
                pushed_back[:0] = taken
                return "a quote is opened and never closed"
            parts[-1] += "\n"
            parts.append(line.text.decode(self._form.encoding, errors="replace"))

    def _reader(self, lines: list[str]) -> "Iterator[list[str]]":
        return csv.reader(
            lines, delimiter=self._form.delimiter, quotechar=self._form.quote, strict=True
        )

    def _read_header(self) -> list[str]:
        line = next(self._lines, None)
        if line is None:
            raise ImportRefused(
                f"{self._opened.path} has no content that can be read"
                f"{': ' + self._opened.damage if self._opened.damage else ''}."
            )
        try:
            text = line.text.decode(self._form.encoding).removeprefix("\ufeff")
            if line.text.startswith(b"\xef\xbb\xbf"):
                text = line.text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ImportRefused(
                f"The first line of {self._opened.path} is not {self._form.encoding}; "
                "name its encoding in the mapping (csv: encoding: cp1252, for example)."
            ) from error
        cells = self._quoted(text, [])
        if line.too_long or isinstance(cells, str):
            raise ImportRefused(f"The first line of {self._opened.path} is no header.")
        return [cell.strip() for cell in cells]


def _distinct(names: list[str]) -> list[str]:
    """Each name once: the second `note` is called `note#2`."""
    seen: Counter[str] = Counter()
    distinct = []
    for name in names:
        seen[name] += 1
        distinct.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return distinct
