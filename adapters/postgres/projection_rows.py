"""Reads and writes the rows of a batch: one statement per table and kind, whatever the number.

Rows travel as one JSON array: orjson writes frozen records directly, and `json_to_recordset` gives
every column its type. Arrays, jsonb and empty values need no care that way.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, LiteralString

import orjson
from psycopg import Connection, sql
from psycopg.types.json import Json

from projections.ports import Key, Table, TableChange, Where
from projections.rows import key_of


class TableStatements:
    """The SQL for one table in one schema, ready to send.

    To compose it anew for each batch takes a tenth of a worker's time.
    """

    def __init__(self, schema: str, table: Table) -> None:
        self.table = table
        self.columns = tuple(table.ddl)
        self.key_of = key_of(table)
        names = {
            "table": sql.Identifier(schema, table.name),
            "columns": _names(self.columns),
            "typed": _typed(table, self.columns),
            "key": _names(table.key),
            "key_typed": _typed(table, table.key),
            "matches": _matches(table.key),
            "keep": _assignments(
                (c for c in self.columns if c not in table.key), "{0} = excluded.{0}"
            ),
            "sum": _assignments(table.summed, "{0} = held.{0} + excluded.{0}"),
        }
        insert = (
            "INSERT INTO {table} AS held ({columns})"
            " SELECT {columns} FROM json_to_recordset(%s::json) AS new({typed})"
            " ON CONFLICT ({key}) DO "
        )
        only_key = len(self.columns) == len(table.key)
        self.upsert = _sql(insert + ("NOTHING" if only_key else "UPDATE SET {keep}"), **names)
        self.add = _sql(insert + "UPDATE SET {sum}", **names) if table.summed else None
        self.delete = _sql(
            "DELETE FROM {table} AS held USING json_to_recordset(%s::json) AS gone({key_typed})"
            " WHERE {matches}",
            **{**names, "matches": _matches(table.key, "gone")},
        )
        self.select = _sql(
            "SELECT {qualified} FROM json_to_recordset(%s::json) AS wanted({key_typed})"
            " JOIN {table} AS held ON {matches}",
            **names,
            qualified=_names(self.columns, "held"),
        )


class RowWriter:
    """Rows of one copy of a projection, over one connection inside a transaction."""

    def __init__(self, connection: Connection[Any], schema: str) -> None:
        self._connection = connection
        self._schema = schema

    def read(self, table: Table, keys: Sequence[Key]) -> dict[Key, Any]:
        """The rows that exist under `keys`."""
        how = statements(self._schema, table)
        wanted = [dict(zip(table.key, key, strict=True)) for key in keys]
        found = self._connection.execute(how.select, [_json(wanted)])
        return {how.key_of(row): row for row in _as_rows(table, found)}

    def find(self, table: Table, where: Where, limit: int) -> list[Any]:
        """Up to `limit` rows for which `where` holds."""
        conditions = [
            sql.SQL("{} {} {}").format(sql.Identifier(column), _OPS[op], sql.Literal(value))
            for column, op, value in where
        ]
        found = self._connection.execute(
            sql.SQL("SELECT {} FROM {} WHERE {} LIMIT {}").format(
                _names(tuple(table.ddl)),
                sql.Identifier(self._schema, table.name),
                sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("true"),
                sql.Literal(limit),
            )
        )
        return list(_as_rows(table, found))

    def write(self, change: TableChange) -> None:
        """Do what a batch does to one table."""
        table = change.table
        how = statements(self._schema, table)
        if change.deletes:
            gone = [dict(zip(table.key, key, strict=True)) for key in change.deletes]
            self._connection.execute(how.delete, [_json(gone)])
        if change.upserts:
            self._connection.execute(how.upsert, [_json(change.upserts)])
        if change.adds and how.add is not None:
            self._connection.execute(how.add, [_json(change.adds)])


_OPS = {op: sql.SQL(op) for op in ("=", "<", ">=")}


def _as_rows(table: Table, found: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    arrays = [n for n, column in enumerate(table.ddl.values()) if "[]" in column]
    columns = tuple(table.ddl)
    for values in found:
        held = list(values)
        for n in arrays:
            held[n] = None if held[n] is None else tuple(held[n])
        yield table.row(**dict(zip(columns, held, strict=True)))


_cache: dict[tuple[str, str], TableStatements] = {}


def statements(schema: str, table: Table) -> TableStatements:
    """The statements for a table; made once."""
    held = _cache.get((schema, table.name))
    if held is None or held.table is not table:
        held = _cache[schema, table.name] = TableStatements(schema, table)
    return held


def _sql(template: LiteralString, **names: sql.Composable) -> bytes:
    return sql.SQL(template).format(**names).as_bytes()


def _json(values: Sequence[Any]) -> Json:
    return Json(values, orjson.dumps)


def _names(columns: Sequence[str], of: str | None = None) -> sql.Composable:
    return sql.SQL(", ").join(
        sql.Identifier(of, column) if of else sql.Identifier(column) for column in columns
    )


def _typed(table: Table, columns: Sequence[str]) -> sql.Composable:
    """Columns with their types, without the constraints."""
    return sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(_type_of(table.ddl[column])))
        for column in columns
    )


def _type_of(ddl: str) -> str:
    upper = ddl.upper()
    ends = [
        at
        for word in (" NOT NULL", " DEFAULT", " CHECK", " COLLATE")
        if (at := upper.find(word)) > 0
    ]
    return ddl[: min(ends)] if ends else ddl


def _matches(columns: Sequence[str], other: str = "wanted") -> sql.Composable:
    return sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(sql.Identifier("held", c), sql.Identifier(other, c))
        for c in columns
    )


def _assignments(columns: Any, pattern: str) -> sql.Composable:
    return sql.SQL(", ").join(sql.SQL(pattern).format(sql.Identifier(column)) for column in columns)
