"""The measurements, at the smallest size there is: whether they work, not what they say."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.context import Bench
from bench.scale import TINY
from tests.database import with_database


class Server:
    """The tests' server, as bench.context.Server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def url_of(self, database: str) -> str:
        return with_database(self.url, database)


@pytest.fixture
def bench(empty_database_url: str, tmp_path: Path) -> Iterator[Bench]:
    with Bench(server=Server(empty_database_url), folder=tmp_path, scale=TINY) as made:
        yield made
