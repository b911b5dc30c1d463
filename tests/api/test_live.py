"""The live stream over a real connection: who is told what, and from where on."""

from collections.abc import Iterator

import pytest

from domain.access import Role
from tests.api.desk import Desk, running_desk
from tests.api.streams import Stream, listening
from tests.database import Databases


@pytest.fixture(scope="module")
def live_desk(databases: Databases) -> Iterator[tuple[Desk, str]]:
    with (
        databases.fresh(migrated=True) as database,
        running_desk(database, stream_seconds=600) as desk,
        listening(desk.app) as url,
    ):
        yield desk, url


def test_a_change_is_told_with_the_row_as_the_list_shows_it(live_desk: tuple[Desk, str]) -> None:
    desk, url = live_desk
    with Stream(url, desk.token(Role.AGENT)) as stream:
        ticket = desk.agent.opens()
        got = stream.until("ticket", ticket=ticket["id"])
        assert got.data["kinds"] == ["ticket.opened"]
        assert got.data["by"] == {"kind": "agent", "id": "agent"}
        listed = desk.agent.get(
            f"/tickets?text={got.data['number']}", headers={"X-Chronodesk-Position": got.id}
        )
        (row,) = listed.json()["items"]
        for shown in (row, got.data["row"]):
            assert shown["sla"].pop("remaining_seconds") > 0  # as of when it was asked
        assert got.data["row"] == row
        assert stream.parser.retry
