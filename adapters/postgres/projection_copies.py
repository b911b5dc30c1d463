"""Copies of a projection's tables: made, indexed, swapped under the readers' views, dropped.

The live copy of projection NAME at version V is the schema `NAME_vV`; a copy being built adds
`_next` to that name, one made for a check `_check`, one that was replaced and is kept `_kept`.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from psycopg import Connection, sql

from projections.ports import Build, Kept, Projection, Table, TablesChanged

_SUFFIX = {Build.LIVE: "", Build.NEXT: "_next", Build.CHECK: "_check", Build.KEPT: "_kept"}

BUILD_MEMORY = "SET LOCAL maintenance_work_mem = '128MB'"
"""For a build of an index, which the server spreads over processes of its own."""

LOCK_PATIENCE = "200ms"
"""How long a swap waits for readers. Shorter than the server's deadlock_timeout (1 s), so that a
swap and a reader that lock two views in opposite orders end with the swap giving way."""


def schema_of(projection: Projection, build: Build) -> str:
    """The schema that holds a copy of the program's version."""
    return schema_name(projection.name, projection.version, build)


def schema_name(name: str, version: int, build: Build) -> str:
    """The schema that holds a copy."""
    return f"{name}_v{version}{_SUFFIX[build]}"


def live_version(connection: Connection[Any], name: str) -> int | None:
    """The version of the live copy, if there is one."""
    found = connection.execute(
        "SELECT version FROM chronodesk.projection WHERE name = %s AND build = 'live'", [name]
    ).fetchone()
    return int(found[0]) if found else None


def digest(projection: Projection) -> str:
    """Of all that makes the tables: the same for the same DDL, and for no other."""
    declared = [
        [
            *(table.name, list(table.ddl.items()), table.key, table.indexes, table.summed),
            *(["searched"] if table.searched else []),
        ]
        for table in projection.tables
    ]
    return hashlib.sha256(json.dumps(declared).encode()).hexdigest()


def compare(connection: Connection[Any], projection: Projection) -> None:
    """Raises TablesChanged when the live copy was made from another declaration.

    A copy that an older program made has no digest; it gets that of the first program that looks.
    """
    now = digest(projection)
    found = connection.execute(
        "SELECT digest FROM chronodesk.projection WHERE name = %s AND build = 'live'",
        [projection.name],
    ).fetchone()
    if found == (None,):
        connection.execute(
            "UPDATE chronodesk.projection SET digest = %s WHERE name = %s AND build = 'live'",
            [now, projection.name],
        )
    elif found is not None and found != (now,):
        raise TablesChanged(
            f"The tables of the view {projection.name} were changed in the program, and its version"
            f" is still {projection.version}. Raise the version in its PROJECTION: the view is then"
            " built anew beside the one that is read."
        )


def create(
    connection: Connection[Any], projection: Projection, lanes: Sequence[int], build: Build
) -> None:
    """Make a copy at position zero, without secondary indexes, and register it."""
    drop(connection, projection, build)
    schema = schema_of(projection, build)
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    for table in projection.tables:
        connection.execute(_create_table(schema, table))
        for statement in () if table.searched else _GUARD:
            connection.execute(sql.SQL(statement).format(table=sql.Identifier(schema, table.name)))
    connection.execute(
        "INSERT INTO chronodesk.projection (schema, name, version, build, digest)"
        " VALUES (%s, %s, %s, %s, %s)",
        [schema, projection.name, projection.version, build.value, digest(projection)],
    )
    add_lanes(connection, projection, lanes)


_GUARD: tuple[LiteralString, ...] = (
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    (
        "CREATE POLICY workspace ON {table} FOR SELECT TO chronodesk_reader"
        " USING (workspace = current_setting('chronodesk.workspace', true))"
    ),
    "GRANT SELECT ON {table} TO chronodesk_reader",
)


def add_lanes(connection: Connection[Any], projection: Projection, lanes: Sequence[int]) -> None:
    """Give all copies of this version a position in each lane that they have none in yet."""
    connection.execute(
        "INSERT INTO chronodesk.projection_position (schema, lane)"
        " SELECT schema, unnest(%s::integer[]) FROM chronodesk.projection"
        " WHERE name = %s AND version = %s ON CONFLICT DO NOTHING",
        [list(lanes), projection.name, projection.version],
    )


def index(connection: Connection[Any], projection: Projection, build: Build) -> None:
    """Add the secondary indexes."""
    schema = schema_of(projection, build)
    connection.execute(BUILD_MEMORY)
    for table in projection.tables:
        name = sql.Identifier(schema, table.name)
        for definition in table.indexes:
            connection.execute(sql.SQL("CREATE INDEX ON {} {}").format(name, _trusted(definition)))


def vacuum(connection: Connection[Any], projection: Projection, build: Build) -> None:
    """Let indexes be read alone, without a look whether their rows are visible; and analyse.

    Not in a transaction.
    """
    for table in projection.tables:
        name = sql.Identifier(schema_of(projection, build), table.name)
        connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(name))


