"""Databases full of tickets, made in a reasonable time."""

import psycopg
from psycopg import Connection, sql

from adapters.postgres.projection_copies import index, schema_of
from adapters.processes import cores
from api.services import Services
from bench.context import Bench
from bench.desk import services, tell
from projections.ports import Build, Projection, Table
from projections.rebuild import rebuild

_STEP = 10_000_000
"""Between the numbers of a ticket and of its copy; more than there are tickets."""


def filled(bench: Bench, tickets: int, *, told: int | None = None) -> str:
    """The URL of a database with so many tickets.

    Up to `told` of them (`scale.told` unless given) are simulated, event by event. Beyond these,
    the rows of the views are there again and again under other ids and numbers, each time a minute
    earlier: pages read the same tables through the same indexes, with the same mix of what is in
    them. The log has the simulated tickets alone.
    """
    url = bench.url(bench.database())
    told = min(tickets, bench.scale.told if told is None else told)
    bench.say(f"tickets: {told:,} are told")
    with services(url) as opened:
        tell(opened, told)
        bench.say(f"tickets: views of {told:,}")
        for projection in opened.projections:
            rebuild(projection, opened.feed, opened.rows, loader=opened.loader(cores()))
        copies = tickets // told - 1
        if copies:
            bench.say(f"tickets: {tickets:,} from these")
            _multiply(opened, copies)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    return url


def _multiply(opened: Services, copies: int) -> None:
    with psycopg.connect(opened.database_url) as connection:
        for projection in opened.projections:
            _drop_indexes(connection, schema_of(projection, Build.LIVE))
            for table in projection.tables:
                if "ticket" in table.ddl:
                    _copy(connection, projection, table, copies)
                elif table.summed:
                    _raise(connection, projection, table, copies)
            index(connection, projection, Build.LIVE)


def _drop_indexes(connection: Connection[tuple[object, ...]], schema: str) -> None:
    """Those that `index` makes: it is quicker to make them again than to keep them up to date."""
    found = connection.execute(
        "SELECT i.indexrelid::regclass::text FROM pg_index i"
        " JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND NOT i.indisprimary",
        [schema],
    ).fetchall()
    for (name,) in found:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.SQL(str(name))))  # quoted already


def _copy(
    connection: Connection[tuple[object, ...]], projection: Projection, table: Table, copies: int
) -> None:
    """Rows about a ticket, once more for each copy of it."""
    columns = list(table.ddl)
    connection.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {values}"
            " FROM {table} AS t, generate_series(1, %s) AS n"
        ).format(
            table=sql.Identifier(schema_of(projection, Build.LIVE), table.name),
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(_value(name, table.ddl[name]) for name in columns),
        ),
        [copies],
    )


def _value(column: str, kind: str) -> sql.Composable:
    name = sql.Identifier("t", column)
    if column == "ticket":
        return sql.SQL("md5({} || n)::uuid::text").format(name)
    if column == "number":
        return sql.SQL("{} + n * {}").format(name, sql.Literal(_STEP))
    if kind.startswith("timestamptz[]"):
        earlier = "ARRAY(SELECT at - n * interval '1 minute' FROM unnest({}) AS at)"
        return sql.SQL(earlier).format(name)
    if kind.startswith("timestamptz"):
        return sql.SQL("{} - n * interval '1 minute'").format(name)
    return name


def _raise(
    connection: Connection[tuple[object, ...]], projection: Projection, table: Table, copies: int
) -> None:
    """Counters, as if each copy had been counted."""
    connection.execute(
        sql.SQL("UPDATE {} SET {}").format(
            sql.Identifier(schema_of(projection, Build.LIVE), table.name),
            sql.SQL(", ").join(
                sql.SQL("{0} = {0} * {1}").format(sql.Identifier(name), sql.Literal(copies + 1))
                for name in table.summed
            ),
        )
    )


def some_tickets(url: str, limit: int) -> list[str]:
    """Ids of tickets that are in the log, spread over all of them."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT stream FROM chronodesk.stream WHERE stream LIKE 'ticket:%%'"
            " ORDER BY md5(stream) LIMIT %s",
            [limit],
        ).fetchall()
    return [stream.partition(":")[2] for (stream,) in found]
