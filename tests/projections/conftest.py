"""Fixtures of the read side."""

from collections.abc import Iterator

import pytest

from tests.projections.postgres import Views, views_on


@pytest.fixture
def views(empty_database_url: str) -> Iterator[Views]:
    with views_on(empty_database_url) as made:
        yield made
