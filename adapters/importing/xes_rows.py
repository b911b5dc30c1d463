"""Rows of an XES event log (IEEE 1849), streamed: one row per event, no tree is built.

Attributes of the trace become columns `case:<key>`, attributes of the event columns `<key>`.
Nested attributes (attributes of attributes) and containers are not read.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from adapters.importing.csv_rows import MAX_FIELD, RawRow
from adapters.importing.findings import Broken, BrokenRow, Place
from adapters.importing.opening import Opened

_VALUES = frozenset({"string", "date", "int", "float", "boolean", "id"})


class XesRows:
    """Iterate to get the rows; `columns` grows as new attribute keys turn up."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self.columns: list[str] = []

    def duplicated(self) -> frozenset[str]:
        """No name can stand twice here."""
        return frozenset()

    def __iter__(self) -> Iterator[RawRow | BrokenRow]:
        target = _Target(self.columns)
        parser = DefusedXMLParser(target=target)
        target.line = lambda: int(parser.parser.CurrentLineNumber)
        try:
            for chunk in self._opened.chunks():
                parser.feed(chunk)
                yield from target.take()
            if self._opened.damage is None:
                parser.close()
        except (ParseError, DefusedXmlException) as error:
            yield from target.take()
            yield BrokenRow(
                kind=Broken.XML, place=Place(line=target.line(), detail=str(error) or repr(error))
            )


class _Target:
    """Receives the parser's calls and keeps only the trace and event that are open."""

    def __init__(self, columns: list[str]) -> None:
        self.line: Any = lambda: 0
        self._columns = columns
        self._index: dict[str, int] = {}
        self._depth: list[str] = []
        self._trace: dict[str, str] = {}
        self._event: dict[str, str] | None = None
        self._began = 0
        self._rows = 0
        self._ready: list[RawRow | BrokenRow] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        above = self._depth[-1] if self._depth else ""
        self._depth.append(name)
        if name == "trace":
            self._trace = {}
        elif name == "event" and above in ("trace", "log"):
            self._event = {}
            self._began = self.line()
        elif name in _VALUES and above == "event" and self._event is not None:
            self._event[attributes.get("key", "")] = attributes.get("value", "")
        elif name in _VALUES and above == "trace":
            self._trace[f"case:{attributes.get('key', '')}"] = attributes.get("value", "")

    def end(self, tag: str) -> None:
        self._depth.pop()
        if tag.rpartition("}")[2] == "event" and self._event is not None:
            self._rows += 1
            self._ready.append(self._row(self._trace | self._event))
            self._event = None

    def data(self, text: str) -> None:
        """Text between elements means nothing in XES."""

    def close(self) -> None:
        """Nothing is left to do."""

    def take(self) -> list[RawRow | BrokenRow]:
        ready, self._ready = self._ready, []
        return ready

    def _row(self, values: dict[str, str]) -> RawRow | BrokenRow:
        for key, value in values.items():
            if len(value) > MAX_FIELD or len(key) > MAX_FIELD:
                place = Place(line=self._began, row=self._rows, detail=key[:60])
                return BrokenRow(kind=Broken.TOO_LONG, place=place)
            if key not in self._index:
                self._index[key] = len(self._columns)
                self._columns.append(key)
        cells = [""] * len(self._columns)
        for key, value in values.items():
            cells[self._index[key]] = value
        return RawRow(row=self._rows, line=self._began, cells=cells)
