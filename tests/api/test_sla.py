"""SLA clocks over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.access import Role
from tests.api.desk import Desk


def test_the_board_and_the_ticket_tell_the_same(desk: Desk) -> None:
    agent = desk.agent
    path = f"/tickets/{agent.opens(priority='urgent')['id']}"
    opened = datetime.now(UTC).isoformat()
    agent.opens()
    last = agent.post(f"{path}/resolve", {"code": "fixed"})
    seen = {"X-Chronodesk-Position": last.headers["X-Chronodesk-Position"]}
    lead = desk.as_(Role.LEAD)
    now = {item["name"]: item["state"] for item in lead.get(f"{path}/clocks").json()["items"]}
    then = lead.get(f"{path}/clocks", params={"as_of": opened}).json()["items"]
    assert now["resolution"] == "met"
    assert {item["name"]: item["state"] for item in then}["resolution"] == "running"
    board = lead.get("/sla/board", headers=seen).json()
    shown = {
        row["clock"]["name"]: row["clock"]["state"]
        for row in board["items"]
        if path.endswith(row["ticket"])
    }
    assert shown == now


def test_the_board_comes_in_pages(desk: Desk) -> None:
    for priority in ("low", "urgent", "normal", "high"):
        last = desk.agent.opens(priority=priority)
    seen = {"X-Chronodesk-Position": last["position"]}
    whole = desk.agent.get("/sla/board", headers=seen).json()["items"]
    paged: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = {"limit": "3", **({"cursor": cursor} if cursor else {})}
        page = desk.agent.get("/sla/board", params=asked).json()
        paged += page["items"]
        cursor = page["next"]
    assert [(r["ticket"], r["clock"]["name"]) for r in paged] == [
        (r["ticket"], r["clock"]["name"]) for r in whole
    ]
    assert len(whole) >= 4


def test_before_a_ticket_there_are_no_clocks(desk: Desk) -> None:
    path = f"/tickets/{desk.agent.opens()['id']}"
    before = {"as_of": (datetime.now(UTC) - timedelta(days=1)).isoformat()}
    assert desk.agent.get(f"{path}/clocks", params=before).json()["items"] == []
