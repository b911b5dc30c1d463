"""The rows of one case, made ready: unknown values out, and nothing known before its time."""

from collections.abc import Callable, Iterable
from datetime import datetime

from adapters.importing.findings import Anomaly
from adapters.importing.mapping import Mapping
from adapters.importing.reading import ReadRow, instant_of, time_parser
from adapters.importing.snapshot import Row
from domain.ticket.words import Status

_ENDED = frozenset({Status.RESOLVED, Status.CLOSED, Status.CANCELLED})


class CaseRows:
    """Makes rows of one file ready. `columns` are those of the reader, and may grow meanwhile."""

    def __init__(self, mapping: Mapping, columns: list[str]) -> None:
        self._mapping = mapping
        self._columns = columns
        self._unknown = frozenset({"", *mapping.unknown})
        # These three stand in the event itself: as its source, its instant and its state.
        self._elsewhere = {mapping.case, mapping.time.column, mapping.state, *mapping.ignore}
        self._parse = time_parser(mapping.time)
        self.watched = mapping.attributes.columns()

    def ready(self, rows: Iterable[ReadRow]) -> list[Row]:
        """The rows as they may be shown, in the same order."""
        read = list(rows)
        return [self._row(row, last=row is read[-1]) for row in read]

    def instant(
        self, row: Row, column: str | None, note: Callable[[Anomaly, str], None]
    ) -> datetime | None:
        """The instant in a column, back-filled ones included; None where it is unknown."""
        text = (row.cells.get(column) or row.ahead.get(column)) if column else None
        if text is None:
            return None
        try:
            return instant_of(self._parse(text.strip()))
        except ValueError:
            note(Anomaly.BAD_INSTANT, f"{column}: {text[:60]}")
            return None

    def _row(self, read: ReadRow, *, last: bool) -> Row:
        mapping, unknown = self._mapping, self._unknown
        cells = {
            name: cell
            for name, cell in zip(self._columns, read.raw.cells, strict=False)
            if cell not in unknown
        }
        state = cells.get(mapping.state, "")
        order = cells.get(mapping.order) if mapping.order else None
        for name in self._elsewhere:
            cells.pop(name, None)
        ahead = {
            name: cells.pop(name)
            for name in self._not_yet_known(cells, read.at, mapping.statuses.get(state))
            if name in cells
        }
        return Row(
            number=read.raw.row,
            line=read.raw.line,
            at=instant_of(read.at),
            state=state,
            order=int(order) if order is not None else None,
            cells=cells | ahead if last else cells,
            ahead=ahead,
        )

    def _not_yet_known(self, cells: dict[str, str], at: int, status: Status | None) -> list[str]:
        hidden: list[str] = []
        for group in self._mapping.back_filled:
            text = cells.get(group.known_at)
            try:
                known = status in _ENDED if text is None else self._parse(text.strip()) <= at
            except ValueError:
                known = status in _ENDED
            if not known:
                hidden += group.columns
        return hidden