def analyse(connection: Connection[Any], projection: Projection, build: Build) -> None:
    """Tell the planner what the tables hold."""
    for table in projection.tables:
        name = sql.Identifier(schema_of(projection, build), table.name)
        connection.execute(sql.SQL("ANALYZE {}").format(name))


_GUARDED: LiteralString = (
    "CREATE VIEW {view} WITH (security_invoker = true) AS SELECT * FROM {table}"
)
_SEARCHED: LiteralString = (
    "CREATE VIEW {view} AS SELECT * FROM {table}"
    " WHERE workspace = current_setting('chronodesk.workspace', true)"
)
"""Readers have no right to the table itself. What the view shows is decided by its condition alone;
only a function that tells of rows before they are left out could see more, and readers have none.
"""


def show(connection: Connection[Any], projection: Projection) -> None:
    """Point `read.<table>` at the live copy."""
    schema = schema_of(projection, Build.LIVE)
    for table in projection.tables:
        view = sql.Identifier("read", table.name)
        connection.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(view))
        connection.execute(
            sql.SQL(_SEARCHED if table.searched else _GUARDED).format(
                view=view, table=sql.Identifier(schema, table.name)
            )
        )
        connection.execute(sql.SQL("GRANT SELECT ON {} TO chronodesk_reader").format(view))


def swap(connection: Connection[Any], projection: Projection, build: Build) -> bool:
    """Make NEXT (or KEPT) the live copy, and what was live the kept one.

    False, with nothing done, when it is behind the live copy or there is none of this version.
    """
    connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(LOCK_PATIENCE)))
    found = connection.execute(
        "SELECT build, version, lane, position FROM chronodesk.projection_position p"
        " JOIN chronodesk.projection c USING (schema)"
        " WHERE name = %s AND build = ANY (%s) ORDER BY build, lane FOR UPDATE",
        [projection.name, [Build.LIVE.value, build.value]],
    ).fetchall()
    live = {lane: position for of, _, lane, position in found if of == Build.LIVE}
    built = {lane: position for of, _, lane, position in found if of == build}
    versions = {of: version for of, version, _, _ in found}
    if versions.get(build) != projection.version:
        return False
    if any(built.get(lane, 0) < position for lane, position in live.items()):
        return False
    if build is not Build.KEPT:
        drop(connection, projection, Build.KEPT)
    # NEXT is the name that nobody has now, for the moment in which both others change theirs.
    _become(connection, projection.name, versions[build], build, Build.NEXT)
    if Build.LIVE in versions:
        _become(connection, projection.name, versions[Build.LIVE], Build.LIVE, Build.KEPT)
    _become(connection, projection.name, versions[build], Build.NEXT, Build.LIVE)
    show(connection, projection)
    return True


def _become(connection: Connection[Any], name: str, version: int, old: Build, new: Build) -> None:
    """Let a copy be another one from now on, and its schema be named like it."""
    if old is new:
        return
    before, after = schema_name(name, version, old), schema_name(name, version, new)
    connection.execute(
        sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(
            sql.Identifier(before), sql.Identifier(after)
        )
    )
    connection.execute(
        "UPDATE chronodesk.projection SET schema = %s, build = %s, since = now() WHERE schema = %s",
        [after, new.value, before],
    )


def kept(connection: Connection[Any]) -> list[Kept]:
    """The copies that were replaced, and their sizes."""
    found = connection.execute(
        "SELECT name, version, since, (SELECT coalesce(sum(pg_total_relation_size(r.oid)), 0)"
        " FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace"
        " WHERE n.nspname = c.schema AND r.relkind = 'r')::bigint"
        " FROM chronodesk.projection c WHERE build = 'kept' ORDER BY name"
    )
    return [
        Kept(projection=name, version=version, since=since, size=size)
        for name, version, since, size in found
    ]


def drop(connection: Connection[Any], projection: Projection, build: Build) -> None:
    """Remove a copy, whatever its version."""
    found = connection.execute(
        "DELETE FROM chronodesk.projection WHERE name = %s AND build = %s RETURNING schema",
        [projection.name, build.value],
    ).fetchall()
    for (schema,) in [*found, (schema_of(projection, build),)]:
        drop_schema(connection, schema)


def drop_schema(connection: Connection[Any], schema: str) -> None:
    """Remove a schema with all that is in it, and views that still show it."""
    connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))


def is_busy(error: BaseException | None) -> bool:
    """A lock was not to be had in time: worth another try."""
    return isinstance(error, (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected))


def _create_table(schema: str, table: Table) -> sql.Composed:
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(name), _trusted(definition))
        for name, definition in table.ddl.items()
    ]
    key = sql.SQL("PRIMARY KEY ({})").format(sql.SQL(", ").join(map(sql.Identifier, table.key)))
    return sql.SQL("CREATE TABLE {} ({})").format(
        sql.Identifier(schema, table.name), sql.SQL(", ").join([*columns, key])
    )


def _trusted(definition: str) -> sql.SQL:
    """SQL from a projection's source code, never from a user."""
    return sql.SQL(definition)
