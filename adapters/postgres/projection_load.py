"""Loads a copy of a projection by COPY, in several processes: each folds ranges of streams."""

from collections.abc import Callable, Sequence
from typing import Any

from psycopg import Connection, sql

from adapters.postgres.projection_copies import BUILD_MEMORY
from adapters.postgres.projection_errors import mapped
from adapters.postgres.projection_fill import Copy, Fill, Streams, connect, sums_of
from adapters.processes import crew
from domain.position import Position
from projections.ports import Build, Projection, Table

_MOST, _LEAST = 20_000, 1_000
"""Events per range: enough to make its transaction cheap, few enough for progress to be seen."""

_PARTS = 4
"""Ranges per process, unless they would be too small: none is alone at the end for long."""

_RANGES = """
WITH wanted AS (
    SELECT s.id, s.version, s.first_position
    FROM chronodesk.stream s
    JOIN unnest(%(lanes)s::integer[], %(heads)s::bigint[]) AS goal (lane, head) USING (lane)
    WHERE s.first_position <= goal.head AND split_part(s.stream, ':', 1) = ANY (%(wants)s)
), running AS (
    SELECT *, div(sum(version) OVER (ORDER BY id) - version, %(share)s) AS n FROM wanted
)
SELECT min(id), max(id), sum(version)::bigint, min(first_position),
       count(*) * 10 < max(id) - min(id)
FROM running GROUP BY n ORDER BY n
"""


class PostgresLoader:
    """projections.folding.Loader, for the log and the tables of one database."""

    def __init__(self, url: str, processes: int) -> None:
        """With one process, everything is done in the calling thread."""
        self._url = url
        self._processes = processes

    def load(
        self,
        projection: Projection,
        build: Build,
        until: Position,
        progress: Callable[[int, int], None],
        stop: Callable[[], bool],
    ) -> bool:
        """Fill the copy; see Loader. Raises ProcessLost, too."""
        with mapped(), connect(self._url) as connection:
            copy = _copy_of(connection, projection, build, until)
            ranges = _ranges(connection, projection, until, self._processes)
            _make_loose(connection, projection, copy.schema)
            done, total = 0, sum(streams.events for streams in ranges)
            progress(0, total)
            processes = min(self._processes, len(ranges))
            with crew(processes, Fill, self._url, projection, copy) as fillers:
                for events in fillers.each(ranges):
                    if stop():
                        return False
                    done += events
                    progress(min(done, total), total)
            _make_firm(connection, projection, copy)
            progress(total, total)
        return True


def _copy_of(
    connection: Connection[Any], projection: Projection, build: Build, until: Position
) -> Copy:
    found = connection.execute(
        "SELECT schema, since FROM chronodesk.projection"
        " WHERE name = %s AND version = %s AND build = %s",
        [projection.name, projection.version, build.value],
    ).fetchone()
    if found is None:
        raise LookupError(f"{projection.name} has no such copy")
    return Copy(schema=found[0], since=found[1], until=until)


def _ranges(
    connection: Connection[Any], projection: Projection, until: Position, processes: int
) -> Sequence[Streams]:
    """The streams that the projection wants, in ranges of about as many events each."""
    share = sum(head for _, head in until.lanes) // (processes * _PARTS)
    found = connection.execute(
        _RANGES,
        {
            "lanes": [lane for lane, _ in until.lanes],
            "heads": [head for _, head in until.lanes],
            "wants": sorted(projection.wants),
            "share": min(max(share, _LEAST), _MOST),
        },
    )
    return [
        Streams(first=first, last=last, events=events, begin=begin, sparse=sparse)
        for first, last, events, begin, sparse in found
    ]


def _make_loose(connection: Connection[Any], projection: Projection, schema: str) -> None:
    """Take the primary keys away until the rows are there."""
    with connection.transaction():
        for table in projection.tables:
            name = sql.Identifier(schema, table.name)
            found = connection.execute(
                "SELECT conname FROM pg_constraint WHERE contype = 'p'"
                " AND conrelid = to_regclass(%s)",
                [name.as_string(connection)],
            ).fetchall()
            for (constraint,) in found:
                connection.execute(
                    sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                        name, sql.Identifier(constraint)
                    )
                )
            if table.summed:
                connection.execute(
                    sql.SQL("CREATE UNLOGGED TABLE {} (LIKE {})").format(
                        sql.Identifier(schema, sums_of(table)), name
                    )
                )


def _make_firm(connection: Connection[Any], projection: Projection, copy: Copy) -> None:
    """Add up the sums, make the primary keys, and say how far the copy is now."""
    with connection.transaction():
        connection.execute(BUILD_MEMORY)
        for table in projection.tables:
            name = sql.Identifier(copy.schema, table.name)
            if table.summed:
                connection.execute(_add_up(copy.schema, table))
                connection.execute(
                    sql.SQL("DROP TABLE {}").format(sql.Identifier(copy.schema, sums_of(table)))
                )
            connection.execute(
                sql.SQL("ALTER TABLE {} ADD PRIMARY KEY ({})").format(
                    name, sql.SQL(", ").join(map(sql.Identifier, table.key))
                )
            )
            connection.execute(sql.SQL("ANALYZE {}").format(name))
        connection.cursor().executemany(
            "UPDATE chronodesk.projection_position"
            " SET position = %s, commits = commits + 1, moved_at = now()"
            " WHERE schema = %s AND lane = %s",
            [(head, copy.schema, lane) for lane, head in copy.until.lanes],
        )


def _add_up(schema: str, table: Table) -> sql.Composed:
    """One row per key; of columns that are neither key nor sum, any value that was given."""

    def value(column: str) -> sql.Composed:
        if column in table.key:
            return sql.SQL("{}").format(sql.Identifier(column))
        kind = "sum({})" if column in table.summed else "(array_agg({}))[1]"
        return sql.SQL(kind).format(sql.Identifier(column))

    return sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} GROUP BY {} HAVING {}").format(
        sql.Identifier(schema, table.name),
        sql.SQL(", ").join(map(sql.Identifier, table.ddl)),
        sql.SQL(", ").join(map(value, table.ddl)),
        sql.Identifier(schema, sums_of(table)),
        sql.SQL(", ").join(map(sql.Identifier, table.key)),
        sql.SQL(" OR ").join(
            sql.SQL("sum({}) <> 0").format(sql.Identifier(column)) for column in table.summed
        ),
    )
