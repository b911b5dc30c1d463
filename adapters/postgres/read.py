"""Reads the views of one workspace, without the right to anything else."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import Connection, sql
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from adapters.postgres.projection_errors import mapped
from domain.ids import WorkspaceId
from projections.ports import InvalidQuery, RowsRefused, ViewMissing

STATEMENT_TIMEOUT = 10
"""Seconds after which the server gives up on a query, so that a bad one cannot block the rest."""

_BEGIN = "BEGIN READ ONLY"
_AS_READER = """
SELECT set_config('role', 'chronodesk_reader', true), set_config('TimeZone', 'UTC', true),
       set_config('jit', 'off', true), set_config('statement_timeout', {timeout}, true),
       set_config('chronodesk.workspace', {workspace}, true)
"""

_TO_COUNT = "SELECT set_config('work_mem', '64MB', true)"

_QUERY_AT_FAULT = (
    RowsRefused,
    psycopg.errors.UndefinedFunction,  # comparing a column with a value of another type
    psycopg.errors.DatatypeMismatch,
)
_NOT_THERE = (
    psycopg.errors.InvalidSchemaName,
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
)
"""What a query meets in a copy that another version of the program has built."""


class PostgresReader:
    """projections.ports.Reader for one workspace. Safe to share between threads.

    Each query is a transaction of its own, under a role that may read the views and nothing else;
    row-level security shows it the rows of `workspace` alone, whatever the SQL says. The four
    statements of such a transaction go to the server together: one round trip, not four.
    """

    def __init__(
        self,
        pool: ConnectionPool[Connection[Any]],
        workspace: WorkspaceId,
        *,
        timeout: float = STATEMENT_TIMEOUT,
    ) -> None:
        self.workspace = workspace
        self._pool = pool
        self._enter = sql.SQL(_AS_READER).format(
            timeout=sql.Literal(f"{round(timeout * 1000)}ms"), workspace=sql.Literal(workspace)
        )

    def fetch(
        self, query: str, params: Mapping[str, Any] | None = None, *, counts: bool = False
    ) -> list[dict[str, Any]]:
        """Rows of a SELECT. Raises DatabaseUnavailable, ViewMissing or InvalidQuery."""
        try:
            with mapped(), self._pool.connection() as connection:
                return self._fetch(connection, query, params, counts=counts)
        except _QUERY_AT_FAULT as error:
            raise InvalidQuery(str(error)) from error
        except _NOT_THERE as error:
            raise ViewMissing(str(error)) from error

    def _fetch(
        self,
        connection: Connection[Any],
        query: str,
        params: Mapping[str, Any] | None,
        *,
        counts: bool,
    ) -> list[dict[str, Any]]:
        with connection.cursor(row_factory=dict_row, binary=True) as cursor:
            try:
                with connection.pipeline():
                    connection.execute(_BEGIN)
                    connection.execute(self._enter)
                    if counts:
                        connection.execute(_TO_COUNT)
                    # Planned for the values at hand each time: a page of a rare queue wants another
                    # plan than one of a busy queue, and a plan that was kept would break when a
                    # rebuilt view with other columns takes the place of this one.
                    cursor.execute(query, params, prepare=False)
                    connection.execute("COMMIT")
            except psycopg.Error:
                connection.rollback()
                raise
            return cursor.fetchall()
