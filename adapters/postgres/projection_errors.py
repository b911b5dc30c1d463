"""Tells a lost database from rows that it will never take."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg_pool import PoolTimeout

from commands.ports import StoreUnavailable
from projections.ports import RowsRefused, Unavailable


class DatabaseUnavailable(StoreUnavailable, Unavailable):
    """PostgreSQL cannot be reached, or gave up on a statement that is worth repeating."""


_REFUSED = (
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.errors.ProgramLimitExceeded,  # such as a text too long for an index
    TypeError,  # such as an integer beyond 64 bits or a lone surrogate, found while encoding
    UnicodeEncodeError,
)


@contextmanager
def mapped() -> Iterator[None]:
    """Raise DatabaseUnavailable or RowsRefused for the errors that mean it; the rest pass."""
    try:
        yield
    except _REFUSED as error:
        raise RowsRefused(str(error)) from error
    except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
        raise DatabaseUnavailable(str(error)) from error
