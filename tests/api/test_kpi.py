"""Key figures over HTTP: asked for by window and dimension, opened down to tickets."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.access import Role
from tests.api.desk import Desk

SOON = {"until": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}


def test_a_figure_is_its_tickets(desk: Desk) -> None:
    agent, analyst = desk.agent, desk.as_(Role.ANALYST)
    tickets = [agent.opens(queue="service-desk" if n else None) for n in range(3)]
    last = agent.post(f"/tickets/{tickets[0]['id']}/resolve", {"code": "fixed"})
    seen = {"X-Chronodesk-Position": last.headers["X-Chronodesk-Position"]}
    asked = {**SOON, "figure": ["opened", "resolved"], "by": "queue"}
    report = analyst.get("/kpi", params=asked, headers=seen).json()
    cells = {f["definition"]["id"]: f["cells"] for f in report["figures"]}
    assert {cell["group"][0]: cell["n"] for cell in cells["opened"]} == {None: 1, "service-desk": 2}
    opened = {**SOON, "figure": "opened", "where": "queue=service-desk", "limit": 1}
    first = analyst.get("/kpi/tickets", params=opened, headers=seen).json()
    second = analyst.get("/kpi/tickets", params={**opened, "cursor": first["next"]}).json()
    assert [item["ticket"] for item in first["items"] + second["items"]] == [
        ticket["id"] for ticket in tickets[1:]
    ]
    assert second["next"] is None
    without = {**SOON, "figure": "opened", "where": "queue=none"}
    (only,) = analyst.get("/kpi/tickets", params=without).json()["items"]
    assert (only["ticket"], only["versions"]) == (tickets[0]["id"], [1])


@pytest.mark.parametrize(
    "query",
    ["figure=happiness", "by=mood", "by=queue&by=team&by=agent", "zone=Mars/Olympus", "where=queue",
     "where=mood=good", "from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", "bucket=decade",
     "until=0001-01-02T00:00:00Z", "from=0001-01-01T00:00:00Z&bucket=hour", "where=queue=%00"],
)  # fmt: skip
def test_what_cannot_be_counted_is_refused(shared_desk: Desk, query: str) -> None:
    answer = shared_desk.as_(Role.ANALYST).get(f"/kpi?{query}")
    assert answer.status_code in (400, 422), answer.text


def test_every_figure_has_a_definition_and_a_report(shared_desk: Desk) -> None:
    analyst = shared_desk.as_(Role.ANALYST)
    defined = {item["id"] for item in analyst.get("/kpi/definitions").json()["items"]}
    reported = {figure["definition"]["id"] for figure in analyst.get("/kpi").json()["figures"]}
    assert defined == reported
    assert "first_response_time" in defined
