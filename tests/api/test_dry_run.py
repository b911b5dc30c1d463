"""A dry run answers as the command would, and nothing has happened afterwards."""

from typing import Any

import pytest

from domain.access import Role
from tests.api.desk import Desk, key

UNLIKE = {"recorded_at", "occurred_at"}
"""A moment passes between the dry run and the command."""


def told(answer: dict[str, Any]) -> dict[str, Any]:
    events = [
        {name: value for name, value in event.items() if name not in UNLIKE}
        for event in answer["events"]
    ]
    ticket = {name: value for name, value in answer["ticket"].items() if name[-3:] != "_at"}
    return {**answer, "events": events, "ticket": ticket, "dry_run": None}


@pytest.mark.parametrize(
    ("command", "body"),
    [
        ("resolve", {"code": "fixed"}),
        ("reply", {"body": "Try this.", "next_status": "pending"}),
        ("assign", {"agent": "kim"}),
        ("tag", {"tag": "a"}),
    ],
)
def test_the_command_does_what_the_dry_run_said(
    shared_desk: Desk, command: str, body: dict[str, Any]
) -> None:
    agent, headers = shared_desk.agent, {"Idempotency-Key": key()}
    path = f"/tickets/{agent.opens()['id']}"
    dry = agent.post(f"{path}/{command}?dry_run=true", body, headers=headers)
    assert dry.status_code == 200, dry.text
    assert "X-Chronodesk-Position" not in dry.headers
    assert "ETag" not in dry.headers
    assert agent.get(path).json()["version"] == 1
    done = agent.post(f"{path}/{command}", body, headers=headers)
    assert (dry.json()["dry_run"], done.json()["dry_run"]) == (True, False)
    assert told(done.json()) == told(dry.json())
    assert agent.get(path).json()["version"] == done.json()["version"] > 1


def test_a_ticket_is_not_opened(shared_desk: Desk) -> None:
    headers, body = {"Idempotency-Key": key()}, {"requester": "mina", "subject": "Imagined"}
    agent = shared_desk.agent
    dry = agent.post("/tickets?dry_run=true", body, headers=headers)
    assert (dry.status_code, dry.json()["ticket"]["number"]) == (200, 0)
    assert "Location" not in dry.headers
    assert agent.get(f"/tickets/{dry.json()['id']}").status_code == 404
    opened = agent.post("/tickets", body, headers=headers)
    assert (opened.status_code, opened.json()["id"]) == (201, dry.json()["id"])
    assert opened.json()["ticket"]["number"] > 0


def test_it_is_refused_like_the_command(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    path = f"/tickets/{agent.opens()['id']}"
    agent.post(f"{path}/assign", {"agent": "kim"})
    for command, body, match in (
        ("assign", {"agent": "agent"}, '"1"'),
        ("assign", {"agent": "agent"}, None),
        ("assign", {"agent": "nobody"}, "*"),
        ("reopen", {"reason": "x"}, "*"),
        ("resolve", {}, "*"),
    ):
        dry = agent.post(f"{path}/{command}?dry_run=true", body, match=match)
        real = agent.post(f"{path}/{command}", body, match=match)
        assert dry.status_code >= 400
        shown = [{**a.json(), "instance": None, "request_id": None} for a in (dry, real)]
        assert shown[0] == shown[1]
    assert agent.get(path).json()["version"] == 2


def test_who_may_not_ask_may_not_try(shared_desk: Desk) -> None:
    path = f"/tickets/{shared_desk.agent.opens()['id']}/assign?dry_run=true"
    for role in (Role.REQUESTER, Role.AUDITOR):
        assert shared_desk.as_(role).post(path, {"agent": "kim"}).status_code == 403


def test_people_and_the_desk_have_dry_runs_too(shared_desk: Desk) -> None:
    admin = shared_desk.admin
    body = {"requester": "ghost", "display_name": "Ghost"}
    dry = admin.post("/requesters?dry_run=true", body)
    assert (dry.status_code, dry.json()["dry_run"], dry.json()["version"]) == (200, True, 1)
    assert admin.get("/requesters/ghost").status_code == 404


@pytest.mark.parametrize("query", ["dry_run=perhaps", "dry_run=true&dry_run=true", "dryrun=true"])
def test_what_cannot_be_read_is_refused(shared_desk: Desk, query: str) -> None:
    path = f"/tickets/{shared_desk.agent.opens()['id']}"
    answer = shared_desk.agent.post(f"{path}/tag?{query}", {"tag": "a"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["in"] == "query"
    assert shared_desk.agent.get(path).json()["version"] == 1
