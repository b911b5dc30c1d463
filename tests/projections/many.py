"""Many rows from few: the tables of a projection, each row again and again under other tickets."""

from psycopg import sql

from projections.ports import Projection
from tests.projections.postgres import Views

_OTHER = {
    "ticket": "{column} || '-' || n",
    "number": "{column} + 1000 * n",
    "queue": "{column} || '-' || n % 20",
    "agent": "{column} || '-' || n % 50",
    "requester": "{column} || '-' || n % 200",
}
"""What a copied row says instead; `n` is the how-manyeth copy."""


def multiply(views: Views, projection: Projection, copies: int) -> None:
    """Add `copies` of each row; a copy's instants are a day earlier than the one's before it.

    Of tickets that are not finished only a few are copied. Summed tables stay as they are.
    """
    schema = f"{projection.name}_v{projection.version}"
    for table in projection.tables:
        if table.summed:
            continue
        name = sql.Identifier(schema, table.name)
        values = [
            _value(column, definition).format(column=sql.Identifier(column))
            for column, definition in table.ddl.items()
        ]
        open_ = "status_category" in table.ddl and "priority_rank" in table.ddl
        with views.pool.connection() as connection:
            connection.execute(
                sql.SQL(
                    "INSERT INTO {name} ({columns}) SELECT {values} FROM {name},"
                    " generate_series(1, {copies}) AS n WHERE {wanted}"
                ).format(
                    name=name,
                    columns=sql.SQL(", ").join(map(sql.Identifier, table.ddl)),
                    values=sql.SQL(", ").join(values),
                    copies=copies,
                    wanted=sql.SQL(_FEW_OPEN if open_ else "true"),
                )
            )
            connection.execute(sql.SQL("ANALYZE {}").format(name))


_FEW_OPEN = "n <= 10 OR status_category = 'final' OR NOT backlog"


def _value(column: str, definition: str) -> sql.SQL:
    if column in _OTHER:
        return sql.SQL(_OTHER[column])
    if definition.startswith("timestamptz") and not definition.startswith("timestamptz[]"):
        return sql.SQL("{column} - n * interval '1 day'")
    return sql.SQL("{column}")
