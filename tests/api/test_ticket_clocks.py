"""The clocks of a ticket over HTTP, with why they stand where they do."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.access import Role
from tests.api.desk import Desk


def clocks(desk: Desk, path: str, role: Role = Role.AGENT, **params: str) -> dict[str, Any]:
    answer = desk.as_(role).get(f"{path}/clocks", params=params)
    assert answer.status_code == 200, answer.text
    return {item["name"]: item for item in answer.json()["items"]}


def test_each_clock_comes_with_its_explanation_as_data_and_as_text(desk: Desk) -> None:
    path = f"/tickets/{desk.agent.opens(priority='urgent')['id']}"
    desk.agent.post(f"{path}/pend", {"reason": "Asked for the serial number"})
    clock = clocks(desk, path)["resolution"]
    told = clock["explanation"]
    assert clock["state"] == told["state"] == "paused"
    assert [ruling["policy"] for ruling in told["rulings"]] == ["default"]
    assert sum(one["seconds"] for one in told["segments"]) == clock["elapsed"]
    assert told["lines"][-1]["cause"]["reason"] == "Asked for the serial number"
    assert 'because "Asked for the serial number"' in clock["text"]
    assert "Target: 4 h (14 400 s)." in clock["text"]


def test_who_may_not_read_events_reads_no_words_of_people(desk: Desk) -> None:
    path = f"/tickets/{desk.agent.opens(priority='urgent')['id']}"
    desk.agent.post(f"{path}/pend", {"reason": "Asked for the serial number"})
    clock = clocks(desk, path, Role.ANALYST)["resolution"]
    assert "serial number" not in str(clock)
    assert "Paused by event 2 (ticket.pended, agent agent)" in clock["text"]


def test_before_the_opening_there_are_none(desk: Desk) -> None:
    path = f"/tickets/{desk.agent.opens()['id']}"
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    assert clocks(desk, path, as_of=yesterday) == {}


def test_a_ticket_that_is_not_there_has_no_clocks(desk: Desk) -> None:
    assert desk.agent.get("/tickets/nowhere/clocks").status_code == 404
    assert desk.agent.get("/tickets/nowhere/clocks?as_of=soon").status_code == 422
