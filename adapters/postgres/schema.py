"""Creates the log's tables and functions, one SQL file each (see `sql/`)."""

import hashlib
import logging
from importlib.resources import files
from typing import Any

import psycopg
from psycopg import Connection, sql

LOG_SCHEMA = "chronodesk"

VERSION = 2
"""Of the files in `sql/`; raise it with a change that older programs cannot live with."""

_log = logging.getLogger(__name__)

_MAKING_SCHEMA = 7_203_411_904  # any number: the advisory lock's name


class SchemaTooNew(Exception):
    """The database was brought up to date by a newer program than this one."""


def migrate(url: str, lanes: int = 1, *, schema: str = LOG_SCHEMA) -> None:
    """Bring a database's log up to date; harmless when it is, and when several processes do it.

    `lanes` counts for a new log only: those of an existing one are changed by `set_lanes`. A log
    in an older layout is moved to the present one, in one transaction: if that is interrupted, all
    is as before. Raises SchemaTooNew, or a psycopg error when the server cannot be reached or its
    user lacks rights.
    """
    with psycopg.connect(url, connect_timeout=10) as connection:
        migrate_on(connection, lanes, schema)


def migrate_on(connection: Connection[Any], lanes: int, schema: str) -> None:
    """`migrate` on a connection, in one transaction."""
    texts = _texts()
    digest = hashlib.sha256(b"\0".join(texts)).hexdigest()
    with connection.transaction():
        # Before anything else, so that of two processes the second finds the work done.
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_MAKING_SCHEMA])
        if _applied(connection, schema) == (VERSION, digest):
            return
        name = sql.Identifier(schema)
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
        connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(name))
        # Every statement says IF NOT EXISTS or OR REPLACE; running one again changes nothing, and
        # there is no reason to tell so.
        connection.execute("SET LOCAL client_min_messages TO warning")
        in_one_table = _in_one_table(connection)
        if in_one_table:
            _log.warning(
                "The log moves to a new layout. This happens once, takes about a minute for each"
                " million events and as much room on the disk as the log; programs that are running"
                " must be started anew."
            )
            connection.execute(_upgrade("one_table_before.sql"))
        for text in texts:
            connection.execute(text)
        if in_one_table:
            connection.execute(_upgrade("one_table_after.sql"))
            _log.warning("The log has its new layout.")
        connection.execute(
            "INSERT INTO lane (lane) SELECT generate_series(0, %s - 1)"
            " WHERE NOT EXISTS (SELECT FROM lane)",
            [lanes],
        )
        connection.execute(
            "INSERT INTO schema_version (version, digest) VALUES (%s, %s)", [VERSION, digest]
        )


def _texts() -> list[bytes]:
    """The SQL files in the order of their names."""
    folder = files("adapters.postgres.sql")
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
    return [(folder / name).read_bytes() for name in names]


def _upgrade(name: str) -> bytes:
    return files("adapters.postgres.sql.upgrades").joinpath(name).read_bytes()


def _in_one_table(connection: Connection[Any]) -> bool:
    """Whether the log has the layout of version 1: one table, not parted."""
    found = connection.execute(
        "SELECT FROM pg_class WHERE oid = to_regclass('event') AND relkind = 'r'"
    )
    return found.rowcount > 0


def _applied(connection: Connection[Any], schema: str) -> tuple[int, str] | None:
    """The version and digest that were applied last. Raises SchemaTooNew."""
    table = sql.Identifier(schema, "schema_version")
    known = connection.execute("SELECT to_regclass(%s)", [table.as_string(connection)]).fetchone()
    if known is None or known[0] is None:
        return None
    applied: tuple[int, str] | None = connection.execute(
        sql.SQL("SELECT version, digest FROM {} ORDER BY version DESC, applied_at DESC").format(
            table
        )
    ).fetchone()
    if applied is not None and applied[0] > VERSION:
        raise SchemaTooNew(
            f"The database has version {applied[0]} of the log's schema, and this program knows"
            f" {VERSION}. Update the program."
        )
    return applied
