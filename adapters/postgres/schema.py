"""Creates the log's tables and functions, one SQL file each (see `sql/`)."""

from importlib.resources import files

import psycopg
from psycopg import sql

LOG_SCHEMA = "chronodesk"

_MAKING_SCHEMA = 7_203_411_904  # any number: the advisory lock's name


def migrate(url: str, lanes: int = 1, *, schema: str = LOG_SCHEMA) -> None:
    """Bring a database's log up to date; harmless when it is, and when several processes do it.

    `lanes` counts for a new log only: an existing one keeps its own, because a stream stays in
    its lane for ever.
    """
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_MAKING_SCHEMA])
        name = sql.Identifier(schema)
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
        connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(name))
        for file in sorted(files("adapters.postgres.sql").iterdir(), key=lambda f: f.name):
            if file.name.endswith(".sql"):
                connection.execute(file.read_bytes())
        connection.execute(
            "INSERT INTO lane (lane) SELECT generate_series(0, %s - 1)"
            " WHERE NOT EXISTS (SELECT FROM lane)",
            [lanes],
        )
