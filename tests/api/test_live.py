"""The live stream over a real connection: who is told what."""

from collections.abc import Iterator

import pytest

from domain.access import Role
from domain.ids import WorkspaceId
from tests.api.live_desk import LiveDesk, running_live
from tests.api.streams import Stream
from tests.database import Databases

AGENT, REQUESTER, ANALYST = Role.AGENT, Role.REQUESTER, Role.ANALYST


@pytest.fixture(scope="module")
def live(databases: Databases) -> Iterator[LiveDesk]:
    """Tests that share it must not mind each other's tickets."""
    with databases.fresh(migrated=True) as url, running_live(url) as running:
        yield running


def test_a_change_is_told_with_the_row_as_the_list_shows_it(live: LiveDesk) -> None:
    agent = live.desk.agent
    with live.reads() as stream:
        ticket = agent.opens()
        got = stream.until("ticket", ticket=ticket["id"])
        assert got.data["kinds"] == ["ticket.opened"]
        assert got.data["by"] == {"kind": "agent", "id": "agent"}
        assert got.data["version"] == 1
        shown = {"X-Chronodesk-Position": got.id}
        listed = agent.get(f"/tickets?text={got.data['number']}", headers=shown)
        (row,) = listed.json()["items"]
        told = got.data["row"]
        assert told["sla"]["remaining_seconds"] >= row["sla"]["remaining_seconds"]
        row["sla"]["remaining_seconds"] = told["sla"]["remaining_seconds"]
        assert told == row
        said = agent.get(f"/tickets/{ticket['id']}/conversation", headers=shown)
        assert said.status_code == 200
        live.as_described(stream)


def test_what_one_command_did_is_one_message(live: LiveDesk) -> None:
    agent = live.desk.agent
    opened = agent.opens()
    ticket = opened["id"]
    with live.reads(position=opened["position"]) as stream:
        agent.post(f"/tickets/{ticket}/reply", {"body": "Try this", "next_status": "pending"})
        got = stream.until("ticket", ticket=ticket).data
        assert got["kinds"] == ["ticket.reply_sent", "ticket.pended"]
        assert (got["version"], got["row"]["status"], got["row"]["version"]) == (3, "pending", 3)


def test_a_requester_is_told_of_own_tickets_and_of_what_is_public(live: LiveDesk) -> None:
    agent = live.desk.agent
    with live.reads(REQUESTER, "mina") as mina, live.reads(REQUESTER, "jun") as jun:
        ticket = agent.opens(requester="mina")["id"]
        opened = mina.until("ticket", ticket=ticket).data
        agent.post(f"/tickets/{ticket}/assign", {"agent": "kim"})
        agent.post(f"/tickets/{ticket}/add_note", {"body": "A difficult person"})
        agent.post(f"/tickets/{ticket}/set_field", {"field": "floor", "value": "3"})
        agent.post(f"/tickets/{ticket}/rename", {"subject": "Toner is empty"})
        agent.post(f"/tickets/{ticket}/reply", {"body": "Try this"})
        mina.until("ticket", ticket=ticket, version=6)
        told = [data for data in mina.of("ticket") if data["ticket"] == ticket]
        kinds = [kind for data in told for kind in data["kinds"]]
        assert kinds == ["ticket.opened", "ticket.reply_sent"]
        (listed,) = (
            row
            for row in live.desk.as_(REQUESTER, "mina").get("/tickets").json()["items"]
            if row["id"] == ticket
        )
        assert told[-1]["row"] == listed
        assert told[-1]["row"]["subject"] == "Toner is empty"
        assert opened["by"] == told[-1]["by"] == {"kind": "agent", "id": None}
        assert all("agent" not in data["row"] and "fields" not in data["row"] for data in told)
        own = agent.opens(requester="jun")["id"]
        jun.until("ticket", ticket=own)
        assert {data["ticket"] for data in jun.of("ticket")} == {own}
        live.as_described(mina, jun)


def test_what_is_internal_does_not_show_by_its_time(live: LiveDesk) -> None:
    agent = live.desk.agent
    ticket = agent.opens(requester="mina")["id"]
    taken = agent.post(f"/tickets/{ticket}/assign", {"agent": "kim"})
    since = taken.headers["X-Chronodesk-Position"]
    with live.reads(position=since) as staff, live.reads(REQUESTER, "mina", since) as mina:
        agent.post(f"/tickets/{ticket}/add_note", {"body": "A difficult person"})
        agent.post(f"/tickets/{ticket}/assign", {"agent": "agent"})
        agent.post(f"/tickets/{ticket}/tag", {"tag": "difficult"})
        staff.until("ticket", ticket=ticket, version=5)
        other = agent.opens(requester="mina")["id"]
        mina.until("ticket", ticket=other)
        assert {data["ticket"] for data in mina.of("ticket")} == {other}


