"""Lists of tickets over HTTP: every attribute filters, and each row counts down its clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.access import Role
from tests.api.desk import Desk


def listed(desk: Desk, position: str, **asked: Any) -> list[dict[str, Any]]:
    seen = {"X-Chronodesk-Position": position}
    answer = desk.agent.get("/tickets", params=asked, headers=seen)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"segment": "gold"}, {"golden"}),
        ({"segment": ["gold", "none"]}, {"golden", "plain"}),
        ({"vip": "true"}, {"golden"}),
        ({"vip": "false"}, {"plain"}),
        ({"escalation_level": "2"}, {"golden"}),
        ({"escalation_level_from": "1"}, {"golden"}),
        ({"reopened": "1"}, {"plain"}),
        ({"reopened_from": "1"}, {"plain"}),
        ({"resolution_code": "fixed"}, {"plain"}),
        ({"resolution_code": "none"}, {"golden"}),
        ({"satisfaction": "5"}, {"plain"}),
        ({"satisfaction": ["none", "4"]}, {"golden"}),
        ({"source": "none"}, {"golden", "plain"}),
        ({"impact": "none"}, {"golden", "plain"}),
        ({"field": "site:Seoul"}, {"golden"}),
        ({"field": ["site:Seoul", "site:none"]}, {"golden", "plain"}),
        ({"field": ["site:Seoul", "floor:3"]}, {"golden"}),
        ({"field": ["floor:3.0"]}, {"golden"}),
        ({"field": ["floor:4"]}, set()),
        ({"field": "wired:true"}, {"plain"}),
        ({"answered": "false"}, {"golden", "plain"}),
    ],
)
def test_every_attribute_filters(shared_desk: Desk, asked: Any, found: set[str]) -> None:
    ids, position = _two_tickets(shared_desk)
    rows = listed(shared_desk, position, id=list(ids.values()), **asked)
    assert {row["id"] for row in rows} == {ids[name] for name in found}
    past = {"as_of": (datetime.now(UTC) + timedelta(seconds=1)).isoformat()}
    again = listed(shared_desk, position, id=list(ids.values()), **asked, **past)
    assert [row["id"] for row in again] == [row["id"] for row in rows]
    assert all(row["sla"] is None for row in again)


_made: dict[int, tuple[dict[str, str], str]] = {}


def _two_tickets(desk: Desk) -> tuple[dict[str, str], str]:
    """A golden one and a plain one, made once for a desk."""
    if id(desk) not in _made:
        admin, agent = desk.admin, desk.agent
        admin.post("/requesters", {"requester": "gil", "display_name": "Gil"})
        admin.post("/requesters/gil/segment_requester", {"segment": "gold", "vip": True})
        golden = agent.opens("gil", fields={"site": "Seoul", "floor": 3})["id"]
        agent.post(f"/tickets/{golden}/escalate", {"level": 2, "reason": "hard"})
        plain = agent.opens(fields={"wired": True})["id"]
        agent.post(f"/tickets/{plain}/resolve", {"code": "fixed"})
        agent.post(f"/tickets/{plain}/reopen", {"reason": "again"})
        agent.post(f"/tickets/{plain}/resolve", {"code": "fixed"})
        mina = desk.as_(Role.REQUESTER, "mina")
        last = mina.post(f"/tickets/{plain}/rate", {"score": 5})
        assert last.status_code == 200, last.text
        ids = {"golden": golden, "plain": plain}
        _made[id(desk)] = ids, last.headers["X-Chronodesk-Position"]
    return _made[id(desk)]


def test_a_row_shows_the_clock_that_is_due_next(shared_desk: Desk) -> None:
    opened = shared_desk.agent.opens(priority="urgent")
    (row,) = listed(shared_desk, opened["position"], id=opened["id"])
    assert row["sla"].pop("remaining_seconds") == pytest.approx(4 * 3600, abs=60)
    opened_at = datetime.fromisoformat(row["opened_at"])
    assert datetime.fromisoformat(row["sla"].pop("due_at")) == opened_at + timedelta(hours=4)
    assert row["sla"] == {
        "clock": "resolution",
        "state": "running",
        "warn_at": None,
        "target_seconds": 14400,
        "breached": 0,
    }
    clocks = shared_desk.agent.get(f"/tickets/{opened['id']}/clocks").json()["items"]
    assert [clock["name"] for clock in clocks] == ["resolution"]
    done = shared_desk.agent.post(f"/tickets/{opened['id']}/resolve", {"code": "fixed"})
    (row,) = listed(shared_desk, done.headers["X-Chronodesk-Position"], id=opened["id"])
    assert row["sla"] is None


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("field", "site"), ("field", ":x"), ("satisfaction", "6"), ("reopened", "-1"), ("vip", "so")],
)
def test_a_bad_filter_is_named(shared_desk: Desk, parameter: str, value: str) -> None:
    answer = shared_desk.agent.get("/tickets", params={parameter: value})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(parameter)


def test_a_list_in_the_order_of_its_clocks(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    opened = {p: agent.opens(priority=p)["id"] for p in ("low", "urgent", "normal")}
    done = agent.opens(priority="urgent")["id"]
    last = agent.post(f"/tickets/{done}/resolve", {"code": "fixed"})
    position = last.headers["X-Chronodesk-Position"]
    several = [*opened.values(), done]
    rows = listed(shared_desk, position, id=several, sort="due_at")
    assert [row["id"] for row in rows] == [opened["urgent"], opened["normal"], opened["low"], done]
    back = listed(shared_desk, position, id=several, sort="due_at", direction="desc")
    assert [row["id"] for row in back][:3] == [opened["low"], opened["normal"], opened["urgent"]]
    assert "due_at" not in rows[0]
    running = listed(shared_desk, position, id=several, sla="running")
    assert {row["id"] for row in running} == set(opened.values())
    assert [r["id"] for r in listed(shared_desk, position, id=several, sla="none")] == [done]
    soon = (datetime.now(UTC) + timedelta(hours=5)).isoformat()
    due = listed(shared_desk, position, id=several, due_until=soon)
    assert [row["id"] for row in due] == [opened["urgent"]]


@pytest.mark.parametrize("asked", [{"sort": "due_at"}, {"sla": "breached"}])
def test_lists_of_the_past_know_no_clocks(shared_desk: Desk, asked: dict[str, str]) -> None:
    then = {"as_of": datetime.now(UTC).isoformat()}
    answer = shared_desk.agent.get("/tickets", params={**asked, **then})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "as_of")
