"""Lists and JSON as COPY's text: what went in comes out, whatever a text says."""

from datetime import UTC, datetime
from typing import Any

import psycopg
from hypothesis import given
from hypothesis import strategies as st

from adapters.postgres.copy_text import shapes

_DDL = {
    "name": "text NOT NULL",
    "texts": "text[] NOT NULL",
    "numbers": "bigint[]",
    "fractions": "double precision[]",
    "instants": "timestamptz[]",
    "anything": "jsonb",
}
_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
_HARD = st.sampled_from(["", "NULL", "\\", '"', "{}", ",", '\\"', "\t\n", "\\N", " "])
_ROWS = st.lists(
    st.tuples(
        _TEXT | _HARD,
        st.lists(_TEXT | _HARD, max_size=4).map(tuple),
        st.lists(st.integers(-(2**63), 2**63 - 1), max_size=4).map(tuple),
        st.lists(st.floats(allow_nan=False, width=64), max_size=3).map(tuple),
        st.lists(st.datetimes(timezones=st.just(UTC)), max_size=3).map(tuple),
        st.dictionaries(_TEXT | _HARD, _TEXT | _HARD | st.booleans(), max_size=3),
    ),
    min_size=1,
    max_size=8,
)


def _copied(connection: psycopg.Connection[Any], rows: list[tuple[Any, ...]]) -> list[Any]:
    columns = ", ".join(f"{name} {ddl}" for name, ddl in _DDL.items())
    connection.execute(f"CREATE TEMP TABLE copied ({columns})")
    try:
        with connection.cursor().copy("COPY copied FROM STDIN") as copy:
            for row in rows:
                given_ = list(row)
                for place, shape in shapes(_DDL):
                    given_[place] = shape(given_[place])
                copy.write_row(given_)
        return connection.execute("SELECT * FROM copied").fetchall()
    finally:
        connection.execute("DROP TABLE copied")


def test_what_goes_in_comes_out(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SET TIME ZONE 'UTC'")

        @given(_ROWS)
        def comes_out(rows: list[tuple[Any, ...]]) -> None:
            found = [
                tuple(tuple(v) if isinstance(v, list) else v for v in row)
                for row in _copied(connection, rows)
            ]
            assert found == rows

        comes_out()


def test_only_columns_that_need_it_are_shaped() -> None:
    assert [place for place, _ in shapes(_DDL)] == [1, 2, 3, 4, 5]
    quoted = dict(shapes(_DDL))[1](("NULL", 'a"b'))
    assert quoted == '{"NULL","a\\"b"}'
    assert dict(shapes(_DDL))[4]((datetime(2026, 1, 1, tzinfo=UTC),)) == (
        '{"2026-01-01 00:00:00+00:00"}'
    )
