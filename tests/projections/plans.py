"""How the database goes about the questions of a view."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import psycopg
from psycopg.rows import dict_row

from tests.projections.log import HOME


class Other:
    """A Reader of one connection with other planner settings, which may ask for plans as well.

    With `runs`, the plans say what they read when they ran, and not only what was expected.
    """

    def __init__(self, url: str, *settings: str, plans: bool = False, runs: bool = False) -> None:
        self.connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)
        self.connection.execute("SET ROLE chronodesk_reader")
        self.connection.execute("SELECT set_config('chronodesk.workspace', %s, false)", [HOME])
        for setting in settings:
            self.connection.execute(f"SET {setting}")
        self.explains = plans or runs
        self._how = "ANALYZE, FORMAT JSON" if runs else "FORMAT JSON"
        self.plans: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def fetch(
        self, query: str, params: Mapping[str, Any] | None = None, *, counts: bool = False
    ) -> list[dict[str, Any]]:
        if self.explains:
            found = self.connection.execute(f"EXPLAIN ({self._how}) {query}", params).fetchone()
            assert found is not None
            self.plans.append(found["QUERY PLAN"][0]["Plan"])
        return self.connection.execute(query, params).fetchall()


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan and all that is below it."""
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)