def test_a_ticket_that_becomes_somebody_elses_leaves_one_and_comes_to_the_other(
    live: LiveDesk,
) -> None:
    agent = live.desk.agent
    opened = agent.opens(requester="mina")
    ticket, since = opened["id"], opened["position"]
    with live.reads(REQUESTER, "mina", since) as mina, live.reads(REQUESTER, "jun", since) as jun:
        agent.post(f"/tickets/{ticket}/change_requester", {"requester": "jun"})
        gone, come = (reader.until("ticket", ticket=ticket).data for reader in (mina, jun))
        assert (gone["row"], gone["kinds"]) == (None, [])
        assert come["row"]["requester"] == "jun"
        agent.post(f"/tickets/{ticket}/reply", {"body": "For Jun alone"})
        jun.until("ticket", ticket=ticket, kinds=["ticket.reply_sent"])
        own = agent.opens(requester="mina")["id"]
        mina.until("ticket", ticket=own)
        assert [data["ticket"] for data in mina.of("ticket")] == [ticket, own]
        live.as_described(mina, jun)


def test_an_analyst_sees_how_tickets_look_and_not_what_happens(live: LiveDesk) -> None:
    with live.reads(ANALYST) as stream:
        ticket = live.desk.agent.opens()["id"]
        got = stream.until("ticket", ticket=ticket).data
        assert got["row"]["subject"] == "Printer is broken"
        assert (got["kinds"], got["by"]) == ([], None)
        live.as_described(stream)


def test_how_the_desk_is_set_up_is_told_to_staff_once_it_can_be_read(live: LiveDesk) -> None:
    admin = live.desk.admin
    with live.reads() as stream, live.reads(REQUESTER, "mina") as mina:
        assert admin.post("/teams", {"team": "night", "display_name": "Night"}).status_code == 201
        got = stream.until("config", category="team", id="night")
        shown = admin.get("/teams", headers={"X-Chronodesk-Position": got.id}).json()["items"]
        assert any(team["id"] == "night" for team in shown)
        admin.post("/requesters", {"requester": "sora", "display_name": "Sora"})
        ticket = live.desk.agent.opens(requester="mina")["id"]
        for reader in (stream, mina):
            reader.until("ticket", ticket=ticket)
        assert mina.of("config") == []
        assert "requester" not in {data["category"] for data in stream.of("config")}
        live.as_described(stream)


def test_another_workspace_hears_nothing(live: LiveDesk) -> None:
    elsewhere = live.desk.fresh_token(AGENT, "agent", workspace=WorkspaceId("elsewhere"))
    with Stream(live.url, elsewhere) as foreign, live.reads() as stream:
        stream.until("ticket", ticket=live.desk.agent.opens()["id"])
        live.desk.services.announcements.tell(WorkspaceId("elsewhere"), None, "hello", {})
        foreign.until("hello")
        assert [got.event for got in foreign.got] == ["hello"]
        assert stream.of("hello") == []


def test_messages_reach_a_person_on_all_devices_and_nobody_else(live: LiveDesk) -> None:
    tell = live.desk.services.announcements.tell
    here = WorkspaceId("default")
    with (
        live.reads(AGENT, "kim") as one,
        live.reads(AGENT, "kim") as two,
        live.reads(AGENT, "lee") as other,
        live.reads(REQUESTER, "kim") as namesake,
    ):
        tell(here, "kim", "draft", {"ticket": "t", "revision": 2})
        for device in (one, two):
            assert device.until("draft").data == {"ticket": "t", "revision": 2}
        live.as_described(one)
        tell(here, None, "hello", {})
        for device in (one, two, other):
            device.until("hello")
        assert other.of("draft") == namesake.of("draft") == namesake.of("hello") == []


def test_a_stream_is_neither_compressed_nor_kept(live: LiveDesk) -> None:
    with live.reads() as stream:
        headers = stream.response.headers
        assert "gzip" in stream.response.request.headers["Accept-Encoding"]
        assert "content-encoding" not in headers
        assert headers["content-type"].startswith("text/event-stream")
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert stream.parser.retry
