"""Reads: now, then, page by page, and never older than what one wrote."""

from datetime import UTC, datetime

import pytest

from domain.access import Role
from domain.position import Position
from tests.api.desk import WORKSPACE, Desk, running_desk


def test_a_ticket_as_it_was_at_a_version(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    path = f"/tickets/{agent.opens()['id']}"
    agent.post(f"{path}/assign", {"agent": "kim"})
    agent.post(f"{path}/rename", {"subject": "Toner is empty"})
    first, second = (agent.get(f"{path}?at_version={n}").json() for n in (1, 2))
    assert (first["version"], first["agent"], first["status"]) == (1, None, "new")
    assert (second["version"], second["agent"], second["subject"]) == (
        2,
        "kim",
        "Printer is broken",
    )
    assert second["allowed_commands"] == []
    assert agent.get(f"{path}?at_version=4").status_code == 404


def test_a_ticket_and_its_list_as_of_an_instant(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    opened = agent.opens(subject="Time travels")
    path = f"/tickets/{opened['id']}"
    between = datetime.now(UTC).isoformat()
    resolved = agent.post(f"{path}/resolve", {"code": "fixed"})
    now = {"X-Chronodesk-Position": resolved.headers["X-Chronodesk-Position"]}
    then = {"as_of": between}
    assert agent.get(path, params=then).json()["status"] == "new"
    assert agent.get(path).json()["status"] == "resolved"
    for parameters, expected in ((then, "new"), ({}, "resolved")):
        asked = {"text": "Time travels", **parameters}
        (row,) = agent.get("/tickets", params=asked, headers=now).json()["items"]
        assert row["status"] == expected
    events = agent.get(f"{path}/events", params=then).json()["items"]
    assert [event["kind"] for event in events] == ["ticket.opened"]
    entries = agent.get(f"{path}/conversation", params=then, headers=now).json()["items"]
    assert [entry["event"] for entry in entries] == ["ticket.opened"]
    before = agent.get(path, params={"as_of": "2001-01-01T00:00:00Z"})
    assert before.status_code == 404


def test_history_shows_the_interval_of_each_version(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    path = f"/tickets/{agent.opens()['id']}"
    last = agent.post(f"{path}/assign", {"agent": "kim"})
    seen = {"X-Chronodesk-Position": last.headers["X-Chronodesk-Position"]}
    first, second = agent.get(f"{path}/history", headers=seen).json()["items"]
    assert first["valid_to"] == second["valid_from"]
    assert second["valid_to"] is None
    page = agent.get(f"{path}/history?limit=1", headers=seen).json()
    assert page["next_after"] == 1
    rest = agent.get(f"{path}/history?limit=1&after=1", headers=seen).json()
    assert [row["version"] for row in rest["items"]] == [2]
    assert rest["next_after"] is None


def test_unchanged_is_not_sent_again(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    path = f"/tickets/{agent.opens()['id']}"
    tag = agent.get(path).headers["ETag"]
    again = agent.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    agent.post(f"{path}/add_note", {"body": "x"})
    assert agent.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_position_makes_every_list_show_the_write(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    for n in range(20):
        opened = agent.opens(subject=f"Read my write {n}")
        seen = {"X-Chronodesk-Position": opened["position"]}
        found = agent.get("/tickets", params={"text": f"write {n}"}, headers=seen).json()["items"]
        assert opened["id"] in [row["id"] for row in found]


def test_a_view_that_does_not_come_is_said_to_be_late(database_url: str) -> None:
    with running_desk(database_url, worker=False, read_wait_seconds=0.2) as desk:
        desk.services.runner.step()
        opened = desk.agent.opens()
        late = desk.agent.get("/tickets", headers={"X-Chronodesk-Position": opened["position"]})
        assert late.status_code == 503
        assert late.headers["Retry-After"] == "1"
        assert late.json()["type"] == "/problems/not-yet-visible"
        while desk.services.runner.step():
            pass
        seen = desk.agent.get("/tickets", headers={"X-Chronodesk-Position": opened["position"]})
        assert [row["id"] for row in seen.json()["items"]] == [opened["id"]]


def test_a_position_of_the_future_is_of_another_log(database_url: str) -> None:
    with running_desk(database_url, read_wait_seconds=0.1) as desk:
        future = desk.services.signer.seal_position(WORKSPACE, Position.of({0: 10**9}))
        answer = desk.agent.get("/tickets", headers={"X-Chronodesk-Position": future})
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-position")


def test_pages_hold_everything_once(desk: Desk) -> None:
    for n in range(7):
        last = desk.agent.opens(subject=f"Paged {n}")
    seen = {"X-Chronodesk-Position": last["position"]}
    for sort in ("opened_at", "priority", "number", "waiting_since", "resolved_at", "subject"):
        for direction in ("asc", "desc"):
            asked = {"sort": sort, "direction": direction, "limit": "3"}
            numbers: list[int] = []
            cursor: str | None = ""
            while cursor is not None:
                page = desk.agent.get(
                    "/tickets", params={**asked, **({"cursor": cursor} if cursor else {})},
                    headers=seen,
                ).json()  # fmt: skip
                numbers += [row["number"] for row in page["items"]]
                cursor = page["next"]
            assert len(numbers) == len(set(numbers)) == 7, (sort, direction)


def test_a_cursor_belongs_to_its_list(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    for _ in range(3):
        position = {"X-Chronodesk-Position": agent.opens()["position"]}
    cursor = agent.get("/tickets?limit=1", headers=position).json()["next"]
    assert agent.get("/tickets", params={"limit": 1, "cursor": cursor}).status_code == 200
    elsewhere = agent.get("/tickets", params={"status": "open", "cursor": cursor})
    forged = agent.get("/tickets", params={"cursor": cursor[:-2] + "AA"})
    for refused in (elsewhere, forged):
        assert (refused.status_code, refused.json()["type"]) == (400, "/problems/bad-cursor")


def test_views_count_what_their_lists_hold(desk: Desk) -> None:
    agent = desk.agent
    opened = [agent.opens() for _ in range(3)]
    last = agent.post(f"/tickets/{opened[0]['id']}/assign", {"agent": "agent"})
    seen = {"X-Chronodesk-Position": last.headers["X-Chronodesk-Position"]}
    counted = agent.get("/views", headers=seen).json()["views"]
    for view in counted:
        listed = agent.get("/tickets", params={"view": view["view"]}, headers=seen).json()["items"]
        assert len(listed) == view["tickets"], view
    assert {view["view"]: view["tickets"] for view in counted}["mine"] == 1


def test_people_are_found_and_looked_at(shared_desk: Desk) -> None:
    admin = shared_desk.admin
    added = admin.post("/requesters", {"requester": "hana", "display_name": "Hana Kim"})
    seen = {"X-Chronodesk-Position": added.headers["X-Chronodesk-Position"]}
    found = admin.get("/requesters", params={"search": "hana"}, headers=seen).json()["items"]
    assert [person["id"] for person in found] == ["hana"]
    one = admin.get("/requesters/hana")
    assert (one.json()["name"], one.headers["ETag"]) == ("Hana Kim", '"1"')
    assert admin.get("/requesters/nobody").status_code == 404
    opened = admin.opens("hana")
    seen = {"X-Chronodesk-Position": opened["position"]}
    theirs = admin.get("/requesters/hana/tickets", headers=seen).json()["items"]
    assert [ticket["id"] for ticket in theirs] == [opened["id"]]


@pytest.mark.parametrize("path", ["/agents", "/queues", "/teams", "/desk/rules", "/views"])
def test_an_analyst_reads_what_figures_are_about(shared_desk: Desk, path: str) -> None:
    assert shared_desk.as_(Role.ANALYST).get(path).status_code == 200
